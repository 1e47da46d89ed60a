//! The SQLite backend: one thread writes, a few read, and a small cache has the endpoints.
//!
//! **Invariant:** SQL is only in this folder.

mod attempts;
mod blobs;
mod cache;
mod counts;
mod deliveries;
mod endpoints;
mod errors;
mod files;
mod functions;
mod job;
mod keys;
mod narrowing;
mod panics;
mod positions;
mod preflights;
mod readers;
mod refused;
mod row;
mod schema;
mod search;
mod sessions;
mod sweep;
mod words;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::domain::counts::Counts;
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::log_limit::LogLimit;
use crate::domain::refusal::{RefusedRequest, RefusedRequests};
use crate::domain::reply::{FIRST_POSITION, ReplyPlan};
use crate::domain::secret::SecretHash;
use crate::domain::time::Time;
use crate::query::Query;
use crate::store::{
    DiskUse, EndpointFilter, Instance, Page, Receipt, SearchPage, Session, SettingsChange, Store,
    StoreError,
};

use cache::Cache;
use counts::KnownCounts;
use endpoints::StoredEndpoint;
pub use errors::OpenError;
use errors::unavailable;
pub use files::FILE_NAME;
use readers::Readers;
use writer::Writer;

/// Searches at a time. There are more reading threads than that, so that other reads do not wait for searches.
const SEARCHES_MAX: usize = 2;

/// A store in one SQLite file.
pub struct SqliteStore {
    cache: Arc<Cache>,
    counts: KnownCounts,
    /// Counts reads of damaged rows.
    damage: LogLimit,
    folder: PathBuf,
    readers: Readers,
    searches: Semaphore,
    writer: Writer,
    /// Never read; its lock reserves the folder. It is the last field, so it is dropped after the writing thread.
    _lock: File,
}

