//! The threads that read, each with its own connection. With the write-ahead log, they neither wait for the writer nor block it.
//!
//! **Invariant:** a read ends with the call; no transaction stays open across an await. A panic in a read fails only that read.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

use super::errors::{OpenError, unavailable};
use super::panics::{Panicked, catch_panic};
use super::schema;

/// Number of reading threads.
const THREADS: usize = 4;
/// Maximum number of waiting reads.
const WAITING_MAX: usize = 4096;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// Passes reads to the reading threads.
pub(super) struct Readers {
    jobs: SyncSender<Job>,
}

impl Readers {
    /// Opens the connections and starts the threads; they end when this is dropped.
    pub(super) fn start(path: &Path) -> Result<Self, OpenError> {
        let (jobs, queue) = sync_channel(WAITING_MAX);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..THREADS {
            let connection = schema::reader(path).map_err(|source| OpenError::Sqlite {
                path: path.to_owned(),
                source,
            })?;
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name("creel-reader".to_owned())
                .spawn(move || work(&connection, &queue))
                .map_err(OpenError::Thread)?;
        }
        Ok(Self { jobs })
    }

    /// Runs `query` on one of the threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, result) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // A dropped caller needs no result.
            if !caller.is_closed() {
                let _ = caller.send(query(connection));
            }
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::QueueFull,
            TrySendError::Disconnected(_) => unavailable("the reading threads have ended"),
        })?;
        let found = result.await.map_err(unavailable)?;
        found.map_err(|error| {
            tracing::error!(%error, "a read failed");
            unavailable(error)
        })
    }
}

fn work(connection: &Connection, queue: &Mutex<Receiver<Job>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // Dropping the sender tells the caller that there is no result.
        let _: Result<(), Panicked> = catch_panic(|| job(connection));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_read_fails_only_that_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("file.db");
        Connection::open(&path).unwrap();
        let readers = Readers::start(&path).unwrap();
        for _ in 0..2 * THREADS {
            let failed: Result<(), _> = readers.read(|_| panic!("in a read")).await;
            assert!(failed.is_err());
        }
        let one = readers
            .read(|connection| connection.query_row("select 1", [], |row| row.get::<_, i64>(0)));
        assert_eq!(one.await.unwrap(), 1);
    }
}
