//! The writing thread. It takes all waiting writes, runs them in one transaction, commits, and only then answers.
//!
//! This is group commit. A commit waits for the disk, so one commit per capture would limit the rate of captures to that of disk syncs. While
//! one group is committed, the next one collects, and under load `synchronous=FULL` costs about as much as `NORMAL`.
//!
//! **Invariant:** a write is answered after its commit, and a group is stored completely or not at all. A panic in a write fails only its
//! group.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

use super::errors::unavailable;
use super::job::{AfterCommit, Job, Outcome, Write};
use super::panics::{Panicked, catch_panic};
use super::sweep::Sweep;

/// Maximum number of waiting writes. Beyond it, senders get 503 with Retry-After, and keep the bodies themselves.
const WAITING_MAX: usize = 4096;
/// Maximum number of waiting bytes.
const WAITING_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Most writes per commit: with more, the first ones would wait longer than the group gains.
const GROUP_MAX: usize = 512;
/// Bytes in a commit after which it accepts no more writes.
const GROUP_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Passes writes to the writing thread.
pub(super) struct Writer {
    jobs: Option<SyncSender<Waiting>>,
    waiting_bytes: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// A waiting write.
struct Waiting {
    job: Box<dyn Job>,
    bytes: usize,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(WAITING_MAX);
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let bytes = Arc::clone(&waiting_bytes);
        let thread = std::thread::Builder::new()
            .name("creel-writer".to_owned())
            .spawn(move || work(&connection, &queue, &bytes))?;
        Ok(Self {
            jobs: Some(jobs),
            waiting_bytes,
            thread: Some(thread),
        })
    }

    /// Passes a write to the thread immediately. The future is its result; dropping it does not cancel the write.
    pub(super) fn write<T, F>(
        &self,
        write: F,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        self.enqueue(write, 0, None)
    }

    /// As [`Self::write`], with an action after the commit and before the result is returned.
    pub(super) fn write_then<T, F>(
        &self,
        write: F,
        after_commit: impl FnOnce() + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        self.enqueue(write, 0, Some(Box::new(after_commit)))
    }

    /// As [`Self::write`], for a write with this many bytes.
    pub(super) fn write_bytes<T, F>(
        &self,
        bytes: usize,
        write: F,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        self.enqueue(write, bytes, None)
    }

    fn enqueue<T, F>(
        &self,
        write: F,
        bytes: usize,
        after_commit: Option<AfterCommit>,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        let (caller, result) = oneshot::channel();
        let job = Box::new(Write::new(write, caller, after_commit));
        let handed_over = self.hand_over(Waiting { job, bytes });
        async move {
            handed_over?;
            result
                .await
                .unwrap_or_else(|_| Err(unavailable("the writing thread has ended")))
        }
    }

    fn hand_over(&self, waiting: Waiting) -> Result<(), StoreError> {
        let ended = || unavailable("the writing thread has ended");
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        let bytes = waiting.bytes;
        let before = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        // A write that is larger than the limit may still run alone.
        let sent = if before > 0 && before + bytes > WAITING_BYTES_MAX {
            Err(StoreError::QueueFull)
        } else {
            jobs.try_send(waiting).map_err(|error| match error {
                TrySendError::Full(_) => StoreError::QueueFull,
                TrySendError::Disconnected(_) => ended(),
            })
        };
        if sent.is_err() {
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        sent
    }
}

impl Drop for Writer {
    /// Runs all waiting writes, then ends the thread.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(connection: &Connection, queue: &Receiver<Waiting>, waiting_bytes: &AtomicUsize) {
    let mut sweep = Sweep::new();
    loop {
        let first = match sweep.pause() {
            Some(pause) => queue.recv_timeout(pause),
            None => queue.recv().map_err(Into::into),
        };
        match first {
            Ok(first) => {
                let (group, bytes) = take_group(first, queue);
                waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
                write_group(connection, group);
                sweep.look_again();
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Ok(Err(error)) = catch_panic(|| sweep.step(connection)) {
                    tracing::error!(%error, "cannot remove deleted rows from the file; will retry after the next write");
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// All waiting writes, up to the limits of a group.
fn take_group(first: Waiting, queue: &Receiver<Waiting>) -> (Vec<Box<dyn Job>>, usize) {
    let mut bytes = first.bytes;
    let mut group = vec![first.job];
    while group.len() < GROUP_MAX && bytes < GROUP_BYTES_MAX {
        let Ok(next) = queue.try_recv() else { break };
        bytes += next.bytes;
        group.push(next.job);
    }
    (group, bytes)
}

/// Runs a group in one transaction and returns the result to every caller.
fn write_group(connection: &Connection, mut group: Vec<Box<dyn Job>>) {
    let committed = match catch_panic(|| commit(connection, &mut group)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(unavailable(error)),
        Err(panicked) => Err(unavailable(panicked)),
    };
    if let Err(StoreError::Unavailable(error)) = &committed {
        tracing::error!(%error, writes = group.len(), "a write failed; senders get 503");
    }
    for job in group {
        // Only its own caller gets no result.
        let _: Result<(), Panicked> = catch_panic(|| job.finish(committed.clone()));
    }
}

/// On any error the transaction is dropped, which rolls it back.
fn commit(connection: &Connection, group: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for job in group {
        job.run(&transaction)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests;
