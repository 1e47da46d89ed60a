//! creel: a self-hosted webhook inspector that understands LangGraph.

pub mod access;
pub mod api;
pub mod capture;
pub mod cli;
pub mod commands;
pub mod config;
pub mod domain;
pub mod error;
pub mod guard;
pub mod langgraph;
pub mod live;
pub mod server;
pub mod state;
pub mod store;
pub mod web;
