//! The pages of an endpoint: its URL and its deliveries, its settings, and samples to send to it.
//!
//! **Invariant:** a handler checks the right of the caller before it shows or changes anything of the endpoint in the path.

pub(super) mod filters;
pub(super) mod inspect;
pub(super) mod list;
mod preflight_note;
pub(super) mod refused;
pub(super) mod row;
pub(super) mod samples;
pub(super) mod sequence;
pub(super) mod settings;
mod settings_form;
mod snippets;
mod summary;
mod waiting;
