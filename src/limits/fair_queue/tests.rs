//! The order of service, and that nothing is lost when a request is dropped.

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
