//! The types of creel and pure functions on them. No I/O, no actix, no SQL: everything here can be called from anywhere and cannot fail
//! for what a sender sends.
//!
//! # Glossary
//! The same word in Rust, SQL, JSON, CSS and templates.
//!
//! | word | meaning |
//! |---|---|
//! | Endpoint | a capture URL that was created or declared, with its settings |
//! | Settings | what can be set for an endpoint: name, token, reply |
//! | Intake | an HTTP request as read, not yet stored |
//! | Delivery | an Intake that is stored: with id, endpoint, Seq, time, token check and reading. It never changes |
//! | Summary | a Delivery without its header lines and its body: what lists and streams carry |
//! | Seq | 1, 2, 3 ... per endpoint in commit order, never reused. Shown as #42, SSE id, `after=` |
//! | TokenCheck | what the token check found: not asked, match, missing, wrong, repeated. A match, never a verified signature |
//! | Reading | what was understood of the body: Run, other JSON, text, binary, empty, unreadable (and why) |
//! | Run | a LangGraph run: ids, graph, status, times, error, sender |
//! | Observations | what was read of a delivery besides the run: inputs for findings |
//! | Finding | something that a delivery shows and a reader may not see: a code, a level, a sentence |
//! | Sender | who sent a run: which server, in which version |
//! | Attempt | the same delivery sent again: same run, same bytes. 1, 2, 3 ... |
//! | ReplyPlan | what an endpoint answers: a status, or one for each attempt |
//! | Response | what one delivery was answered, as the plan says |
//! | Receipt | what is known once a delivery is kept: its seq, and what its sender is answered |
//! | EndpointStats | an endpoint with its last seq, and when its newest delivery arrived |
//! | Subscription, Feed | one reader of an endpoint's live stream; what reads the store for all of them |
//! | Owner | the browser that created an endpoint, known by the hash of its secret |
//! | Read key | a secret that gives the right to read one endpoint |
//! | Deployment | a LangGraph server and an assistant there, as a user entered them |
//! | StartCall | a call of LangGraph's API that takes a webhook |
//! | JsonChange | a value that differs between two deliveries |
//! | Operator | whoever holds the operator token; sees all endpoints |

pub mod attempt;
pub(crate) mod beginning;
pub mod delivery;
pub mod endpoint;
pub mod head;
pub mod ids;
pub(crate) mod log_limit;
pub mod observations;
pub mod own_cookies;
pub mod reply;
pub mod response;
pub mod rich_text;
pub mod run;
pub mod secret;
pub mod settings;
pub mod source;
pub mod target;
pub mod time;
pub mod token_check;
