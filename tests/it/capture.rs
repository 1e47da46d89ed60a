//! Captures over real sockets.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::Command;

use crate::app::{Creel, Minted, Response};

const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn any_method_path_and_query_is_stored_as_received() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let cases = [
        ("POST", "", "/"),
        ("GET", "/a/b?x=1&x=2&empty=&flag", "/a/b"),
        ("PUT", "/", "/"),
        ("DELETE", "//double//slash", "//double//slash"),
        ("PATCH", "/..%2Fup/%zz?%zz=%", "/..%2Fup/%zz"),
        ("OPTIONS", "/o", "/o"),
        ("HEAD", "/h", "/h"),
        ("TRACE", "/t", "/t"),
        ("purge", "/lower", "/lower"),
        ("MKCALENDAR", "/dav", "/dav"),
    ];
    for (method, below, _) in cases {
        let target = format!("/hook/{}{below}", endpoint.id);
        let response = creel.http(method, &target, &[], b"");
        assert_eq!(response.status, 200, "{method} {target}: {}", response.head);
        assert_eq!(response.header("location"), None);
    }
    let found = creel.deliveries(&endpoint);
    assert_eq!(found.len(), cases.len());
    for (delivery, (method, below, path)) in found.iter().zip(cases) {
        assert_eq!(delivery["method"], method);
        assert_eq!(delivery["target"], format!("/hook/{}{below}", endpoint.id));
        assert_eq!(delivery["path"], path);
    }
}

#[test]
fn header_lines_keep_order_spelling_and_repeats_through_the_api() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let lines = "Host: h\r\nX-Twice: 1\r\nx-lower-Case: a  b\r\nX-TWICE: 2\r\nEmpty:\r\nConnection: close\r\nContent-length: 2\r\nZ: \u{e9}\r\n";
    let mut raw = format!("POST {} HTTP/1.1\r\n{lines}\r\n", endpoint.target).into_bytes();
    raw.extend_from_slice(b"hi");
    assert_eq!(creel.raw(&raw).status, 200);
    let delivery = creel.api(&endpoint, "/deliveries/1").json();
    let expected = serde_json::json!([
        ["Host", "h"],
        ["X-Twice", "1"],
        ["x-lower-Case", "a  b"],
        ["X-TWICE", "2"],
        ["Empty", ""],
        ["Connection", "close"],
        ["Content-length", "2"],
        ["Z", "\u{e9}"],
    ]);
    assert_eq!(delivery["headers"], expected);
    assert_eq!(delivery["headers_exact"], true);
    assert_eq!(delivery["http_version"], "HTTP/1.1");
}

#[test]
fn pipelined_requests_keep_their_own_heads() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let id = &endpoint.id;
    let mut raw = Vec::new();
    for n in 0..5 {
        raw.extend_from_slice(format!("POST /hook/{id}/{n} HTTP/1.1\r\nHost: h\r\nX-N: {n}\r\nContent-Length: 3\r\n\r\nb{n}\n").as_bytes());
        raw.extend_from_slice(
            format!("GET /livez HTTP/1.1\r\nHost: {}\r\n\r\n", creel.addr).as_bytes(),
        );
        let chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nc\r\n\r\n1;ext=1\r\nd\r\n0\r\nTrailer: x\r\n\r\n";
        raw.extend_from_slice(
            format!("POST /hook/{id}/c{n} HTTP/1.1\r\nHost: h\r\nX-N: c{n}\r\n{chunked}")
                .as_bytes(),
        );
    }
    raw.extend_from_slice(
        format!("GET /hook/{id}/end HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").as_bytes(),
    );
    creel.raw(&raw);
    let found = creel.deliveries(&endpoint);
    assert_eq!(found.len(), 11);
    for summary in &found[..10] {
        let full = creel
            .api(&endpoint, &format!("/deliveries/{}", summary["seq"]))
            .json();
        let name = full["headers"][1][1].as_str().unwrap();
        assert_eq!(full["path"], format!("/{name}"));
        let body = if name.starts_with('c') {
            "c\r\nd".to_owned()
        } else {
            format!("b{name}\n")
        };
        assert_eq!(full["body"]["text"], body);
    }
}

