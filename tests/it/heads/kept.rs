//! C26, C28: requests that only a strict server refuses are kept byte for byte, with a finding.

use serde_json::{Value, json};

use super::answer;
use crate::app::{Creel, Minted};

/// Sends a POST with a target and lines; returns the delivery in full.
fn kept(creel: &Creel, endpoint: &Minted, target: &[u8], lines: &str) -> Value {
    let head = [
        b"POST ",
        target,
        b" HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n",
    ]
    .concat();
    let request = [&head[..], lines.as_bytes(), b"\r\n{}"].concat();
    let (status, _) = answer(creel, &request);
    assert_eq!(status, 200, "{}", request.escape_ascii());
    let list = creel.api(endpoint, "/deliveries?limit=1").json();
    let seq = &list["items"][0]["seq"];
    creel.api(endpoint, &format!("/deliveries/{seq}")).json()
}

fn path(endpoint: &Minted) -> String {
    format!("/hook/{}", endpoint.id)
}

/// The texts of the finding.
fn not_strict(delivery: &Value) -> Vec<&str> {
    let findings = delivery["findings"].as_array().expect("findings");
    let found = findings
        .iter()
        .filter(|one| one["code"] == "not_strict_http");
    found
        .map(|one| one["text"].as_str().expect("a text"))
        .collect()
}

#[test]
fn c26_raw_characters_in_the_target_are_kept() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let raw =
        "The target has characters that must be percent-encoded: a strict server answers 400.";
    for below in [
        "?name=Zo\u{eb}",
        "/a b?c=d e  f",
        "?q=\"<x>\"&y={z|^`}\\",
        "/\u{65e5}\u{672c}",
        "?tab=\t&del=\u{7f}&x=\u{1}",
        "/ HTTP/1.1",
    ] {
        let target = path(&endpoint) + below;
        let delivery = kept(&creel, &endpoint, target.as_bytes(), "");
        assert_eq!(delivery["target"], target);
        assert_eq!(delivery["target_base64"], Value::Null);
        assert_eq!(delivery["headers_exact"], true);
        assert_eq!(delivery["body"]["text"], "{}");
        assert_eq!(not_strict(&delivery), [raw], "{target}");
    }
    let delivery = kept(
        &creel,
        &endpoint,
        format!("{}?name=Zo\u{eb} x", path(&endpoint)).as_bytes(),
        "",
    );
    assert_eq!(delivery["query"], json!([["name", "Zo\u{eb} x"]]));
    let target = format!("http://other.example{}/a b", path(&endpoint));
    assert_eq!(
        kept(&creel, &endpoint, target.as_bytes(), "")["target"],
        target
    );
    let encoded = path(&endpoint) + "/%7Bx%7D?a[b]=%zz&c='(d)'";
    let delivery = kept(&creel, &endpoint, encoded.as_bytes(), "");
    assert_eq!(not_strict(&delivery), [""; 0]);
}

#[test]
fn c26_a_target_that_is_not_utf8_is_kept_as_bytes() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for (below, shown, base64) in [
        (&b"?n=Zo\xeb"[..], "?n=Zo\u{fffd}", "P249Wm/r"),
        (b"/\xff\xfe", "/\u{fffd}\u{fffd}", "L//+"),
        (b"?\xc3", "?\u{fffd}", "P8M="),
    ] {
        let before = path(&endpoint);
        let target = [before.as_bytes(), below].concat();
        let delivery = kept(&creel, &endpoint, &target, "");
        assert_eq!(delivery["target"], before + shown);
        // 42 bytes come before, which base64 ends with whole groups.
        let whole = delivery["target_base64"].as_str().expect("its bytes");
        assert!(whole.ends_with(base64), "{whole}");
        assert_eq!(not_strict(&delivery).len(), 1);
    }
}

#[test]
fn c26_the_token_is_found_in_a_raw_target() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for (query, verdict) in [("&name=Zo\u{eb}", "match"), ("x&name=Zo\u{eb}", "wrong")] {
        let target = endpoint.target.clone() + query;
        let delivery = kept(&creel, &endpoint, target.as_bytes(), "");
        assert_eq!(delivery["verdict"]["token"], verdict, "{delivery}");
    }
    let target = endpoint.target.replace("token=", "a=\" \"&token=");
    let delivery = kept(&creel, &endpoint, target.as_bytes(), "");
    assert_eq!(delivery["verdict"]["token"], "match");
}

