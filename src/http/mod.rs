//! HTTP requests that creel sends itself.
//!
//! **Invariant:** this module knows neither LangGraph nor any other sender.

mod client;
mod event_parser;
mod failure;

pub use client::{Call, Client, ReceivedResponse, Spelling, StreamedResponse};
pub use event_parser::{EventParser, ServerEvent};
pub use failure::Failure;
