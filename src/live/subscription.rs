//! A subscription. It takes its next event from the feed, or, if it is too late for the feed's buffer, reads a page from the store itself.
//!
//! **Invariant:** each seq after the first is sent once and in order, as a delivery or as part of a gap.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::Stream;
use tokio::sync::watch;

use super::event_source::EventSource;
use super::feed::{Buffer, Feed, NextEvent};
use super::{Event, FeedItem};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::store::StoreError;

pub(super) struct Subscription {
    source: EventSource,
    endpoint: EndpointId,
    /// Everything up to here was sent.
    last_sent: Seq,
    /// Events that it read itself and has not sent yet.
    page: VecDeque<Event>,
    buffer: watch::Receiver<Buffer>,
    ended: bool,
    /// Keeps the feed running.
    _feed: Arc<Feed>,
}

impl Subscription {
    pub(super) fn new(
        source: EventSource,
        feed: Arc<Feed>,
        endpoint: EndpointId,
        after: Seq,
    ) -> Self {
        Self {
            source,
            endpoint,
            last_sent: after,
            page: VecDeque::new(),
            buffer: feed.buffer(),
            ended: false,
            _feed: feed,
        }
    }

    pub(super) fn stream(self) -> impl Stream<Item = Result<FeedItem, StoreError>> {
        futures_util::stream::unfold(self, |mut subscription| async move {
            if subscription.ended {
                return None;
            }
            let event = subscription.next_event().await;
            subscription.ended = event.is_err();
            Some((event.map(|event| subscription.send(event)), subscription))
        })
    }

    /// The next event to send.
    async fn next_event(&mut self) -> Result<Event, StoreError> {
        loop {
            if let Some(event) = self.page.pop_front() {
                return Ok(event);
            }
            // A change from here on, even during its own read, ends the wait below.
            let next = self.buffer.borrow_and_update().after(self.last_sent);
            match next {
                NextEvent::Event(event) => return Ok(event),
                NextEvent::End(error) => return Err(error),
                NextEvent::Nothing => {}
                NextEvent::TooLate => {
                    let page = self.source.events(self.endpoint, self.last_sent).await?;
                    self.page = page.into();
                }
            }
            if self.page.is_empty() {
                let closed = |error| StoreError::Unavailable(Arc::new(error));
                self.buffer.changed().await.map_err(closed)?;
            }
        }
    }

    /// The event, or first the gap before it.
    fn send(&mut self, event: Event) -> FeedItem {
        let expected = Seq(self.last_sent.0 + 1);
        if event.seq() > expected {
            let through = Seq(event.seq().0 - 1);
            self.last_sent = through;
            self.page.push_front(event);
            return FeedItem::Gap {
                from: expected,
                through,
            };
        }
        self.last_sent = event.seq();
        FeedItem::Delivery(event)
    }
}
