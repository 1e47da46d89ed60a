//! What creel knows about the sender.
//!
//! **Invariant:** pure: no I/O, and no input from a sender makes it fail.
//!
//! | module | what it holds |
//! |---|---|
//! | `payload` | what a body is, and the run in it |
//! | `conversation` | the messages of a run: roles, content, tool calls and their results |
//! | `findings` | facts that a reader might miss: codes, levels, sentences, advice |
//! | `headline` | a delivery in one sentence |
//! | `fields` | which fields a server is known to send, compared with those of a payload |
//! | `retry` | what a sender does after an attempt, predicted and observed |
//! | `doctor` | whether a server accepts a webhook URL, and what to change if not |
//! | `guide` | how to start runs, query them after a delivery, and find out why nothing arrives |
//! | `samples` | recorded deliveries of real servers, with fresh ids and times |
//! | `assistant` | which assistant is a graph's default |
//! | `version` | which versions of the Python server are known |
//!
//! Measured on langgraph-api 0.4.48 and 0.16.7 (the Python server) and @langchain/langgraph-api 2.0.0 (the JavaScript one).

mod assistant;
pub(crate) mod conversation;
pub mod doctor;
pub mod fields;
pub mod findings;
pub(crate) mod guide;
mod headline;
mod payload;
pub mod retry;
pub mod samples;
mod version;

pub use assistant::is_default_assistant;
pub use findings::superseded_by;
pub use headline::headline;
pub use payload::read;
pub use payload::run_body::{Contents, RunBody};
