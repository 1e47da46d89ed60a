//! C35: trailers are kept and shown.

use serde_json::{Value, json};

use super::answer;
use crate::app::{Creel, Minted};

/// Sends a chunked body with these lines behind it; returns the delivery in full.
fn sent(creel: &Creel, endpoint: &Minted, lines: &[u8]) -> Value {
    let id = &endpoint.id;
    let head = format!(
        "POST /hook/{id} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n"
    );
    let request = [head.as_bytes(), lines, b"\r\n"].concat();
    assert_eq!(answer(creel, &request).0, 200, "{}", request.escape_ascii());
    let list = creel.api(endpoint, "/deliveries?limit=1").json();
    assert_eq!(list["items"][0].get("trailers"), None, "not in lists");
    creel
        .api(
            endpoint,
            &format!("/deliveries/{}", list["items"][0]["seq"]),
        )
        .json()
}

#[test]
fn c35_trailers_are_kept_with_order_spelling_and_repeats() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for (lines, expected) in [
        (
            &b"X-Checksum: abc123\r\n"[..],
            json!([["X-Checksum", "abc123"]]),
        ),
        (
            b"b: 2\r\nA:1\r\nB:  3 \r\n",
            json!([["b", "2"], ["A", "1"], ["B", "3"]]),
        ),
        (b"X: \xff\r\n", json!([["X", "\u{ff}"]])),
        (
            b"no colon\r\nempty:\r\n",
            json!([["no colon", ""], ["empty", ""]]),
        ),
        (b"", json!([])),
    ] {
        let delivery = sent(&creel, &endpoint, lines);
        assert_eq!(delivery["trailers"], expected);
        assert_eq!(delivery["body"]["text"], "{}");
        assert_eq!(delivery["headers"].as_array().expect("headers").len(), 2);
    }
    creel.restart();
    let first = creel.api(&endpoint, "/deliveries/1").json();
    assert_eq!(first["trailers"], json!([["X-Checksum", "abc123"]]));
}

#[test]
fn c35_the_request_tab_shows_trailers_as_text() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    sent(&creel, &endpoint, b"X-Checksum: abc123\r\nX-Evil: <b>&\r\n");
    let page = creel.inspect(&endpoint, "/1?tab=request").text();
    for text in [
        "Trailers <span class=\"tab-count\">2",
        "X-Checksum",
        "abc123",
        "&lt;b&gt;",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("<b>&"));
    sent(&creel, &endpoint, b"");
    assert!(
        !creel
            .inspect(&endpoint, "/2?tab=request")
            .text()
            .contains("Trailers")
    );
}

#[test]
fn c35_trailers_longer_than_the_limit_mark_the_body_as_cut() {
    let creel = Creel::start(&["--head-bytes-max", "4096"]);
    let endpoint = creel.mint("{}");
    let head = format!(
        "POST /hook/{} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n",
        endpoint.id
    );
    let request = [head.as_bytes(), b"X: ", &vec![b'x'; 20_000]].concat();
    assert_eq!(answer(&creel, &request).0, 400);
    let kept = creel.deliveries(&endpoint).remove(0);
    assert_eq!(
        (&kept["body"]["cut"], &kept["body"]["bytes"]),
        (&json!(true), &json!(2))
    );
}
