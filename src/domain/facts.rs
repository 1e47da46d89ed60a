//! What was read of a delivery beside the run itself: the stuff of findings, kept so that better rules apply to what came before them.
//!
//! **Invariant:** it is small whatever comes, tells where a secret stands and never what it is, and its default says nothing.

use serde::{Deserialize, Serialize};

/// Facts of one delivery. Those that say nothing are not stored, so that an ordinary delivery costs a few bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent observation, not a state"
)]
pub struct Facts {
    /// What became of `values`.
    #[serde(skip_serializing_if = "says_nothing")]
    pub values: ValuesFact,
    /// Tool calls of the last AI message that no later tool message answers.
    #[serde(skip_serializing_if = "says_nothing")]
    pub unanswered_calls: u64,
    /// Whether the run was created with `interrupt_before` or `interrupt_after`.
    #[serde(skip_serializing_if = "says_nothing")]
    pub pause_asked: bool,
    /// Whether `kwargs.webhook` holds the token of the request's query, or the user and password of its basic authorization.
    #[serde(skip_serializing_if = "says_nothing")]
    pub token_in_webhook: bool,
    /// Paths of members that look like secrets; at most [`Facts::SECRETS_MAX`].
    #[serde(skip_serializing_if = "says_nothing")]
    pub secrets: Vec<String>,
    /// Top-level names of which both servers send all, and that did not come.
    #[serde(skip_serializing_if = "says_nothing")]
    pub missing: Vec<String>,
    /// Top-level names that neither server is known to send; at most [`Facts::UNKNOWN_MAX`].
    #[serde(skip_serializing_if = "says_nothing")]
    pub unknown: Vec<String>,
    /// Whether the first Content-Type line says `text/...`.
    #[serde(skip_serializing_if = "says_nothing")]
    pub content_type_text: bool,
    /// How many Content-Type lines came, where it was more than one.
    #[serde(skip_serializing_if = "says_nothing")]
    pub content_types: u32,
    /// Who a GET without a body is from, as far as its User-Agent tells.
    #[serde(skip_serializing_if = "says_nothing")]
    pub bodyless_get_by: Option<HttpClient>,
    /// A webhook of another LangChain product.
    #[serde(skip_serializing_if = "says_nothing")]
    pub langsmith: Option<Langsmith>,
    /// Whether values of creel's own cookies were removed from the header lines.
    #[serde(skip_serializing_if = "says_nothing")]
    pub own_cookies_removed: bool,
}

impl Facts {
    /// How many paths of secrets are kept.
    pub const SECRETS_MAX: usize = 8;
    /// How many unknown names are kept.
    pub const UNKNOWN_MAX: usize = 8;

    /// Whether there is nothing to store.
    #[must_use]
    pub fn say_nothing(&self) -> bool {
        says_nothing(self)
    }
}

fn says_nothing<T: Default + PartialEq>(fact: &T) -> bool {
    *fact == T::default()
}

/// What became of `values`, the state of the thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValuesFact {
    /// Nothing was read: no run, or a row from before facts were kept.
    #[default]
    NotRead,
    /// It came and holds something.
    Present,
    /// It came as an empty object, list or text.
    Empty,
    /// It came as null.
    Null,
    /// It did not come.
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

/// A webhook of LangSmith, known by the names that its documentation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Langsmith {
    /// An automation rule matched runs: `rule_id`, `start_time`, `end_time`, `runs`.
    Rule,
    /// An alert fired: `alert_rule_id` and what triggered it.
    Alert,
    /// A prompt was changed: `prompt_id`, `prompt_name`, `commit_hash`.
    Prompt,
    /// LangSmith Engine tells of an issue: `type` is `issue.…`, beside `id`, `created`, `request_id` and `data`.
    Engine,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_that_say_nothing_take_no_room_and_a_row_without_them_has_none() {
        assert_eq!(serde_json::to_string(&Facts::default()).unwrap(), "{}");
        let facts: Facts = serde_json::from_str(r#"{"values": "null", "later": 1}"#).unwrap();
        let expected = Facts {
            values: ValuesFact::Null,
            ..Facts::default()
        };
        assert_eq!(facts, expected);
        assert_eq!(
            serde_json::to_string(&facts).unwrap(),
            r#"{"values":"null"}"#
        );
    }
}
