//! The types of creel and pure functions on them.
//!
//! **Invariant:** no I/O, no actix, no SQL. Everything here can be called from anywhere, and no input from a sender makes it fail.
//!
//! # Glossary
//! Rust, SQL, JSON, CSS and templates use the same words.
//!
//! | word | meaning |
//! |---|---|
//! | Endpoint | a capture URL that was created or declared, with its settings |
//! | Settings | what can be set for an endpoint: name, token, reply |
//! | Intake | an HTTP request as read, not yet stored |
//! | Delivery | a stored Intake, with id, endpoint, Seq, time, token check and reading. It never changes |
//! | Summary | a Delivery without its header lines and body, for lists and streams |
//! | Seq | 1, 2, 3 ... per endpoint in commit order, never reused. Shown as #42, SSE id, `after=` |
//! | TokenCheck | the result of the token check: not asked, match, missing, wrong, repeated. A match is not a verified signature |
//! | Reading | how creel interprets the body: Run, other JSON, text, binary, empty, unreadable (and why) |
//! | Run | a LangGraph run: ids, graph, status, times, error, sender |
//! | BodyKind | what a body is, as declared and decoded: JSON, form, multipart, picture ... |
//! | Coding | how a body was coded for sending: Content-Encoding and charset |
//! | Observations | facts about a delivery besides the run: inputs for findings |
//! | Finding | a fact about a delivery that a reader might miss: a code, a level, a sentence |
//! | Sender | the server that sent a run, and its version |
//! | Attempt | one of several deliveries of the same run with the same bytes: 1, 2, 3 ... |
//! | ReplyPlan | the response statuses of an endpoint: one, or a sequence. It counts attempts of each run, and all other requests together |
//! | Position | 1, 2, 3 ... in the sequence of an endpoint: which status the next request gets that is not a run |
//! | Response | what one delivery was answered, as the plan says |
//! | Receipt | the result of storing a delivery: its seq, and the response status |
//! | RefusalReason, RefusedRequest | why HTTP forbids to accept a request; such a request, listed for the owner of its endpoint |
//! | EndpointStats | an endpoint with its position and its last seq, and when its newest delivery arrived |
//! | Subscription, Feed | one client of an endpoint's live stream; the task that reads the store for all of them |
//! | Owner | the browser that created an endpoint, identified by the hash of its secret |
//! | Read key | a secret that grants read access to one endpoint |
//! | Deployment | a LangGraph server and an assistant there, as a user entered them |
//! | StartCall | a call of LangGraph's API that accepts a webhook |
//! | JsonChange | a value that differs between two deliveries |
//! | Operator | the holder of the operator token, who sees all endpoints |

pub mod attempt;
pub(crate) mod beginning;
pub mod body;
pub mod capture_base;
pub mod cors;
pub mod counts;
pub mod delivery;
pub mod endpoint;
pub mod head;
pub mod ids;
pub(crate) mod log_limit;
pub mod observations;
pub mod own_cookies;
pub mod refusal;
pub mod reply;
pub mod response;
pub mod rich_text;
pub mod run;
pub mod secret;
pub mod settings;
pub mod size;
pub mod source;
pub mod target;
pub mod time;
pub mod token_check;
