//! The members of a delivery's body that are read: langgraph-api 0.4 to 0.16 and @langchain/langgraph-api 2.0.
//!
//! **Invariant:** members may be in any order (the two backends of the Python server differ), absent (`webhooks.allowed_fields`) and of any
//! type. One pass reads them, and no value is copied.

use serde::de::{DeserializeSeed, MapAccess};

use super::repeats::Repeats;
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
    pub(super) repeats: Repeats,
}

impl<'de> Container<'de> for Payload<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        // The numbers are the positions in `repeats::RUN`.
        let seen = &mut self.repeats;
        match name {
            "run_id" => read_at(seen, 0, &mut self.run_id, map),
            "thread_id" => read_at(seen, 1, &mut self.thread_id, map),
            "assistant_id" => read_at(seen, 2, &mut self.assistant_id, map),
            "status" => read_at(seen, 3, &mut self.status, map),
            "error" => read_at(seen, 4, &mut self.error, map),
            "multitask_strategy" => read_at(seen, 5, &mut self.multitask_strategy, map),
            "created_at" => read_at(seen, 6, &mut self.created_at, map),
            "updated_at" => read_at(seen, 7, &mut self.updated_at, map),
            "run_started_at" => read_at(seen, 8, &mut self.run_started_at, map),
            "run_ended_at" => read_at(seen, 9, &mut self.run_ended_at, map),
            "webhook_sent_at" => read_at(seen, 10, &mut self.webhook_sent_at, map),
            "metadata" => {
                self.has_metadata = true;
                read_at(seen, 11, &mut self.metadata, map)
            }
            "kwargs" => {
                self.has_kwargs = true;
                read_at(seen, 12, &mut self.kwargs, map)
            }
            "values" => read_at(seen, 13, &mut self.state, map),
            // Known, and nothing is read from it.
            "langsmith_session_name" => skip_at(seen, 14, map),
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

/// Reads the value of the member at a position.
fn read_at<'de, 'a, T, A: MapAccess<'de>>(
    seen: &mut Repeats,
    position: u32,
    place: &'a mut T,
    map: &mut A,
) -> Result<(), A::Error>
where
    &'a mut T: DeserializeSeed<'de, Value = ()>,
{
    seen.add(position);
    read_member(place, map)
}

/// Skips the value of the member at a position.
fn skip_at<'de, A: MapAccess<'de>>(
    seen: &mut Repeats,
    position: u32,
    map: &mut A,
) -> Result<(), A::Error> {
    seen.add(position);
    skip_member(map)
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

/// `kwargs`: the parameters of the run.
#[derive(Debug, Default)]
pub(super) struct KwargsMembers<'de> {
    pub(super) temporary: RawJson<'de>,
    pub(super) command: RawJson<'de>,
    pub(super) webhook: RawJson<'de>,
    pub(super) interrupt_before: RawJson<'de>,
    pub(super) interrupt_after: RawJson<'de>,
    pub(super) context: RawJson<'de>,
    pub(super) config: Lenient<ConfigMembers<'de>>,
    pub(super) repeats: Repeats,
}

impl<'de> Container<'de> for KwargsMembers<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        // The numbers are the positions in `repeats::KWARGS`.
        let seen = &mut self.repeats;
        match name {
            "temporary" => read_at(seen, 0, &mut self.temporary, map),
            "command" => read_at(seen, 1, &mut self.command, map),
            "webhook" => read_at(seen, 2, &mut self.webhook, map),
            "interrupt_before" => read_at(seen, 3, &mut self.interrupt_before, map),
            "interrupt_after" => read_at(seen, 4, &mut self.interrupt_after, map),
            "context" => read_at(seen, 5, &mut self.context, map),
            "config" => read_at(seen, 6, &mut self.config, map),
            "input" => skip_at(seen, 7, map),
            "stream_mode" => skip_at(seen, 8, map),
            "feedback_keys" => skip_at(seen, 9, map),
            "subgraphs" => skip_at(seen, 10, map),
            "resumable" => skip_at(seen, 11, map),
            "checkpoint_during" => skip_at(seen, 12, map),
            "durability" => skip_at(seen, 13, map),
            _ => skip_member(map),
        }
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