impl SqliteStore {
    /// Opens the store in `folder`, creating both if necessary.
    ///
    /// # Errors
    /// When the folder cannot be written, is in use, or contains a newer database or a file that is not a database.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let (folder, lock) = schema::lock(folder)?;
        let path = folder.join(FILE_NAME);
        let connection = schema::writer(&path)?;
        // Not earlier, so that a file that is not creel's database stays unchanged.
        files::make_private(&folder);
        let readers = Readers::start(&path)?;
        let writer = Writer::start(connection).map_err(OpenError::Thread)?;
        Ok(Self {
            cache: Arc::default(),
            counts: KnownCounts::default(),
            damage: LogLimit::default(),
            folder,
            readers,
            searches: Semaphore::new(SEARCHES_MAX),
            writer,
            _lock: lock,
        })
    }

    /// Logs which rows are damaged, once a minute at most: a page may read the same one every second.
    fn log_damaged(&self, found: &[Summary]) {
        for one in found.iter().filter(|one| !one.damaged.is_empty()) {
            self.damage.log(|times| {
                let (endpoint, seq, columns) = (one.endpoint_id, one.seq, &one.damaged);
                tracing::error!(%endpoint, %seq, ?columns, times, "a delivery has values that cannot be read");
            });
        }
    }

    /// The endpoint with its number, from the cache or the database.
    async fn stored(&self, id: EndpointId) -> Result<Arc<StoredEndpoint>, StoreError> {
        if let Some(found) = self.cache.get(id) {
            return Ok(found);
        }
        let epoch = self.cache.epoch();
        let found = self
            .readers
            .read(move |connection| endpoints::find(connection, id))
            .await?;
        let found = Arc::new(found.ok_or(StoreError::NotFound("endpoint"))?);
        self.cache.put(epoch, &found);
        Ok(found)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn create_endpoint(
        &self,
        endpoint: Endpoint,
        read_key: Option<SecretHash>,
    ) -> Result<(), StoreError> {
        let write = move |connection: &_| {
            let number = match endpoints::insert(connection, &endpoint)? {
                Ok(number) => number,
                Err(refused) => return Ok(Err(refused)),
            };
            if let Some(read_key) = read_key {
                endpoints::insert_read_key(connection, number, read_key)?;
            }
            Ok(Ok(()))
        };
        self.writer.write(write).await
    }

    async fn endpoint(&self, id: EndpointId) -> Result<Arc<Endpoint>, StoreError> {
        self.stored(id)
            .await
            .map(|found| Arc::clone(&found.endpoint))
    }

    async fn endpoints(
        &self,
        owner: EndpointFilter,
        before: Option<EndpointId>,
        limit: usize,
    ) -> Result<Vec<EndpointStats>, StoreError> {
        let listed = self
            .readers
            .read(move |connection| endpoints::list(connection, &owner, before, limit))
            .await?;
        for error in &listed.unreadable {
            self.damage.log(|times| {
                tracing::error!(%error, times, "an endpoint with a damaged row is left out of lists");
            });
        }
        Ok(listed.found)
    }

    async fn change_settings(
        &self,
        id: EndpointId,
        change: SettingsChange,
    ) -> Result<Arc<Endpoint>, StoreError> {
        let cache = Arc::clone(&self.cache);
        let write = move |connection: &_| {
            let Some(found) = endpoints::find(connection, id)? else {
                return Ok(Err(StoreError::NotFound("endpoint")));
            };
            let mut endpoint = Endpoint::clone(&found.endpoint);
            let reply = endpoint.settings.reply.clone();
            endpoint.settings = match change(&endpoint.settings) {
                Ok(settings) => settings,
                Err(invalid) => return Ok(Err(invalid.into())),
            };
            endpoints::update(connection, &endpoint)?;
            if endpoint.settings.reply != reply {
                positions::move_to(connection, found.number, FIRST_POSITION)?;
            }
            Ok(Ok(Arc::new(endpoint)))
        };
        let forget = move || cache.forget(id);
        self.writer.write_then(write, forget).await
    }

    async fn reply_position(&self, id: EndpointId) -> Result<u32, StoreError> {
        let found = self
            .readers
            .read(move |connection| positions::find(connection, id))
            .await?;
        found.ok_or(StoreError::NotFound("endpoint"))
    }

    async fn reset_reply_position(&self, id: EndpointId) -> Result<(), StoreError> {
        let write = move |connection: &_| {
            let reset = positions::reset(connection, id)?;
            Ok(if reset {
                Ok(())
            } else {
                Err(StoreError::NotFound("endpoint"))
            })
        };
        self.writer.write(write).await
    }

    async fn preflights(&self, id: EndpointId) -> Result<u64, StoreError> {
        let found = self
            .readers
            .read(move |connection| preflights::find(connection, id))
            .await?;
        found.ok_or(StoreError::NotFound("endpoint"))
    }

    async fn add_preflights(&self, counted: Vec<(EndpointId, u64)>) -> Result<(), StoreError> {
        let write = move |connection: &_| preflights::add(connection, &counted).map(Ok);
        self.writer.write(write).await
    }

    async fn delete_endpoint(&self, id: EndpointId) -> Result<(), StoreError> {
        let cache = Arc::clone(&self.cache);
        let write = move |connection: &_| {
            let deleted = endpoints::delete(connection, id)?;
            Ok(if deleted {
                Ok(())
            } else {
                Err(StoreError::NotFound("endpoint"))
            })
        };
        let forget = move || cache.forget(id);
        self.writer.write_then(write, forget).await
    }

    async fn add_read_key(&self, id: EndpointId, key: SecretHash) -> Result<(), StoreError> {
        let write = move |connection: &_| {
            let Some(found) = endpoints::find(connection, id)? else {
                return Ok(Err(StoreError::NotFound("endpoint")));
            };
            endpoints::insert_read_key(connection, found.number, key).map(Ok)
        };
        self.writer.write(write).await
    }

    async fn revoke_read_keys(&self, id: EndpointId) -> Result<(), StoreError> {
        let write = move |connection: &_| {
            let Some(found) = endpoints::find(connection, id)? else {
                return Ok(Err(StoreError::NotFound("endpoint")));
            };
            endpoints::delete_read_keys(connection, found.number).map(Ok)
        };
        self.writer.write(write).await
    }

    async fn has_read_key(&self, id: EndpointId, key: SecretHash) -> Result<bool, StoreError> {
        let number = self.stored(id).await?.number;
        self.readers
            .read(move |connection| endpoints::has_read_key(connection, number, key))
            .await
    }

    async fn instance(&self) -> Result<Instance, StoreError> {
        self.readers.read(sessions::instance).await
    }

    async fn add_session(&self, session: Session, now: Time) -> Result<(), StoreError> {
        let write = move |connection: &_| sessions::insert(connection, &session, now).map(Ok);
        self.writer.write(write).await
    }

    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, StoreError> {
        self.readers
            .read(move |connection| sessions::find(connection, hash))
            .await
    }

    async fn end_session(&self, hash: SecretHash) -> Result<(), StoreError> {
        let write = move |connection: &_| sessions::delete(connection, hash).map(Ok);
        self.writer.write(write).await
    }

    async fn end_sessions_of_other_tokens(&self, token: SecretHash) -> Result<(), StoreError> {
        let write =
            move |connection: &_| sessions::delete_of_other_tokens(connection, token).map(Ok);
        self.writer.write(write).await
    }

    async fn change_owner(&self, from: SecretHash, to: SecretHash) -> Result<(), StoreError> {
        let cache = Arc::clone(&self.cache);
        let write = move |connection: &_| {
            endpoints::change_owner(connection, from, to)?;
            Ok(Ok(()))
        };
        self.writer.write(write).await?;
        cache.forget_all();
        Ok(())
    }

    async fn record(&self, delivery: Delivery, reply: ReplyPlan) -> Result<Receipt, StoreError> {
        let endpoint = delivery.summary.endpoint_id;
        let mut prepared = deliveries::Prepared::new(delivery, reply).map_err(unavailable)?;
        let bytes = prepared.bytes();
        let write = move |connection: &_| {
            let (number, seq) = match keys::next_seq(connection, endpoint)? {
                Ok(next) => next,
                Err(refused) => return Ok(Err(refused)),
            };
            prepared.place(connection, number, seq)?;
            deliveries::insert(connection, number, &prepared)?;
            Ok(Ok(prepared))
        };
        // Nothing is awaited before this: if the sender disconnects at an await, its delivery would be lost. The written data is returned,
        // so that the writing thread need not free memory that another thread allocated.
        let written = self.writer.write_bytes(bytes, write).await?;
        Ok(written.receipt())
    }

    async fn deliveries(&self, id: EndpointId, page: Page) -> Result<Vec<Summary>, StoreError> {
        let number = self.stored(id).await?.number;
        let found = self
            .readers
            .read(move |connection| deliveries::list(connection, id, number, page))
            .await?;
        self.log_damaged(&found);
        Ok(found)
    }

    async fn search(
        &self,
        id: EndpointId,
        query: Arc<Query>,
        mut page: Page,
        budget: Duration,
    ) -> Result<SearchPage, StoreError> {
        let number = self.stored(id).await?.number;
        let _turn = self.searches.acquire().await.map_err(unavailable)?;
        let end = Instant::now() + budget;
        let mut items = Vec::new();
        loop {
            // A read ends after a short time, so that other reads of the thread need not wait for the whole step.
            let slice_end = end.min(Instant::now() + search::SLICE);
            let query = Arc::clone(&query);
            let read = self.readers.read(move |connection| {
                search::slice(connection, (id, number), &query, page, slice_end)
            });
            let mut found = read.await?;
            page.limit -= found.items.len();
            items.append(&mut found.items);
            if !found.more || page.limit == 0 || Instant::now() >= end {
                self.log_damaged(&items);
                return Ok(SearchPage { items, ..found });
            }
            page = page.beyond(found.scanned_through);
        }
    }

    async fn counts(&self, id: EndpointId) -> Result<Counts, StoreError> {
        let number = self.stored(id).await?.number;
        let known = self.counts.get(number);
        let counted = self
            .readers
            .read(move |connection| counts::count(connection, number, known))
            .await?;
        Ok(self.counts.put(number, counted))
    }

    async fn delivery(&self, id: EndpointId, seq: Seq) -> Result<Delivery, StoreError> {
        let number = self.stored(id).await?.number;
        let found = self
            .readers
            .read(move |connection| deliveries::find(connection, id, number, seq))
            .await?;
        let found = found.ok_or(StoreError::NotFound("delivery"))?;
        self.log_damaged(std::slice::from_ref(&found.summary));
        Ok(found)
    }

    async fn body_piece(
        &self,
        id: EndpointId,
        seq: Seq,
        offset: u64,
        len: usize,
    ) -> Result<Bytes, StoreError> {
        let number = self.stored(id).await?.number;
        let found = self
            .readers
            .read(move |connection| blobs::piece(connection, number, seq, offset, len))
            .await?;
        found.ok_or(StoreError::NotFound("delivery"))
    }

    async fn record_refused(
        &self,
        id: EndpointId,
        refused: RefusedRequest,
    ) -> Result<(), StoreError> {
        // One that does not exist costs the writing thread nothing.
        let number = self.stored(id).await?.number;
        let bytes = refused.head.len();
        let write = move |connection: &_| {
            if !endpoints::exists(connection, number)? {
                return Ok(Err(StoreError::NotFound("endpoint")));
            }
            refused::insert(connection, number, &refused).map(Ok)
        };
        self.writer.write_bytes(bytes, write).await
    }

    async fn refused(&self, id: EndpointId) -> Result<RefusedRequests, StoreError> {
        let number = self.stored(id).await?.number;
        self.readers
            .read(move |connection| refused::list(connection, number))
            .await
    }

    async fn refused_total(&self, id: EndpointId) -> Result<u64, StoreError> {
        let number = self.stored(id).await?.number;
        self.readers
            .read(move |connection| refused::total(connection, number))
            .await
    }

    async fn last_seq(&self, id: EndpointId) -> Result<Seq, StoreError> {
        let number = self.stored(id).await?.number;
        self.readers
            .read(move |connection| keys::last_seq(connection, number))
            .await
    }

    async fn disk_use(&self) -> Result<DiskUse, StoreError> {
        let folder = self.folder.clone();
        // A file system may be slow to answer, which a reading thread can wait for.
        self.readers
            .read(move |_| Ok(files::disk_use(&folder)))
            .await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.writer
            .write(|connection| schema::touch(connection).map(Ok))
            .await
    }
}
