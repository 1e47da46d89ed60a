//! C26, C28: requests that HTTP forbids to accept are answered as it requires, and listed for the owner of their endpoint.

use serde_json::{Value, json};

use super::answer;
use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted, eventually};
use crate::limits::Logged;

/// The refused requests of an endpoint.
fn listed(creel: &Creel, endpoint: &Minted) -> Value {
    creel.api(endpoint, "/refused").json()
}

fn post(endpoint: &Minted, lines: &str) -> String {
    format!("POST {} HTTP/1.1\r\n{lines}\r\n", endpoint.target)
}

/// Requests that HTTP forbids to accept: the status of the answer, the reason and the head.
fn forbidden(endpoint: &Minted) -> Vec<(u16, &'static str, String)> {
    let valid = "Host: h\r\n";
    vec![
        (
            400,
            "repeated_host",
            post(endpoint, "Host: h\r\nhost: i\r\n"),
        ),
        (400, "missing_host", post(endpoint, "")),
        (
            400,
            "folded_line",
            post(endpoint, "Host: h\r\nX: a\r\n b\r\n"),
        ),
        (
            400,
            "folded_line",
            post(endpoint, "Host: h\r\nX: a\r\n\tContent-Length: 3\r\n"),
        ),
        (
            400,
            "invalid_line",
            post(endpoint, "Host: h\r\nContent-Length : 3\r\n"),
        ),
        (
            400,
            "invalid_line",
            post(endpoint, "Host: h\r\nno colon\r\n"),
        ),
        (400, "invalid_line", post(endpoint, "Host: h\r\nX: \0\r\n")),
        (
            400,
            "invalid_length",
            post(
                endpoint,
                "Host: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n",
            ),
        ),
        (
            400,
            "invalid_length",
            post(endpoint, "Host: h\r\nContent-Length: -1\r\n"),
        ),
        (
            400,
            "length_and_encoding",
            post(
                endpoint,
                "Host: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            ),
        ),
        (
            400,
            "invalid_encoding",
            post(endpoint, "Host: h\r\nTransfer-Encoding: chunked, gzip\r\n"),
        ),
        (
            501,
            "unknown_encoding",
            post(endpoint, "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n"),
        ),
        (
            400,
            "missing_length",
            post(endpoint, valid).replace("/1.1", "/1.0"),
        ),
        (
            505,
            "unknown_version",
            post(endpoint, valid).replace("HTTP/1.1", "HTTP/3.0"),
        ),
        (
            501,
            "unknown_method",
            post(endpoint, valid).replace("POST", "P#ST"),
        ),
    ]
}

#[test]
fn c26_each_refused_request_is_listed_with_status_reason_and_head() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let cases = forbidden(&endpoint);
    for (number, (status, reason, head)) in (1..).zip(&cases) {
        // What is behind the head is neither read as a request nor listed.
        let request = format!("{head}POST {} HTTP/1.1\r\nHost: h\r\n\r\n", endpoint.target);
        let (answered, text) = answer(&creel, request.as_bytes());
        assert_eq!(answered, *status, "{head}");
        let refused = listed(&creel, &endpoint);
        assert_eq!(refused["total"], number);
        let newest = &refused["items"][0];
        assert_eq!(
            (&newest["status"], &newest["reason"]),
            (&json!(status), &json!(reason))
        );
        assert_eq!(
            newest["head"],
            json!({"text": head, "base64": null, "bytes": head.len()})
        );
        assert!(
            text.contains(newest["detail"].as_str().expect("a sentence")),
            "{text}"
        );
        let peer = newest["peer"].as_str().expect("the peer");
        assert!(peer.starts_with("127.0.0.1:"), "{peer}");
        assert!(newest["at"].as_str().expect("a time").ends_with('Z'));
    }
    assert_eq!(creel.deliveries(&endpoint).len(), 0);
    creel.restart();
    assert_eq!(listed(&creel, &endpoint)["total"], cases.len());
}

