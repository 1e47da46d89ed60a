//! Unread responses: how much memory they use, and that it is released.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted, Response, eventually};
use crate::limits::{connect_from, http2};

const READERS: usize = 60;
const BODY_BYTES: usize = 33_000_000;
const HELD_BYTES_MAX: usize = 200_000_000;
const IDLE_BYTES_MAX: usize = 60_000_000;

/// Current or peak memory, in bytes.
pub(crate) fn memory(creel: &Creel, field: &str) -> usize {
    let path = format!("/proc/{}/status", creel.pid());
    let status = std::fs::read_to_string(path).expect("a running process");
    let line = status.lines().find(|line| line.starts_with(field));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    let kib: usize = kib.and_then(|kib| kib.parse().ok()).expect("a number");
    kib * 1024
}

/// A run of 33 MB.
fn large() -> Vec<u8> {
    let text = "a b c d e f ".repeat(BODY_BYTES / 12);
    format!(
        r#"{{"run_id": "01a20015-a599-73cf-a7e4-82e5ac641e67", "thread_id": "t", "assistant_id": "a", "status": "success",
            "metadata": {{}}, "kwargs": {{}}, "values": {{"messages": [{{"type": "ai", "content": "{text}"}}]}}}}"#
    )
    .into_bytes()
}

fn caught() -> (Creel, Minted, Vec<u8>) {
    let args = ["--body-bytes-max", "40000000", "--operator-token", OPERATOR];
    let creel = Creel::start(&args);
    let endpoint = creel.mint("{}");
    let body = large();
    creel.deliver(&endpoint, &[], &body);
    (creel, endpoint, body)
}

/// Requests this over many connections at once and reads only the status line of each response.
fn ask(creel: &Creel, target: &str) -> Vec<TcpStream> {
    ask_as(creel, target, "")
}

/// As [`ask`], with these header lines.
fn ask_as(creel: &Creel, target: &str, lines: &str) -> Vec<TcpStream> {
    let (host, key) = (&creel.addr, bearer(OPERATOR));
    let head =
        format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {key}\r\n{lines}\r\n");
    let connect = |_| {
        let mut stream = creel.connect();
        stream.write_all(head.as_bytes()).expect("it is read");
        stream
    };
    let mut streams: Vec<_> = (0..READERS).map(connect).collect();
    for stream in &mut streams {
        let mut status = [0; 12];
        stream.read_exact(&mut status).expect("it is answered");
        assert!(
            [b"HTTP/1.1 200", b"HTTP/1.1 503"].contains(&&status),
            "{}",
            String::from_utf8_lossy(&status)
        );
    }
    streams
}

fn assert_bounded(creel: &Creel, target: &str) {
    let before = memory(creel, "VmHWM");
    let streams = ask(creel, target);
    let held = memory(creel, "VmHWM");
    assert!(
        held <= before || held < HELD_BYTES_MAX,
        "{target}: {held} bytes, {before} before"
    );
    drop(streams);
    eventually("memory is given back", || {
        (memory(creel, "VmRSS") < IDLE_BYTES_MAX).then_some(())
    });
}

#[test]
fn unread_bodies_and_pages_use_little_memory_and_release_it() {
    let (creel, endpoint, _) = caught();
    let id = &endpoint.id;
    assert_bounded(&creel, &format!("/api/v1/endpoints/{id}/deliveries/1/body"));
    for below in ["body?decoded", "content"] {
        let target = format!("/api/v1/endpoints/{id}/deliveries/1/{below}");
        assert_bounded(&creel, &target);
    }
    for format in ["ndjson", "har", "csv", "curl"] {
        let target = format!("/api/v1/endpoints/{id}/export?format={format}");
        assert_bounded(&creel, &target);
    }
    assert_bounded(&creel, &format!("/inspect/{id}/1"));
    assert_bounded(&creel, &format!("/inspect/{id}/1?tab=body"));
}

