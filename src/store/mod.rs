//! Storage: one trait, one folder per backend. This file is the contract; `tests/it/store.rs` tests every backend against it.
//!
//! **Invariant:** after a method returned `Ok`, its data is on disk and survives a crash of the process and of the machine. Every method is
//! atomic. Times are always arguments or part of the stored data, never the backend's clock.

pub mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::domain::counts::{Counts, Rows};
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::refusal::{RefusedRequest, RefusedRequests};
use crate::domain::reply::ReplyPlan;
use crate::domain::response::Response;
use crate::domain::secret::SecretHash;
use crate::domain::settings::{InvalidSetting, Settings};
use crate::domain::time::Time;
use crate::query::Query;

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The endpoint or delivery does not exist.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The settings that were asked for cannot be used; nothing was changed.
    #[error(transparent)]
    Invalid(#[from] InvalidSetting),
    /// An endpoint has this id, or a deleted one had it; nothing was changed.
    #[error("the id is already in use")]
    IdTaken,
    /// There are no more numbers for these; nothing of this request was stored.
    #[error("there are no more numbers for {0}")]
    UsedUp(&'static str),
    /// Too many writes are waiting; nothing of this request was stored.
    #[error("too many writes are waiting")]
    QueueFull,
    /// The store failed; nothing of this request was stored, and existing data is unchanged.
    #[error("the store failed")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// The result of storing a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its seq.
    pub seq: Seq,
    /// The response to its sender; `None` if the sender disconnected.
    pub response: Option<Response>,
}

/// Which endpoints to list.
#[derive(Clone, Debug)]
pub enum EndpointFilter {
    /// Endpoints of one owner.
    One(SecretHash),
    /// All endpoints.
    Any,
    /// Endpoints whose name or id contains this text, in upper or lower case.
    Matching(String),
}

/// How much of its disk the store uses.
#[derive(Clone, Copy, Debug)]
pub struct DiskUse {
    /// Bytes of its files.
    pub bytes: u64,
    /// Bytes that are free on the disk, if the system says so.
    pub free: Option<u64>,
}

/// Which deliveries of an endpoint. A new filter needs an SQL condition in each backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All deliveries.
    All,
    /// The latest attempt of each delivery: all deliveries except those whose bytes are the same as of one of the next 16 of their run. Of
    /// these, the rows that are asked for.
    LatestAttempts(Rows),
    /// Deliveries of this run.
    Run(Uuid),
    /// Deliveries of this thread.
    Thread(Uuid),
}

/// Which deliveries to list: those with `after < seq < before`, at most `limit`, from the newest or from the oldest.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The filter.
    pub filter: Filter,
    /// Exclusive lower bound.
    pub after: Seq,
    /// Exclusive upper bound, if any.
    pub before: Option<Seq>,
    /// Maximum number.
    pub limit: usize,
    /// Sort order.
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

    /// The `limit` deliveries after `after`, oldest first.
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

    /// Only this delivery.
    #[must_use]
    pub fn only(seq: Seq) -> Self {
        Self {
            after: Seq(seq.0.saturating_sub(1)),
            before: Some(Seq(seq.0.saturating_add(1))),
            ..Self::newest(1)
        }
    }

    /// The rest of the page, beyond a seq.
    #[must_use]
    pub fn beyond(self, seq: Seq) -> Self {
        match self.order {
            Order::NewestFirst => Self {
                before: Some(seq),
                ..self
            },
            Order::OldestFirst => Self { after: seq, ..self },
        }
    }

    /// The same page with this filter.
    #[must_use]
    pub fn filter(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }
}

/// What a step of a search found.
#[derive(Clone, Debug)]
pub struct SearchPage {
    /// The deliveries that match, in the order of the page.
    pub items: Vec<Summary>,
    /// How far the step looked: each delivery from the beginning of the page to this seq was looked at, and is in `items` if it matches.
    pub scanned_through: Seq,
    /// Whether there are deliveries beyond that. A next step goes on after `scanned_through`, or before it if the newest come first.
    pub more: bool,
}

/// Sort order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Highest seq first.
    NewestFirst,
    /// Lowest seq first.
    OldestFirst,
}

/// Computes the new settings of an endpoint from the current ones.
pub type SettingsChange = Box<dyn FnOnce(&Settings) -> Result<Settings, InvalidSetting> + Send>;

/// The identity of an installation of creel, created once with its database.
#[derive(Clone)]
pub struct Instance {
    /// Eight hexadecimal digits; part of the names of its cookies.
    pub id: String,
    /// Key that authenticates the values given to browsers. Never shown, not even by `Debug`.
    pub mac_key: [u8; 32],
}

/// A session of the operator in one browser.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Hash of the browser's secret.
    pub hash: SecretHash,
    /// Hash of the operator token that opened it.
    pub operator_token: SecretHash,
    /// When it expires.
    pub expires_at: Time,
}

