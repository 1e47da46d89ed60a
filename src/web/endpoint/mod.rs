//! The pages of an endpoint: its URL and the list of its deliveries, its settings, and the samples that can be sent to it.

pub(super) mod inspect;
pub(super) mod list;
mod row;
pub(super) mod samples;
pub(super) mod settings;
mod snippets;
mod waiting;
