//! Storage: one trait, one folder per backend. This page is the contract; `tests/it/store.rs` tests every backend against it.
//!
//! **Invariant:** what a method returned `Ok` for is on disk and survives a crash of the process and of the machine. Every method is
//! atomic. The time is always an argument or part of what is stored, never the backend's own.

pub mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::domain::delivery::{Delivery, Summary};
use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::reply::ReplyPlan;
use crate::domain::response::Response;
use crate::domain::secret::SecretHash;
use crate::domain::settings::{InvalidSetting, Settings};
use crate::domain::time::Time;

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such endpoint or delivery.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The settings that were asked for cannot be used; nothing was changed.
    #[error(transparent)]
    Invalid(#[from] InvalidSetting),
    /// There is an endpoint of this id, or there was one that is deleted; nothing was changed.
    #[error("the id is given out already")]
    IdTaken,
    /// All numbers for these are given out; nothing was kept of this request.
    #[error("all numbers for {0} are given out")]
    UsedUp(&'static str),
    /// More is waiting than the store takes; nothing was kept of this request.
    #[error("more is waiting than the store takes")]
    QueueFull,
    /// The store failed; nothing was kept of this request, and what it had before is still there.
    #[error("the store failed")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// What is known once a delivery is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its place.
    pub seq: Seq,
    /// What its sender is to be answered; `None` when it is gone.
    pub response: Option<Response>,
}

/// Which endpoints to list.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// Those of one owner.
    One(SecretHash),
    /// All of them.
    Any,
}

/// Which deliveries of an endpoint: what SQL can select by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Every one.
    All,
    /// Every one whose bytes are not sent again among the next 16 of its run: of attempts the latest.
    LatestAttempts,
    /// Those of this run.
    Run(Uuid),
    /// Those of this thread.
    Thread(Uuid),
}

/// Which deliveries to list: those with `after < seq < before`, at most `limit`, from the newest or from the oldest.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Which ones.
    pub filter: Filter,
    /// Exclusive lower bound.
    pub after: Seq,
    /// Exclusive upper bound, if any.
    pub before: Option<Seq>,
    /// At most so many.
    pub limit: usize,
    /// Which end the list begins with.
    pub order: Order,
}

/// Cuts a list that was asked for with one more than `limit` back to `limit`, and says whether there is more.
#[must_use]
pub fn split_page<T>(mut found: Vec<T>, limit: usize) -> (Vec<T>, bool) {
    let more = found.len() > limit;
    found.truncate(limit);
    (found, more)
}

impl Page {
    /// The newest `limit` deliveries, newest first.
    #[must_use]
    pub fn newest(limit: usize) -> Self {
        Self {
            filter: Filter::All,
            after: Seq(0),
            before: None,
            limit,
            order: Order::NewestFirst,
        }
    }

    /// The `limit` deliveries that follow `after`, oldest first.
    #[must_use]
    pub fn following(after: Seq, limit: usize) -> Self {
        Self {
            filter: Filter::All,
            after,
            before: None,
            limit,
            order: Order::OldestFirst,
        }
    }

    /// This delivery alone.
    #[must_use]
    pub fn only(seq: Seq) -> Self {
        Self {
            after: Seq(seq.0.saturating_sub(1)),
            before: Some(Seq(seq.0.saturating_add(1))),
            ..Self::newest(1)
        }
    }

    /// The same, of these deliveries only.
    #[must_use]
    pub fn filter(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }
}

/// Which end a list begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Highest seq first.
    NewestFirst,
    /// Lowest seq first.
    OldestFirst,
}

/// Makes the new settings of an endpoint out of those that it has.
pub type SettingsChange = Box<dyn FnOnce(&Settings) -> Result<Settings, InvalidSetting> + Send>;

/// What makes an installation of creel its own: made once, with its database.
#[derive(Clone)]
pub struct Instance {
    /// Eight hexadecimal digits; part of the names of its cookies.
    pub id: String,
    /// Key that authenticates the values which it gives to browsers. Never shown, also not by `Debug`.
    pub mac_key: [u8; 32],
}

/// A browser in which the operator signed in.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Hash of the secret that the browser holds.
    pub hash: SecretHash,
    /// Hash of the operator token with which it was opened.
    pub operator_token: SecretHash,
    /// When it ends by itself.
    pub expires_at: Time,
}

