//! A capture URL with its settings. Ids are never reused: after an endpoint is deleted, its URL answers 404 forever.

use super::ids::{EndpointId, Seq};
use super::reply::Reply;
use super::secret::SecretHash;
use super::time::Time;
use super::token_check::TokenRule;

/// Longest name of an endpoint, in characters.
pub const NAME_CHARS_MAX: usize = 100;

/// A capture URL with its settings.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its id, part of the capture URL.
    pub id: EndpointId,
    /// Display name.
    pub name: Option<String>,
    /// Whether a token is expected, and which.
    pub token_rule: TokenRule,
    /// The response statuses.
    pub reply: Reply,
    /// When it was created.
    pub created_at: Time,
    /// The browser that created it.
    pub owner: Option<SecretHash>,
}

impl Endpoint {
    /// A new endpoint with a fresh id.
    #[must_use]
    pub fn new(name: Option<String>, token_rule: TokenRule, owner: Option<SecretHash>) -> Self {
        Self {
            id: EndpointId::random(),
            name,
            token_rule,
            reply: Reply::default(),
            created_at: Time::now(),
            owner,
        }
    }

    /// Its title: the name, or the first group of the id.
    #[must_use]
    pub fn title(&self) -> String {
        self.name
            .clone()
            .unwrap_or_else(|| self.id.to_string().chars().take(8).collect())
    }
}

/// An endpoint with its number of deliveries.
#[derive(Clone, Debug)]
pub struct EndpointStats {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Seq of its newest delivery; 0 before the first.
    pub last_seq: Seq,
    /// When that one arrived.
    pub last_received_at: Option<Time>,
}

/// Validates a name. It is trimmed; an empty one means no name.
///
/// # Errors
/// What is wrong with the text.
pub fn name(asked: Option<&str>) -> Result<Option<String>, String> {
    let name = asked.map(str::trim).filter(|name| !name.is_empty());
    match name {
        Some(name) if name.chars().count() > NAME_CHARS_MAX => Err(format!(
            "the name must have at most {NAME_CHARS_MAX} characters"
        )),
        Some(name) if name.chars().any(char::is_control) => {
            Err("the name must not contain control characters".to_owned())
        }
        name => Ok(name.map(str::to_owned)),
    }
}
