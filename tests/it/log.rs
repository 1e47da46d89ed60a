//! What the log says, and what it never says.

use std::fs::File;

use crate::access::{NOBODY, OPERATOR, bearer, readable};
use crate::app::Creel;
use crate::guard::at_host;
use crate::http::Follower;

#[test]
fn secrets_and_captured_text_never_reach_the_log() {
    const MARKS: [&str; 5] = [
        "mark-in-body",
        "mark-in-query",
        "mark-in-header",
        "mark-in-path",
        "mark-of-a-stranger",
    ];
    let log = tempfile::NamedTempFile::new().expect("a temporary file");
    let stderr = File::create(log.path()).expect("it can be written");
    let mut creel = Creel::start_as(
        &["--operator-token", OPERATOR, "--body-idle-seconds", "1"],
        |command| {
            command.env("RUST_LOG", "debug,creel=trace").stderr(stderr);
        },
    );
    let [body, query, header, path, stranger] = MARKS;
    let endpoint = creel.mint("{}");
    let owner = "creel_owner=secret-of-an-owner";
    creel.http("POST", "/api/v1/endpoints", &[("Cookie", owner)], b"{}");
    let (bare, token) = endpoint.target.split_once('?').expect("it has a token");
    let headers = [
        ("X-Mark", header),
        ("Authorization", "Bearer mark-in-header"),
        ("Cookie", "a=mark-in-header"),
    ];
    let run = format!(
        r#"{{"run_id":"{body}","status":"{body}","kwargs":{{"webhook":"{}"}}}}"#,
        endpoint.capture_url
    );
    for text in [body, &run, &format!("{{\"broken\": \"{body}")] {
        creel.http(
            "POST",
            &format!("{bare}/{path}?{token}&{query}={query}"),
            &headers,
            text.as_bytes(),
        );
        creel.http(
            "POST",
            &format!("{bare}/{path}?token={query}"),
            &headers,
            text.as_bytes(),
        );
    }
    // Bodies that end early, requests that are not HTTP, endpoints and files that do not exist.
    let cut = format!(
        "POST {}&{query} HTTP/1.1\r\nHost: h\r\nX: {header}\r\nContent-Length: 99\r\n\r\n{body}",
        endpoint.target
    );
    creel.raw(cut.as_bytes());
    for broken in [
        format!("POST {bare}/\u{fc}{path}?{token} HTTP/1.1\r\nX: {header}\r\n\r\n"),
        format!(
            "POST {bare}?{token} HTTP/1.1\r\nX {header}\0: \0{header}\r\nConnection: close\r\n\r\n"
        ),
        format!(
            "POST {bare}?{token} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{body}\r\n"
        ),
        format!("POST {bare}?{token} HTTP/1.1\r\nHost: h\r\nContent-Length: {body}\r\n\r\n"),
    ] {
        creel.raw(broken.as_bytes());
    }
    creel.http(
        "POST",
        &format!("/hook/{NOBODY}/{path}?{query}"),
        &headers,
        body.as_bytes(),
    );
    creel.http(
        "POST",
        &format!("/hook/{path}?{query}"),
        &headers,
        body.as_bytes(),
    );
    // Readers with all kinds of proof, and strangers who guess.
    let (operator, guessed) = (bearer(OPERATOR), bearer(stranger));
    for target in readable(&endpoint.id) {
        creel.http("GET", &target, &[("Authorization", &operator)], b"");
        creel.http(
            "GET",
            &target,
            &[("Authorization", &guessed), ("Cookie", owner)],
            b"",
        );
        creel.http(
            "GET",
            &format!("{target}?key={}", endpoint.read_key),
            &[],
            b"",
        );
    }
    for wrong in [
        format!("{{\"token\":\"{stranger}\",\"x\":1}}"),
        format!("{{\"token\":\"{stranger}"),
    ] {
        assert_eq!(
            creel
                .http("POST", "/api/v1/endpoints", &[], wrong.as_bytes())
                .status,
            400
        );
    }
    creel.http("GET", &format!("/operator?token={OPERATOR}"), &[], b"");
    at_host(
        &creel,
        "mark-of-a-stranger.example",
        "GET",
        &format!("/?key={}", endpoint.read_key),
        "",
    );
    creel.http(
        "DELETE",
        &format!("/api/v1/endpoints/{}", endpoint.id),
        &[("Origin", "http://mark-of-a-stranger")],
        b"",
    );
    assert_eq!(
        Follower::new(&creel, &endpoint, "?after=0", &[])
            .events(7)
            .len(),
        7
    );
    creel.end("TERM");
    let log = std::fs::read_to_string(log.path()).expect("the log is text");
    assert!(
        log.contains("serving") && log.contains("ending"),
        "there is a log: {log}"
    );
    let token = &endpoint.token;
    for secret in MARKS.iter().chain([
        &OPERATOR,
        &"secret-of-an-owner",
        &token.as_str(),
        &endpoint.read_key.as_str(),
    ]) {
        let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{secret}: {told:#?}");
    }
}
