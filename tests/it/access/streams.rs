//! A live stream ends with the right that opened it.

use super::OPERATOR;
use crate::app::{Creel, Minted};
use crate::http::{Follower, News};

/// Subscribes to an endpoint by cookie, and has received its first delivery.
fn follow(creel: &Creel, endpoint: &Minted, cookie: &str) -> Follower {
    let mut follower = Follower::with(creel, endpoint, "?after=0", &[("Cookie", cookie)]);
    assert_eq!(follower.events(1).len(), 1);
    follower
}

/// Reads to the end of the stream; returns the events before it.
fn events_until_end(follower: &mut Follower) -> usize {
    let mut events = 0;
    loop {
        match follower.news() {
            News::End { .. } => return events,
            News::Event(_) => events += 1,
            News::Comment => {}
        }
    }
}

fn endpoint(creel: &Creel, owner: &str) -> Minted {
    let endpoint = creel.mint_as("{}", &[("Cookie", owner)]);
    creel.deliver(&endpoint, &[], b"first");
    endpoint
}

#[test]
fn revoking_keys_ends_their_open_streams() {
    let creel = Creel::start(&[]);
    let owner = creel.owner_cookie("me");
    let endpoint = endpoint(&creel, &owner);
    let mut reader = follow(&creel, &endpoint, &creel.key_cookie(&endpoint));
    let mut mine = follow(&creel, &endpoint, &owner);
    creel.revoke(&endpoint, &owner);
    let change = format!("/api/v1/endpoints/{}", endpoint.id);
    let changed = creel.http(
        "PATCH",
        &change,
        &[("Cookie", &owner)],
        br#"{"token":"auto"}"#,
    );
    let token = changed.json()["token"].as_str().unwrap().to_owned();
    let target = format!("/hook/{}?token={token}", endpoint.id);
    assert_eq!(creel.http("POST", &target, &[], b"second").status, 200);
    assert_eq!(
        events_until_end(&mut reader),
        0,
        "the new token is not shown"
    );
    let second = mine.events(1).remove(0);
    assert_eq!(second.id, "2", "the owner reads on");
}

#[test]
fn signing_out_ends_the_operators_streams_while_nothing_arrives() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = endpoint(&creel, &creel.owner_cookie("somebody"));
    let (one, two) = (creel.sign_in(OPERATOR), creel.sign_in(OPERATOR));
    let (mut first, mut second) = (
        follow(&creel, &endpoint, &one),
        follow(&creel, &endpoint, &two),
    );
    creel.http("POST", "/operator/sign-out", &[("Cookie", &one)], b"");
    assert_eq!(events_until_end(&mut first), 0);
    creel.deliver(&endpoint, &[], b"second");
    assert_eq!(second.events(1).len(), 1, "another session goes on");
}

#[test]
fn deleting_the_endpoint_ends_its_streams() {
    let creel = Creel::start(&[]);
    let owner = creel.owner_cookie("me");
    let endpoint = endpoint(&creel, &owner);
    let mut reader = follow(&creel, &endpoint, &creel.key_cookie(&endpoint));
    let target = format!("/api/v1/endpoints/{}", endpoint.id);
    assert_eq!(
        creel
            .http("DELETE", &target, &[("Cookie", &owner)], b"")
            .status,
        204
    );
    assert_eq!(events_until_end(&mut reader), 0);
}

#[test]
fn a_new_sign_in_ends_the_streams_of_the_session_before() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = endpoint(&creel, &creel.owner_cookie("me"));
    let session = creel.sign_in(OPERATOR);
    let mut stream = follow(&creel, &endpoint, &session);
    let form = format!("token={OPERATOR}");
    let lines = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Cookie", session.as_str()),
    ];
    let again = creel.http("POST", "/operator", &lines, form.as_bytes());
    assert_eq!(again.status, 303);
    assert_eq!(events_until_end(&mut stream), 0);
}