#[test]
fn c28_a_head_over_a_limit_is_answered_431_and_listed() {
    let options = ["--head-bytes-max", "40000", "--header-lines-max", "150"];
    let logged = Logged::start(&options);
    let (creel, endpoint) = (&logged.creel, logged.creel.mint("{}"));
    let long = |bytes: usize| {
        post(
            &endpoint,
            &format!("Host: h\r\nX: {}\r\n", "v".repeat(bytes)),
        )
    };
    let many = |lines: usize| {
        post(
            &endpoint,
            &format!("Host: h\r\n{}", "X: 1\r\n".repeat(lines - 1)),
        )
    };
    for (status, request) in [
        (200, long(30_000)),
        (431, long(40_000)),
        (431, long(500_000)),
        (200, many(150)),
        (431, many(151)),
    ] {
        assert_eq!(answer(creel, request.as_bytes()).0, status);
    }
    assert_eq!(creel.deliveries(&endpoint).len(), 2);
    let refused = listed(creel, &endpoint);
    let reasons: Vec<_> = refused["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| &one["reason"])
        .collect();
    assert_eq!(
        reasons,
        ["too_many_lines", "head_too_long", "head_too_long"]
    );
    let head = &refused["items"][2]["head"];
    assert_eq!(
        head["text"].as_str().expect("text").len(),
        16 * 1024,
        "the first bytes are kept"
    );
    assert!(head["bytes"].as_u64().expect("bytes") > 40_000);
    logged.assert_reported("--head-bytes-max");
    logged.assert_reported("--header-lines-max");
}

#[test]
fn only_the_newest_50_are_kept() {
    let creel = Creel::start(&[]);
    let (endpoint, other) = (creel.mint("{}"), creel.mint("{}"));
    assert_eq!(
        answer(&creel, post(&other, "X: other\r\n").as_bytes()).0,
        400
    );
    for n in 1..=53 {
        assert_eq!(
            answer(&creel, post(&endpoint, &format!("X: {n}\r\n")).as_bytes()).0,
            400
        );
    }
    let refused = listed(&creel, &endpoint);
    let items = refused["items"].as_array().expect("items");
    assert_eq!((&refused["total"], items.len()), (&json!(53), 50));
    for (item, n) in items.iter().zip((4..=53).rev()) {
        let head = item["head"]["text"].as_str().expect("text");
        assert!(head.ends_with(&format!("X: {n}\r\n\r\n")), "{head}");
    }
    assert_eq!(listed(&creel, &other)["total"], 1);
}

#[test]
fn a_refused_request_that_names_no_endpoint_leaves_nothing() {
    let logged = Logged::start(&[]);
    let (creel, endpoint) = (&logged.creel, logged.creel.mint("{}"));
    for target in [
        "/",
        "/hook/x",
        "/hook/7c7f4d38-94d1-4e4b-9d8f-000000000000",
        "/inspect/7c7f4d38-94d1-4e4b-9d8f-000000000000",
        "*",
    ] {
        assert_eq!(
            answer(creel, format!("GET {target} HTTP/1.1\r\n\r\n").as_bytes()).0,
            400,
            "{target}"
        );
    }
    let elsewhere = format!("GET /x{} HTTP/1.1\r\n\r\n", endpoint.target);
    assert_eq!(answer(creel, elsewhere.as_bytes()).0, 400);
    assert_eq!(answer(creel, b"\x16\x03\x01\x02\x00\x01").0, 400);
    assert_eq!(listed(creel, &endpoint), json!({"total": 0, "items": []}));
    assert_eq!(logged.lines("refused"), [""; 0]);
}

#[test]
fn a_refused_request_is_logged_without_its_target() {
    let logged = Logged::start(&[]);
    let (creel, endpoint) = (&logged.creel, logged.creel.mint("{}"));
    for _ in 0..3 {
        assert_eq!(
            answer(creel, post(&endpoint, "Cookie: SECRET\r\n").as_bytes()).0,
            400
        );
    }
    let lines = logged.lines("a request was refused");
    assert_eq!(lines.len(), 1, "once a minute: {lines:?}");
    assert!(
        lines[0].contains("MissingHost") && lines[0].contains(&endpoint.id),
        "{lines:?}"
    );
    let token = endpoint.target.split('=').next_back().expect("a token");
    assert_eq!(
        (logged.lines(token), logged.lines("SECRET")),
        (vec![], vec![])
    );
}

#[test]
fn values_of_own_cookies_are_not_kept() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let long = format!(
        "Host: h\r\nCookie: a=b; creel_owner_1=SECRET\r\nX: {}",
        "v".repeat(200_000)
    );
    for lines in [
        "Host: h\r\nHost: h\r\nCookie: a=b; creel_owner_1=SECRET\r\n",
        &long,
    ] {
        assert_ne!(answer(&creel, post(&endpoint, lines).as_bytes()).0, 200);
        let head = listed(&creel, &endpoint)["items"][0]["head"]["text"].to_string();
        assert!(head.contains("creel_owner_1=removed-by-creel"), "{head}");
        assert!(!head.contains("SECRET"));
    }
}

