//! The JSON of the API where it differs from the domain types: nested instead of flat, and with readable values. Shared by the API's
//! responses and the live stream.
//!
//! **Invariant:** fields are added, never renamed or removed; `tests/it/openapi.rs` compares the schema with its snapshot.

pub(crate) mod body;
pub(crate) mod content;
pub(crate) mod delivery;
pub(crate) mod endpoint;
mod finding;
mod reading;
pub(crate) mod refused;
