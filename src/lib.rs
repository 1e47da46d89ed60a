//! creel: a self-hosted webhook inspector that understands LangGraph. One binary, one SQLite file, no accounts.
//!
//! # The path of a request
//! A captured request passes through the modules **capture -> store -> live -> web**.
//!
//! 1. [`server`] accepts the connection, within limits, and reads each HTTP/1 head before the web framework, which does not
//!    keep order, spelling and repeats of header lines, and refuses some requests that can be kept.
//! 2. [`capture`] looks up the endpoint, reads the request within limits, checks its token ([`domain`]) and interprets its body
//!    ([`langgraph`]) with pure functions that cannot fail.
//! 3. [`store`] commits it, several captures per transaction (group commit). Only then is the sender answered.
//! 4. [`live`] is notified. If the endpoint has subscribers, its feed reads the store after the last seq that it has, once for all of them.
//!    So a reconnect, a slow subscriber and a missed notification are handled in the same way: "read after N".
//! 5. [`web`] (people) and [`api`] (programs) read the store and subscribe.
//!
//! `capture/mod.rs` has these steps in two functions; start there.
//!
//! # Invariants
//! 1. **Durable before the response.** A 2xx means that the delivery is on disk. If the store fails, the sender gets 503 with Retry-After,
//!    and stored deliveries are not affected.
//! 2. **Received data is never altered.** Target, header lines with order and spelling, and body bytes are stored as received; derived data
//!    is separate. The only exception: values of creel's own cookies are removed, and a finding says so.
//! 3. **No request is rejected for its content.** What HTTP forbids to accept is answered with an error and listed for the owner of its
//!    endpoint. Only requests for an unknown endpoint, or to a host name that serves only pages, leave nothing; the preflights of browsers
//!    are answered and counted.
//! 4. **Captured text is hostile.** It reaches a page only escaped, a stream only as one line of JSON, a download only as an attachment.
//! 5. **Capture URLs cannot read.** A capture URL grants no access to what it received.
//! 6. **No gap, no duplicate** for subscribers, across reconnects, slow clients and restarts.
//! 7. **A capture is never redirected**, and an idle connection stays open for 75 s, longer than LangGraph keeps it in its pool.
//! 8. **Every limit is an option or documented**, and logged when it takes effect.
//!
//! # Modules
//! A module imports only from modules above it in this table; `tests/it/tidy` enforces this.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | the types and the glossary; no I/O |
//! | [`json`] | received JSON, read without building a tree of values |
//! | [`content`] | a body decoded for reading: encodings, charset, forms, parts, records, XML, images |
//! | [`diff`] | the difference of two JSON values, texts or lists |
//! | [`http`] | HTTP requests that creel sends itself |
//! | [`limits`] | limits that protect shared resources from single clients |
//! | [`langgraph`] | what creel knows about the sender |
//! | [`sources`] | the service and event of requests that are not runs |
//! | [`query`] | the query language: which deliveries a reader asks for |
//! | [`store`] | storage: one trait, one folder per backend |
//! | [`contract`] | the JSON of the API, and the forms of an export |
//! | [`live`] | publish and subscribe: notifier, feed, subscription |
//! | [`preflights`] | counts CORS preflights of browsers |
//! | [`sender_client`] | the HTTP client that simulates a sender |
//! | [`config`] | the configuration of a server |
//! | [`urls`], [`error`] | the URLs that creel gives out, and which host serves what; error responses |
//! | [`access`] | access control: rights, cookies, sessions; checks of browser requests |
//! | [`app`] | the state that handlers share |
//! | [`response_memory`], [`request_body`] | memory for large responses; request bodies, within limits |
//! | [`capture`], [`web`], [`api`] | captures; pages for people; JSON for programs |
//! | [`server`] | listeners, protocol, routes |
//! | [`commands`] | the commands: one file or folder each |

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the module table shows every module"
)]

pub mod access;
pub mod api;
pub mod app;

pub mod capture;
pub mod commands;
pub mod config;
pub mod content;
mod contract;
mod diff;
pub mod domain;
pub mod error;
pub mod http;
mod json;
pub mod langgraph;
pub mod limits;
pub mod live;
pub mod preflights;
pub mod query;
pub mod request_body;
pub mod response_memory;
pub mod sender_client;
pub mod server;
mod sources;
pub mod store;
pub mod urls;
pub mod web;