#[test]
fn an_unknown_endpoint_answers_404_and_stores_nothing() {
    let creel = Creel::start(&[]);
    for target in [
        "/hook/7c7f4d38-94d1-4e4b-9d8f-000000000000",
        "/hook/not-a-uuid",
        "/hook/not-a-uuid/x",
        "/hook",
    ] {
        let response = creel.http("POST", target, &[JSON], b"{}");
        assert_eq!(response.status, 404, "{target}");
    }
    let database = rusqlite::Connection::open(creel.data_dir().join("creel.db")).unwrap();
    let count = |table: &str| -> i64 {
        let sql = format!("select count(*) from {table}");
        database.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!([count("delivery"), count("endpoint")], [0, 0]);
}

#[test]
fn a_body_over_the_limit_is_truncated_and_marked() {
    let creel = Creel::start(&["--body-bytes-max", "1000"]);
    let endpoint = creel.mint("{}");
    for (size, cut) in [(999, false), (1000, false), (1001, true), (3_000_000, true)] {
        let body: Vec<u8> = (b'a'..=b'z').cycle().take(size).collect();
        assert_eq!(
            creel.http("POST", &endpoint.target, &[], &body).status,
            200,
            "{size}"
        );
        let newest = creel.deliveries(&endpoint).pop().unwrap();
        assert_eq!(newest["body"]["cut"], cut, "{size}");
        assert_eq!(newest["body"]["bytes"], size.min(1000));
        let kept = creel
            .api(&endpoint, &format!("/deliveries/{}/body", newest["seq"]))
            .body;
        assert_eq!(kept, body[..size.min(1000)]);
        assert_eq!(
            newest["body"]["cut_why"],
            if cut {
                serde_json::json!("too_long")
            } else {
                serde_json::Value::Null
            }
        );
    }
}

/// Sends a head and the first four of a hundred bytes.
fn send_part(creel: &Creel, endpoint: &Minted) -> TcpStream {
    let mut stream = creel.connect();
    let target = &endpoint.target;
    let request = format!("POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\npart");
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

#[test]
fn a_body_of_a_disconnected_sender_is_stored_as_received() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    drop(send_part(&creel, &endpoint));
    let found = creel.wait_for(&endpoint, 1);
    assert_eq!(found[0]["body"]["cut_why"], "disconnected");
    assert_eq!(creel.api(&endpoint, "/deliveries/1/body").body, b"part");
}

#[test]
fn an_incomplete_body_is_kept_and_answered_400_to_who_still_reads() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut stream = send_part(&creel, &endpoint);
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(Response::read(&mut stream).status, 400);
    let found = creel.deliveries(&endpoint);
    assert_eq!(found[0]["body"]["cut_why"], "disconnected");
    assert_eq!(found[0]["body"]["bytes"], 4);
    assert!(found[0]["reply"]["status"].is_null());
}

#[test]
fn a_stalled_body_is_stored_and_answered_408() {
    let creel = Creel::start(&["--body-idle-seconds", "1"]);
    let endpoint = creel.mint("{}");
    let mut stream = send_part(&creel, &endpoint);
    assert_eq!(Response::read(&mut stream).status, 408);
    let found = creel.deliveries(&endpoint);
    assert_eq!(found[0]["body"]["cut_why"], "timed_out");
    assert_eq!(found[0]["body"]["bytes"], 4);
    assert_eq!(found[0]["reply"]["status"], 408);
}

#[test]
fn a_half_closed_sender_is_answered() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut stream = creel.connect();
    stream
        .write_all(
            format!(
                "POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi",
                endpoint.target
            )
            .as_bytes(),
        )
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert_eq!(creel.deliveries(&endpoint).len(), 1);
}