#[test]
fn a_streamed_body_is_complete_unless_deleted_meanwhile() {
    let (creel, endpoint, body) = caught();
    let response = creel.api(&endpoint, "/deliveries/1/body");
    let length = body.len().to_string();
    assert_eq!(response.header("content-length"), Some(length.as_str()));
    assert!(response.body == body, "byte for byte");
    let bearer = bearer(OPERATOR);
    let operator = [("Authorization", bearer.as_str())];
    let target = format!("/api/v1/endpoints/{}/deliveries/1/body", endpoint.id);
    let head = creel.http("HEAD", &target, &operator, b"");
    assert_eq!(head.header("content-length"), Some(length.as_str()));
    assert_eq!(head.body, b"");
    let mut stream = ask(&creel, &target).swap_remove(0);
    let gone = creel.http(
        "DELETE",
        &format!("/api/v1/endpoints/{}", endpoint.id),
        &operator,
        b"",
    );
    assert_eq!(gone.status, 204);
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.len() < body.len(), "the connection is closed early");
}

/// A server with these options that received a body whose JSON is a response that no socket takes at once: characters that are escaped in
/// six bytes each. Gives back the target of that response, too.
fn with_escaped_body(args: &[&str]) -> (Creel, Minted, String) {
    let creel = Creel::start(&[args, &["--operator-token", OPERATOR]].concat());
    let endpoint = creel.mint("{}");
    let body = "\u{1}".repeat(4_000_000);
    creel.http("POST", &endpoint.target, &[], body.as_bytes());
    let target = format!("/api/v1/endpoints/{}/deliveries/1", endpoint.id);
    (creel, endpoint, target)
}

#[test]
fn responses_beyond_the_memory_get_503() {
    let args = ["--answer-memory-bytes", "40000000"];
    let (creel, endpoint, target) = with_escaped_body(&args);
    let unread = ask(&creel, &target);
    let response = creel.api(&endpoint, "/deliveries/1");
    assert_eq!(response.status, 503);
    assert_eq!(response.json()["type"], "/problems/busy");
    assert_eq!(response.header("retry-after"), Some("2"));
    assert_eq!(creel.api(&endpoint, "/deliveries").status, 200);
    drop(unread);
    eventually("there is memory again", || {
        (creel.api(&endpoint, "/deliveries/1").status == 200).then_some(())
    });
}

#[test]
fn json_that_is_much_longer_than_its_body_holds_little() {
    let (creel, _, target) = with_escaped_body(&[]);
    assert_bounded(&creel, &target);
}

/// How many responses with the first delivery one client can leave unread before it is refused.
fn unread_responses(creel: &Creel, endpoint: &Minted) -> usize {
    let mut stream = connect_from(creel, "127.0.0.1");
    http2::begin_without_window(&mut stream).expect("it is sent");
    let target = format!("/api/v1/endpoints/{}/deliveries/1", endpoint.id);
    for number in (1..100).step_by(2) {
        let head = http2::head(number, 2, &target, &endpoint.read_key, http2::END_STREAM);
        stream.write_all(&head).expect("it is sent");
    }
    std::iter::repeat_with(|| http2::next_head(&mut stream).1[0])
        .take_while(|status| *status == http2::STATUS_200)
        .count()
}

#[test]
fn a_long_head_takes_memory_for_responses_as_a_body_does() {
    let args = ["--answer-memory-bytes", "8000000"];
    let [short, long] = [1, 30].map(|times| {
        let creel = Creel::start(&args);
        let endpoint = creel.mint("{}");
        let mut stream = creel.connect();
        http2::begin_without_window(&mut stream).expect("it is sent");
        let head = http2::long_head(1, &endpoint.target, times);
        stream.write_all(&head).expect("it is sent");
        assert_eq!(http2::next_head(&mut stream).1[0], http2::STATUS_200);
        unread_responses(&creel, &endpoint)
    });
    assert!(
        0 < long && long < short,
        "{long} with a long head, {short} with a short one"
    );
}

/// GET of a delivery as JSON, from this loopback address.
fn get_from(creel: &Creel, ip: &str, endpoint: &Minted, lines: &str) -> Response {
    let (id, key) = (&endpoint.id, &endpoint.read_key);
    let head = format!(
        "GET /api/v1/endpoints/{id}/deliveries/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {key}\r\n{lines}\r\n"
    );
    let mut stream = connect_from(creel, ip);
    stream.write_all(head.as_bytes()).expect("it is sent");
    Response::read(&mut stream)
}

