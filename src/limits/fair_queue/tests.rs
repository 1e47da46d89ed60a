//! The order of service, and that nothing is lost when a request is dropped.
//!
//! **Invariant:** no test depends on timing: whether a request waits is found by polling it once.

use std::ops::DerefMut;
use std::pin::{Pin, pin};
use std::sync::Arc;

use futures_util::FutureExt;

use super::{FairQueue, Held};
use crate::limits::client::ClientGroup;

fn client(last: u8) -> ClientGroup {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

/// A request of that client.
fn take(queue: &Arc<FairQueue>, last: u8, amount: usize) -> impl Future<Output = Held> {
    queue.take(Some(client(last)), amount)
}

/// Whether a request still waits.
fn waits(request: &mut Pin<impl DerefMut<Target: Future>>) -> bool {
    request.as_mut().now_or_never().is_none()
}

#[tokio::test]
async fn a_request_that_does_not_fit_does_not_block_other_clients() {
    let queue = Arc::new(FairQueue::new(100));
    let first = take(&queue, 1, 60).await;
    let mut large = pin!(take(&queue, 2, 90));
    let mut own = pin!(take(&queue, 2, 1));
    assert!(waits(&mut large));
    assert!(waits(&mut own), "it is behind its own");
    let other = take(&queue, 3, 10).now_or_never();
    assert!(other.is_some());
    drop((first, other));
    let large = large.now_or_never();
    assert!(large.is_some());
    assert!(waits(&mut own));
    drop(large);
    assert!(own.now_or_never().is_some());
}

#[tokio::test]
async fn waiting_requests_are_served_in_order() {
    let queue = Arc::new(FairQueue::new(100));
    let all = take(&queue, 1, 100).await;
    let mut second = pin!(take(&queue, 2, 50));
    let mut third = pin!(take(&queue, 3, 51));
    assert!(waits(&mut second));
    assert!(waits(&mut third));
    drop(all);
    assert!(waits(&mut third));
    let second = second.now_or_never().expect("it came first");
    drop(second);
    assert!(third.now_or_never().is_some());
}

#[tokio::test]
async fn a_dropped_request_lets_the_next_be_served() {
    let queue = Arc::new(FairQueue::new(100));
    let held = take(&queue, 1, 60).await;
    let mut large = Box::pin(take(&queue, 2, 90));
    let mut small = pin!(take(&queue, 2, 10));
    assert!(waits(&mut large));
    assert!(waits(&mut small));
    drop(large);
    assert!(small.now_or_never().is_some());
    drop(held);
    assert!(take(&queue, 3, 100).now_or_never().is_some());
}

#[tokio::test]
async fn the_reservation_of_a_dropped_request_is_released() {
    let queue = Arc::new(FairQueue::new(100));
    let held = take(&queue, 1, 100).await;
    let mut request = Box::pin(take(&queue, 2, 100));
    assert!(waits(&mut request));
    // Reserved now, and dropped before it was polled.
    drop(held);
    drop(request);
    let state = queue.lock();
    assert!(state.waiting.is_empty());
    assert!(state.shares.has_room(Some(client(3)), 100));
}

#[tokio::test]
async fn a_large_request_is_not_passed_for_ever_by_small_ones() {
    let queue = Arc::new(FairQueue::new(100));
    let mut held = take(&queue, 2, 20).await;
    let mut large = pin!(take(&queue, 1, 90));
    assert!(waits(&mut large));
    // Two clients of which always one holds something: the other asks before it gives back.
    let mut passed = 0;
    for turn in 1..20 {
        let small = take(&queue, 2 + turn % 2, 20);
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
    let held = take(&queue, 9, 20).await;
    let mut large = Box::pin(take(&queue, 1, 100));
    assert!(waits(&mut large));
    let mut second = Vec::new();
    for other in 2..8 {
        let first = take(&queue, other, 5).now_or_never();
        assert!(first.is_some(), "{other} holds nothing");
        let mut again = Box::pin(take(&queue, other, 5));
        assert!(waits(&mut again), "{other}");
        second.push(again);
    }
    drop(held);
    let large = large.now_or_never().expect("only it was waited for");
    assert!(second.iter_mut().all(waits));
    drop(large);
    assert!(second.into_iter().all(|one| one.now_or_never().is_some()));
}

#[tokio::test]
async fn when_one_that_was_passed_goes_the_others_are_served() {
    let queue = Arc::new(FairQueue::new(100));
    let _held = take(&queue, 9, 20).await;
    let mut large = Box::pin(take(&queue, 1, 90));
    assert!(waits(&mut large));
    let _first = take(&queue, 2, 5).await;
    let mut again = pin!(take(&queue, 2, 5));
    assert!(waits(&mut again));
    drop(large);
    assert!(again.now_or_never().is_some());
}

#[tokio::test]
async fn one_that_waits_for_its_own_client_holds_up_nobody() {
    let queue = Arc::new(FairQueue::new(100));
    let _held = take(&queue, 1, 50).await;
    let mut own = pin!(take(&queue, 1, 50));
    assert!(waits(&mut own));
    for _ in 0..20 {
        let small = take(&queue, 2, 5).now_or_never();
        assert!(small.is_some());
    }
}

#[tokio::test]
async fn one_that_holds_less_passes_one_that_holds_more() {
    let queue = Arc::new(FairQueue::new(100));
    let _most = take(&queue, 1, 50).await;
    let _some = take(&queue, 2, 20).await;
    let mut more = pin!(take(&queue, 2, 20));
    assert!(waits(&mut more));
    for _ in 0..20 {
        let small = take(&queue, 3, 5).now_or_never();
        assert!(small.is_some());
    }
}
