//! How to use LangGraph's API: start runs that deliver to an endpoint, query a run after its delivery, find out why nothing arrives.
//!
//! | file | what it holds |
//! |---|---|
//! | `start_calls` | every API call that accepts a webhook, with code for it |
//! | `follow_up` | commands that query a delivered run |
//! | `deployment` | the server and the assistant that the commands use |
//! | `troubleshooting` | why nothing arrives |
//! | `quote` | quoting for a shell and for string literals |
//!
//! **Invariant:** in generated commands and code, received or entered text is only in a quoted shell word or string literal.

pub(crate) mod deployment;
pub(crate) mod follow_up;
pub(crate) mod quote;
pub(crate) mod start_calls;
pub(crate) mod troubleshooting;
