//! What creel knows about the sender. Pure: nothing here does I/O, and nothing here fails for what a sender sends.
//!
//! | module | what it knows |
//! |---|---|
//! | `payload` | what a body is, and the run in it |
//! | `conversation` | the messages of a run: roles, content, tool calls and their results |
//! | `findings` | what a reader should know of a delivery: codes, levels, sentences, advice |
//! | `headline` | a delivery in one sentence |
//! | `fields` | which fields a server is known to send, compared with those of a payload |
//! | `retry` | what a sender does after an attempt, predicted and observed |
//! | `doctor` | whether a server accepts a webhook URL, and what to change if not |
//! | `guide` | how to start runs, what to ask after a delivery, and why none arrives |
//! | `samples` | deliveries as real servers sent them, with fresh ids and times |
//! | `assistant` | which assistant is a graph's own |
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
