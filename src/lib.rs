//! creel: a self-hosted webhook inspector that understands LangGraph.

pub mod domain;
pub mod langgraph;
