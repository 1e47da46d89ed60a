//! The limits of connections, in total and per client, and which connection is closed for a new one.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use super::{Logged, ask, capture, connect_from, is_open, unfinished};
use crate::app::{Creel, eventually};
use crate::http::Follower;

/// Silent connections from an address.
fn silent(creel: &Creel, ip: &str, count: usize) -> Vec<TcpStream> {
    (0..count).map(|_| connect_from(creel, ip)).collect()
}

fn open(streams: &[TcpStream]) -> usize {
    streams.iter().filter(|stream| is_open(stream)).count()
}

fn wait_for_open(what: &str, streams: &[TcpStream], count: usize) {
    eventually(what, || (open(streams) == count).then_some(()));
}

/// Activities of the last second are protected from being closed; a test of the order waits until this ends.
fn settle() {
    std::thread::sleep(Duration::from_millis(1100));
}

#[test]
fn a_client_at_its_limit_loses_its_oldest_connection() {
    let logged = Logged::start(&["--connections-per-client", "8"]);
    let creel = &logged.creel;
    let endpoint = creel.mint("{}");
    let capture = capture(&endpoint.target, "", b"1");
    let mut kept = connect_from(creel, "127.0.0.1");
    assert_eq!(ask(&mut kept, &capture), 200);
    let held = silent(creel, "127.0.0.1", 20);
    // They are accepted by several threads: one that is accepted late counts as newer than what connected after it.
    wait_for_open("all are accepted", &held, 7);
    for _ in 0..10 {
        assert_eq!(ask(&mut connect_from(creel, "127.0.0.1"), &capture), 200);
    }
    assert!(open(&held) < 8);
    // The idle connection of a sender is closed after all unused ones.
    assert_eq!(ask(&mut kept, &capture), 200);
    let other = silent(creel, "127.0.0.2", 8);
    assert_eq!(open(&other), 8, "another client has a limit of its own");
    logged.assert_reported("--connections-per-client");
}

#[test]
fn at_the_total_limit_a_large_client_loses_connections() {
    let logged = Logged::start(&["--connections-max", "24"]);
    let creel = &logged.creel;
    let few = silent(creel, "127.0.0.2", 2);
    settle();
    let held = silent(creel, "127.0.0.1", 100);
    wait_for_open("as many are open as there may be", &held, 22);
    assert_eq!(open(&few), 2, "older, but of a client that has few");
    let endpoint = creel.mint("{}");
    let mut sender = connect_from(creel, "127.0.0.3");
    assert_eq!(ask(&mut sender, &capture(&endpoint.target, "", b"1")), 200);
    logged.assert_reported("--connections-max");
}

#[test]
fn unused_connections_are_closed_before_pages_and_captures() {
    let creel = Creel::start(&["--connections-per-client", "6"]);
    let endpoint = creel.mint("{}");
    let mut body = connect_from(&creel, "127.0.0.1");
    let head = unfinished(&endpoint.target, "Content-Length: 3");
    body.write_all(&head).expect("it is sent");
    let mut idle = connect_from(&creel, "127.0.0.1");
    assert_eq!(ask(&mut idle, &capture(&endpoint.target, "", b"1")), 200);
    let mut follower = Follower::new(&creel, &endpoint, "", &[]);
    let mut page = connect_from(&creel, "127.0.0.1");
    assert_eq!(
        ask(&mut page, b"GET /livez HTTP/1.1\r\nHost: h\r\n\r\n"),
        200
    );
    let mut call = connect_from(&creel, "127.0.0.1");
    let head = unfinished("/api/v1/endpoints", "Content-Length: 3");
    let head = String::from_utf8_lossy(&head).replace("Host: h", "Host: localhost");
    call.write_all(head.as_bytes()).expect("it is sent");
    let unused = silent(&creel, "127.0.0.1", 1);
    settle();
    // Each new connection is protected for a second, so an older one is closed: first unused ones, then the idle page, ...
    let mut new = silent(&creel, "127.0.0.1", 1);
    wait_for_open("the unused one goes", &unused, 0);
    assert!(is_open(&page));
    new.extend(silent(&creel, "127.0.0.1", 1));
    wait_for_open("the idle page goes", std::slice::from_ref(&page), 0);
    assert!(is_open(&call));
    new.extend(silent(&creel, "127.0.0.1", 1));
    wait_for_open("the body of a call goes", std::slice::from_ref(&call), 0);
    let mut other = connect_from(&creel, "127.0.0.2");
    assert_eq!(ask(&mut other, &capture(&endpoint.target, "", b"2")), 200);
    assert_eq!(follower.event().id, "2", "the stream is open");
    new.extend(silent(&creel, "127.0.0.1", 1));
    assert!(!follower.end(), "the stream is cut");
    assert!(is_open(&body) && is_open(&idle));
    body.write_all(b"123").expect("it is open");
    assert_eq!(ask(&mut body, b""), 200);
    assert_eq!(ask(&mut idle, &capture(&endpoint.target, "", b"3")), 200);
}

#[test]
fn an_unfinished_body_with_an_upgrade_is_closed_before_an_idle_sender() {
    let creel = Creel::start(&["--connections-per-client", "2"]);
    let endpoint = creel.mint("{}");
    let mut idle = connect_from(&creel, "127.0.0.1");
    assert_eq!(ask(&mut idle, &capture(&endpoint.target, "", b"1")), 200);
    let mut upgrade = connect_from(&creel, "127.0.0.1");
    let offer = "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3";
    let head = unfinished(&endpoint.target, offer);
    upgrade.write_all(&head).expect("it is sent");
    settle();
    let new = silent(&creel, "127.0.0.1", 1);
    wait_for_open("the unfinished one goes", std::slice::from_ref(&upgrade), 0);
    assert!(is_open(&idle) && is_open(&new[0]));
}

#[test]
fn behind_a_trusted_proxy_its_clients_are_counted() {
    let args = [
        "--connections-per-client",
        "3",
        "--trusted-proxy",
        "127.0.0.0/8",
    ];
    let creel = Creel::start(&args);
    let endpoint = creel.mint("{}");
    let of = |client: &str| {
        let mut stream = connect_from(&creel, "127.0.0.1");
        let named = format!("X-Forwarded-For: {client}\r\n");
        let capture = capture(&endpoint.target, &named, b"1");
        assert_eq!(ask(&mut stream, &capture), 200);
        stream
    };
    let waiting = silent(&creel, "127.0.0.1", 10);
    let others: Vec<_> = (1..=10)
        .map(|last| of(&format!("192.0.2.{last}")))
        .collect();
    let one: Vec<_> = (0..3).map(|_| of("198.51.100.1")).collect();
    assert_eq!(open(&one), 3);
    let fourth = of("198.51.100.1");
    wait_for_open("the oldest of that client goes", &one, 2);
    assert!(is_open(&fourth));
    assert_eq!((open(&others), open(&waiting)), (10, 10));
}
