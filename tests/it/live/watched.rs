//! A real store with instrumentation: it counts reads of deliveries and writes of preflights, and they can be delayed or made to fail.
//!
//! **Invariant:** a delay is after the read, so the result does not include later commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use creel::domain::counts::Counts;
use creel::domain::delivery::{Delivery, Summary};
use creel::domain::endpoint::{Endpoint, EndpointStats};
use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::refusal::{RefusedRequest, RefusedRequests};
use creel::domain::reply::ReplyPlan;
use creel::domain::secret::SecretHash;
use creel::domain::time::Time;
use creel::query::Query;
use creel::store::{
    DiskUse, EndpointFilter, Instance, Page, Receipt, SearchPage, Session, SettingsChange, Store,
    StoreError,
};
use tokio::sync::{Mutex, watch};

pub(crate) struct Watched {
    store: Arc<dyn Store>,
    reads: watch::Sender<usize>,
    /// Tries to write preflights.
    pub(crate) writes: watch::Sender<usize>,
    /// Results of reads are delayed while this lock is held.
    pub(crate) hold: Mutex<()>,
    pub(crate) fails: AtomicBool,
}

impl Watched {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            reads: watch::Sender::new(0),
            writes: watch::Sender::new(0),
            hold: Mutex::new(()),
            fails: AtomicBool::new(false),
        }
    }

    /// Number of reads of deliveries.
    pub(crate) fn reads(&self) -> usize {
        *self.reads.borrow()
    }

    /// Waits until there were more reads than this.
    pub(crate) async fn more_reads_than(&self, count: usize) {
        let mut reads = self.reads.subscribe();
        let more = reads.wait_for(|reads| *reads > count).await;
        more.expect("the store is there");
    }
}

#[async_trait]
impl Store for Watched {
    async fn deliveries(&self, id: EndpointId, page: Page) -> Result<Vec<Summary>, StoreError> {
        let found = self.store.deliveries(id, page).await;
        self.reads.send_modify(|reads| *reads += 1);
        drop(self.hold.lock().await);
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::QueueFull);
        }
        found
    }

    async fn search(
        &self,
        id: EndpointId,
        query: Arc<Query>,
        page: Page,
        budget: Duration,
    ) -> Result<SearchPage, StoreError> {
        self.store.search(id, query, page, budget).await
    }

    async fn counts(&self, id: EndpointId) -> Result<Counts, StoreError> {
        self.store.counts(id).await
    }

    async fn create_endpoint(
        &self,
        endpoint: Endpoint,
        key: Option<SecretHash>,
    ) -> Result<(), StoreError> {
        self.store.create_endpoint(endpoint, key).await
    }

    async fn endpoint(&self, id: EndpointId) -> Result<Arc<Endpoint>, StoreError> {
        self.store.endpoint(id).await
    }

    async fn endpoints(
        &self,
        owner: EndpointFilter,
        before: Option<EndpointId>,
        limit: usize,
    ) -> Result<Vec<EndpointStats>, StoreError> {
        self.store.endpoints(owner, before, limit).await
    }

    async fn disk_use(&self) -> Result<DiskUse, StoreError> {
        self.store.disk_use().await
    }

    async fn change_settings(
        &self,
        id: EndpointId,
        change: SettingsChange,
    ) -> Result<Arc<Endpoint>, StoreError> {
        self.store.change_settings(id, change).await
    }

    async fn reply_position(&self, id: EndpointId) -> Result<u32, StoreError> {
        self.store.reply_position(id).await
    }

    async fn reset_reply_position(&self, id: EndpointId) -> Result<(), StoreError> {
        self.store.reset_reply_position(id).await
    }

    async fn preflights(&self, id: EndpointId) -> Result<u64, StoreError> {
        self.store.preflights(id).await
    }

    async fn add_preflights(&self, counted: Vec<(EndpointId, u64)>) -> Result<(), StoreError> {
        self.writes.send_modify(|writes| *writes += 1);
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::QueueFull);
        }
        self.store.add_preflights(counted).await
    }

    async fn delete_endpoint(&self, id: EndpointId) -> Result<(), StoreError> {
        self.store.delete_endpoint(id).await
    }

    async fn add_read_key(&self, id: EndpointId, key: SecretHash) -> Result<(), StoreError> {
        self.store.add_read_key(id, key).await
    }

    async fn revoke_read_keys(&self, id: EndpointId) -> Result<(), StoreError> {
        self.store.revoke_read_keys(id).await
    }

    async fn has_read_key(&self, id: EndpointId, key: SecretHash) -> Result<bool, StoreError> {
        self.store.has_read_key(id, key).await
    }

    async fn instance(&self) -> Result<Instance, StoreError> {
        self.store.instance().await
    }

    async fn add_session(&self, session: Session, now: Time) -> Result<(), StoreError> {
        self.store.add_session(session, now).await
    }

    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, StoreError> {
        self.store.session(hash).await
    }

    async fn end_session(&self, hash: SecretHash) -> Result<(), StoreError> {
        self.store.end_session(hash).await
    }

    async fn end_sessions_of_other_tokens(&self, token: SecretHash) -> Result<(), StoreError> {
        self.store.end_sessions_of_other_tokens(token).await
    }

    async fn change_owner(&self, from: SecretHash, to: SecretHash) -> Result<(), StoreError> {
        self.store.change_owner(from, to).await
    }

    async fn record(&self, delivery: Delivery, reply: ReplyPlan) -> Result<Receipt, StoreError> {
        self.store.record(delivery, reply).await
    }

    async fn delivery(&self, id: EndpointId, seq: Seq) -> Result<Delivery, StoreError> {
        self.store.delivery(id, seq).await
    }

    async fn body_piece(
        &self,
        id: EndpointId,
        seq: Seq,
        offset: u64,
        len: usize,
    ) -> Result<Bytes, StoreError> {
        self.store.body_piece(id, seq, offset, len).await
    }

    async fn record_refused(
        &self,
        id: EndpointId,
        refused: RefusedRequest,
    ) -> Result<(), StoreError> {
        self.store.record_refused(id, refused).await
    }

    async fn refused(&self, id: EndpointId) -> Result<RefusedRequests, StoreError> {
        self.store.refused(id).await
    }

    async fn refused_total(&self, id: EndpointId) -> Result<u64, StoreError> {
        self.store.refused_total(id).await
    }

    async fn last_seq(&self, id: EndpointId) -> Result<Seq, StoreError> {
        self.store.last_seq(id).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }
}
