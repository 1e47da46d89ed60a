//! `creel listen`: its events, what it survives, and that nothing received acts on a terminal.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{creel, output, text};
use crate::access::OPERATOR;
use crate::app::{Creel, Minted, eventually};

/// A running `creel listen --output json`.
struct Listener {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Listener {
    fn start(endpoint: &Minted, args: &[&str]) -> Self {
        let listen = ["listen", &endpoint.inspect_url, "--output", "json"];
        let mut command = creel(&[&listen[..], args].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("creel runs");
        let lines = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Self { child, lines }
    }

    /// As [`Self::start`], and waits until it follows the endpoint.
    fn ready(endpoint: &Minted, args: &[&str]) -> Self {
        let mut listener = Self::start(endpoint, args);
        let event = listener.event();
        assert_eq!(event["type"], "ready", "{event}");
        assert_eq!(event["endpoint"], *endpoint.id);
        listener
    }

    fn event(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// The seqs of the next deliveries. Other events are skipped.
    fn seqs(&mut self, count: usize) -> Vec<u64> {
        let mut seqs = Vec::new();
        while seqs.len() < count {
            let event = self.event();
            if event["type"] == "delivery" {
                seqs.extend(event["delivery"]["seq"].as_u64());
            }
        }
        seqs
    }

    fn signal(mut self, signal: i32) -> ExitStatus {
        let pid = i32::try_from(self.child.id()).expect("a pid");
        let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
        let signal = rustix::process::Signal::from_named_raw(signal).expect("a signal");
        rustix::process::kill_process(pid, signal).expect("it runs");
        self.ended()
    }

    fn ended(&mut self) -> ExitStatus {
        eventually("creel listen ends", || {
            self.child.try_wait().expect("it is a child")
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn catch(creel: &Creel, endpoint: &Minted, count: usize) {
    for _ in 0..count {
        creel.deliver(endpoint, &[], b"x");
    }
}

fn state(folder: &TempDir) -> String {
    let file = folder.path().join("state.json");
    file.to_str().expect("UTF-8").to_owned()
}

#[test]
fn deliveries_are_the_summaries_of_the_api() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    catch(&creel, &endpoint, 2);
    let mut listener = Listener::ready(&endpoint, &[]);
    catch(&creel, &endpoint, 1);
    let event = listener.event();
    assert_eq!(event["type"], "delivery");
    assert_eq!(event["delivery"], creel.deliveries(&endpoint)[2]);
    assert_eq!(listener.signal(2).code(), Some(0), "SIGINT");
}

#[test]
fn since_says_where_to_start_and_count_where_to_end() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    catch(&creel, &endpoint, 5);
    for (since, expected) in [
        ("start", &[1, 2, 3, 4, 5][..]),
        ("3", &[4, 5]),
        ("15m", &[1, 2, 3, 4, 5]),
    ] {
        let count = expected.len().to_string();
        let mut listener = Listener::ready(&endpoint, &["--since", since, "--count", &count]);
        assert_eq!(listener.seqs(expected.len()), expected, "{since}");
        assert_eq!(listener.ended().code(), Some(0), "{since}");
    }
    let mut now = Listener::ready(&endpoint, &["--since", "0s", "--count", "2"]);
    catch(&creel, &endpoint, 1);
    assert_eq!(now.seqs(1), [6]);
    assert_eq!(now.signal(15).code(), Some(1), "one is missing");
}

#[test]
fn an_age_finds_its_start_beyond_the_first_page() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    catch(&creel, &endpoint, 520);
    let file = creel.data_dir().join("creel.db");
    let database = rusqlite::Connection::open(file).expect("its database");
    let day = 24 * 60 * 60 * 1_000_000_i64;
    database
        .execute(
            "update delivery set received_at_us = received_at_us - ?1 where key in (select key from delivery order by key limit 10)",
            [day],
        )
        .expect("it is changed");
    let mut listener = Listener::ready(&endpoint, &["--since", "1h", "--count", "510"]);
    assert!(listener.seqs(510).into_iter().eq(11..=520));
    let mut listener = Listener::ready(&endpoint, &["--since", "2d", "--count", "520"]);
    assert!(listener.seqs(520).into_iter().eq(1..=520));
}

#[test]
fn nothing_is_lost_or_repeated_when_the_server_is_killed_and_started_again() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let folder = TempDir::new().unwrap();
    let file = state(&folder);
    let mut listener = Listener::ready(&endpoint, &["--state", &file]);
    catch(&creel, &endpoint, 3);
    assert_eq!(listener.seqs(2), [1, 2]);
    creel.restart();
    catch(&creel, &endpoint, 2);
    creel.restart();
    catch(&creel, &endpoint, 1);
    assert_eq!(listener.seqs(4), [3, 4, 5, 6]);
    assert_eq!(listener.signal(2).code(), Some(0));
    catch(&creel, &endpoint, 2);
    let mut next = Listener::ready(&endpoint, &["--state", &file, "--since", "start"]);
    assert_eq!(next.seqs(2), [7, 8]);
    catch(&creel, &endpoint, 1);
    assert_eq!(next.seqs(1), [9]);
}

#[test]
fn a_cut_connection_is_an_event_and_the_next_one_is_ready() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut listener = Listener::ready(&endpoint, &[]);
    creel.restart();
    let event = listener.event();
    assert_eq!(event["type"], "reconnecting", "{event}");
    assert!(event["why"].as_str().is_some_and(|why| !why.is_empty()));
    let ready = std::iter::repeat_with(|| listener.event());
    let mut ready = ready.skip_while(|event| event["type"] == "reconnecting");
    assert_eq!(ready.next().expect("an event")["type"], "ready");
}

#[test]
fn a_deleted_endpoint_ends_it_with_an_error() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint("{}");
    let mut listener = Listener::ready(&endpoint, &[]);
    let key = crate::access::bearer(OPERATOR);
    let target = format!("/api/v1/endpoints/{}", endpoint.id);
    let gone = creel.http("DELETE", &target, &[("Authorization", &key)], b"");
    assert_eq!(gone.status, 204);
    let events = std::iter::repeat_with(|| listener.event());
    let mut events = events.skip_while(|event| event["type"] == "reconnecting");
    assert_eq!(events.next().expect("an event")["type"], "error");
    drop(events);
    assert_eq!(listener.ended().code(), Some(3));
}

#[test]
fn a_state_file_of_another_endpoint_or_of_other_content_is_refused() {
    let creel = Creel::start(&[]);
    let (endpoint, other) = (creel.mint("{}"), creel.mint("{}"));
    let folder = TempDir::new().unwrap();
    let file = state(&folder);
    let listen = |endpoint: &Minted| {
        let args = [
            "listen",
            &endpoint.inspect_url,
            "--count",
            "1",
            "--since",
            "start",
            "--state",
            &file,
        ];
        output(&args)
    };
    catch(&creel, &endpoint, 1);
    assert!(listen(&endpoint).status.success());
    let out = listen(&other);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("another endpoint"));
    std::fs::write(&file, "not JSON").unwrap();
    assert_eq!(listen(&endpoint).status.code(), Some(2));
    assert_eq!(std::fs::read(&file).unwrap(), b"not JSON");
    let nowhere = ["listen", &endpoint.inspect_url, "--state", "/nowhere/state"];
    assert_eq!(output(&nowhere).status.code(), Some(1));
    assert!(!Path::new(&format!("{file}.new")).exists());
}

