//! The order of service, and that nothing is lost when a request is dropped.
//!
//! **Invariant:** no test depends on timing: whether a request waits is found by polling it once.

use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;

use super::FairQueue;
use crate::limits::client::ClientGroup;

fn client(last: u8) -> ClientGroup {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

#[tokio::test]
async fn a_request_that_does_not_fit_does_not_block_other_clients() {
    let queue = Arc::new(FairQueue::new(100));
    let first = queue.take(Some(client(1)), 60).await;
    let mut large = pin!(queue.take(Some(client(2)), 90));
    let mut own = pin!(queue.take(Some(client(2)), 1));
    assert!(large.as_mut().now_or_never().is_none());
    assert!(
        own.as_mut().now_or_never().is_none(),
        "it is behind its own"
    );
    let other = queue.take(Some(client(3)), 10).now_or_never();
    assert!(other.is_some());
    drop((first, other));
    let large = large.now_or_never();
    assert!(large.is_some());
    assert!(own.as_mut().now_or_never().is_none());
    drop(large);
    assert!(own.now_or_never().is_some());
}

#[tokio::test]
async fn waiting_requests_are_served_in_order() {
    let queue = Arc::new(FairQueue::new(100));
    let all = queue.take(Some(client(1)), 100).await;
    let mut second = pin!(queue.take(Some(client(2)), 50));
    let mut third = pin!(queue.take(Some(client(3)), 51));
    assert!(second.as_mut().now_or_never().is_none());
    assert!(third.as_mut().now_or_never().is_none());
    drop(all);
    assert!(third.as_mut().now_or_never().is_none());
    let second = second.now_or_never().expect("it came first");
    drop(second);
    assert!(third.now_or_never().is_some());
}

#[tokio::test]
async fn a_dropped_request_lets_the_next_be_served() {
    let queue = Arc::new(FairQueue::new(100));
    let held = queue.take(Some(client(1)), 60).await;
    let mut large = Box::pin(queue.take(Some(client(2)), 90));
    let mut small = pin!(queue.take(Some(client(2)), 10));
    assert!(large.as_mut().now_or_never().is_none());
    assert!(small.as_mut().now_or_never().is_none());
    drop(large);
    assert!(small.now_or_never().is_some());
    drop(held);
    assert!(queue.take(Some(client(3)), 100).now_or_never().is_some());
}

#[tokio::test]
async fn the_reservation_of_a_dropped_request_is_released() {
    let queue = Arc::new(FairQueue::new(100));
    let held = queue.take(Some(client(1)), 100).await;
    let mut waits = Box::pin(queue.take(Some(client(2)), 100));
    assert!(waits.as_mut().now_or_never().is_none());
    // Reserved now, and dropped before it was polled.
    drop(held);
    drop(waits);
    let state = queue.lock();
    assert!(state.waiting.is_empty());
    assert!(state.shares.has_room(Some(client(3)), 100));
}

#[tokio::test]
async fn a_large_request_is_not_passed_for_ever_by_small_ones() {
    let queue = Arc::new(FairQueue::new(100));
    let mut held = queue.take(Some(client(2)), 20).await;
    let mut large = pin!(queue.take(Some(client(1)), 90));
    assert!(large.as_mut().now_or_never().is_none());
    // Two clients of which always one holds something: the other asks before it gives back.
    let mut passed = 0;
    for turn in 1..20 {
        let small = queue.take(Some(client(2 + turn % 2)), 20);
        let Some(next) = small.now_or_never() else {
            break;
        };
        held = next;
        passed += 1;
    }
    assert_eq!(passed, 2, "each of them once");
    drop(held);
    assert!(large.now_or_never().is_some());
}

#[tokio::test]
async fn each_client_passes_one_that_waits_once() {
    let queue = Arc::new(FairQueue::new(100));
    let held = queue.take(Some(client(9)), 20).await;
    let mut large = Box::pin(queue.take(Some(client(1)), 100));
    assert!(large.as_mut().now_or_never().is_none());
    let mut second = Vec::new();
    for other in 2..8 {
        let first = queue.take(Some(client(other)), 5).now_or_never();
        assert!(first.is_some(), "{other} holds nothing");
        let mut again = Box::pin(queue.take(Some(client(other)), 5));
        assert!(again.as_mut().now_or_never().is_none(), "{other}");
        second.push(again);
    }
    drop(held);
    let large = large.now_or_never().expect("only it was waited for");
    assert!(second.iter_mut().all(|one| one.now_or_never().is_none()));
    drop(large);
    assert!(second.into_iter().all(|one| one.now_or_never().is_some()));
}

#[tokio::test]
async fn when_one_that_was_passed_goes_the_others_are_served() {
    let queue = Arc::new(FairQueue::new(100));
    let _held = queue.take(Some(client(9)), 20).await;
    let mut large = Box::pin(queue.take(Some(client(1)), 90));
    assert!(large.as_mut().now_or_never().is_none());
    let _first = queue.take(Some(client(2)), 5).await;
    let mut again = pin!(queue.take(Some(client(2)), 5));
    assert!(again.as_mut().now_or_never().is_none());
    drop(large);
    assert!(again.now_or_never().is_some());
}

#[tokio::test]
async fn one_that_waits_for_its_own_client_holds_up_nobody() {
    let queue = Arc::new(FairQueue::new(100));
    let _held = queue.take(Some(client(1)), 50).await;
    let mut own = pin!(queue.take(Some(client(1)), 50));
    assert!(own.as_mut().now_or_never().is_none());
    for _ in 0..20 {
        let small = queue.take(Some(client(2)), 5).now_or_never();
        assert!(small.is_some());
    }
}

#[tokio::test]
async fn one_that_holds_less_passes_one_that_holds_more() {
    let queue = Arc::new(FairQueue::new(100));
    let _most = queue.take(Some(client(1)), 50).await;
    let _some = queue.take(Some(client(2)), 20).await;
    let mut more = pin!(queue.take(Some(client(2)), 20));
    assert!(more.as_mut().now_or_never().is_none());
    for _ in 0..20 {
        let small = queue.take(Some(client(3)), 5).now_or_never();
        assert!(small.is_some());
    }
}
