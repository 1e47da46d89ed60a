//! The difference of two deliveries: JSON by structure, text by line, header lines and query parameters by name. Pure functions of any two
//! values.
//!
//! **Invariant:** time and memory are bounded, whatever is compared. If a search for matches would cost too much, fewer are found, but the
//! difference stays correct: applying the removals and additions yields the second value.

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
