//! What to do with LangGraph's API: how to start runs whose webhook goes to an endpoint, what to ask after a delivery, and why none arrives.
//!
//! | file | what it holds |
//! |---|---|
//! | `start_calls` | every call that takes a webhook, with code that makes it |
//! | `follow_up` | commands to ask about a run that was delivered |
//! | `deployment` | the server and the assistant that the commands go to |
//! | `troubleshooting` | why nothing arrives |
//! | `quote` | text as one word of a shell, as one string literal |

pub(crate) mod deployment;
pub(crate) mod follow_up;
pub(crate) mod quote;
pub(crate) mod start_calls;
pub(crate) mod troubleshooting;
