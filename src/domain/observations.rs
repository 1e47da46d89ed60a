//! Inputs for findings, besides the run itself. They are stored with a delivery, so that rules added later apply to it too.
//!
//! **Invariant:** they are small, whatever the body; they contain paths of secrets but never a secret; and they are empty for an ordinary
//! delivery.

use serde::{Deserialize, Serialize};

use super::body::Coding;
use super::time::Time;

/// Observations of one delivery. Defaults are not stored, so an ordinary delivery needs only a few bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent observation, not a state"
)]
pub struct Observations {
    /// Whether `values` is present, null, empty or filled.
    #[serde(skip_serializing_if = "is_default")]
    pub values: ValuesState,
    /// Tool calls of the last AI message that no later tool message answers.
    #[serde(skip_serializing_if = "is_default")]
    pub unanswered_calls: u64,
    /// Whether the run was created with `interrupt_before` or `interrupt_after`.
    #[serde(rename = "pause_asked", skip_serializing_if = "is_default")]
    pub pause_requested: bool,
    /// Whether `kwargs.webhook` contains the token of the request's query, or the user name and password of its Basic authorization.
    #[serde(skip_serializing_if = "is_default")]
    pub token_in_webhook: bool,
    /// Paths of members that may be secrets; at most [`Observations::SECRETS_MAX`].
    #[serde(skip_serializing_if = "is_default")]
    pub secrets: Vec<String>,
    /// Top-level names that both servers always send and that are absent.
    #[serde(skip_serializing_if = "is_default")]
    pub missing: Vec<String>,
    /// Top-level names that neither server is known to send; at most [`Observations::UNKNOWN_MAX`].
    #[serde(skip_serializing_if = "is_default")]
    pub unknown: Vec<String>,
    /// Known members that occur more than once in the run or in its `kwargs`, such as `status` or `kwargs.input`.
    #[serde(skip_serializing_if = "is_default")]
    pub repeated: Vec<String>,
    /// Numbers that JSON does not have; at most [`Observations::NOT_NUMBERS_MAX`].
    #[serde(skip_serializing_if = "is_default")]
    pub not_numbers: Vec<NotNumber>,
    /// Times of the run that are present but cannot be read as instants.
    #[serde(skip_serializing_if = "is_default")]
    pub unread_times: Vec<UnreadTime>,
    /// Whether the first Content-Type line says `text/...`.
    #[serde(skip_serializing_if = "is_default")]
    pub content_type_text: bool,
    /// The number of Content-Type lines, if there is more than one.
    #[serde(skip_serializing_if = "is_default")]
    pub content_types: u32,
    /// The client that sent a GET without a body, by its User-Agent.
    #[serde(skip_serializing_if = "is_default")]
    pub bodyless_get_by: Option<HttpClient>,
    /// A webhook of LangSmith.
    #[serde(skip_serializing_if = "is_default")]
    pub langsmith: Option<Langsmith>,
    /// Whether values of creel's own cookies were removed from the header lines.
    #[serde(skip_serializing_if = "is_default")]
    pub own_cookies_removed: bool,
    /// How the body was coded, unless it is UTF-8 text or other bytes without Content-Encoding.
    #[serde(skip_serializing_if = "is_default")]
    pub coding: Option<Coding>,
    /// Whether the target has characters that must be percent-encoded.
    #[serde(skip_serializing_if = "is_default")]
    pub raw_target: bool,
    /// The number of header lines, if it is more than some servers accept.
    #[serde(skip_serializing_if = "is_default")]
    pub many_lines: u32,
}

impl Observations {
    /// Most paths of secrets that are kept.
    pub const SECRETS_MAX: usize = 8;
    /// Most unknown names that are kept.
    pub const UNKNOWN_MAX: usize = 8;
    /// Most numbers that are not JSON that are kept.
    pub const NOT_NUMBERS_MAX: usize = 8;

    /// Whether there is nothing to store.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        is_default(self)
    }
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A number that JSON does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotNumber {
    /// The path of its place, such as `values.score`.
    pub path: String,
    /// `NaN`, `Infinity` or `-Infinity`.
    pub text: String,
}

/// A time of a run that cannot be read as an instant, because it has no time zone or is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadTime {
    /// Its member, such as `created_at`.
    pub name: String,
    /// As received, if it is a date and a time or a number; otherwise empty, because it may be anything, such as a secret.
    pub text: String,
}

impl UnreadTime {
    /// Whether it is a date and a time, only without a time zone.
    #[must_use]
    pub fn lacks_zone(&self) -> bool {
        Time::lacks_zone(&self.text)
    }
}

/// Whether `values`, the state of the thread, is present, null, empty or filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValuesState {
    /// Unknown: not a run, or stored before observations existed.
    #[default]
    NotRead,
    /// Not empty.
    Present,
    /// An empty object, list or string.
    Empty,
    /// Null.
    Null,
    /// Not in the body.
    Absent,
}

/// The HTTP client of a LangGraph server, by its User-Agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpClient {
    /// `python-httpx/...`, that of the Python server.
    Httpx,
    /// `node`, that of the JavaScript server.
    Node,
}

/// A webhook of LangSmith, recognised by the member names in its documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Langsmith {
    /// An automation rule matched runs: `rule_id`, `start_time`, `end_time`, `runs`.
    Rule,
    /// An alert fired: `alert_rule_id` and what triggered it.
    Alert,
    /// A prompt was changed: `prompt_id`, `prompt_name`, `commit_hash`.
    Prompt,
    /// LangSmith Engine reports an issue: `type` is `issue.…`, with `id`, `created`, `request_id` and `data`.
    Engine,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_stored_rows_stay() {
        let stored = r#"{"pause_asked":true,"own_cookies_removed":true}"#;
        let observations: Observations = serde_json::from_str(stored).unwrap();
        assert!(observations.pause_requested && observations.own_cookies_removed);
        assert_eq!(serde_json::to_string(&observations).unwrap(), stored);
    }

    #[test]
    fn defaults_are_not_stored() {
        assert_eq!(
            serde_json::to_string(&Observations::default()).unwrap(),
            "{}"
        );
        let facts: Observations =
            serde_json::from_str(r#"{"values": "null", "later": 1}"#).unwrap();
        let expected = Observations {
            values: ValuesState::Null,
            ..Observations::default()
        };
        assert_eq!(facts, expected);
        assert_eq!(
            serde_json::to_string(&facts).unwrap(),
            r#"{"values":"null"}"#
        );
    }
}
