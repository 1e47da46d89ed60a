//! The interpretation of a body.
//!
//! **Invariant:** all values were received or are derived from received values. A value that the payload does not give is `None`, never
//! guessed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::observations::Observations;
use super::source::Source;
use super::time::Time;

/// The kind of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadingKind {
    /// A LangGraph run.
    Run,
    /// JSON of another kind.
    Json,
    /// UTF-8 text that is not JSON and does not claim to be.
    Text,
    /// Bytes that are not UTF-8.
    Binary,
    /// No body.
    Empty,
    /// Claims to be JSON but is not valid: see `why`.
    Unreadable,
    /// The stored reading cannot be read.
    Unknown,
}

/// The interpretation of a delivery's body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Kind of the body.
    pub kind: ReadingKind,
    /// The parse error, if `kind` is `unreadable`.
    pub why: Option<String>,
    /// The run, if `kind` is `run`.
    pub run: Option<Box<Run>>,
    /// Which service sent it and what event it reports, where it is not a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Inputs for findings.
    #[serde(
        default,
        rename = "facts",
        skip_serializing_if = "Observations::is_empty"
    )]
    pub observations: Observations,
}

impl Reading {
    /// A reading with only its kind.
    #[must_use]
    pub fn plain(kind: ReadingKind) -> Self {
        Self {
            kind,
            why: None,
            run: None,
            source: None,
            observations: Observations::default(),
        }
    }

    /// A body that claims to be JSON but is not valid.
    #[must_use]
    pub fn unreadable(why: impl Into<String>) -> Self {
        Self {
            kind: ReadingKind::Unreadable,
            why: Some(why.into()),
            run: None,
            source: None,
            observations: Observations::default(),
        }
    }
}

impl From<Run> for Reading {
    fn from(run: Run) -> Self {
        Self {
            kind: ReadingKind::Run,
            why: None,
            run: Some(Box::new(run)),
            source: None,
            observations: Observations::default(),
        }
    }
}

/// A LangGraph run as its webhook delivery describes it (langgraph-api 0.4 to 0.16, @langchain/langgraph-api 2.0).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Id of the run (UUID).
    pub run_id: Option<String>,
    /// Id of the thread (UUID). Stateless runs have one too; it is deleted when they end.
    pub thread_id: Option<String>,
    /// Id of the assistant (UUID).
    pub assistant_id: Option<String>,
    /// Name of the graph, from `metadata.graph_id` or `kwargs.config.configurable.graph_id`.
    pub graph_id: Option<String>,
    /// Id of the cron that started the run.
    pub cron_id: Option<String>,
    /// As received: `success`, `error`, `interrupted`, `timeout`, `rollback`, or another value.
    pub status: Option<String>,
    /// The exception, if there was one.
    pub error: Option<RunError>,
    /// `kwargs.temporary`: the run had no persistent thread.
    pub stateless: Option<bool>,
    /// Whether `kwargs.command.resume` is set.
    pub resumed: Option<bool>,
    /// The run that superseded this one, from the reason in `error.message`.
    pub superseded_by: Option<String>,
    /// `reject`, `enqueue`, `interrupt` or `rollback`, as received.
    pub multitask_strategy: Option<String>,
    /// When the run was created.
    #[schema(value_type = Option<String>)]
    pub created_at: Option<Time>,
    /// When a worker started it.
    #[schema(value_type = Option<String>)]
    pub started_at: Option<Time>,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    pub ended_at: Option<Time>,
    /// When the sender created this delivery (the same in every attempt).
    #[schema(value_type = Option<String>)]
    pub sent_at: Option<Time>,
    /// `started_at - created_at`, in milliseconds.
    pub queue_ms: Option<i64>,
    /// `ended_at - started_at`, in milliseconds.
    pub run_ms: Option<i64>,
    /// Time of receipt minus `sent_at`, in milliseconds; negative if the clocks disagree.
    pub lag_ms: Option<i64>,
    /// The number of messages in `values.messages`.
    pub messages: Option<u64>,
    /// Sum of `usage_metadata.input_tokens` over these messages.
    pub input_tokens: Option<u64>,
    /// Sum of `usage_metadata.output_tokens` over these messages.
    pub output_tokens: Option<u64>,
    /// Who sent it.
    pub sender: Sender,
}

/// Why a run failed, in one form for the three forms that servers use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunError {
    /// The class of the exception; null if the server sends only a string.
    pub class: Option<String>,
    /// The message of the exception.
    pub message: String,
    /// Whether the server replaced the message (langgraph-api does this for classes that it does not know).
    pub masked: bool,
}

/// Who sent a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sender {
    /// Which server.
    pub kind: SenderKind,
    /// Its version, if the payload names it.
    pub version: Option<String>,
}

/// Which server sent a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SenderKind {
    /// langgraph-api, the Python server.
    LanggraphPython,
    /// @langchain/langgraph-api, the JavaScript development server.
    LanggraphJs,
    /// An unknown server that sends the same members.
    Compatible,
    /// Too few members to recognise the server.
    #[default]
    Unknown,
}
