//! Every known field: its object, its types, and when each server sends it.
//!
//! **Invariant:** a row says only what was measured on langgraph-api 0.4.48 and 0.16.7 or on @langchain/langgraph-api 2.0.0, or is in the
//! code of the versions between.

use super::basis::Basis;
use crate::domain::run::{Run, SenderKind};
use crate::json::RawJson;
use crate::langgraph::version::ApiVersion;

use Object::{Config, ConfigMetadata, Configurable, Error, Kwargs, Metadata, Run as Payload};
use When::{Always, Cron, Given, Never, OnThread, Raised, SignedIn, Since, Stateful, Unscheduled};

/// An object of the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// The payload itself.
    Run,
    /// The parameters of the run.
    Kwargs,
    /// Its configuration.
    Config,
    /// The part of the configuration that the graph sees.
    Configurable,
    /// The metadata, with additions of the server.
    ConfigMetadata,
    /// The metadata of the run.
    Metadata,
    /// The exception.
    Error,
}

impl Object {
    /// Its path in the payload; empty for the payload itself.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Run => "",
            Self::Kwargs => "kwargs",
            Self::Config => "kwargs.config",
            Self::Configurable => "kwargs.config.configurable",
            Self::ConfigMetadata => "kwargs.config.metadata",
            Self::Metadata => "metadata",
            Self::Error => "error",
        }
    }

    /// Whether the caller may add fields to it.
    pub(super) fn is_open(self) -> bool {
        !matches!(self, Self::Run | Self::Kwargs | Self::Error)
    }
}

/// A set of the types of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Types(u8);

const NULL: Types = Types(1);
const BOOLEAN: Types = Types(2);
const NUMBER: Types = Types(4);
const STRING: Types = Types(8);
const ARRAY: Types = Types(16);
const OBJECT: Types = Types(32);
const ANY: Types = Types(63);

