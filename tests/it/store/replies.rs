//! The contract for the position in the response statuses of an endpoint, which requests that are not runs take one after the other.

use std::sync::Arc;

use creel::domain::delivery::{Delivery, Truncation};
use creel::domain::endpoint::Endpoint;
use creel::domain::ids::EndpointId;
use creel::domain::run::Run;
use creel::store::{EndpointFilter, Store};
use futures_util::future::join_all;

use super::{change, endpoint, is_not_found, minted, promised, record, run};

/// An endpoint with this reply.
async fn replying(store: &dyn Store, reply: &str) -> EndpointId {
    let id = minted(store).await;
    set(store, id, reply).await;
    id
}

async fn set(store: &dyn Store, id: EndpointId, reply: &str) -> Arc<Endpoint> {
    let asked = change(&format!(r#"{{"reply": {reply}}}"#));
    store.change_settings(id, asked).await.expect("it exists")
}

/// The status for this delivery, which arrives now; 0 for none.
async fn answer(store: &dyn Store, delivery: Delivery) -> u16 {
    let endpoint = store.endpoint(delivery.summary.endpoint_id).await;
    let reply = endpoint.expect("it exists").settings.reply.clone();
    let receipt = store.record(delivery, reply).await.expect("it is recorded");
    receipt.response.map_or(0, |response| response.status)
}

/// The statuses for so many requests that are not runs, one after the other.
async fn answers<const N: usize>(store: &dyn Store, id: EndpointId) -> [u16; N] {
    let mut statuses = [0; N];
    for status in &mut statuses {
        *status = answer(store, record(id, b"x")).await;
    }
    statuses
}

fn of_run(id: EndpointId, run_id: &str) -> Delivery {
    let mut record = record(id, b"x");
    record.summary.reading = Run {
        run_id: Some(run_id.to_owned()),
        ..Run::default()
    }
    .into();
    record
}

#[test]
fn requests_take_one_position_after_the_other() {
    promised(async |room| {
        let store = room.open();
        let id = replying(&*store, "[500, 503, 200]").await;
        let other = replying(&*store, "[404, 201]").await;
        for (before, status, after) in [(1, 500, 2), (2, 503, 3), (3, 200, 3), (3, 200, 3)] {
            assert_eq!(store.reply_position(id).await.unwrap(), before);
            assert_eq!(answers(&*store, id).await, [status]);
            assert_eq!(store.reply_position(id).await.unwrap(), after);
        }
        assert_eq!(answers(&*store, other).await, [404, 201, 201]);
        let listed = store.endpoints(EndpointFilter::Any, None, 10).await;
        let positions = listed.unwrap().into_iter().map(|one| one.reply_position);
        assert_eq!(positions.collect::<Vec<_>>(), [2, 3]);
    });
}

#[test]
fn a_position_survives_the_end_of_the_process() {
    promised(async |room| {
        let id = replying(&*room.open(), "[500, 503, 200]").await;
        assert_eq!(answers(&*room.open(), id).await, [500]);
        assert_eq!(answers(&*room.open(), id).await, [503]);
        assert_eq!(answers(&*room.open(), id).await, [200, 200]);
    });
}

#[test]
fn runs_are_counted_by_attempt_and_take_no_position() {
    promised(async |room| {
        let store = room.open();
        let id = replying(&*store, "[500, 503, 200]").await;
        let one = "01a20015-a599-73cf-a7e4-82e5ac641e67";
        let two = "01a20015-a599-73cf-a7e4-82e5ac641e68";
        assert_eq!(answer(&*store, of_run(id, one)).await, 500);
        assert_eq!(answer(&*store, of_run(id, one)).await, 503);
        assert_eq!(answers(&*store, id).await, [500]);
        assert_eq!(answer(&*store, of_run(id, two)).await, 500);
        assert_eq!(answers(&*store, id).await, [503, 200]);
        assert_eq!(answer(&*store, of_run(id, two)).await, 503);
    });
}

#[test]
fn deliveries_that_no_status_answers_take_no_position() {
    promised(async |room| {
        let store = room.open();
        let id = replying(&*store, "[500, 200]").await;
        for (cut, status) in [
            (Truncation::Disconnected, 0),
            (Truncation::TimedOut, 408),
            (Truncation::TooLong, 500),
        ] {
            let mut sent = record(id, b"x");
            sent.summary.body.cut = Some(cut);
            assert_eq!(answer(&*store, sent).await, status, "{cut:?}");
        }
        assert_eq!(answers(&*store, id).await, [200]);
    });
}

#[test]
fn concurrent_requests_get_different_positions() {
    promised(async |room| {
        let store = room.open();
        let id = replying(
            &*store,
            "[500, 501, 502, 503, 504, 505, 506, 507, 508, 200]",
        )
        .await;
        let found: Vec<u16> = std::thread::scope(|scope| {
            let send = || run(join_all((0..3).map(|_| answer(&*store, record(id, b"x")))));
            let threads = [(); 4].map(|()| scope.spawn(send));
            let statuses = threads.map(|thread| thread.join().expect("it ends"));
            statuses.into_iter().flatten().collect()
        });
        let mut sorted = found;
        sorted.sort_unstable();
        let expected = [200, 200, 200, 500, 501, 502, 503, 504, 505, 506, 507, 508];
        assert_eq!(sorted, expected);
    });
}

#[test]
fn a_reset_or_another_reply_starts_at_the_first_position() {
    promised(async |room| {
        let store = room.open();
        let id = replying(&*store, "[500, 503, 200]").await;
        assert_eq!(answers(&*store, id).await, [500, 503, 200]);
        store.reset_reply_position(id).await.unwrap();
        assert_eq!(store.reply_position(id).await.unwrap(), 1);
        assert_eq!(answers(&*store, id).await, [500, 503]);
        // The same reply again, and other settings, change nothing.
        set(&*store, id, "[500, 503, 200]").await;
        let rename = change(r#"{"name": "new"}"#);
        store.change_settings(id, rename).await.unwrap();
        assert_eq!(answers(&*store, id).await, [200]);
        set(&*store, id, "[404, 410, 201]").await;
        assert_eq!(store.reply_position(id).await.unwrap(), 1);
        assert_eq!(answers(&*store, id).await, [404, 410, 201]);
    });
}

#[test]
fn a_delivery_that_arrived_before_the_reply_changed_gets_the_new_status() {
    promised(async |room| {
        let store = room.open();
        let id = replying(&*store, "[500, 501, 200]").await;
        assert_eq!(answers(&*store, id).await, [500]);
        let before = store.endpoint(id).await.unwrap().settings.reply.clone();
        set(&*store, id, "[404, 201]").await;
        let receipt = store
            .record(record(id, b"x"), before.clone())
            .await
            .unwrap();
        assert_eq!(receipt.response.map(|response| response.status), Some(404));
        assert_eq!(answers(&*store, id).await, [201]);
        set(&*store, id, "[204]").await;
        let receipt = store.record(record(id, b"x"), before).await.unwrap();
        assert_eq!(receipt.response.map(|response| response.status), Some(204));
        assert_eq!(store.reply_position(id).await.unwrap(), 1);
    });
}

#[test]
fn one_status_takes_no_position() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        assert_eq!(answers(&*store, id).await, [200, 200]);
        assert_eq!(store.reply_position(id).await.unwrap(), 1);
    });
}

#[test]
fn an_endpoint_that_does_not_exist_has_no_position() {
    promised(async |room| {
        let store = room.open();
        let deleted = replying(&*store, "[500, 200]").await;
        store.delete_endpoint(deleted).await.unwrap();
        for id in [deleted, endpoint().id] {
            assert!(is_not_found(&store.reply_position(id).await));
            assert!(is_not_found(&store.reset_reply_position(id).await));
        }
    });
}
