//! Counts the CORS preflights of each endpoint. A preflight is a question of a browser, not a delivery: it need not be on disk before it is
//! answered, and a flood of them must not delay captures. So they are counted in memory, and the numbers are written once a second.
//!
//! **Invariant:** all endpoints together cause at most one write a second, and a shutdown loses no number. A crash loses at most those of
//! the last second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::ids::EndpointId;
use crate::store::Store;

/// How long numbers stay in memory.
const WRITTEN_AFTER: Duration = Duration::from_secs(1);

/// The preflights that were not written yet.
pub struct Preflights {
    store: Arc<dyn Store>,
    counted: Mutex<HashMap<EndpointId, u64>>,
    /// The shutdown waits for the tasks of this tracker.
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Preflights {
    /// Counts for this store until `stop` is cancelled.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, tasks: TaskTracker, stop: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            store,
            counted: Mutex::default(),
            tasks,
            stop,
        })
    }

    /// Counts a preflight of this endpoint.
    pub fn count(self: &Arc<Self>, id: EndpointId) {
        let is_first = {
            let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
            let is_first = counted.is_empty();
            *counted.entry(id).or_default() += 1;
            is_first
        };
        if is_first {
            self.tasks.spawn(Arc::clone(self).write());
        }
    }

    /// Writes the numbers after a second, or at once when the server stops. If the store fails, it tries again a second later.
    async fn write(self: Arc<Self>) {
        loop {
            let stopped = self
                .stop
                .run_until_cancelled(tokio::time::sleep(WRITTEN_AFTER));
            let is_last = stopped.await.is_none();
            let counted = {
                let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::take(&mut *counted)
            };
            let numbers = counted.iter().map(|(id, number)| (*id, *number)).collect();
            // The store has logged why it failed.
            if self.store.add_preflights(numbers).await.is_ok() || is_last {
                return;
            }
            let mut newer = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, number) in counted {
                *newer.entry(id).or_default() += number;
            }
        }
    }
}
