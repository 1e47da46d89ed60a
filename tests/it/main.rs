//! The integration tests: one binary, a module per part of the house, each against a real creel over real HTTP.

mod app;
mod capture;
mod http;
mod live;
mod readings;
mod store;
