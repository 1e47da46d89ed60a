//! The integration tests: one binary, a module per part of creel, each against a real creel over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod access;
mod app;
mod attempts;
mod capture;
mod client;
mod content;
mod cors;
mod crash;
mod damage;
mod deletion;
mod depth;
mod doctor;
mod export;
mod field;
mod fields;
mod files;
mod findings;
mod full;
mod guard;
mod headers;
mod heads;
mod http;
mod limits;
mod live;
mod log;
mod memory;
mod nginx;
mod openapi;
mod proxy;
mod queries;
mod readings;
mod readme;
mod refusals;
mod replay;
mod replies;
mod samples;
mod serve;
mod store;
mod sub_path;
mod talk;
mod tidy;
mod web;
