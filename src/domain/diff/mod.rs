//! What differs between two deliveries: JSON by its structure, text by its lines, header lines and query parameters by their names.
//! Pure, and it takes any two things.
//!
//! **Invariant:** time and memory are bounded whatever is compared. Where a search for what belongs together would cost too much, fewer
//! things are matched, and what is told stays true: taking away what was removed and putting in what was added makes one into the other.

mod json;
mod lines;
mod named;
mod sequence;
mod text;
mod tree;

pub use json::{Change, Changes, Identity, Spelling, Step, by_id, json, spelling};
pub use lines::{Hunk, Line, Lines, lines};
pub use named::{Place, named};
pub use text::middle;
pub use tree::{Meaning, Node, Shape, Tree};

#[cfg(test)]
mod tests;

/// So many elements and lines are matched by search in one comparison; of more, those at the start and at the end.
const EFFORT: usize = 200_000;
