//! The integration tests: one binary, a module per part of the house, each against a real creel over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod app;
mod capture;
mod http;
mod live;
mod readings;
mod readme;
mod replay;
mod store;
