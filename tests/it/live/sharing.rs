//! Subscribers of one endpoint share its feed: no one misses an event, and no one depends on another.
//!
//! **Invariant:** the tests rely on notifications: the periodic read of a feed would be too late.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::live::{FeedItem, Live, Notifier};
use creel::store::{Store, StoreError};
use futures_util::future::join_all;
use futures_util::{Stream, StreamExt};
use tempfile::TempDir;
use tokio::time::timeout;

use super::watched::Watched;
use crate::store::{keep, minted, open_sqlite, record, run};

/// Shorter than the 15 s after which a feed reads the store without a notification.
const BEFORE_THE_TICK: Duration = Duration::from_secs(12);

type Subscriber = Pin<Box<dyn Stream<Item = Result<FeedItem, StoreError>>>>;

/// An endpoint of a real store, with its live stream.
struct Setup {
    store: Arc<Watched>,
    live: Live,
    notifier: Arc<Notifier>,
    id: EndpointId,
    _folder: TempDir,
}

impl Setup {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let notifier = Arc::new(Notifier::default());
        let store = open_sqlite(folder.path());
        let store = Arc::new(Watched::new(store));
        let id = minted(&*store).await;
        let live = Live::new(store.clone(), Arc::clone(&notifier));
        Self {
            store,
            live,
            notifier,
            id,
            _folder: folder,
        }
    }

    fn subscribe(&self, after: u64) -> Subscriber {
        Box::pin(self.live.subscribe(self.id, Seq(after)))
    }

    /// A subscriber that has received the first delivery.
    async fn subscriber_at_one(&self) -> Subscriber {
        let mut subscriber = self.subscribe(0);
        self.capture(1).await;
        assert_eq!(seqs(&mut subscriber, 1).await, [1]);
        subscriber
    }

    /// Two of them on one feed.
    async fn two_subscribers_at_one(&self) -> [Subscriber; 2] {
        let mut second = self.subscribe(0);
        let first = self.subscriber_at_one().await;
        assert_eq!(seqs(&mut second, 1).await, [1]);
        [first, second]
    }

    async fn capture(&self, count: usize) {
        for _ in 0..count {
            let kept = keep(&*self.store, record(self.id, b"x")).await;
            kept.expect("it is recorded");
            self.notifier.notify(self.id);
        }
    }

    /// Stores a delivery and waits until it was read; the caller delays the result of the read.
    async fn capture_and_read(&self) {
        let reads = self.store.reads();
        self.capture(1).await;
        self.store.more_reads_than(reads).await;
    }
}

async fn next(subscriber: &mut Subscriber) -> Option<Result<FeedItem, StoreError>> {
    let next = timeout(BEFORE_THE_TICK, subscriber.next()).await;
    next.expect("a notification arrives")
}

/// The seqs of the next deliveries.
async fn seqs(subscriber: &mut Subscriber, count: usize) -> Vec<u64> {
    let mut seqs = Vec::new();
    for _ in 0..count {
        let item = next(subscriber).await.expect("the stream goes on");
        let Ok(FeedItem::Delivery(event)) = item else {
            panic!("no delivery: {item:?}")
        };
        let json: serde_json::Value = serde_json::from_str(event.json().unwrap()).unwrap();
        assert_eq!(json["seq"], event.seq().0);
        seqs.push(event.seq().0);
    }
    seqs
}

#[test]
fn fifty_subscribers_cost_the_reads_of_one() {
    const COUNT: u64 = 20;
    run(async {
        let setup = Setup::new().await;
        let _first = setup.subscriber_at_one().await;
        let mut subscribers: Vec<Subscriber> = (0..50).map(|_| setup.subscribe(1)).collect();
        let before = setup.store.reads();
        for seq in 2..2 + COUNT {
            setup.capture(1).await;
            for found in join_all(subscribers.iter_mut().map(|each| seqs(each, 1))).await {
                assert_eq!(found, [seq]);
            }
        }
        // One read per delivery, and one more for a notification after the read that already found its delivery.
        let reads = setup.store.reads() - before;
        assert!(reads as u64 <= 2 * (1 + COUNT), "{reads} reads");
    });
}

#[test]
fn one_notification_delivers_more_than_a_page() {
    const COUNT: usize = 60;
    run(async {
        let setup = Setup::new().await;
        let mut subscriber = setup.subscriber_at_one().await;
        let held = setup.store.hold.lock().await;
        setup.capture_and_read().await;
        setup.capture(COUNT).await;
        drop(held);
        let found = seqs(&mut subscriber, 1 + COUNT).await;
        assert_eq!(found, (2..=2 + COUNT as u64).collect::<Vec<_>>());
    });
}

