//! Those who follow one endpoint share what is read for them: none misses anything by it, and none depends on another.
//!
//! **Invariant:** what is waited for here comes by the bell. Where a ring were missed the tick would come too late.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::live::{Bell, Live, News};
use creel::store::{Store, StoreError};
use futures_util::future::join_all;
use futures_util::{Stream, StreamExt};
use tempfile::TempDir;
use tokio::time::timeout;

use super::watched::Watched;
use crate::store::{minted, open_sqlite, record, run};

/// Shorter than the 15 s after which a look into the store is taken without a ring.
const BEFORE_THE_TICK: Duration = Duration::from_secs(12);

type Follower = Pin<Box<dyn Stream<Item = Result<News, StoreError>>>>;

/// An endpoint of a real store, and what lets it be followed.
struct Room {
    store: Arc<Watched>,
    live: Live,
    id: EndpointId,
    _folder: TempDir,
}

impl Room {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let bell = Arc::new(Bell::default());
        let rung = Arc::clone(&bell);
        let store = open_sqlite(folder.path(), Box::new(move |ids| rung.ring(ids)));
        let store = Arc::new(Watched::new(store));
        let id = minted(&*store).await;
        let live = Live::new(store.clone(), bell, |summary| {
            format!("{} words", summary.seq.0)
        });
        Self {
            store,
            live,
            id,
            _folder: folder,
        }
    }

    fn follow(&self, after: u64) -> Follower {
        Box::pin(self.live.follow(self.id, Seq(after)))
    }

    /// One who follows and was told of the first delivery.
    async fn told_of_the_first(&self) -> Follower {
        let mut follower = self.follow(0);
        self.catch(1).await;
        assert_eq!(seqs(&mut follower, 1).await, [1]);
        follower
    }

    /// Two such, who share what is read.
    async fn two_told_of_the_first(&self) -> [Follower; 2] {
        let mut second = self.follow(0);
        let first = self.told_of_the_first().await;
        assert_eq!(seqs(&mut second, 1).await, [1]);
        [first, second]
    }

    async fn catch(&self, count: usize) {
        for _ in 0..count {
            let kept = self.store.record(record(self.id, b"x")).await;
            kept.expect("it is recorded");
        }
    }

    /// Catches one and waits until it was read; what was read is delayed by the caller.
    async fn catch_and_read(&self) {
        let reads = self.store.reads();
        self.catch(1).await;
        self.store.more_reads_than(reads).await;
    }
}

async fn next(follower: &mut Follower) -> Option<Result<News, StoreError>> {
    let next = timeout(BEFORE_THE_TICK, follower.next()).await;
    next.expect("the bell rings")
}

/// The seqs of the next deliveries.
async fn seqs(follower: &mut Follower, count: usize) -> Vec<u64> {
    let mut seqs = Vec::new();
    for _ in 0..count {
        let news = next(follower).await.expect("the stream goes on");
        let Ok(News::Delivery(line)) = news else {
            panic!("no delivery: {news:?}")
        };
        assert_eq!(*line.words, format!("{} words", line.seq.0));
        seqs.push(line.seq.0);
    }
    seqs
}

#[test]
fn fifty_who_follow_one_endpoint_cost_the_reads_of_one() {
    const CAUGHT: u64 = 20;
    run(async {
        let room = Room::new().await;
        let _first = room.told_of_the_first().await;
        let mut followers: Vec<Follower> = (0..50).map(|_| room.follow(1)).collect();
        let before = room.store.reads();
        for seq in 2..2 + CAUGHT {
            room.catch(1).await;
            for told in join_all(followers.iter_mut().map(|each| seqs(each, 1))).await {
                assert_eq!(told, [seq]);
            }
        }
        // One for each, and one more where a ring comes behind the look that found its delivery already.
        let reads = room.store.reads() - before;
        assert!(reads as u64 <= 2 * (1 + CAUGHT), "{reads} reads");
    });
}

#[test]
fn what_one_ring_is_for_comes_at_once_also_where_it_is_more_than_a_page() {
    const CAUGHT: usize = 60;
    run(async {
        let room = Room::new().await;
        let mut follower = room.told_of_the_first().await;
        let held = room.store.hold.lock().await;
        room.catch_and_read().await;
        room.catch(CAUGHT).await;
        drop(held);
        let told = seqs(&mut follower, 1 + CAUGHT).await;
        assert_eq!(told, (2..=2 + CAUGHT as u64).collect::<Vec<_>>());
    });
}