/// Stores endpoints and what they captured.
///
/// A delivery with stored values that cannot be read is given back with their names in `damaged`; an endpoint with such values is an
/// error, and left out of lists.
///
/// Every method may fail with [`StoreError::Unavailable`] or [`StoreError::QueueFull`]. A method that names an endpoint answers
/// [`StoreError::NotFound`] when it does not exist (any more).
#[async_trait]
pub trait Store: Send + Sync {
    /// Keeps a new endpoint, with a read key for it if one is given. An id is given out once: [`StoreError::IdTaken`] says that it was.
    async fn create_endpoint(
        &self,
        endpoint: Endpoint,
        read_key: Option<SecretHash>,
    ) -> Result<(), StoreError>;

    /// The endpoint as it is now.
    async fn endpoint(&self, id: EndpointId) -> Result<Arc<Endpoint>, StoreError>;

    /// At most `limit` endpoints with how much they captured, newest endpoint first, those made before the endpoint `before` only.
    async fn endpoints(
        &self,
        owner: Owner,
        before: Option<EndpointId>,
        limit: usize,
    ) -> Result<Vec<EndpointStats>, StoreError>;

    /// Changes the settings and gives back the result; settings that cannot be used are [`StoreError::Invalid`]. The change is called
    /// within the transaction that writes, so that of two changes at once neither undoes the other. Deliveries keep the result of the
    /// token check that they got when they arrived.
    async fn change_settings(
        &self,
        id: EndpointId,
        change: SettingsChange,
    ) -> Result<Arc<Endpoint>, StoreError>;

    /// Deletes the endpoint with its keys and deliveries, for good.
    async fn delete_endpoint(&self, id: EndpointId) -> Result<(), StoreError>;

    /// Adds a read key.
    async fn add_read_key(&self, id: EndpointId, key: SecretHash) -> Result<(), StoreError>;

    /// Takes away all read keys.
    async fn revoke_read_keys(&self, id: EndpointId) -> Result<(), StoreError>;

    /// Whether this is a read key of this endpoint.
    async fn has_read_key(&self, id: EndpointId, key: SecretHash) -> Result<bool, StoreError>;

    /// What makes this installation its own; the same at every call and after every restart.
    async fn instance(&self) -> Result<Instance, StoreError>;

    /// Adds a session, and removes those that have ended at `now`.
    async fn add_session(&self, session: Session, now: Time) -> Result<(), StoreError>;

    /// The session of this hash.
    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, StoreError>;

    /// Removes a session; one that does not exist is no error.
    async fn end_session(&self, hash: SecretHash) -> Result<(), StoreError>;

    /// Removes the sessions that were opened with another operator token than this one.
    async fn end_sessions_of_other_tokens(&self, token: SecretHash) -> Result<(), StoreError>;

    /// Gives the endpoints of one owner to another.
    async fn change_owner(&self, from: SecretHash, to: SecretHash) -> Result<(), StoreError>;

    /// Keeps a delivery. Its seq is one more than [`Store::last_seq`]; it is the next attempt of the newest delivery of the same
    /// run and bytes, if that is among the 16 newest of the run, and is answered as the plan says of that. The write goes on when the caller
    /// goes away.
    async fn record(&self, delivery: Delivery, reply: ReplyPlan) -> Result<Receipt, StoreError>;

    /// A page of deliveries without headers and bodies.
    async fn deliveries(&self, id: EndpointId, page: Page) -> Result<Vec<Summary>, StoreError>;

    /// One delivery in full.
    async fn delivery(&self, id: EndpointId, seq: Seq) -> Result<Delivery, StoreError>;

    /// One delivery without headers and body: what it is, and how large, before it is loaded.
    async fn summary(&self, id: EndpointId, seq: Seq) -> Result<Summary, StoreError> {
        let found = self.deliveries(id, Page::only(seq)).await?.pop();
        found.ok_or(StoreError::NotFound("delivery"))
    }

    /// The bytes of a body from `offset` on: `len` of them, or as many as there are. Nothing is held between two calls, so a delivery
    /// that is deleted in between is `NotFound`.
    async fn body_piece(
        &self,
        id: EndpointId,
        seq: Seq,
        offset: u64,
        len: usize,
    ) -> Result<Bytes, StoreError>;

    /// The highest seq that was given out; 0 before the first delivery. It does not go back when deliveries are deleted.
    async fn last_seq(&self, id: EndpointId) -> Result<Seq, StoreError>;

    /// Whether the store can be written to now; the readiness check.
    async fn check(&self) -> Result<(), StoreError>;
}