#[test]
fn a_notification_during_a_read_triggers_another_read() {
    run(async {
        let setup = Setup::new().await;
        let mut subscribers = [setup.subscribe(0), setup.subscribe(0)];
        let held = setup.store.hold.lock().await;
        let reads = setup.store.reads();
        let waits = subscribers[0].next();
        let meanwhile = async {
            setup.store.more_reads_than(reads).await;
            setup.capture(1).await;
            drop(held);
        };
        let (first, ()) = tokio::join!(timeout(BEFORE_THE_TICK, waits), meanwhile);
        assert!(matches!(first, Ok(Some(Ok(FeedItem::Delivery(event)))) if event.seq() == Seq(1)));
        assert_eq!(seqs(&mut subscribers[1], 1).await, [1]);
    });
}

#[test]
fn subscribing_during_a_read_misses_nothing() {
    run(async {
        let setup = Setup::new().await;
        let mut present = setup.subscriber_at_one().await;
        let held = setup.store.hold.lock().await;
        setup.capture_and_read().await;
        let mut from_the_start = setup.subscribe(0);
        let mut from_before = setup.subscribe(1);
        let mut from_now_on = setup.subscribe(2);
        setup.capture(1).await;
        drop(held);
        assert_eq!(seqs(&mut from_the_start, 3).await, [1, 2, 3]);
        assert_eq!(seqs(&mut from_before, 2).await, [2, 3]);
        assert_eq!(seqs(&mut from_now_on, 1).await, [3]);
        assert_eq!(seqs(&mut present, 2).await, [2, 3]);
    });
}

#[test]
fn the_first_subscriber_may_leave_during_a_read() {
    run(async {
        let setup = Setup::new().await;
        let mut first = setup.subscribe(0);
        let mut second = setup.subscribe(0);
        setup.capture(1).await;
        assert_eq!(seqs(&mut first, 1).await, [1]);
        let held = setup.store.hold.lock().await;
        setup.capture_and_read().await;
        drop(first);
        drop(held);
        assert_eq!(seqs(&mut second, 2).await, [1, 2]);
    });
}

#[test]
fn a_slow_subscriber_delays_no_one() {
    const COUNT: usize = 150;
    run(async {
        let setup = Setup::new().await;
        let mut late = setup.subscribe(0);
        let mut prompt = setup.subscribe(0);
        for seq in 1..=COUNT as u64 {
            setup.capture(1).await;
            assert_eq!(seqs(&mut prompt, 1).await, [seq]);
        }
        let found = seqs(&mut late, COUNT).await;
        assert_eq!(found, (1..=COUNT as u64).collect::<Vec<_>>());
        setup.capture(1).await;
        assert_eq!(seqs(&mut late, 1).await, [COUNT as u64 + 1]);
    });
}

#[test]
fn a_store_error_ends_every_stream_but_not_later_ones() {
    run(async {
        let setup = Setup::new().await;
        let mut subscribers = setup.two_subscribers_at_one().await;
        // This one is never polled.
        let _slow = setup.subscribe(1);
        setup.store.fails.store(true, Ordering::SeqCst);
        setup.capture(1).await;
        for subscriber in &mut subscribers {
            let found = next(subscriber).await;
            assert!(
                matches!(found, Some(Err(StoreError::QueueFull))),
                "{found:?}"
            );
            assert!(next(subscriber).await.is_none());
        }
        setup.store.fails.store(false, Ordering::SeqCst);
        assert_eq!(seqs(&mut setup.subscribe(1), 1).await, [2]);
    });
}

#[test]
fn a_deletion_ends_every_stream() {
    run(async {
        let setup = Setup::new().await;
        let mut subscribers = setup.two_subscribers_at_one().await;
        let deleted = setup.store.delete_endpoint(setup.id).await;
        deleted.expect("it exists");
        setup.notifier.notify(setup.id);
        for subscriber in subscribers.iter_mut().chain([&mut setup.subscribe(1)]) {
            let found = next(subscriber).await;
            assert!(
                matches!(found, Some(Err(StoreError::NotFound(_)))),
                "{found:?}"
            );
        }
    });
}

#[test]
fn without_subscribers_nothing_is_read() {
    run(async {
        let setup = Setup::new().await;
        let quiet = Arc::strong_count(&setup.store);
        drop(setup.subscriber_at_one().await);
        let ended = async {
            while Arc::strong_count(&setup.store) > quiet {
                tokio::task::yield_now().await;
            }
        };
        let ended = timeout(BEFORE_THE_TICK, ended).await;
        ended.expect("the feed drops the store");
    });
}
