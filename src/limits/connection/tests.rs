//! Ranks and timeouts of a connection at given times.
//!
//! **Invariant:** no test waits: the time is an argument.

use super::*;
use crate::limits::HeadLimits;

const LIMITS: ConnectionLimits = ConnectionLimits {
    max: 1,
    per_client: 1,
    http2_streams: 1,
    head: Duration::from_secs(10),
    response_idle: Duration::from_secs(30),
    heads: HeadLimits {
        bytes_max: 4096,
        lines_max: 10,
    },
};

fn in_seconds(connection: &Connection, seconds: u64) -> Option<Overdue> {
    connection.overdue(now_ms() + seconds * 1000, &LIMITS)
}

#[test]
fn a_head_has_its_time_and_an_idle_connection_more() {
    let connection = Connection::default();
    assert_eq!(in_seconds(&connection, 70), None);
    assert_eq!(in_seconds(&connection, 80), Some(Overdue::Idle));
    connection.received(false);
    assert_eq!(in_seconds(&connection, 9), None);
    assert_eq!(
        in_seconds(&connection, 12),
        Some(Overdue::Limit(Limit::Head))
    );
    connection.begin(true);
    assert_eq!(
        in_seconds(&connection, 1000),
        None,
        "the handler has its own limits"
    );
    connection.end(true);
    assert_eq!(in_seconds(&connection, 70), None);
}

#[test]
fn the_rest_of_an_answered_body_has_the_time_of_a_head() {
    let connection = Connection::default();
    connection.begin(false);
    connection.received(true);
    connection.end(false);
    assert_eq!(
        in_seconds(&connection, 12),
        Some(Overdue::Limit(Limit::Head))
    );
    connection.received(false);
    assert_eq!(in_seconds(&connection, 70), None);
}

#[test]
fn a_response_is_overdue_without_progress_only() {
    let connection = Connection::default();
    connection.begin(false);
    connection.written(false);
    assert_eq!(in_seconds(&connection, 29), None);
    assert_eq!(
        in_seconds(&connection, 31),
        Some(Overdue::Limit(Limit::ResponseIdle))
    );
    connection.written(true);
    assert_eq!(in_seconds(&connection, 31), None);
    connection.timed_out();
    assert_eq!(in_seconds(&connection, 1), None);
    assert_eq!(in_seconds(&connection, 2), Some(Overdue::Answered408));
}

#[test]
fn captures_are_worth_more_than_pages_and_pages_more_than_what_is_unused() {
    let later = now_ms() + 2 * FRESH_MS;
    let worth = |shape: fn(&Connection)| {
        let connection = Connection::default();
        shape(&connection);
        connection.worth(later)
    };
    let order = [
        worth(|_| ()),
        worth(|one| {
            one.begin(false);
            one.end(false);
        }),
        worth(|one| {
            one.begin(false);
            one.received(true);
        }),
        worth(|one| {
            one.begin(false);
        }),
        worth(|one| {
            one.begin(true);
            one.received(true);
        }),
        worth(|one| {
            one.begin(true);
            one.capture_is_complete();
            one.end(true);
        }),
        worth(|one| {
            one.begin(true);
            one.capture_is_complete();
        }),
    ];
    assert!(order.is_sorted_by(|one, next| one < next), "{order:?}");
}

#[test]
fn a_refused_capture_makes_no_sender() {
    let connection = Connection::default();
    connection.begin(true);
    connection.end(true);
    assert_eq!(connection.worth(now_ms() + 2 * FRESH_MS), Worth::Idle);
}

#[test]
fn a_header_block_has_the_time_of_a_head_beside_other_requests() {
    let connection = Connection::default();
    connection.set_http2();
    connection.begin(true);
    connection.header_block_begins(true);
    let overdue = Some(Overdue::Limit(Limit::Head));
    assert_eq!(in_seconds(&connection, 12), overdue);
    connection.header_block_begins(false);
    assert_eq!(in_seconds(&connection, 12), None);
}
