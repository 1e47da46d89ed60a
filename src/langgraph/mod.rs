//! What creel knows about the sender. Pure: nothing here does I/O, and nothing here fails for what a sender sends.
//!
//! | file | knows |
//! |---|---|
//! | `read` | what a body is: run, other JSON, text, binary, empty, unreadable and why |
//! | `contents` | the two large parts of a run as received |
//! | `marks` | when JSON is a run, and who sent it |
//! | `run` | how a payload becomes a run |
//! | `payload` | the shape of a delivery's body, read in one pass |
//! | `messages` | the messages of a state, summed up |
//! | `lenient` | JSON whose types are only hoped for: what does not fit is passed over |
//! | `sender` | what a sender does with an answer: its retry rules |
//! | `fields` | which fields a server is known to send, held against those that came |
//! | `forecast` | what was foretold of a sender, beside what it did |
//! | `doctor` | whether a server takes a webhook URL, and what to change if not |
//! | `samples` | deliveries as real servers sent them, with fresh ids and times |
//!
//! Measured on langgraph-api 0.4.48 and 0.16.7 (the Python server) and @langchain/langgraph-api 2.0.0 (the JavaScript one).

mod contents;
pub mod doctor;
pub mod fields;
pub mod forecast;
mod lenient;
mod marks;
mod messages;
mod payload;
mod read;
mod run;
pub mod samples;
pub mod sender;

pub use contents::{Contents, contents};
pub use read::read;
