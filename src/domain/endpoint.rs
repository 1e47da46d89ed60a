//! A capture URL with its settings.
//!
//! **Invariant:** ids are never reused: after an endpoint is deleted, its URL answers 404 forever.

use super::ids::{EndpointId, Seq};
use super::secret::SecretHash;
use super::settings::Settings;
use super::time::Time;

/// An endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Part of the capture URL.
    pub id: EndpointId,
    /// What its owner chose.
    pub settings: Settings,
    /// When it was created.
    pub created_at: Time,
    /// Hash of the owner secret of the browser that created it; `None` if a program or the endpoints file did.
    pub owner: Option<SecretHash>,
}

impl Endpoint {
    /// A new endpoint with a fresh id.
    #[must_use]
    pub fn new(settings: Settings, owner: Option<SecretHash>) -> Self {
        Self {
            id: EndpointId::random(),
            settings,
            created_at: Time::now(),
            owner,
        }
    }

    /// Its title: the name, or the first group of the id.
    #[must_use]
    pub fn title(&self) -> String {
        let name = self.settings.name.clone();
        name.unwrap_or_else(|| self.id.to_string().chars().take(8).collect())
    }

    /// Whether the name or the id contains this text, in upper or lower case.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let name = self.settings.name.as_deref().unwrap_or_default();
        name.to_lowercase().contains(&text) || self.id.to_string().contains(&text)
    }
}

/// An endpoint and how much it captured.
#[derive(Clone, Debug)]
pub struct EndpointStats {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Which of its response statuses the next request that is not a run gets; 1 for the first.
    pub reply_position: u32,
    /// CORS preflights of browsers.
    pub preflights: u64,
    /// The highest seq that was given out; 0 before the first delivery.
    pub last_seq: Seq,
    /// When the newest of the existing deliveries arrived.
    pub last_received_at: Option<Time>,
}