#[test]
fn only_readers_of_the_endpoint_see_them_and_they_go_with_it() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let (endpoint, other) = (creel.mint("{}"), creel.mint("{}"));
    assert_eq!(
        answer(
            &creel,
            post(&endpoint, "X: mark-of-the-refused\r\n").as_bytes()
        )
        .0,
        400
    );
    let here = format!("/api/v1/endpoints/{}", endpoint.id);
    for key in [bearer(&other.read_key), bearer("nonsense")] {
        let headers = [("Authorization", key.as_str())];
        assert_eq!(
            creel
                .http("GET", &format!("{here}/refused"), &headers, b"")
                .status,
            404
        );
        assert_eq!(
            creel
                .http(
                    "GET",
                    &format!("/inspect/{}/refused", endpoint.id),
                    &headers,
                    b""
                )
                .status,
            404
        );
    }
    let operator = bearer(OPERATOR);
    let operator = [("Authorization", operator.as_str())];
    assert_eq!(
        creel
            .http("GET", &format!("{here}/refused"), &operator, b"")
            .status,
        200
    );
    assert_eq!(creel.http("DELETE", &here, &operator, b"").status, 204);
    assert_eq!(
        creel
            .http("GET", &format!("{here}/refused"), &operator, b"")
            .status,
        404
    );
    eventually("the file has no row of it", || {
        let file = rusqlite::Connection::open(creel.data_dir().join("creel.db")).expect("it opens");
        let count = file.query_row("select count(*) from refused", [], |row| row.get(0));
        (count == Ok(0_i64)).then_some(())
    });
}

#[test]
fn the_page_lists_them_and_the_list_links_to_it_only_if_there_are_some() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    assert!(!creel.inspect(&endpoint, "").text().contains("/refused"));
    assert!(
        creel
            .inspect(&endpoint, "/refused")
            .text()
            .contains("0 requests refused")
    );
    let evil = post(&endpoint, "Host: h\r\nhost: <script>\x1b[31m\r\n");
    assert_eq!(answer(&creel, evil.replace('\u{1b}', "").as_bytes()).0, 400);
    assert_eq!(answer(&creel, evil.as_bytes()).0, 400);
    let list = creel.inspect(&endpoint, "").text();
    assert!(
        list.contains(&format!(
            "<a href=\"/inspect/{}/refused\">2 requests refused</a>",
            endpoint.id
        )),
        "{list}"
    );
    let page = creel.inspect(&endpoint, "/refused").text();
    for text in [
        "2 requests refused",
        "There is more than one Host line.",
        "control character",
        "answered 400",
        "127.0.0.1",
        "&lt;script&gt;",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("<script>[") && !page.contains('\u{1b}'));
}

#[test]
fn a_listener_without_captures_lists_nothing() {
    let creel = Creel::start(&["--capture-bind", "127.0.0.1:0"]);
    let endpoint = creel.mint("{}");
    assert_eq!(answer(&creel, post(&endpoint, "").as_bytes()).0, 400);
    assert_eq!(listed(&creel, &endpoint)["total"], 0);
}

#[test]
fn a_client_that_is_still_sending_gets_the_answer() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let head = post(
        &endpoint,
        "Host: h\r\nHost: h\r\nContent-Length: 3000000\r\n",
    );
    let request = [head.as_bytes(), &vec![b'x'; 3_000_000]].concat();
    assert_eq!(answer(&creel, &request).0, 400);
    assert_eq!(
        listed(&creel, &endpoint)["items"][0]["head"]["bytes"],
        head.len()
    );
}

#[test]
fn requests_before_a_refused_one_are_kept() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let valid = format!(
        "POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1",
        endpoint.target
    );
    let stream = format!("{valid}{valid}{}{valid}", post(&endpoint, ""));
    let answers = creel.raw(stream.as_bytes());
    let text = format!("{}{}", answers.head, answers.text());
    let statuses: Vec<_> = text
        .match_indices("HTTP/1.1 ")
        .filter(|(at, _)| text[at + 9..].starts_with(char::is_numeric))
        .map(|(at, _)| &text[at + 9..at + 12])
        .collect();
    assert_eq!(statuses, ["200", "200", "400"]);
    assert_eq!(creel.deliveries(&endpoint).len(), 2);
    assert_eq!(listed(&creel, &endpoint)["total"], 1);
}
