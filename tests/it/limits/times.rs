//! Bodies, heads and responses that take too long.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Logged, capture, connect_from, read_to_close, sockets, unfinished};
use crate::app::{Creel, Response, eventually};
use crate::http::Follower;

/// After a 408 a connection stays open for two seconds; the rest is for a busy machine.
const HARD_CLOSE: Duration = Duration::from_secs(6);

const SHORT: &[&str] = &["--body-idle-seconds", "1", "--body-total-seconds", "3"];

/// Writes bytes on a separate thread until that fails.
fn drip(stream: &TcpStream, byte: u8) -> std::thread::JoinHandle<()> {
    let mut stream = stream.try_clone().expect("a second handle");
    std::thread::spawn(move || {
        while stream.write_all(&[byte]).is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    })
}

fn unfinished_call(creel: &Creel, target: &str, content_type: &str, announced: &str) -> Vec<u8> {
    let addr = &creel.addr;
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: {addr}\r\nContent-Type: {content_type}\r\n{announced}\r\n\r\n"
    );
    head.into_bytes()
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_stalled_api_or_form_body_is_answered_408_and_closed() {
    let logged = Logged::start(SHORT);
    let creel = &logged.creel;
    let endpoint = creel.mint("{}");
    let settings = &*format!("/inspect/{}/settings", endpoint.id);
    let check = &|target: &str, content_type: &str, answered: &str, announced: &str| {
        let mut stream = creel.connect();
        let request = unfinished_call(creel, target, content_type, announced);
        stream.write_all(&request).expect("it is sent");
        let response = Response::read(&mut stream);
        assert_eq!(
            response.status, 408,
            "{target} {announced}: {}",
            response.head
        );
        let found = response.header("content-type").expect("it has a type");
        assert!(found.starts_with(answered), "{target}: {found}");
    };
    std::thread::scope(|scope| {
        for announced in ["Content-Length: 100", "Transfer-Encoding: chunked"] {
            scope.spawn(move || {
                check(
                    "/api/v1/endpoints",
                    JSON,
                    "application/problem+json",
                    announced,
                );
            });
            scope.spawn(move || check(settings, FORM, "text/html", announced));
        }
    });
    logged.assert_reported("--body-idle-seconds");
}

#[test]
fn a_slow_body_is_answered_408_at_the_total_limit() {
    let creel = Creel::start(SHORT);
    let endpoint = creel.mint("{}");
    let settings = format!("/inspect/{}/settings", endpoint.id);
    let check = &|target: &str, content_type: &str| {
        let mut stream = creel.connect();
        let request = unfinished_call(&creel, target, content_type, "Content-Length: 1000000");
        stream.write_all(&request).expect("it is sent");
        let dripping = drip(&stream, b'{');
        assert_eq!(Response::read(&mut stream).status, 408, "{target}");
        dripping.join().expect("it ends with the connection");
    };
    std::thread::scope(|scope| {
        scope.spawn(|| check("/api/v1/endpoints", JSON));
        scope.spawn(|| check(&settings, FORM));
        scope.spawn(|| check(&endpoint.target, JSON));
    });
}

#[test]
fn after_a_408_the_connection_closes_despite_more_bytes() {
    let creel = Creel::start(&["--body-idle-seconds", "1", "--body-total-seconds", "2"]);
    let endpoint = creel.mint("{}");
    // The extension of a chunk is not part of the body, and the framework reads it without a timeout.
    for (target, byte) in [(&*endpoint.target, b'x'), ("/api/v1/endpoints", b'x')] {
        let mut stream = creel.connect();
        let request = unfinished_call(&creel, target, JSON, "Transfer-Encoding: chunked");
        stream.write_all(&request).expect("it is sent");
        stream.write_all(b"1;").expect("it is sent");
        let dripping = drip(&stream, byte);
        let mut first = [0; 12];
        stream.read_exact(&mut first).expect("a response");
        assert_eq!(&first, b"HTTP/1.1 408", "{target}");
        let answered = Instant::now();
        read_to_close(&mut stream);
        assert!(answered.elapsed() < HARD_CLOSE, "{target}");
        dripping.join().expect("it ends with the connection");
    }
}

#[test]
fn the_slow_rest_of_an_answered_body_has_a_time_limit() {
    let logged = Logged::start(&["--head-seconds", "1"]);
    for drips in [true, false] {
        let mut stream = logged.creel.connect();
        let nowhere = unfinished("/hook/nowhere", "Transfer-Encoding: chunked");
        stream.write_all(&nowhere).expect("it is sent");
        stream.write_all(b"5;").expect("it is sent");
        let dripping = drips.then(|| drip(&stream, b'x'));
        let came = read_to_close(&mut stream);
        assert!(came.starts_with(b"HTTP/1.1 404"));
        if let Some(dripping) = dripping {
            dripping.join().expect("it ends with the connection");
        }
    }
    logged.assert_reported("--head-seconds");
}

#[test]
fn every_head_of_a_connection_has_a_time_limit() {
    let logged = Logged::start(&["--head-seconds", "1"]);
    let endpoint = logged.creel.mint("{}");
    for first in [b"".to_vec(), capture(&endpoint.target, "", b"1")] {
        let mut stream = logged.creel.connect();
        stream.write_all(&first).expect("it is sent");
        stream
            .write_all(b"POST /hook/x HTTP/1.1\r\nX: ")
            .expect("it is sent");
        let dripping = drip(&stream, b'x');
        let came = read_to_close(&mut stream);
        let status: &[u8] = if first.is_empty() { b"408" } else { b"200" };
        assert_eq!(&came[9..12], status);
        dripping.join().expect("it ends with the connection");
    }
    logged.assert_reported("--head-seconds");
}

#[test]
fn an_unread_response_is_closed_and_a_read_one_complete() {
    const LONG: usize = 16 * 1024 * 1024;
    let logged = Logged::start(&["--answer-idle-seconds", "1"]);
    let creel = &logged.creel;
    let endpoint = creel.mint("{}");
    let sent = creel.http("POST", &endpoint.target, &[], &vec![b'x'; LONG]);
    assert_eq!(sent.status, 200);
    let request = format!(
        "GET /api/v1/endpoints/{}/deliveries/1/body HTTP/1.1\r\nHost: h.localhost\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        endpoint.id, endpoint.read_key
    );
    let before = sockets(creel);
    let mut unread: Vec<TcpStream> = (0..5).map(|_| connect_from(creel, "127.0.0.1")).collect();
    for stream in &mut unread {
        stream.write_all(request.as_bytes()).expect("it is sent");
    }
    let mut follower = Follower::new(creel, &endpoint, "", &[]);
    eventually("they are closed", || {
        // The subscriber is connected, too.
        (sockets(creel) <= before + 1).then_some(())
    });
    logged.assert_reported("--answer-idle-seconds");
    for stream in &mut unread {
        assert!(read_to_close(stream).len() < LONG);
    }
    let mut read = creel.connect();
    read.write_all(request.as_bytes()).expect("it is sent");
    assert_eq!(Response::read(&mut read).body.len(), LONG);
    // A stream without events is not an unread stream.
    creel.http("POST", &endpoint.target, &[], b"2");
    assert_eq!(follower.event().id, "2");
}
