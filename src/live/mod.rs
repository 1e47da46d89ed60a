//! Publish and subscribe: subscribers of an endpoint get each of its deliveries, once and in order.
//!
//! A notification has no data. The feed of an endpoint runs while there are subscribers, and reads the store after the last seq that it has.
//! So a reconnect, a slow subscriber and a missed notification are handled in the same way: "read after N".
//!
//! **Invariant:** for each notification the store is read once, however many subscribers there are. A subscriber that is too slow for the
//! feed reads the store itself and delays no one. Without subscribers, nothing is read and nothing is kept.

mod event;
mod event_source;
mod feed;
mod notifier;
mod subscription;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures_util::Stream;

use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::store::{Store, StoreError};

pub use event::{Event, FeedItem};
use event_source::EventSource;
use feed::Feed;
pub use notifier::Notifier;
use subscription::Subscription;

/// The live streams of all endpoints.
pub struct Live {
    source: EventSource,
    notifier: Arc<Notifier>,
    feeds: Mutex<HashMap<EndpointId, Weak<Feed>>>,
}

impl Live {
    /// Live streams of `store`; `notifier` announces its commits.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, notifier: Arc<Notifier>) -> Self {
        Self {
            source: EventSource::new(store),
            notifier,
            feeds: Mutex::default(),
        }
    }

    /// Every delivery of `endpoint` after `after`, once and in order: first the stored ones, then those that arrive. To be called inside a
    /// tokio runtime.
    ///
    /// # Errors
    /// The stream ends with the store's error, `NotFound` if the endpoint is deleted.
    pub fn subscribe(
        &self,
        endpoint: EndpointId,
        after: Seq,
    ) -> impl Stream<Item = Result<FeedItem, StoreError>> + use<> {
        let feed = self.feed(endpoint);
        Subscription::new(self.source.clone(), feed, endpoint, after).stream()
    }

    /// The running feed of this endpoint, or a new one. It stops with its last subscription.
    fn feed(&self, endpoint: EndpointId) -> Arc<Feed> {
        // After a panic elsewhere, the map is still consistent: every change under this lock is a single operation.
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let found = feeds.get(&endpoint).and_then(Weak::upgrade);
        if let Some(feed) = found.filter(|feed| feed.is_running()) {
            return feed;
        }
        feeds.retain(|_, feed| feed.strong_count() > 0);
        let notifications = self.notifier.subscribe(endpoint);
        let feed = Arc::new(Feed::start(self.source.clone(), endpoint, notifications));
        feeds.insert(endpoint, Arc::downgrade(&feed));
        feed
    }
}
