//! The content of the log, and what it never contains.

use std::fs::File;

use crate::access::{NOBODY, OPERATOR, bearer, readable};
use crate::app::{Creel, Minted};
use crate::guard::at_host;
use crate::http::Follower;

const BODY: &str = "mark-in-body";
const QUERY: &str = "mark-in-query";
const HEADER: &str = "mark-in-header";
const PATH: &str = "mark-in-path";
const STRANGER: &str = "mark-of-a-stranger";
const OWNER: &str = "secret-of-an-owner-with-as-many-characters-";

/// Captures with marks everywhere: six complete ones, one with a truncated body, and a request that is not a capture.
fn send_marks(creel: &Creel, endpoint: &Minted) {
    let (bare, token) = endpoint.target.split_once('?').expect("it has a token");
    let credentials = format!("Bearer {HEADER}");
    let headers = [
        ("X-Mark", HEADER),
        ("Authorization", &credentials),
        ("Cookie", HEADER),
    ];
    let post = |target: String, body: &str| {
        creel
            .http("POST", &target, &headers, body.as_bytes())
            .status
    };
    let url = &endpoint.capture_url;
    let run =
        format!(r#"{{"run_id": "{BODY}", "status": "{BODY}", "kwargs": {{"webhook": "{url}"}}}}"#);
    for body in [BODY, &run, &format!("{{\"broken\": \"{BODY}")] {
        for query in [format!("{token}&{QUERY}={QUERY}"), format!("token={QUERY}")] {
            assert_eq!(post(format!("{bare}/{PATH}?{query}"), body), 200);
        }
    }
    for nowhere in [NOBODY, PATH] {
        assert_eq!(post(format!("/hook/{nowhere}/{PATH}?{QUERY}"), BODY), 404);
    }
    let line = format!("POST {bare}?{token}&{QUERY} HTTP/1.1\r\nHost: h");
    for raw in [
        format!("{line}\r\nX: {HEADER}\r\nContent-Length: 99\r\n\r\n{BODY}"),
        format!("POST {bare}/\u{fc}{PATH}?{token} HTTP/1.1\r\nX: {HEADER}\r\n\r\n"),
        format!("{line}\r\nX {HEADER}\0: \0{HEADER}\r\n\r\n"),
        format!("{line}\r\nTransfer-Encoding: chunked\r\n\r\n{BODY}\r\n"),
        format!("{line}\r\nContent-Length: {BODY}\r\n\r\n"),
    ] {
        creel.raw(raw.as_bytes());
    }
}

/// Readers with all kinds of credentials, and unknown clients with guessed ones.
fn ask_with_secrets(creel: &Creel, endpoint: &Minted) {
    let (operator, guessed) = (bearer(OPERATOR), bearer(STRANGER));
    let (owner, key) = (creel.owner_cookie(OWNER), &endpoint.read_key);
    creel.http("POST", "/api/v1/endpoints", &[("Cookie", &owner)], b"{}");
    let inspect = format!("/inspect/{}", endpoint.id);
    for target in readable(&endpoint.id).iter().chain([&inspect]) {
        let both = [("Authorization", guessed.as_str()), ("Cookie", &owner)];
        for proof in [&[("Authorization", operator.as_str())][..], &both] {
            creel.http("GET", target, proof, b"");
        }
        creel.http("GET", &format!("{target}?key={key}"), &[], b"");
    }
    for wrong in [
        format!("{{\"token\": \"{STRANGER}\", \"x\": 1}}"),
        format!("{{\"token\": \"{STRANGER}"),
    ] {
        let response = creel.http("POST", "/api/v1/endpoints", &[], wrong.as_bytes());
        assert_eq!(response.status, 400);
    }
    creel.sign_in(OPERATOR);
    creel.http("GET", &format!("/operator?code={STRANGER}"), &[], b"");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let wrong = format!("token={STRANGER}");
    creel.http("POST", "/operator", &form, wrong.as_bytes());
    let (host, origin) = (
        format!("{STRANGER}.example"),
        format!("http://{STRANGER}.example"),
    );
    at_host(creel, &host, "GET", &format!("/?key={key}"), "");
    let target = format!("/api/v1/endpoints/{}", endpoint.id);
    creel.http("DELETE", &target, &[("Origin", &origin)], b"");
}

#[test]
fn secrets_and_captured_text_never_reach_the_log() {
    let log = tempfile::NamedTempFile::new().expect("a temporary file");
    let stderr = File::create(log.path()).expect("it can be written");
    let args = ["--operator-token", OPERATOR, "--body-idle-seconds", "1"];
    let mut creel = Creel::start_as(&args, |command| {
        command.env("RUST_LOG", "debug,creel=trace").stderr(stderr);
    });
    let endpoint = creel.mint("{}");
    send_marks(&creel, &endpoint);
    ask_with_secrets(&creel, &endpoint);
    let mut follower = Follower::new(&creel, &endpoint, "?after=0", &[]);
    assert_eq!(follower.events(7).len(), 7);
    creel.end("TERM");
    let log = std::fs::read_to_string(log.path()).expect("the log is text");
    let is_a_log = log.contains("serving") && log.contains("shutting down");
    assert!(is_a_log, "{log}");
    let minted = [endpoint.token.as_str(), &endpoint.read_key];
    for secret in [BODY, QUERY, HEADER, PATH, STRANGER, OWNER, OPERATOR]
        .iter()
        .chain(&minted)
    {
        let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{secret}: {told:#?}");
    }
}
