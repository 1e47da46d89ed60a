//! The one thread that writes. It takes what is waiting, runs it in one transaction, commits, and only then answers (group commit).
//!
//! **Invariant:** an act is answered after the commit that holds it, and a group is kept whole or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::domain::ids::EndpointId;
use crate::store::StoreError;

use super::{sweep, unavailable};

/// Acts that may wait.
const WAITING_MAX: usize = 4096;
/// Bytes that may wait.
const WAITING_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Acts in one commit.
const GROUP_MAX: usize = 512;
/// Bytes in one commit, from which on it takes no more acts.
const GROUP_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Pause between two steps of clearing away what was deleted.
const SWEEP_PAUSE: Duration = Duration::from_millis(2);

/// What an act comes to: an answer, or a refusal that changed nothing.
pub(super) type Outcome<T> = rusqlite::Result<Result<T, StoreError>>;

/// The way to the writing thread.
pub(super) struct Writer {
    jobs: Option<SyncSender<Waiting>>,
    waiting_bytes: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// An act that waits for its turn.
struct Waiting {
    job: Box<dyn Job>,
    bytes: usize,
}

/// An act with whoever waits for its answer.
trait Job: Send {
    /// Runs the act inside the open transaction.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    /// Gives the answer, now that it is known how the commit went; names the endpoint to ring for.
    fn settle(self: Box<Self>, committed: Result<(), StoreError>) -> Option<EndpointId>;
}

struct Write<T, F> {
    act: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
    after: After,
}

/// What follows a commit, before the answer is given.
enum After {
    Nothing,
    /// This endpoint caught something.
    Ring(EndpointId),
    /// This endpoint was changed or deleted: what was known of it is out of date.
    Forget(EndpointId, Box<dyn FnOnce() + Send>),
}

impl<T: Send, F: FnOnce(&Connection) -> Outcome<T> + Send> Job for Write<T, F> {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(act) = self.act.take() {
            self.outcome = Some(act(connection)?);
        }
        Ok(())
    }

    fn settle(self: Box<Self>, committed: Result<(), StoreError>) -> Option<EndpointId> {
        let Self {
            outcome,
            answer: asked,
            after,
            ..
        } = *self;
        let answer = committed.and_then(|()| outcome.unwrap_or(Err(StoreError::Full)));
        let rings = match after {
            After::Ring(endpoint) => Some(endpoint),
            After::Nothing => None,
            After::Forget(endpoint, forget) => {
                forget();
                Some(endpoint)
            }
        };
        let rings = rings.filter(|_| answer.is_ok());
        // Whoever asked may be gone; what was written stays written.
        let _ = asked.send(answer);
        rings
    }
}

impl Writer {
    /// Starts the thread. `committed` is called after each commit with the endpoints that caught something in it, were changed
    /// or deleted.
    pub(super) fn start(
        connection: Connection,
        committed: impl Fn(&[EndpointId]) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(WAITING_MAX);
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let bytes = Arc::clone(&waiting_bytes);
        let thread = std::thread::Builder::new()
            .name("creel-writer".to_owned())
            .spawn(move || work(&connection, &queue, &bytes, &committed))?;
        Ok(Self {
            jobs: Some(jobs),
            waiting_bytes,
            thread: Some(thread),
        })
    }

    /// Hands an act to the thread at once; the future is its answer, and dropping it takes nothing back.
    pub(super) fn write<T, F>(
        &self,
        act: F,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        self.enqueue(act, 0, After::Nothing)
    }

    /// As [`Self::write`], for an act that changes an endpoint or deletes it; `forget` is called after the commit and before the answer.
    pub(super) fn write_then<T, F>(
        &self,
        endpoint: EndpointId,
        act: F,
        forget: impl FnOnce() + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        self.enqueue(act, 0, After::Forget(endpoint, Box::new(forget)))
    }

    /// As [`Self::write`], for an act that carries `bytes` and rings for an endpoint when it is committed.
    pub(super) fn write_and_ring<T, F>(
        &self,
        bytes: usize,
        endpoint: EndpointId,
        act: F,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        self.enqueue(act, bytes, After::Ring(endpoint))
    }

    fn enqueue<T, F>(
        &self,
        act: F,
        bytes: usize,
        after: After,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Write {
            act: Some(act),
            outcome: None,
            answer,
            after,
        });
        let handed_over = self.hand_over(Waiting { job, bytes });
        async move {
            handed_over?;
            answered
                .await
                .unwrap_or_else(|_| Err(unavailable("the writing thread has ended")))
        }
    }

    fn hand_over(&self, waiting: Waiting) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or(StoreError::Full)?;
        let bytes = waiting.bytes;
        let before = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        // One that is larger than the whole allowance may still go alone.
        let sent = if before > 0 && before + bytes > WAITING_BYTES_MAX {
            Err(StoreError::Full)
        } else {
            jobs.try_send(waiting).map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Full,
                TrySendError::Disconnected(_) => unavailable("the writing thread has ended"),
            })
        };
        if sent.is_err() {
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        sent
    }
}

impl Drop for Writer {
    /// Writes what is waiting, then ends the thread.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(
    connection: &Connection,
    queue: &Receiver<Waiting>,
    waiting_bytes: &AtomicUsize,
    committed: &dyn Fn(&[EndpointId]),
) {
    let mut sweeping = true;
    loop {
        let first = if sweeping {
            queue.recv_timeout(SWEEP_PAUSE)
        } else {
            queue.recv().map_err(Into::into)
        };
        match first {
            Ok(first) => {
                let (group, bytes) = gather(first, queue);
                waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
                let rung = keep(connection, group);
                committed(&rung);
                sweeping = true;
            }
            Err(RecvTimeoutError::Timeout) => {
                sweeping = sweep::step(connection).unwrap_or_else(|error| {
                    tracing::error!(%error, "what was deleted could not be cleared away; it is tried again after the next write");
                    false
                });
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Everything that is waiting now, up to the size of a group: the commit of one group is what fills the next.
fn gather(first: Waiting, queue: &Receiver<Waiting>) -> (Vec<Box<dyn Job>>, usize) {
    let mut bytes = first.bytes;
    let mut group = vec![first.job];
    while group.len() < GROUP_MAX && bytes < GROUP_BYTES_MAX {
        let Ok(next) = queue.try_recv() else { break };
        bytes += next.bytes;
        group.push(next.job);
    }
    (group, bytes)
}

/// Runs a group in one transaction and answers it; gives back the endpoints to ring for, each once.
fn keep(connection: &Connection, mut group: Vec<Box<dyn Job>>) -> Vec<EndpointId> {
    let committed = commit(connection, &mut group).map_err(|error| {
        tracing::error!(%error, acts = group.len(), "nothing could be written; the senders are asked to come back");
        unavailable(error)
    });
    let mut rung: Vec<EndpointId> = group
        .into_iter()
        .filter_map(|job| job.settle(committed.clone()))
        .collect();
    rung.sort_unstable();
    rung.dedup();
    rung
}

/// On any error the transaction is rolled back, by being dropped.
fn commit(connection: &Connection, group: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for job in group {
        job.run(&transaction)?;
    }
    transaction.commit()
}