#[test]
fn a_ring_while_the_store_is_read_is_answered_by_another_read() {
    run(async {
        let room = Room::new().await;
        let mut followers = [room.follow(0), room.follow(0)];
        let held = room.store.hold.lock().await;
        let reads = room.store.reads();
        let waits = followers[0].next();
        let meanwhile = async {
            room.store.more_reads_than(reads).await;
            room.catch(1).await;
            drop(held);
        };
        let (first, ()) = tokio::join!(timeout(BEFORE_THE_TICK, waits), meanwhile);
        assert!(matches!(first, Ok(Some(Ok(News::Delivery(line)))) if line.seq == Seq(1)));
        assert_eq!(seqs(&mut followers[1], 1).await, [1]);
    });
}

#[test]
fn who_comes_while_the_store_is_read_misses_nothing() {
    run(async {
        let room = Room::new().await;
        let mut there = room.told_of_the_first().await;
        let held = room.store.hold.lock().await;
        room.catch_and_read().await;
        let mut from_the_start = room.follow(0);
        let mut from_before = room.follow(1);
        let mut from_now_on = room.follow(2);
        room.catch(1).await;
        drop(held);
        assert_eq!(seqs(&mut from_the_start, 3).await, [1, 2, 3]);
        assert_eq!(seqs(&mut from_before, 2).await, [2, 3]);
        assert_eq!(seqs(&mut from_now_on, 1).await, [3]);
        assert_eq!(seqs(&mut there, 2).await, [2, 3]);
    });
}

#[test]
fn who_came_first_may_go_while_the_store_is_read() {
    run(async {
        let room = Room::new().await;
        let mut first = room.follow(0);
        let mut second = room.follow(0);
        room.catch(1).await;
        assert_eq!(seqs(&mut first, 1).await, [1]);
        let held = room.store.hold.lock().await;
        room.catch_and_read().await;
        drop(first);
        drop(held);
        assert_eq!(seqs(&mut second, 2).await, [1, 2]);
    });
}

#[test]
fn one_that_is_far_behind_reads_for_itself_and_holds_up_nobody() {
    const CAUGHT: usize = 150;
    run(async {
        let room = Room::new().await;
        let mut late = room.follow(0);
        let mut prompt = room.follow(0);
        for seq in 1..=CAUGHT as u64 {
            room.catch(1).await;
            assert_eq!(seqs(&mut prompt, 1).await, [seq]);
        }
        let told = seqs(&mut late, CAUGHT).await;
        assert_eq!(told, (1..=CAUGHT as u64).collect::<Vec<_>>());
        room.catch(1).await;
        assert_eq!(seqs(&mut late, 1).await, [CAUGHT as u64 + 1]);
    });
}

#[test]
fn an_error_of_the_store_ends_every_stream_and_not_that_of_the_next_who_comes() {
    run(async {
        let room = Room::new().await;
        let mut followers = room.two_told_of_the_first().await;
        // Where it is told is when it is looked at: this one is not.
        let _slow = room.follow(1);
        room.store.fails.store(true, Ordering::SeqCst);
        room.catch(1).await;
        for follower in &mut followers {
            let told = next(follower).await;
            assert!(matches!(told, Some(Err(StoreError::Full))), "{told:?}");
            assert!(next(follower).await.is_none());
        }
        room.store.fails.store(false, Ordering::SeqCst);
        assert_eq!(seqs(&mut room.follow(1), 1).await, [2]);
    });
}

#[test]
fn a_deletion_ends_every_stream() {
    run(async {
        let room = Room::new().await;
        let mut followers = room.two_told_of_the_first().await;
        let deleted = room.store.delete_endpoint(room.id).await;
        deleted.expect("it is there");
        for follower in followers.iter_mut().chain([&mut room.follow(1)]) {
            let told = next(follower).await;
            assert!(
                matches!(told, Some(Err(StoreError::NotFound(_)))),
                "{told:?}"
            );
        }
    });
}

#[test]
fn where_the_last_has_gone_nothing_goes_on_reading() {
    run(async {
        let room = Room::new().await;
        let quiet = Arc::strong_count(&room.store);
        drop(room.told_of_the_first().await);
        let gone = async {
            while Arc::strong_count(&room.store) > quiet {
                tokio::task::yield_now().await;
            }
        };
        let gone = timeout(BEFORE_THE_TICK, gone).await;
        gone.expect("whoever reads lets the store go");
    });
}
