//! All kinds of blocked connections at once, with few descriptors: an honest sender is still answered.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::http2::{begin_without_window, head};
use super::{Logged, ask, capture, descriptors, try_connect_from, unfinished};
use crate::app::{Creel, Minted, eventually};

const HELD: usize = 1000;
const KINDS: usize = 10;

/// Blocked connections, of each known kind.
struct Held {
    streams: Vec<(usize, TcpStream)>,
}

impl Held {
    fn open(&mut self, creel: &Creel, endpoint: &Minted, kind: usize) {
        let Ok(mut stream) = try_connect_from(creel, "127.0.0.1") else {
            return;
        };
        // creel may have closed it meanwhile, which is the purpose of this test.
        let _ = begin(&mut stream, endpoint, kind);
        self.streams.push((kind, stream));
    }

    /// Sends a byte on the slow connections.
    fn drip(&mut self) {
        for (kind, stream) in &mut self.streams {
            if [1, 2, 3].contains(kind) {
                let _ = stream.write(b"x");
            }
        }
    }
}

fn begin(stream: &mut TcpStream, endpoint: &Minted, kind: usize) -> std::io::Result<()> {
    stream.set_write_timeout(Some(Duration::from_millis(100)))?;
    let call = |head: Vec<u8>| String::from_utf8_lossy(&head).replace("Host: h", "Host: localhost");
    let api = |below: &str| {
        let (id, key) = (&endpoint.id, &endpoint.read_key);
        format!(
            "GET /api/v1/endpoints/{id}{below} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n"
        )
    };
    let bytes = match kind {
        0 => return Ok(()),
        1 => b"POST /hook/x HTTP/1.1\r\nX: ".to_vec(),
        2 => unfinished(&endpoint.target, "Content-Length: 1000000"),
        3 => [
            unfinished(&endpoint.target, "Transfer-Encoding: chunked"),
            b"1;".to_vec(),
        ]
        .concat(),
        4 => call(unfinished("/api/v1/endpoints", "Content-Length: 1000")).into_bytes(),
        5 => {
            let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000";
            call(unfinished(
                &format!("/inspect/{}/settings", endpoint.id),
                form,
            ))
            .into_bytes()
        }
        6 => api("/events?after=0").into_bytes(),
        7 => api("/deliveries/1/body").into_bytes(),
        8 => return begin_without_window(stream),
        _ => {
            begin_without_window(stream)?;
            let streams = (0..5).map(|number| head(2 * number + 1, 3, &endpoint.target, "", 0));
            streams.collect::<Vec<_>>().concat()
        }
    };
    stream.write_all(&bytes)
}

/// How long each capture of an honest sender took.
struct Honest {
    times: Vec<Duration>,
    failed: Vec<String>,
}

fn send(creel: &Creel, target: &str, under_attack: &AtomicBool, keep: bool) -> Honest {
    let (mut times, mut failed) = (Vec::new(), Vec::new());
    let request = capture(target, "", b"{\"honest\": true}");
    let mut kept: Option<TcpStream> = None;
    while under_attack.load(Relaxed) {
        let began = Instant::now();
        let mut stream = kept.take().unwrap_or_else(|| creel.connect());
        match ask(&mut stream, &request) {
            200 => times.push(began.elapsed()),
            other => failed.push(format!("{other} after {} captures", times.len())),
        }
        kept = (keep && failed.is_empty()).then_some(stream);
        std::thread::sleep(Duration::from_millis(5));
    }
    times.sort();
    Honest { times, failed }
}

#[test]
fn with_few_descriptors_a_sender_is_always_answered() {
    let logged = Logged::start_as(&[], |command| {
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -n 256; exec \"$0\" \"$@\""]);
        limited.arg(command.get_program()).args(command.get_args());
        *command = limited;
    });
    let creel = &logged.creel;
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, &[], vec![b'x'; 8 * 1024 * 1024]);
    let honest = creel.mint("{}");
    let under_attack = AtomicBool::new(true);
    let senders = std::thread::scope(|scope| {
        let senders = [true, false].map(|keep| {
            scope.spawn({
                let (honest, under_attack) = (&honest, &under_attack);
                move || send(creel, &honest.target, under_attack, keep)
            })
        });
        let mut held = Held {
            streams: Vec::new(),
        };
        for number in 0..HELD {
            held.open(creel, &endpoint, number % KINDS);
            if number % 100 == 99 {
                held.drip();
            }
        }
        let descriptors = descriptors(creel);
        eprintln!("descriptors of creel: {descriptors} of 256");
        // All possible connections are blocked for a while.
        for _ in 0..20 {
            held.drip();
            std::thread::sleep(Duration::from_millis(100));
        }
        under_attack.store(false, Relaxed);
        senders.map(|sender| sender.join().expect("a sender ends"))
    });
    for (sender, what) in senders.iter().zip(["kept connection", "new connections"]) {
        let p = |part: usize| sender.times[(sender.times.len() - 1) * part / 1000];
        let (count, p50, p99, most) = (sender.times.len(), p(500), p(990), p(1000));
        eprintln!("{what}: {count} captures, p50 {p50:?}, p99 {p99:?}, at most {most:?}");
        assert_eq!(sender.failed, [""; 0], "{what}");
        assert!(p99 < Duration::from_secs(1), "{what}: {p99:?}");
    }
    for option in ["--connections-max", "ulimit -n"] {
        assert!(
            logged.lines(option).len() <= 2,
            "{:?}",
            logged.lines(option)
        );
    }
    assert_eq!(logged.lines("could not accept a connection"), [""; 0]);
    assert_eq!(logged.lines("ERROR"), [""; 0]);
}

#[test]
fn a_process_without_descriptors_logs_it_once() {
    let logged = Logged::start(&[]);
    // It accepts connections, so all files that it opens at start are open.
    logged.creel.mint("{}");
    let pid = logged.creel.pid();
    let limit = format!("--nofile={0}:{0}", descriptors(&logged.creel) + 2);
    let limited = Command::new("prlimit")
        .args(["--pid", &pid.to_string(), &limit])
        .status();
    assert!(limited.expect("prlimit runs").success());
    let _held: Vec<_> = (0..64).map(|_| logged.creel.connect()).collect();
    eventually("it is reported", || {
        (!logged.lines("could not accept a connection").is_empty()).then_some(())
    });
    // The server tries again every half second.
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(logged.lines("could not accept a connection").len(), 1);
    assert_eq!(logged.lines("ERROR"), [""; 0]);
}
