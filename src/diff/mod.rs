//! The difference of two deliveries: JSON by its structure, text by its lines, header lines and query parameters by their names. Pure, and
//! it takes any two values.
//!
//! **Invariant:** time and memory are bounded whatever is compared. Where a search for matches would cost too much, fewer are found, and the
//! difference stays correct: removing what was removed and adding what was added yields the second value.

mod json;
mod lines;
mod named;
mod sequence;
mod text;

pub(crate) use json::{JsonChange, JsonDiff, PathStep, SpellingDiff, by_id, json, spelling};
pub(crate) use lines::{DiffLine, lines};
pub(crate) use named::{NamedPair, named};
pub(crate) use text::common_ends;

#[cfg(test)]
mod tests;
