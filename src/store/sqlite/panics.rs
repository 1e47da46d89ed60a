//! Panics on the threads of the store: a bug in one operation fails only that operation, and the thread continues.
//!
//! **Invariant:** a panic is logged here, and its state is dropped, which rolls back an open transaction.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An operation panicked, with this message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("an operation of the store panicked: {0}")]
pub(super) struct Panicked(String);

/// Runs an operation, and logs a panic in it. The caller must not use any state that the operation may have left incomplete.
pub(super) fn caught<T>(act: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|payload| {
        let panicked = Panicked(message(&*payload));
        tracing::error!(error = %panicked, "a bug in creel; the thread continues");
        panicked
    })
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
