//! Who is served when something becomes free, and that nothing is lost when a request goes.

use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;

use super::FairQueue;
use crate::limits::client::ClientGroup;

fn client(last: u8) -> ClientGroup {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

#[tokio::test]
async fn one_that_has_no_room_does_not_hold_up_those_of_others() {
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
async fn those_that_wait_are_served_in_the_order_in_which_they_came() {
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
async fn a_request_that_goes_lets_the_one_behind_it_be_served() {
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
async fn what_was_taken_for_a_request_that_goes_is_given_back() {
    let queue = Arc::new(FairQueue::new(100));
    let held = queue.take(Some(client(1)), 100).await;
    let mut waits = Box::pin(queue.take(Some(client(2)), 100));
    assert!(waits.as_mut().now_or_never().is_none());
    // Taken now, and dropped before it was looked at.
    drop(held);
    drop(waits);
    let state = queue.lock();
    assert!(state.waiting.is_empty());
    assert!(state.shares.has_room(Some(client(3)), 100));
}
