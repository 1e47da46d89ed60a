//! What creel knows about the sender. Pure: nothing here does I/O, and nothing here fails for what a sender sends.
//!
//! | file | knows |
//! |---|---|
//! | `read` | what a body is: run, other JSON, text, binary, empty, unreadable and why |
//! | `contents` | the large parts of a run as received |
//! | `assistant` | which assistant is a graph's own |
//! | `state` | what a run left behind, and the messages in it |
//! | `conversation` | who said what, which tools were called, which result belongs to which call |
//! | `tree` | JSON that is walked and not built |
//! | `identity` | by what an element of a list is known |
//! | `marks` | when JSON is a run, and who sent it |
//! | `run` | how a payload becomes a run |
//! | `payload` | the shape of a delivery's body, read in one pass |
//! | `values`, `messages` | the state and its messages, summed up |
//! | `facts`, `others`, `secrets` | what else a delivery shows, read in the same pass |
//! | `findings` | what of it a reader should know: codes, levels, sentences, advice |
//! | `headline` | what came, in one sentence |
//! | `lenient` | JSON whose types are only hoped for: what does not fit is passed over |
//! | `sender` | what a sender does with an answer: its retry rules |
//! | `fields` | which fields a server is known to send, held against those that came |
//! | `forecast` | what was foretold of a sender, beside what it did |
//! | `version` | which versions of the Python server are known |
//! | `doctor` | whether a server takes a webhook URL, and what to change if not |
//! | `samples` | deliveries as real servers sent them, with fresh ids and times |
//! | `deployment` | where somebody starts runs |
//! | `ways` | every call that takes a webhook, with code that makes it |
//! | `follow_up` | what can be asked of the API after a delivery |
//! | `causes` | why nothing arrives |
//! | `quote` | text as one word of a shell, as one string of a language |
//!
//! Measured on langgraph-api 0.4.48 and 0.16.7 (the Python server) and @langchain/langgraph-api 2.0.0 (the JavaScript one).

mod assistant;
pub mod causes;
mod contents;
pub mod conversation;
pub mod deployment;
pub mod doctor;
mod facts;
pub mod fields;
pub mod findings;
pub mod follow_up;
pub mod forecast;
mod headline;
mod identity;
mod lenient;
mod marks;
mod messages;
mod others;
mod payload;
pub mod quote;
mod read;
mod run;
pub mod samples;
mod secrets;
pub mod sender;
mod state;
pub mod tree;
mod values;
mod version;
pub mod ways;

pub use assistant::is_default_assistant;
pub use contents::{Contents, Parts, contents, parts};
pub use findings::superseded_by;
pub use headline::headline;
pub use identity::identity;
pub use read::read;
pub use state::State;
