//! creel: a self-hosted webhook inspector that understands LangGraph.

pub mod client;
pub mod commands;
pub mod domain;
pub mod langgraph;
