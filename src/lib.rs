//! creel: a self-hosted webhook inspector that understands LangGraph. One binary, one SQLite file, no account.
//!
//! # The path of a request
//! A captured request passes through modules named after its stations: **capture -> store -> live -> web**.
//!
//! 1. [`server`] accepts the connection, within limits, and records each HTTP/1 head as the bytes that arrived: order, spelling and
//!    repeats, which the web framework does not keep.
//! 2. [`capture`] looks up the endpoint, reads the request within limits, checks its token ([`domain`]) and reads its body
//!    ([`langgraph`]): pure functions that cannot fail.
//! 3. [`store`] commits it, groups of captures in one transaction (group commit); only then is the sender answered.
//! 4. [`live`] is notified. Where an endpoint has subscribers, its feed reads the store after the last seq that it has, once for all of
//!    them; so a reconnect, a slow subscriber and a missed notification are one case: "read after N".
//! 5. [`web`] (people) and [`api`] (programs) read the store and subscribe.
//!
//! `capture::capture` is the product in one function; begin there.
//!
//! # Invariants
//! 1. **Durable before the answer.** A 2xx means that the delivery is on disk. When the store fails, the sender gets 503 with
//!    Retry-After, and nothing that was kept is touched.
//! 2. **Evidence is never altered.** Target, header lines in order and spelling, body bytes: what is understood is stored separately. The
//!    one exception are values of creel's own cookies, which are removed, with a finding that says so.
//! 3. **Nothing is refused for what it says.** Only an unknown endpoint, and a host name that is for pages alone, leave no record.
//! 4. **Captured text is hostile.** It reaches a page only escaped, a stream only as one line of JSON, a download only as an attachment.
//! 5. **Writing is not reading.** Knowing a capture URL gives no right to see what it received.
//! 6. **No gap, no duplicate** for subscribers, across reconnects, slow clients and restarts.
//! 7. **A capture is never redirected**, and an idle connection stays open for 75 s: longer than LangGraph keeps it in its pool.
//! 8. **Every limit is an option or documented**, and logged when it takes effect.
//!
//! # Modules
//! Imports go up this table only; `tests/it/tidy` holds the code to it.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | what things are and what they are called (the glossary); no I/O |
//! | [`json`] | JSON as received, read without being built |
//! | [`diff`] | the difference of two JSON values, texts or lists |
//! | [`http`] | HTTP requests that creel sends itself |
//! | [`limits`] | what keeps one client from using up what all share |
//! | [`langgraph`] | what creel knows about the sender |
//! | [`store`] | storage: one trait, one folder per backend |
//! | [`contract`] | the JSON of the API |
//! | [`live`] | publish and subscribe: notifier, feed, subscription |
//! | [`sender_client`] | the HTTP client of a sender that creel plays |
//! | [`config`] | how a server is configured |
//! | [`urls`], [`error`] | the URLs that are given out, and which host serves what; what a request is answered when it fails |
//! | [`access`] | who may read: rights, cookies, sessions; which requests of browsers are refused |
//! | [`app`] | what handlers share, wired together |
//! | [`answers`], [`request_body`] | memory for large answers; request bodies, within limits |
//! | [`capture`], [`web`], [`api`] | captures; pages for people; JSON for programs |
//! | [`server`] | listeners, protocol, routes |
//! | [`commands`] | the commands: one file or folder each |

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the map shows every module"
)]

pub mod access;
pub mod answers;
pub mod api;
pub mod app;

pub mod capture;
pub mod commands;
pub mod config;
mod contract;
mod diff;
pub mod domain;
pub mod error;
pub mod http;
mod json;
pub mod langgraph;
pub mod limits;
pub mod live;
pub mod request_body;
pub mod sender_client;
pub mod server;
pub mod store;
pub mod urls;
pub mod web;
