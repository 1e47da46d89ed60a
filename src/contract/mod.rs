//! The JSON of the API, where it differs from the domain: what is flat in memory and nested outside, and what is made readable. Shared by
//! everything that gives JSON to programs: the API's answers and the live stream.
//!
//! **Invariant:** fields are added, never renamed or removed; `tests/it/openapi.rs` compares the shapes with those that were released.

mod body;
pub(crate) mod delivery;
pub(crate) mod endpoint;
mod finding;
mod reading;
