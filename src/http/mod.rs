//! HTTP requests that creel sends itself.
//!
//! **Invariant:** nothing in here knows LangGraph or any other sender.

mod client;
mod failure;

pub use client::{Answer, Call, Client, Spelling};
pub use failure::Failure;
