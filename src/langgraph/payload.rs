//! The shape of a delivery's body, as far as creel looks at it: langgraph-api 0.4 to 0.16 and @langchain/langgraph-api 2.0. Keys may
//! come in any order (the two backends of the Python server differ), may be missing (`webhooks.allowed_fields`) and may hold anything.
//! One pass reads it, and nothing is copied.

use serde::de::MapAccess;

use super::lenient::{Hoped, Leaf, Part, keep, skip};
use super::others::Others;
use super::secrets::Secrets;
use super::values::Values;

/// A delivery's body.
#[derive(Debug, Default)]
pub(super) struct Payload<'de> {
    pub(super) run_id: Leaf<'de>,
    pub(super) thread_id: Leaf<'de>,
    pub(super) assistant_id: Leaf<'de>,
    pub(super) status: Leaf<'de>,
    pub(super) error: Leaf<'de>,
    pub(super) multitask_strategy: Leaf<'de>,
    pub(super) created_at: Leaf<'de>,
    pub(super) run_started_at: Leaf<'de>,
    pub(super) run_ended_at: Leaf<'de>,
    pub(super) webhook_sent_at: Leaf<'de>,
    pub(super) updated_at: Leaf<'de>,
    pub(super) metadata_came: bool,
    pub(super) metadata: Hoped<Metadata<'de>>,
    pub(super) kwargs_came: bool,
    pub(super) kwargs: Hoped<Kwargs<'de>>,
    pub(super) values: Values<'de>,
    /// The member `type`, which no run has.
    pub(super) kind: Leaf<'de>,
    pub(super) others: Others,
}

impl<'de> Part<'de> for Payload<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "run_id" => keep(&mut self.run_id, map),
            "thread_id" => keep(&mut self.thread_id, map),
            "assistant_id" => keep(&mut self.assistant_id, map),
            "status" => keep(&mut self.status, map),
            "error" => keep(&mut self.error, map),
            "multitask_strategy" => keep(&mut self.multitask_strategy, map),
            "created_at" => keep(&mut self.created_at, map),
            "run_started_at" => keep(&mut self.run_started_at, map),
            "run_ended_at" => keep(&mut self.run_ended_at, map),
            "webhook_sent_at" => keep(&mut self.webhook_sent_at, map),
            "metadata" => {
                self.metadata_came = true;
                keep(&mut self.metadata, map)
            }
            "kwargs" => {
                self.kwargs_came = true;
                keep(&mut self.kwargs, map)
            }
            "values" => keep(&mut self.values, map),
            "updated_at" => keep(&mut self.updated_at, map),
            "langsmith_session_name" => skip(map),
            other => {
                self.others.see(other);
                if other == "type" {
                    return keep(&mut self.kind, map);
                }
                skip(map)
            }
        }
    }
}

/// `metadata`, and its copy in `kwargs.config.metadata` to which the server adds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Metadata<'de> {
    pub(super) graph_id: Leaf<'de>,
    /// Only the Python server writes it, and only into `kwargs.config.metadata`.
    pub(super) langgraph_api_version: Leaf<'de>,
    /// Written as the one above.
    pub(super) langgraph_api_url: Leaf<'de>,
}

impl<'de> Part<'de> for Metadata<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "graph_id" => keep(&mut self.graph_id, map),
            "langgraph_api_version" => keep(&mut self.langgraph_api_version, map),
            "langgraph_api_url" => keep(&mut self.langgraph_api_url, map),
            _ => skip(map),
        }
    }
}

/// `kwargs`: what the run was created with.
#[derive(Debug, Default)]
pub(super) struct Kwargs<'de> {
    pub(super) temporary: Leaf<'de>,
    pub(super) command: Leaf<'de>,
    pub(super) webhook: Leaf<'de>,
    pub(super) interrupt_before: Leaf<'de>,
    pub(super) interrupt_after: Leaf<'de>,
    pub(super) context: Leaf<'de>,
    pub(super) config: Hoped<Config<'de>>,
}

impl<'de> Part<'de> for Kwargs<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "temporary" => keep(&mut self.temporary, map),
            "command" => keep(&mut self.command, map),
            "webhook" => keep(&mut self.webhook, map),
            "interrupt_before" => keep(&mut self.interrupt_before, map),
            "interrupt_after" => keep(&mut self.interrupt_after, map),
            "context" => keep(&mut self.context, map),
            "config" => keep(&mut self.config, map),
            _ => skip(map),
        }
    }
}

/// `kwargs.config`.
#[derive(Debug, Default)]
pub(super) struct Config<'de> {
    pub(super) configurable: Hoped<Configurable<'de>>,
    pub(super) metadata: Hoped<Metadata<'de>>,
}

impl<'de> Part<'de> for Config<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "configurable" => keep(&mut self.configurable, map),
            "metadata" => keep(&mut self.metadata, map),
            _ => skip(map),
        }
    }
}

/// `kwargs.config.configurable`, where it is an object, as both servers send it.
#[derive(Debug, Default)]
pub(super) struct Configurable<'de> {
    pub(super) graph_id: Leaf<'de>,
    pub(super) cron_id: Leaf<'de>,
    pub(super) secrets: Secrets,
}

impl<'de> Part<'de> for Configurable<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value()?;
        match name {
            "graph_id" => self.graph_id = value,
            "cron_id" => self.cron_id = value,
            _ => {}
        }
        self.secrets
            .search_member("kwargs.config.configurable", name, value);
        Ok(())
    }
}

/// `kwargs.command`, where it is an object.
#[derive(Debug, Default)]
pub(super) struct Command<'de> {
    pub(super) resume: Leaf<'de>,
}

impl<'de> Part<'de> for Command<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "resume" => keep(&mut self.resume, map),
            _ => skip(map),
        }
    }
}

/// `error`, where it is an object (langgraph-api 0.7 and later).
#[derive(Debug, Default)]
pub(super) struct ErrorObject<'de> {
    pub(super) error: Leaf<'de>,
    pub(super) message: Leaf<'de>,
}

impl<'de> Part<'de> for ErrorObject<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "error" => keep(&mut self.error, map),
            "message" => keep(&mut self.message, map),
            _ => skip(map),
        }
    }
}
