//! A cache of endpoints in use, so that a capture looks up its endpoint without the database.
//!
//! **Invariant:** after a change is answered, the old value is never found here. A read that overlaps a change cannot insert its result,
//! because the epoch in which it started has ended.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::ids::EndpointId;

use super::endpoints::StoredEndpoint;

/// Most cached endpoints. If more are in use, all are dropped and read again.
const ENDPOINTS_MAX: usize = 10_000;

/// The endpoints that are in use.
#[derive(Default)]
pub(super) struct Cache {
    inner: RwLock<Inner>,
}

#[derive(Default)]
struct Inner {
    epoch: u64,
    endpoints: HashMap<EndpointId, Arc<StoredEndpoint>>,
}

impl Cache {
    pub(super) fn get(&self, id: EndpointId) -> Option<Arc<StoredEndpoint>> {
        self.inner
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .endpoints
            .get(&id)
            .cloned()
    }

    /// The current epoch; to be taken before a read and passed to [`Self::put`].
    pub(super) fn epoch(&self) -> u64 {
        self.inner
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .epoch
    }

    pub(super) fn put(&self, epoch: u64, found: &Arc<StoredEndpoint>) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if inner.epoch != epoch {
            return;
        }
        if inner.endpoints.len() >= ENDPOINTS_MAX {
            inner.endpoints.clear();
        }
        inner.endpoints.insert(found.endpoint.id, Arc::clone(found));
    }

    pub(super) fn forget(&self, id: EndpointId) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.epoch += 1;
        inner.endpoints.remove(&id);
    }

    pub(super) fn forget_all(&self) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.epoch += 1;
        inner.endpoints.clear();
    }
}
