//! Kills creel at random moments under load, twenty times with the same data: every delivery answered with 2xx is stored exactly once.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use crate::app::{Creel, Minted, eventually};

const ROUNDS: usize = 20;
const CONNECTIONS: usize = 64;
/// Most responses per round, so that all rounds together stay below about 20,000.
const RESPONSES_MAX: usize = 900;
const BODY_BYTES: usize = 2048;

/// A body with a unique mark.
fn body(mark: &str) -> Vec<u8> {
    mark.bytes()
        .chain([b'\n'])
        .cycle()
        .take(BODY_BYTES)
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Sends over one connection until creel is killed; returns the marks of the bodies answered with 2xx.
fn send(creel: &Creel, endpoint: &Minted, sender: &str, answered: &AtomicUsize) -> Vec<String> {
    let mut marks = Vec::new();
    let Ok(mut stream) = TcpStream::connect(&creel.addr) else {
        return marks;
    };
    for n in 0.. {
        let mark = format!("{sender}.{n}");
        let target = &endpoint.target;
        let head =
            format!("POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: {BODY_BYTES}\r\n\r\n");
        let request = [head.as_bytes(), &body(&mark)].concat();
        if stream.write_all(&request).is_err() || !is_2xx(&mut stream) {
            break;
        }
        marks.push(mark);
        answered.fetch_add(1, Ordering::SeqCst);
    }
    marks
}

/// Reads a response to the end of its body; false if the connection ended before.
fn is_2xx(stream: &mut TcpStream) -> bool {
    const END: &[u8] = b"\r\n\r\ncaught\n";
    let mut response = Vec::new();
    let mut some = [0; 1024];
    while !response.ends_with(END) {
        match stream.read(&mut some) {
            Ok(0) | Err(_) => return false,
            Ok(read) => response.extend_from_slice(&some[..read]),
        }
    }
    response.starts_with(b"HTTP/1.1 2")
}

/// One round: load, and SIGKILL at a random moment after the first responses. Returns the marks of the bodies answered with 2xx.
fn killed_under_load(creel: &Creel, endpoint: &Minted, round: usize) -> Vec<String> {
    let answered = AtomicUsize::new(0);
    let together = Barrier::new(CONNECTIONS);
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS)
            .map(|sender| {
                let (answered, together) = (&answered, &together);
                scope.spawn(move || {
                    together.wait();
                    send(creel, endpoint, &format!("{round}.{sender}"), answered)
                })
            })
            .collect();
        // A random number of responses, so that the load never ends first.
        let enough = rand::random_range(1..RESPONSES_MAX);
        eventually("responses", || {
            (answered.load(Ordering::SeqCst) >= enough).then_some(())
        });
        creel.signal("KILL");
        senders
            .into_iter()
            .flat_map(|sender| sender.join().expect("a sender never fails"))
            .collect()
    })
}

/// Compares the stored deliveries with the answered ones.
fn assert_all_kept(creel: &Creel, endpoint: &Minted, answered: &[String]) {
    let found = creel.deliveries(endpoint);
    for (seq, delivery) in (1_u64..).zip(&found) {
        assert_eq!(delivery["seq"], seq, "seqs have no gap");
        assert_eq!(delivery["body"]["bytes"], BODY_BYTES, "{seq}");
        assert_eq!(delivery["body"]["cut"], false, "{seq}");
    }
    let kept: HashSet<&str> = found
        .iter()
        .filter_map(|found| found["body"]["sha256"].as_str())
        .collect();
    assert_eq!(kept.len(), found.len(), "none is there twice");
    for mark in answered {
        assert!(
            kept.contains(sha256(&body(mark)).as_str()),
            "{mark} was answered and is lost"
        );
    }
    for delivery in found.iter().step_by(found.len() / 50 + 1) {
        let kept = creel
            .api(endpoint, &format!("/deliveries/{}/body", delivery["seq"]))
            .body;
        assert_eq!(
            Some(sha256(&kept).as_str()),
            delivery["body"]["sha256"].as_str()
        );
    }
}

#[test]
fn answered_deliveries_survive_a_kill_under_load() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut answered = Vec::new();
    for round in 0..ROUNDS {
        let marks = killed_under_load(&creel, &endpoint, round);
        assert!(!marks.is_empty(), "there is something to lose");
        answered.extend(marks);
        creel.restart();
        assert_all_kept(&creel, &endpoint, &answered);
    }
    let target = &endpoint.target;
    assert_eq!(
        creel.http("POST", target, &[], &body("the last")).status,
        200
    );
}
