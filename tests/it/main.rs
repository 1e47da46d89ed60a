//! The integration tests: one binary, a module per part of the house, each against a real creel over real HTTP.

mod access;
mod app;
mod capture;
mod crash;
mod full;
mod guard;
mod http;
mod live;
mod log;
mod openapi;
mod readings;
mod refusals;
mod serve;
mod store;