#[test]
fn nothing_received_acts_on_the_terminal() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}\n\u{7}\u{2028}#99";
    let run = serde_json::json!({"run_id": "1", "thread_id": "2", "assistant_id": "3", "status": hostile, "metadata": {"graph_id": hostile},
        "error": hostile, "kwargs": {}, "values": {}});
    creel.deliver(&endpoint, &[], run.to_string());
    let target = format!("{}&x=%1b", endpoint.target.replace('?', "/%1b%9b?"));
    assert_eq!(creel.http("POST", &target, &[], b"{").status, 200);
    for form in ["pretty", "compact", "json"] {
        let args = [
            "listen",
            &endpoint.inspect_url,
            "--since",
            "start",
            "--count",
            "2",
            "--output",
            form,
        ];
        let out = output(&args);
        assert!(out.status.success(), "{}", text(&out.stderr));
        let printed = text(&out.stdout);
        let is_harmless =
            |char: char| char == '\n' || (!char.is_control() && !"\u{202e}\u{2028}".contains(char));
        assert!(printed.chars().all(is_harmless), "{form}: {printed:?}");
        let starts = printed.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(starts, if form == "json" { 0 } else { 2 }, "{printed}");
        if form == "compact" {
            assert_eq!(printed.lines().count(), 2);
        }
    }
}

#[test]
fn pretty_output_names_status_error_and_findings() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "status-error-valueerror", |body| body);
    let args = [
        "listen",
        &endpoint.inspect_url,
        "--since",
        "start",
        "--count",
        "1",
    ];
    let out = output(&args);
    let printed = text(&out.stdout);
    for word in ["#1", "POST", "error", "ValueError: "] {
        assert!(printed.contains(word), "{word}: {printed}");
    }
    assert!(text(&out.stderr).contains("listening, after #0"));
}
