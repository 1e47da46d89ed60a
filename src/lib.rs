//! creel: a self-hosted webhook inspector that understands LangGraph. One binary, one SQLite file, no account.
//!
//! # The walk of a request
//! A captured request walks through modules whose names are its stations: **capture -> store -> live -> web**.
//!
//! 1. [`server`] accepts the connection; a recorder keeps each head as the bytes that came.
//! 2. [`capture`] finds the endpoint, reads the request within limits, and asks [`domain`] for a verdict on its token and [`langgraph`]
//!    for a reading of its body: pure functions that cannot fail.
//! 3. [`store`] commits all of it, groups of captures in one transaction; only then is the sender answered.
//! 4. [`live`] rings a bell for the endpoint. Where somebody follows it, one task hears the bell, reads the store after the last seq it
//!    has, and shows the lines to all who follow; so a reconnect, a slow reader and a missed ring are one case.
//! 5. [`web`] (people) and [`api`] (programs) read the store and follow endpoints.
//!
//! `capture::capture` is the product in one function; begin there.
//!
//! # Invariants
//! 1. **Durable before the answer.** A 2xx means that the delivery is on disk. When the store fails, the sender gets 503 with
//!    Retry-After, and nothing that was kept is touched.
//! 2. **Evidence is never altered.** Target, header lines in order and spelling, body bytes: what is understood stands beside them.
//! 3. **Nothing is refused for what it says.** Only an unknown endpoint leaves no record.
//! 4. **Captured text is hostile.** It reaches a page only escaped, a stream only as one line of JSON, a download only as an attachment.
//! 5. **Writing is not reading.** Knowing a capture URL gives no right to see what it caught.
//! 6. **No gap, no duplicate** for whoever follows, across reconnects, slow readers and restarts.
//! 7. **A capture is never redirected**, and an idle connection stays open for 75 s: longer than LangGraph keeps it in its pool.
//!
//! # The house
//! Imports go up this table only; `tests/it/tidy.rs` holds the code to it.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | what things are and what they are called (the glossary), and pure judgement of them |
//! | [`json`] | JSON as received, read without being built |
//! | [`diff`] | the difference of two JSON values, texts or lists |
//! | [`langgraph`] | what creel knows about the sender |
//! | [`config`] | how a server is configured |
//! | [`store`] | the memory: the contract, and a backend a folder |
//! | [`limits`] | what keeps one client from using up what all share |
//! | [`live`] | the bell and those who follow it |
//! | [`client`] | requests that creel sends itself |
//! | [`urls`], [`error`] | the URLs that are given out, and which host serves what; what a request is answered when it fails |
//! | [`access`] | who may read: rights, cookies, sessions; which requests of browsers are refused |
//! | [`app`] | what handlers share, wired together |
//! | [`answers`], [`request_body`] | memory for large answers; request bodies, within limits |
//! | [`capture`], [`web`], [`api`] | the front door; pages for people; JSON for programs |
//! | [`server`] | listeners, protocol, routes |
//! | [`commands`] | what creel can be told to do |

pub mod access;
pub mod answers;
pub mod api;
pub mod app;

pub mod capture;
pub mod client;
pub mod commands;
pub mod config;
mod diff;
pub mod domain;
pub mod error;
mod json;
pub mod langgraph;
pub mod limits;
pub mod live;
pub mod request_body;
pub mod server;
pub mod store;
pub mod urls;
pub mod web;
