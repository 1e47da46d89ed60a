//! The members of a delivery's body that are read: langgraph-api 0.4 to 0.16 and @langchain/langgraph-api 2.0.
//!
//! **Invariant:** members may be in any order (the two backends of the Python server differ), absent (`webhooks.allowed_fields`) and of any
//! type. One pass reads them, and no value is copied.

use serde::de::MapAccess;

use super::secrets::Secrets;
use super::state_summary::StateSummary;
use super::unknown_fields::UnknownFields;
use crate::json::{Container, Lenient, RawJson, lenient_object, read_member, skip_member};

/// A delivery's body.
#[derive(Debug, Default)]
pub(super) struct Payload<'de> {
    pub(super) run_id: RawJson<'de>,
    pub(super) thread_id: RawJson<'de>,
    pub(super) assistant_id: RawJson<'de>,
    pub(super) status: RawJson<'de>,
    pub(super) error: RawJson<'de>,
    pub(super) multitask_strategy: RawJson<'de>,
    pub(super) created_at: RawJson<'de>,
    pub(super) updated_at: RawJson<'de>,
    pub(super) run_started_at: RawJson<'de>,
    pub(super) run_ended_at: RawJson<'de>,
    pub(super) webhook_sent_at: RawJson<'de>,
    /// Whether `metadata` is present, of whatever type.
    pub(super) has_metadata: bool,
    pub(super) metadata: Lenient<MetadataMembers<'de>>,
    /// Whether `kwargs` is present, of whatever type.
    pub(super) has_kwargs: bool,
    pub(super) kwargs: Lenient<KwargsMembers<'de>>,
    pub(super) state: StateSummary<'de>,
    /// The member `type`. No run has one; webhooks of LangSmith do.
    pub(super) type_name: RawJson<'de>,
    pub(super) unknown: UnknownFields,
}

impl<'de> Container<'de> for Payload<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "run_id" => read_member(&mut self.run_id, map),
            "thread_id" => read_member(&mut self.thread_id, map),
            "assistant_id" => read_member(&mut self.assistant_id, map),
            "status" => read_member(&mut self.status, map),
            "error" => read_member(&mut self.error, map),
            "multitask_strategy" => read_member(&mut self.multitask_strategy, map),
            "created_at" => read_member(&mut self.created_at, map),
            "updated_at" => read_member(&mut self.updated_at, map),
            "run_started_at" => read_member(&mut self.run_started_at, map),
            "run_ended_at" => read_member(&mut self.run_ended_at, map),
            "webhook_sent_at" => read_member(&mut self.webhook_sent_at, map),
            "metadata" => {
                self.has_metadata = true;
                read_member(&mut self.metadata, map)
            }
            "kwargs" => {
                self.has_kwargs = true;
                read_member(&mut self.kwargs, map)
            }
            "values" => read_member(&mut self.state, map),
            // Known, and nothing is read from it.
            "langsmith_session_name" => skip_member(map),
            other => {
                self.unknown.add(other);
                if other == "type" {
                    return read_member(&mut self.type_name, map);
                }
                skip_member(map)
            }
        }
    }
}

lenient_object! {
    /// `metadata`, and its copy in `kwargs.config.metadata`, to which the server adds.
    #[derive(Clone, Copy, Debug, Default)]
    pub(super) struct MetadataMembers<'de> {
        pub(super) graph_id: RawJson<'de> = "graph_id",
        /// Only the Python server writes it, and only into `kwargs.config.metadata`.
        pub(super) langgraph_api_version: RawJson<'de> = "langgraph_api_version",
    }
}

lenient_object! {
    /// `kwargs`: the parameters of the run.
    #[derive(Debug, Default)]
    pub(super) struct KwargsMembers<'de> {
        pub(super) temporary: RawJson<'de> = "temporary",
        pub(super) command: RawJson<'de> = "command",
        pub(super) webhook: RawJson<'de> = "webhook",
        pub(super) interrupt_before: RawJson<'de> = "interrupt_before",
        pub(super) interrupt_after: RawJson<'de> = "interrupt_after",
        pub(super) context: RawJson<'de> = "context",
        pub(super) config: Lenient<ConfigMembers<'de>> = "config",
    }
}

lenient_object! {
    #[derive(Debug, Default)]
    pub(super) struct ConfigMembers<'de> {
        pub(super) configurable: Lenient<Configurable<'de>> = "configurable",
        pub(super) metadata: Lenient<MetadataMembers<'de>> = "metadata",
    }
}

/// `kwargs.config.configurable`, if it is an object, as both servers send it.
#[derive(Debug, Default)]
pub(super) struct Configurable<'de> {
    pub(super) graph_id: RawJson<'de>,
    pub(super) cron_id: RawJson<'de>,
    pub(super) secrets: Secrets,
}

impl<'de> Container<'de> for Configurable<'de> {
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

lenient_object! {
    #[derive(Debug, Default)]
    pub(super) struct CommandMembers<'de> {
        pub(super) resume: RawJson<'de> = "resume",
    }
}

lenient_object! {
    /// `error`, if it is an object (langgraph-api 0.7 and later).
    #[derive(Debug, Default)]
    pub(super) struct ErrorObject<'de> {
        pub(super) error: RawJson<'de> = "error",
        pub(super) message: RawJson<'de> = "message",
    }
}