#[test]
fn a_stalled_client_leaves_memory_for_small_responses() {
    let creel = Creel::start(&["--answer-memory-bytes", "8000000"]);
    let endpoint = creel.mint("{}");
    creel.http("POST", &endpoint.target, &[], "x".repeat(20_000).as_bytes());
    let mut greedy = connect_from(&creel, "127.0.0.1");
    http2::begin_without_window(&mut greedy).expect("it is sent");
    let target = format!("/api/v1/endpoints/{}/deliveries/1", endpoint.id);
    for stream in (1..100).step_by(2) {
        let key = &endpoint.read_key;
        let head = http2::head(stream, 2, &target, key, http2::END_STREAM);
        greedy.write_all(&head).expect("it is sent");
    }
    // When a request is refused, the client has used all memory that it can get.
    while http2::next_head(&mut greedy).1[0] == http2::STATUS_200 {}
    assert_eq!(get_from(&creel, "127.0.0.2", &endpoint, "").status, 200);
    assert_eq!(get_from(&creel, "127.0.0.1", &endpoint, "").status, 503);
}

#[test]
fn behind_a_proxy_memory_is_shared_by_its_clients() {
    let args = [
        "--answer-memory-bytes",
        "200000000",
        "--trusted-proxy",
        "127.0.0.1/32",
    ];
    let (creel, endpoint, target) = with_escaped_body(&args);
    let greedy = "X-Forwarded-For: 192.0.2.1\r\n";
    let _unread = ask_as(&creel, &target, greedy);
    let get = |lines| get_from(&creel, "127.0.0.1", &endpoint, lines).status;
    assert_eq!(get("X-Forwarded-For: 192.0.2.2\r\n"), 200);
    assert_eq!(get(greedy), 503);
}

/// A server with memory for two heads of 120 KB.
fn with_little_body_memory() -> Creel {
    Creel::start(&[
        "--body-bytes-max",
        "100000",
        "--body-memory-bytes",
        "300000",
    ])
}

#[test]
fn a_long_head_takes_memory_for_bodies() {
    let creel = with_little_body_memory();
    let endpoint = creel.mint("{}");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Long: {}\r\nContent-Length: 1\r\n\r\n",
        endpoint.target,
        "a".repeat(120_000)
    );
    let whole = format!("{head}b");
    // A request that waits for its body holds its head meanwhile.
    let mut waiting = Vec::new();
    eventually("waiting heads take the memory", || {
        let mut stream = creel.connect();
        stream.write_all(head.as_bytes()).expect("it is sent");
        waiting.push(stream);
        (creel.raw(whole.as_bytes()).status == 503).then_some(())
    });
    drop(waiting);
    eventually("the memory is free again", || {
        (creel.raw(whole.as_bytes()).status == 200).then_some(())
    });
}

#[test]
fn a_list_of_long_targets_holds_little_and_misses_none() {
    const COUNT: u64 = 300;
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint("{}");
    let target = format!("{}&long={}", endpoint.target, "x".repeat(60_000));
    for _ in 0..COUNT {
        assert_eq!(creel.http("POST", &target, &[], b"").status, 200);
    }
    let list = format!("/api/v1/endpoints/{}/deliveries?limit=500", endpoint.id);
    assert_bounded(&creel, &list);
    let (mut seqs, mut before) = (Vec::new(), String::new());
    loop {
        let page = creel
            .api(&endpoint, &format!("/deliveries?limit=500{before}"))
            .json();
        let items = page["items"].as_array().expect("a list");
        seqs.extend(items.iter().filter_map(|item| item["seq"].as_u64()));
        let Some(next) = page["next"].as_u64() else {
            break;
        };
        before = format!("&before={next}");
    }
    assert!(
        seqs.into_iter().eq((1..=COUNT).rev()),
        "each once, newest first"
    );
}

#[test]
fn long_heads_of_unread_pages_take_memory_on_http2() {
    const GET: u8 = 0x82;
    const STATUS_404: u8 = 0x8d;
    let creel = with_little_body_memory();
    let mut stream = connect_from(&creel, "127.0.0.1");
    http2::begin_without_window(&mut stream).expect("it is sent");
    let found = (1..20).step_by(2).filter(|number| {
        let mut head = http2::long_head(*number, "/inspect/x", 16);
        head[9] = GET;
        stream.write_all(&head).expect("it is sent");
        http2::next_head(&mut stream).1[0] == STATUS_404
    });
    assert_eq!(found.count(), 2, "of 62 KB each, one client may hold half");
}
