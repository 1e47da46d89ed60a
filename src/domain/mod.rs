//! The types of creel and pure functions on them. No I/O, no actix, no SQL: everything here can be called from anywhere and cannot fail
//! for what a sender sends.
//!
//! # Glossary
//! The same word in Rust, SQL, JSON, CSS and templates.
//!
//! | word | meaning |
//! |---|---|
//! | Endpoint | a capture URL that was minted or declared, with its settings |
//! | Intake | an HTTP request as read, not yet stored |
//! | Delivery | an Intake that is stored: with id, endpoint, Seq, time, token check and reading. It never changes |
//! | Summary | a Delivery without its header lines and its body: what lists and streams carry |
//! | Seq | 1, 2, 3 ... per endpoint in commit order, never reused. Shown as #42, SSE id, `after=` |
//! | TokenCheck | the result of the token check: not asked, match, missing, wrong, repeated. A match, never a verified signature |
//! | Reading | what was understood of the body: Run, other JSON, text, binary, empty, unreadable (and why) |
//! | Run | a LangGraph run: ids, graph, status, times, error, sender |
//! | Observations | inputs for findings, other than the run |
//! | Finding | what a reader of a delivery might miss: a code, a level, a sentence |
//! | Sender | who sent a run: which server, in which version |
//! | Attempt | the same delivery sent again: same run, same bytes. 1, 2, 3 ... |
//! | Reply | what an endpoint answers: a status, or one for each attempt |
//! | Receipt | what is known once a delivery is kept: its seq, and what its sender is answered |
//! | Catch | an endpoint with how much it has caught |
//! | Follower, Crier | who is told each delivery of an endpoint as it comes; the one that reads for all of them |
//! | Owner | the browser that minted an endpoint, known by the hash of its secret |
//! | Read key | a secret that gives the right to read one endpoint |
//! | Deployment | a LangGraph server and an assistant there, as a user entered them |
//! | StartCall | a call of LangGraph's API that takes a webhook |
//! | JsonChange | a value that differs between two deliveries |
//! | Operator | whoever holds the operator token; sees all endpoints |

pub mod client;
pub mod delivery;
pub mod endpoint;
pub mod head;
pub mod ids;
pub mod observations;
pub mod own_cookies;
pub mod reply;
pub mod rich_text;
pub mod run;
pub mod secret;
pub mod target;
pub mod time;
pub mod token_check;