/// Stores endpoints and what they captured.
///
/// A delivery with stored values that cannot be read is returned with their names in `damaged`. An endpoint with such values is an error,
/// and lists leave it out.
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

    /// The endpoint.
    async fn endpoint(&self, id: EndpointId) -> Result<Arc<Endpoint>, StoreError>;

    /// At most `limit` endpoints that were created before the endpoint `before`, newest first, with their statistics.
    async fn endpoints(
        &self,
        owner: EndpointFilter,
        before: Option<EndpointId>,
        limit: usize,
    ) -> Result<Vec<EndpointStats>, StoreError>;

    /// Changes the settings and gives back the result; settings that cannot be used are [`StoreError::Invalid`]. The change is called
    /// within the transaction that writes, so that of two changes at once neither undoes the other. Deliveries keep the result of the
    /// token check that they got when they arrived. Another reply than before starts at its first position.
    async fn change_settings(
        &self,
        id: EndpointId,
        change: SettingsChange,
    ) -> Result<Arc<Endpoint>, StoreError>;

    /// The position of the endpoint: which status of its reply the next delivery gets that is not a run. 1 for the first; the last repeats.
    async fn reply_position(&self, id: EndpointId) -> Result<u32, StoreError>;

    /// Starts again at the first position.
    async fn reset_reply_position(&self, id: EndpointId) -> Result<(), StoreError>;

    /// How many CORS preflights of browsers were counted for the endpoint.
    async fn preflights(&self, id: EndpointId) -> Result<u64, StoreError>;

    /// Adds to the numbers of preflights of these endpoints. Those that do not exist (any more) are skipped.
    async fn add_preflights(&self, counted: Vec<(EndpointId, u64)>) -> Result<(), StoreError>;

    /// Deletes the endpoint with its keys, deliveries and refused requests, for good.
    async fn delete_endpoint(&self, id: EndpointId) -> Result<(), StoreError>;

    /// Adds a read key.
    async fn add_read_key(&self, id: EndpointId, key: SecretHash) -> Result<(), StoreError>;

    /// Removes all read keys.
    async fn revoke_read_keys(&self, id: EndpointId) -> Result<(), StoreError>;

    /// Whether this is a read key of this endpoint.
    async fn has_read_key(&self, id: EndpointId, key: SecretHash) -> Result<bool, StoreError>;

    /// The identity of this installation; the same at every call and after every restart.
    async fn instance(&self) -> Result<Instance, StoreError>;

    /// Adds a session, and removes those that have expired at `now`.
    async fn add_session(&self, session: Session, now: Time) -> Result<(), StoreError>;

    /// The session with this hash.
    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, StoreError>;

    /// Removes a session. It is not an error if it does not exist.
    async fn end_session(&self, hash: SecretHash) -> Result<(), StoreError>;

    /// Removes the sessions that were opened with another operator token than this one.
    async fn end_sessions_of_other_tokens(&self, token: SecretHash) -> Result<(), StoreError>;

    /// Transfers the endpoints of one owner to another.
    async fn change_owner(&self, from: SecretHash, to: SecretHash) -> Result<(), StoreError>;

    /// Stores a delivery. Its seq is one more than [`Store::last_seq`]. If one of the 16 newest deliveries of its run has the same bytes,
    /// it is the next attempt of the newest such delivery. `reply`, the endpoint's reply when the delivery arrived, chooses the response,
    /// which is stored too. A delivery that takes a position (`ReplyPlan::takes_position`) gets the status there, from the endpoint's reply
    /// now, and the endpoint moves on to the next position. The write continues if the caller is dropped.
    async fn record(&self, delivery: Delivery, reply: ReplyPlan) -> Result<Receipt, StoreError>;

    /// A page of deliveries without headers and bodies.
    async fn deliveries(&self, id: EndpointId, page: Page) -> Result<Vec<Summary>, StoreError>;

    /// A page of the deliveries that match a query, without headers and bodies. It ends when it has `page.limit` of them, at the end of
    /// the page's range, or when `budget` has passed; but each step looks at one delivery at least.
    async fn search(
        &self,
        id: EndpointId,
        query: Arc<Query>,
        page: Page,
        budget: Duration,
    ) -> Result<SearchPage, StoreError>;

    /// How many deliveries there are; all attempts of one count as one.
    async fn counts(&self, id: EndpointId) -> Result<Counts, StoreError>;

    /// One complete delivery.
    async fn delivery(&self, id: EndpointId, seq: Seq) -> Result<Delivery, StoreError>;

    /// One delivery without headers and body, for its size before it is loaded.
    async fn summary(&self, id: EndpointId, seq: Seq) -> Result<Summary, StoreError> {
        let found = self.deliveries(id, Page::only(seq)).await?.pop();
        found.ok_or(StoreError::NotFound("delivery"))
    }

    /// The bytes of a body from `offset` on: `len` of them, or as many as there are. Nothing is locked between two calls, so a delivery that
    /// is deleted in between is `NotFound`.
    async fn body_piece(
        &self,
        id: EndpointId,
        seq: Seq,
        offset: u64,
        len: usize,
    ) -> Result<Bytes, StoreError>;

    /// Keeps a request that was refused, as the newest of its endpoint. Only the newest [`REFUSED_MAX`] are kept.
    ///
    /// [`REFUSED_MAX`]: crate::domain::refusal::REFUSED_MAX
    async fn record_refused(
        &self,
        id: EndpointId,
        refused: RefusedRequest,
    ) -> Result<(), StoreError>;

    /// The refused requests of the endpoint.
    async fn refused(&self, id: EndpointId) -> Result<RefusedRequests, StoreError>;

    /// How many requests of the endpoint were refused.
    async fn refused_total(&self, id: EndpointId) -> Result<u64, StoreError>;

    /// The highest seq that was given out; 0 before the first delivery. It does not go back when deliveries are deleted.
    async fn last_seq(&self, id: EndpointId) -> Result<Seq, StoreError>;

    /// How much of its disk it uses.
    async fn disk_use(&self) -> Result<DiskUse, StoreError>;

    /// Whether the store can be written now; the readiness check.
    async fn check(&self) -> Result<(), StoreError>;
}
