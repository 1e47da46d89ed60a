//! Storage: one trait, one folder per backend. This file is the contract; `tests/it/store.rs` tests every backend against it.
//!
//! **Invariant:** after a method returned `Ok`, its data is on disk and survives a crash of the process and of the machine. Every method is
//! atomic. Times are always arguments or part of the stored data, never the backend's clock.

pub mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use uuid::{NoContext, Uuid};

use crate::domain::delivery::{Attempt, BodyFacts, BodyKind, Delivery, Intake, Summary};
use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::reply::Reply;
use crate::domain::run::Reading;
use crate::domain::secret::SecretHash;
use crate::domain::time::Time;
use crate::domain::token_check::{TokenCheck, TokenRule};

/// Why a store could not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The endpoint or delivery does not exist.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Too many writes are waiting; nothing of this request was stored.
    #[error("too many writes are waiting")]
    Full,
    /// The store failed; nothing of this request was stored, and existing data is unchanged.
    #[error("the store failed")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// A delivery to store.
#[derive(Debug)]
pub struct NewDelivery {
    /// The endpoint that received it.
    pub endpoint: EndpointId,
    /// The request as read.
    pub intake: Intake,
    /// The result of the token check.
    pub verdict: TokenCheck,
    /// The kind of the body, by its bytes.
    pub body_kind: BodyKind,
    /// How creel interprets the body.
    pub reading: Reading,
    /// The reply to the sender; `None` if it disconnected.
    pub reply: Option<Reply>,
}

impl NewDelivery {
    /// The delivery before it has a place among the others: its seq is 0, its attempt the first, and its status the one for a first
    /// attempt.
    #[must_use]
    pub fn into_delivery(self) -> Delivery {
        let Self {
            endpoint,
            intake,
            verdict,
            body_kind,
            reading,
            reply,
        } = self;
        let (method, target, http_version) = intake.head.request_line();
        let summary = Summary {
            endpoint_id: endpoint,
            seq: Seq(0),
            id: Some(delivery_id(intake.received_at)),
            received_at: intake.received_at,
            peer: intake.peer,
            client: intake.client,
            http_version: http_version.into_owned(),
            method: method.into_owned(),
            target: target.into_owned(),
            headers_exact: intake.head.exact,
            head_bytes: intake.head.raw.len() as u64,
            body: BodyFacts {
                bytes: intake.body.len() as u64,
                sha256: Some(Sha256::digest(&intake.body).into()),
                cut: intake.cut,
                kind: body_kind,
            },
            verdict,
            reading,
            attempt: Attempt::first(Seq(0)),
            reply_status: reply.map(|reply| reply.status(1)),
            damaged: Vec::new(),
        };
        Delivery {
            summary,
            head: intake.head,
            body: intake.body,
        }
    }
}

/// The result of storing a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its seq.
    pub seq: Seq,
    /// Response status for the sender, by the reply for this attempt; `None` if it disconnected.
    pub reply_status: Option<u16>,
}

/// A UUID version 7 with the time of arrival.
fn delivery_id(received_at: Time) -> Uuid {
    let micros = received_at.micros().max(0).cast_unsigned();
    let nanos = u32::try_from(micros % 1_000_000 * 1000).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(
        NoContext,
        micros / 1_000_000,
        nanos,
    ))
}

/// Which endpoints to list.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// Endpoints of one owner.
    One(SecretHash),
    /// All endpoints.
    Any,
}

/// Which deliveries of an endpoint: the filters that SQL can evaluate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All deliveries.
    All,
    /// Only the latest attempt: deliveries whose bytes do not recur among the next 16 of their run.
    LatestAttempts,
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

/// Truncates a list that was read with one more than `limit` entries to `limit`; returns whether there are more.
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

    /// The same page with this filter.
    #[must_use]
    pub fn filter(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }
}

/// Sort order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Highest seq first.
    NewestFirst,
    /// Lowest seq first.
    OldestFirst,
}

/// Changes to an endpoint; `None` leaves a setting as it is.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    /// The new name; `Some(None)` removes the name.
    pub name: Option<Option<String>>,
    /// The new rule.
    pub token_rule: Option<TokenRule>,
    /// The new reply.
    pub reply: Option<Reply>,
}

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

/// Stores endpoints and their deliveries.
///
/// A delivery with stored values that cannot be read is returned with their names in `damaged`. An endpoint with such values is an error,
/// and lists leave it out.
///
/// Every method may fail with [`StoreError::Unavailable`]; those that write also with [`StoreError::Full`]. A method that names an
/// endpoint returns [`StoreError::NotFound`] if it does not exist or was deleted.
#[async_trait]
pub trait Store: Send + Sync {
    /// Stores a new endpoint, with a read key if one is given. An id that exists or was deleted is `NotFound`.
    async fn create_endpoint(
        &self,
        endpoint: Endpoint,
        read_key: Option<SecretHash>,
    ) -> Result<(), StoreError>;

    /// The endpoint.
    async fn endpoint(&self, id: EndpointId) -> Result<Arc<Endpoint>, StoreError>;

    /// At most `limit` endpoints with their numbers of deliveries, newest first, only those created before the endpoint `before`.
    async fn endpoints(
        &self,
        whose: Owner,
        before: Option<EndpointId>,
        limit: usize,
    ) -> Result<Vec<EndpointStats>, StoreError>;

    /// Changes settings and returns the result. Deliveries keep the token result from their arrival.
    async fn change_endpoint(
        &self,
        id: EndpointId,
        change: EndpointChange,
    ) -> Result<Arc<Endpoint>, StoreError>;

    /// Permanently deletes the endpoint with its keys and deliveries.
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

    /// Stores a delivery. Its seq is one more than the newest of its endpoint. It is the next attempt of the newest delivery of the same run
    /// and bytes, if that is among the 16 newest of the run. The write continues if the caller is dropped.
    async fn record(&self, record: NewDelivery) -> Result<Receipt, StoreError>;

    /// A page of deliveries without headers and bodies.
    async fn deliveries(&self, id: EndpointId, page: Page) -> Result<Vec<Summary>, StoreError>;

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

    /// Seq of the newest delivery; 0 before the first.
    async fn last_seq(&self, id: EndpointId) -> Result<Seq, StoreError>;

    /// Whether the store can be written now; the readiness check.
    async fn check(&self) -> Result<(), StoreError>;
}
