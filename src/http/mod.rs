//! HTTP requests that creel sends itself.
//!
//! **Invariant:** this module knows neither LangGraph nor any other sender.

mod client;
mod failure;

pub use client::{Call, Client, ReceivedResponse, Spelling};
pub use failure::Failure;