#[test]
fn wrong_and_missing_tokens_are_stored_with_their_result() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"s3cret"}"#);
    let bare = format!("/hook/{}", endpoint.id);
    for (query, token) in [
        ("?token=s3cret", "match"),
        ("?token=other", "wrong"),
        ("", "missing"),
        ("?token=s3cret&token=s3cret", "repeated"),
    ] {
        assert_eq!(
            creel
                .http("POST", &format!("{bare}{query}"), &[JSON], b"{}")
                .status,
            200
        );
        assert_eq!(
            creel.deliveries(&endpoint).pop().unwrap()["verdict"]["token"],
            token
        );
    }
}

#[test]
fn a_capture_listener_serves_only_captures() {
    let creel = Creel::start(&["--capture-bind", "127.0.0.1:0"]);
    let endpoint = creel.mint("{}");
    let captures = creel.greeting[1]
        .strip_prefix("capturing on http://")
        .expect("the second line")
        .to_owned();
    assert!(
        endpoint
            .capture_url
            .starts_with(&format!("http://{captures}/hook/"))
    );
    let there = |addr: &str, target: &str| {
        let mut stream = TcpStream::connect(addr).unwrap();
        write!(stream, "POST {target} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").unwrap();
        Response::read(&mut stream).status
    };
    assert_eq!(there(&captures, &endpoint.target), 200);
    assert_eq!(there(&captures, "/api/v1/endpoints"), 404);
    assert_eq!(there(&captures, "/livez"), 404);
    assert_eq!(there(&creel.addr, &endpoint.target), 404);
    assert_eq!(creel.deliveries(&endpoint).len(), 1);
}

#[test]
fn an_upgrade_request_is_stored_and_answered() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let offer = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";
    let mut stream = creel.connect();
    write!(
        stream,
        "GET {} HTTP/1.1\r\nHost: h\r\n{offer}",
        endpoint.target
    )
    .unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let found = creel.deliveries(&endpoint);
    assert_eq!(found[0]["body"]["kind"], "empty");
    assert_eq!(found[0]["body"]["cut"], false);
}

#[test]
fn a_trailer_never_becomes_the_next_head() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let target = &endpoint.target;
    let chunked = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n";
    let forged = format!("\nPOST {target} HTTP/1.1\r\nX-Id: forged\r\n\r\n");
    let real = "Host: h\r\nX-Id: two\r\nConnection: close\r\nContent-Length: 4\r\n\r\nreal";
    creel.raw(
        format!(
            "POST {target} HTTP/1.1\r\nHost: h\r\n{chunked}{forged}POST {target} HTTP/1.1\r\n{real}"
        )
        .as_bytes(),
    );
    let kept = creel.deliveries(&endpoint);
    assert_eq!(
        kept.len(),
        2,
        "the request with the trailer and the one after it"
    );
    for delivery in kept {
        let full = creel
            .api(&endpoint, &format!("/deliveries/{}", delivery["seq"]))
            .json();
        let names: Vec<_> = full["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line[1].clone())
            .collect();
        assert!(!names.contains(&"forged".into()), "{names:?}");
    }
}

#[test]
fn an_http2_delivery_says_that_its_headers_have_no_order() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let url = format!("http://{}{}", creel.addr, endpoint.target);
    let curl = Command::new("curl")
        .args(["-s", "--http2-prior-knowledge", "-d", "two", &url])
        .output();
    let Ok(curl) = curl else {
        panic!("curl is needed for HTTP/2")
    };
    assert_eq!(curl.stdout, b"caught\n");
    let delivery = creel.api(&endpoint, "/deliveries/1").json();
    assert_eq!(delivery["http_version"], "HTTP/2.0");
    assert_eq!(delivery["headers_exact"], false);
    assert_eq!(delivery["body"]["text"], "two");
    assert_eq!(delivery["verdict"]["token"], "match");
}
