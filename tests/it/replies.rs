//! The response statuses for requests that are not runs, over real sockets: counted for the endpoint, and started again.

use std::io::Write;
use std::net::Shutdown;

use crate::access::{NOBODY, OPERATOR, bearer, whole};
use crate::app::{Creel, Minted, Response, fixture};

/// Posts plain text, so many times; returns the statuses.
fn posts<const N: usize>(creel: &Creel, endpoint: &Minted) -> [u16; N] {
    [(); N].map(|()| creel.http("POST", &endpoint.target, &[], b"x").status)
}

fn position(creel: &Creel, endpoint: &Minted) -> u64 {
    let position = &creel.api(endpoint, "").json()["reply_position"];
    position.as_u64().expect("a number")
}

fn reset(creel: &Creel, id: &str, headers: &[(&str, &str)]) -> Response {
    let target = format!("/api/v1/endpoints/{id}/reply/reset");
    creel.http("POST", &target, headers, b"")
}

#[test]
fn plain_posts_get_one_status_after_the_other() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [500, 501, 200]}"#);
    assert_eq!(position(&creel, &endpoint), 1);
    assert_eq!(posts(&creel, &endpoint), [500]);
    creel.restart();
    assert_eq!(position(&creel, &endpoint), 2);
    assert_eq!(posts(&creel, &endpoint), [501]);
    creel.restart();
    assert_eq!(posts(&creel, &endpoint), [200, 200]);
    assert_eq!(position(&creel, &endpoint), 3);
    let deliveries = creel.deliveries(&endpoint);
    let stored = deliveries.iter().map(|one| one["reply"]["status"].as_u64());
    let expected = [500, 501, 200, 200].map(Some);
    assert_eq!(stored.collect::<Vec<_>>(), expected);
}

#[test]
fn runs_and_other_requests_are_counted_separately() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [500, 501, 200]}"#);
    let recording = fixture("retry-500-500-200");
    let body = recording["body"].as_str().expect("a body");
    let json = [("Content-Type", "application/json")];
    let attempt = || {
        let sent = creel.http("POST", &endpoint.target, &json, body.as_bytes());
        sent.status
    };
    assert_eq!([attempt(), attempt()], [500, 501]);
    assert_eq!(position(&creel, &endpoint), 1);
    let other = creel.http("POST", &endpoint.target, &json, br#"{"event": "push"}"#);
    assert_eq!(other.status, 500);
    assert_eq!(creel.http("GET", &endpoint.target, &[], b"").status, 501);
    assert_eq!(attempt(), 200);
    assert_eq!(posts(&creel, &endpoint), [200]);
}

#[test]
fn a_sender_that_disconnects_takes_no_position() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [500, 200]}"#);
    let mut stream = creel.connect();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\n\r\nx",
        endpoint.target, creel.addr
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    stream.shutdown(Shutdown::Write).expect("it ends");
    assert_eq!(Response::read(&mut stream).status, 400);
    creel.wait_for(&endpoint, 1);
    assert_eq!(posts(&creel, &endpoint), [500, 200]);
}

#[test]
fn concurrent_posts_never_get_the_same_position() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [500, 501, 502, 503, 504, 505, 506, 507, 508, 200]}"#);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(|| posts::<3>(&creel, &endpoint)));
        let statuses = threads.map(|thread| thread.join().expect("it ends"));
        statuses.concat()
    });
    statuses.sort_unstable();
    let expected = [200, 200, 200, 500, 501, 502, 503, 504, 505, 506, 507, 508];
    assert_eq!(statuses, expected);
}

#[test]
fn owner_and_operator_start_the_sequence_again() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let secret = "a-secret-of-an-owner-with-as-many-characters";
    let owner = creel.owner_cookie(secret);
    let owner = ("Cookie", owner.as_str());
    let endpoint = creel.mint_as(r#"{"reply": [500, 200]}"#, &[owner]);
    let operator = bearer(OPERATOR);
    for by in [owner, ("Authorization", &operator)] {
        assert_eq!(posts(&creel, &endpoint), [500, 200]);
        let answer = reset(&creel, &endpoint.id, &[by]);
        assert_eq!((answer.status, answer.text().as_str()), (204, ""));
        assert_eq!(position(&creel, &endpoint), 1);
    }
    assert_eq!(posts(&creel, &endpoint), [500]);
    let reader = bearer(&endpoint.read_key);
    for by in [vec![], vec![("Authorization", reader.as_str())]] {
        let refused = reset(&creel, &endpoint.id, &by);
        assert_eq!(refused.status, 404, "{by:?}");
        assert_eq!(
            whole(&refused),
            whole(&reset(&creel, NOBODY, &by)),
            "{by:?}"
        );
    }
    let foreign = [owner, ("Origin", "http://evil.example")];
    assert_eq!(reset(&creel, &endpoint.id, &foreign).status, 403);
    assert_eq!(posts(&creel, &endpoint), [200], "nothing has changed");
}

#[test]
fn another_reply_starts_at_its_first_status() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint(r#"{"reply": [500, 501, 200]}"#);
    let operator = bearer(OPERATOR);
    let set = |settings: &str| {
        let target = format!("/api/v1/endpoints/{}", endpoint.id);
        let by = [("Authorization", operator.as_str())];
        let changed = creel.http("PATCH", &target, &by, settings.as_bytes());
        assert_eq!(changed.status, 200, "{}", changed.text());
        changed.json()["reply_position"].as_u64()
    };
    assert_eq!(posts(&creel, &endpoint), [500]);
    assert_eq!(
        set(r#"{"reply": [500, 501, 200], "name": "same"}"#),
        Some(2)
    );
    assert_eq!(posts(&creel, &endpoint), [501]);
    assert_eq!(set(r#"{"reply": [404, 201]}"#), Some(1));
    assert_eq!(posts(&creel, &endpoint), [404, 201, 201]);
}
