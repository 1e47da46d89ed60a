//! Reads events from the store.
//!
//! **Invariant:** events are the deliveries of the store in the order of their seq, without gaps unless deliveries were deleted.

use std::sync::Arc;

use super::Event;
use crate::domain::ids::{EndpointId, Seq};
use crate::store::{Page, Store, StoreError};

/// Deliveries per read.
pub(super) const PAGE: usize = 25;

/// Reads the events of an endpoint.
#[derive(Clone)]
pub(super) struct EventSource(Arc<dyn Store>);

impl EventSource {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }

    /// Seq of the newest delivery; 0 before the first.
    pub(super) async fn last_seq(&self, endpoint: EndpointId) -> Result<Seq, StoreError> {
        self.0.last_seq(endpoint).await
    }

    /// The events that follow `after`, at most a page of them.
    pub(super) async fn events(
        &self,
        endpoint: EndpointId,
        after: Seq,
    ) -> Result<Vec<Event>, StoreError> {
        let page = Page::following(after, PAGE);
        let found = self.0.deliveries(endpoint, page).await?;
        Ok(found.into_iter().map(Event::new).collect())
    }
}
