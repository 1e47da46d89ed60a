//! Panics on the threads of the store: a bug in one read or write fails that one, and the thread goes on.
//!
//! **Invariant:** a panic is logged here, and its state is dropped, which rolls back an open transaction.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A read or write ended in a panic, with this message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("a read or write of the store panicked: {0}")]
pub(super) struct Panicked(String);

/// Runs this, and logs a panic in it. The caller must not use what it may have left half done.
pub(super) fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        let panicked = Panicked(message(&*payload));
        tracing::error!(error = %panicked, "the thread goes on; this is a bug in creel");
        panicked
    })
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
