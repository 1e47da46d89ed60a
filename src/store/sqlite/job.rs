//! A write on its way to the writing thread and back.
//!
//! **Invariant:** it runs at most once, and is answered once.

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::errors::unavailable;
use crate::store::StoreError;

/// The result of a write: a value, or an error that changed nothing.
pub(super) type Outcome<T> = rusqlite::Result<Result<T, StoreError>>;

/// Called after the commit with a write and before its result is returned.
pub(super) type AfterCommit = Box<dyn FnOnce() + Send>;

/// A write, and the caller that waits for its result.
pub(super) trait Job: Send {
    /// Runs the write inside the open transaction.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    /// Returns the result to the caller, after the commit.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
}

pub(super) struct Write<T, F> {
    run: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
    after_commit: Option<AfterCommit>,
}

impl<T, F> Write<T, F> {
    pub(super) fn new(
        run: F,
        caller: oneshot::Sender<Result<T, StoreError>>,
        after_commit: Option<AfterCommit>,
    ) -> Self {
        Self {
            run: Some(run),
            outcome: None,
            caller,
            after_commit,
        }
    }
}

impl<T: Send, F: FnOnce(&Connection) -> Outcome<T> + Send> Job for Write<T, F> {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(write) = self.run.take() {
            self.outcome = Some(write(connection)?);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>) {
        let not_run = || unavailable("the write was not run");
        let outcome = self.outcome.unwrap_or_else(|| Err(not_run()));
        let result = committed.and(outcome);
        if let Some(after_commit) = self.after_commit {
            after_commit();
        }
        // The caller may have been dropped; the write is committed anyway.
        let _ = self.caller.send(result);
    }
}