impl Types {
    const NAMED: [(Self, &'static str); 6] = [
        (STRING, "string"),
        (NUMBER, "number"),
        (BOOLEAN, "boolean"),
        (OBJECT, "object"),
        (ARRAY, "array"),
        (NULL, "null"),
    ];

    /// The type of a received value, by its first character. `None` if the value is absent.
    pub(super) fn of(json: RawJson<'_>) -> Option<Self> {
        Some(match json.json().bytes().next()? {
            b'{' => OBJECT,
            b'[' => ARRAY,
            b'"' => STRING,
            b't' | b'f' => BOOLEAN,
            b'n' => NULL,
            _ => NUMBER,
        })
    }

    pub(super) fn include(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The names of the types in it.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let included = Self::NAMED.into_iter();
        included
            .filter(move |(one, _)| self.include(*one))
            .map(|(_, name)| name)
    }
}

/// When a server sends a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// Since this version of the Python server.
    Since(ApiVersion, &'static str),
    /// If the run ended with an exception.
    Raised,
    /// If the run had a persistent thread.
    Stateful,
    /// For runs on a thread; a payload does not always show whether its run was.
    OnThread,
    /// For runs of a cron.
    Cron,
    /// For all other runs.
    Unscheduled,
    /// If the caller set it.
    Given,
    /// If the server has its own authentication.
    SignedIn,
    Never,
}

/// Whether a field is expected in this payload; if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    NotNow(&'static str),
    Never(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct KnownField {
    pub(super) object: Object,
    pub(super) name: &'static str,
    python: (Types, When),
    javascript: (Types, When),
}

#[rustfmt::skip]
pub(super) const TABLE: &[KnownField] = &[
    //    object          name                          types                   Python                      JavaScript
    entry(Payload,        "run_id",                     STRING,                 Always,                     Always),
    entry(Payload,        "thread_id",                  STRING,                 Always,                     Always),
    entry(Payload,        "assistant_id",               STRING,                 Always,                     Always),
    entry(Payload,        "metadata",                   OBJECT,                 Always,                     Always),
    entry(Payload,        "status",                     STRING,                 Always,                     Always),
    entry(Payload,        "kwargs",                     OBJECT,                 Always,                     Always),
    entry(Payload,        "multitask_strategy",         STRING,                 Always,                     Always),
    entry(Payload,        "created_at",                 STRING,                 Always,                     Always),
    entry(Payload,        "updated_at",                 STRING,                 Always,                     Always),
    entry(Payload,        SESSION_NAME,                 STRING.or(NULL),        Since(ApiVersion(0, 12, 0), "sent since 0.12.x"), Never),
    entry(Payload,        "run_started_at",             STRING,                 Always,                     Always),
    entry(Payload,        "run_ended_at",               STRING,                 Always,                     Always),
    entry(Payload,        "webhook_sent_at",            STRING,                 Always,                     Always),
    entry(Payload,        "values",                     ANY,                    Always,                     Stateful),
    entry(Payload,        ERROR,                        OBJECT,                 Raised,                     Raised).but_javascript(STRING),

    entry(Kwargs,         "input",                      ANY,                    Always,                     Given),
    entry(Kwargs,         "command",                    OBJECT.or(NULL),        Always,                     Given),
    entry(Kwargs,         "config",                     OBJECT,                 Always,                     Always),
    entry(Kwargs,         "context",                    OBJECT,                 Always,                     Always),
    entry(Kwargs,         "stream_mode",                ARRAY,                  Always,                     Always),
    entry(Kwargs,         "interrupt_before",           NODES,                  Always,                     Given),
    entry(Kwargs,         "interrupt_after",            NODES,                  Always,                     Given),
    entry(Kwargs,         "webhook",                    STRING,                 Always,                     Always),
    entry(Kwargs,         "feedback_keys",              ARRAY.or(NULL),         Always,                     Given),
    entry(Kwargs,         "temporary",                  BOOLEAN,                Always,                     Always),
    entry(Kwargs,         "subgraphs",                  BOOLEAN,                Always,                     Always),
    entry(Kwargs,         "resumable",                  BOOLEAN,                Always,                     Always),
    entry(Kwargs,         "checkpoint_during",          BOOLEAN.or(NULL),       Always,                     Never),
    entry(Kwargs,         "durability",                 STRING.or(NULL),        Always,                     Never),

    entry(Config,         "configurable",               OBJECT,                 Always,                     Always),
    entry(Config,         "metadata",                   OBJECT,                 Always,                     Always),
    entry(Config,         "tags",                       ANY,                    Given,                      Given),
    entry(Config,         "recursion_limit",            ANY,                    Given,                      Given),

    entry(Configurable,   "langgraph_auth_user",        OBJECT.or(NULL),        Always,                     SignedIn),
    entry(Configurable,   "langgraph_auth_user_id",     STRING.or(NULL),        Always,                     SignedIn),
    entry(Configurable,   "langgraph_auth_permissions", ARRAY.or(NULL),         Always,                     SignedIn),
    entry(Configurable,   "langgraph_request_id",       STRING.or(NULL),        Always,                     Never),
    entry(Configurable,   "__request_start_time_ms__",  NUMBER,                 Unscheduled,                Never),
    entry(Configurable,   "__after_seconds__",          NUMBER.or(NULL),        Always,                     Never),
    entry(Configurable,   "run_id",                     STRING,                 Always,                     Always),
    entry(Configurable,   "thread_id",                  STRING,                 Always,                     Always),
    entry(Configurable,   "graph_id",                   STRING,                 Always,                     Always),
    entry(Configurable,   "assistant_id",               STRING,                 Always,                     Always),
    entry(Configurable,   "user_id",                    STRING.or(NULL),        Always,                     Never),
    entry(Configurable,   "__pregel_node_finished",     NULL,                   Always,                     Never),
    entry(Configurable,   "cron_id",                    STRING,                 Cron,                       Never),
    entry(Configurable,   "user-agent",                 ANY,                    Given,                      Given),

    entry(ConfigMetadata, "created_by",                 ANY,                    Always,                     Always),
    entry(ConfigMetadata, "graph_id",                   ANY,                    OnThread,                   OnThread),
    entry(ConfigMetadata, "assistant_id",               ANY,                    Always,                     OnThread),
    entry(ConfigMetadata, "run_attempt",                NUMBER,                 Always,                     Never),
    entry(ConfigMetadata, "langgraph_version",          STRING,                 Always,                     Never),
    entry(ConfigMetadata, "langgraph_api_version",      STRING,                 Always,                     Never),
    entry(ConfigMetadata, "langgraph_plan",             STRING,                 Always,                     Never),
    entry(ConfigMetadata, "langgraph_host",             STRING,                 Always,                     Never),
    entry(ConfigMetadata, "langgraph_api_url",          STRING.or(NULL),        Always,                     Never),

    entry(Metadata,       "created_by",                 ANY,                    Always,                     Always),
    entry(Metadata,       "graph_id",                   ANY,                    OnThread,                   OnThread),
    entry(Metadata,       "assistant_id",               ANY,                    Always,                     OnThread),

    entry(Error,          ERROR,                        STRING,                 Always,                     Never),
    entry(Error,          "message",                    STRING,                 Always,                     Never),
];

const SESSION_NAME: &str = "langsmith_session_name";
const ERROR: &str = "error";
/// Names of nodes, or `*` for all.
const NODES: Types = ARRAY.or(STRING).or(NULL);
/// In this version an exception is an object; in 0.4.48 it was a string.
const ERROR_OBJECT: ApiVersion = ApiVersion(0, 7, 103);
/// Since this version `webhooks.allowed_fields` can exclude fields.
const ALLOWED_FIELDS: ApiVersion = ApiVersion(0, 7, 11);

const fn entry(
    object: Object,
    name: &'static str,
    types: Types,
    python: When,
    javascript: When,
) -> KnownField {
    KnownField {
        object,
        name,
        python: (types, python),
        javascript: (types, javascript),
    }
}

/// Whether a field of that name is in the table, in any object.
pub(super) fn is_known(name: &str) -> bool {
    TABLE.iter().any(|entry| entry.name == name)
}

impl KnownField {
    /// With another type on the JavaScript server.
    const fn but_javascript(self, types: Types) -> Self {
        Self {
            javascript: (types, self.javascript.1),
            ..self
        }
    }

    /// The types it has on that server.
    pub(super) fn types(&self, basis: &Basis) -> Types {
        if basis.is_javascript() {
            return self.javascript.0;
        }
        let is_error = self.object == Object::Run && self.name == ERROR;
        if is_error && !(basis.is_known() && basis.is_python_from(ERROR_OBJECT)) {
            return OBJECT.or(STRING);
        }
        self.python.0
    }

    /// Whether it is expected in this payload.
    pub(super) fn due(&self, run: &Run, basis: &Basis) -> Due {
        let when = if basis.is_javascript() {
            self.javascript.1
        } else {
            self.python.1
        };
        let only = |due: bool, why| if due { Due::Now } else { Due::NotNow(why) };
        match when {
            When::Always => Due::Now,
            When::Since(numbers, why) => only(basis.is_python_from(numbers), why),
            When::Raised => only(raises(run), "sent only with an exception"),
            When::Stateful => only(run.stateless == Some(false), "not sent for stateless runs"),
            When::OnThread => Due::NotNow("sent only for runs on a thread"),
            When::Cron => only(run.cron_id.is_some(), "sent only for runs of a cron"),
            When::Unscheduled => only(run.cron_id.is_none(), "not sent for runs of a cron"),
            When::Given => Due::NotNow("sent only if the caller set it"),
            When::SignedIn => Due::NotNow("sent only if the server authenticates its callers"),
            When::Never => Due::Never("not known to be sent by the JavaScript server"),
        }
    }

    /// The setting that is known to exclude it.
    pub(super) fn left_out_by(&self, run: &Run, basis: &Basis) -> Option<&'static str> {
        let can = self.object == Object::Run
            && run.sender.kind != SenderKind::Compatible
            && basis.is_python_from(ALLOWED_FIELDS);
        can.then_some(if self.name == SESSION_NAME {
            "excluded by webhooks.allowed_fields"
        } else {
            "possibly excluded by webhooks.allowed_fields"
        })
    }
}

/// Whether a run ended with an exception, by its status.
fn raises(run: &Run) -> bool {
    let statuses = ["error", "interrupted", "rollback", "timeout"];
    run.status
        .as_deref()
        .is_some_and(|status| statuses.contains(&status))
}