#[test]
fn c26_a_page_and_the_api_take_raw_characters_too() {
    let creel = Creel::start(&[]);
    let addr = &creel.addr;
    for (target, status) in [
        ("/?a=b c\u{eb}", 200),
        ("/docs?\"<>", 200),
        ("/n\u{f6}ne", 404),
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {addr}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(creel.raw(request.as_bytes()).status, status, "{target}");
    }
}

#[test]
fn c28_up_to_1000_header_lines_are_kept_in_order() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    // Host and Content-Length are two lines.
    for count in [95_usize, 97, 200, 998] {
        let names = (0..count).map(|n| format!("X-{n}: {n}\r\n"));
        let delivery = kept(
            &creel,
            &endpoint,
            path(&endpoint).as_bytes(),
            &names.collect::<String>(),
        );
        let headers = delivery["headers"].as_array().expect("headers");
        assert_eq!(headers.len(), count + 2);
        assert_eq!(
            headers[count + 1],
            json!([format!("X-{}", count - 1), (count - 1).to_string()])
        );
        assert_eq!(delivery["body"]["text"], "{}");
        let text = format!(
            "There are {} header lines: a strict server answers 431 or 400.",
            count + 2
        );
        assert_eq!(not_strict(&delivery), [text]);
    }
    let lines = "X: 1\r\n".repeat(94);
    let delivery = kept(&creel, &endpoint, path(&endpoint).as_bytes(), &lines);
    assert_eq!(not_strict(&delivery), [""; 0]);
}

#[test]
fn c28_a_long_head_is_kept() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for (target, line) in [(100_000, 0), (10, 120_000), (70_000, 50_000)] {
        let target = format!("{}?{}", path(&endpoint), "q".repeat(target));
        let lines = format!("X: {}\r\n", "v".repeat(line));
        let delivery = kept(&creel, &endpoint, target.as_bytes(), &lines);
        assert_eq!(delivery["target"], target);
        assert_eq!(
            delivery["headers"][2][1].as_str().expect("a value").len(),
            line
        );
        assert_eq!(delivery["headers_exact"], true);
    }
}

#[test]
fn pipelined_requests_of_all_kinds_keep_their_own_heads_and_bodies() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let path = path(&endpoint);
    let many = "X: 1\r\n".repeat(120);
    let mut stream = Vec::new();
    for n in 0..12 {
        let target = [format!("{path}/{n}"), format!("{path}/{n} \u{eb}")][n % 2].clone();
        let lines = ["", &many, "Expect: nothing\r\n"][n % 3];
        let request = if n % 4 < 2 {
            format!(
                "POST {target} HTTP/1.1\r\nHost: h\r\n{lines}Content-Length: 7\r\n\r\nbody {n:02}"
            )
        } else {
            format!(
                "POST {target} HTTP/1.1\r\nHost: h\r\n{lines}Transfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n4\r\ny {n:02}\r\n0\r\nT: {n}\r\n\r\n"
            )
        };
        stream.extend_from_slice(request.as_bytes());
    }
    stream.extend_from_slice(
        format!("GET {path}/end HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").as_bytes(),
    );
    let _ = creel.raw(&stream);
    let found = creel.deliveries(&endpoint);
    assert_eq!(found.len(), 13);
    for (n, summary) in found.iter().take(12).enumerate() {
        let full = creel
            .api(&endpoint, &format!("/deliveries/{}", summary["seq"]))
            .json();
        let end = ["", " \u{eb}"][n % 2];
        assert_eq!(full["path"], format!("/{n}{end}"));
        assert_eq!(full["body"]["text"], format!("body {n:02}"));
        let trailers = if n % 4 < 2 {
            json!([])
        } else {
            json!([["T", n.to_string()]])
        };
        assert_eq!(full["trailers"], trailers);
        let lines = [2, 122, 3][n % 3];
        assert_eq!(full["headers"].as_array().expect("headers").len(), lines);
    }
}
