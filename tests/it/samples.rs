//! `creel send` sends every sample to a real creel: its description matches its reading, and samples of several deliveries share their ids.

use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use creel::domain::time::Time;
use creel::langgraph::samples::{Group, SAMPLES, Sample};
use serde_json::Value;

use crate::app::{Creel, Minted};

/// Samples sent at a time.
const SENDERS: usize = 4;

fn send(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
    command.arg("send").args(args).output().unwrap()
}

/// Sends a sample to its own endpoint; returns the deliveries, oldest first.
fn arrivals(creel: &Creel, name: &str) -> Vec<Value> {
    let endpoint = creel.mint(r#"{"token":"auto"}"#);
    let sent = send(&[name, "--to", &endpoint.capture_url]);
    let out = String::from_utf8_lossy(&sent.stdout);
    assert!(sent.status.success(), "{name}: {out}");
    creel.deliveries(&endpoint)
}

fn run(delivery: &Value) -> &Value {
    &delivery["reading"]["run"]
}

fn texts<'a>(deliveries: &'a [Value], name: &str) -> Vec<&'a str> {
    let text = |one| run(one)[name].as_str().unwrap_or_default();
    deliveries.iter().map(text).collect()
}

fn times(run: &Value) -> Vec<Time> {
    let names = ["created_at", "started_at", "ended_at", "sent_at"];
    let told = names.iter().filter_map(|name| run[name].as_str());
    told.map(|text| Time::parse(text).unwrap()).collect()
}

/// Checks that apply to every delivery of a sample.
fn assert_is_of(sample: &Sample, delivery: &Value) {
    let name = sample.name;
    assert_eq!(delivery["verdict"]["token"], "match", "{name}");
    let kind = match (sample.group, name) {
        (Group::LangSmith, _) => "json",
        (_, "redirected-get") => "empty",
        _ => "run",
    };
    assert_eq!(delivery["reading"]["kind"], kind, "{name}: {delivery}");
    let run = run(delivery);
    if run.is_null() {
        return;
    }
    let mut times = times(run);
    times.push(Time::parse(delivery["received_at"].as_str().unwrap()).unwrap());
    assert!(times.is_sorted(), "{name}: {run}");
    // The version is in a part of the payload that `allowed_fields` may exclude.
    let version = match name {
        "partial" => None,
        "made-up-version" => Some("0.99.0".to_owned()),
        _ => sample.sender().version,
    };
    assert_eq!(
        run["sender"]["version"].as_str().map(str::to_owned),
        version
    );
    let is_js = sample.group == Group::JavaScript;
    assert_eq!(run["sender"]["kind"] == "langgraph_js", is_js, "{name}");
    let id: uuid::Uuid = run["run_id"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), if is_js { 4 } else { 7 }, "{name}");
    if let (7, Some(created_at)) = (id.get_version_num(), times.get(1).and(times.first())) {
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        let made_at = i64::try_from(seconds).unwrap() * 1000 + i64::from(nanos) / 1_000_000;
        let apart = created_at.micros() / 1000 - made_at;
        // A run with a delayed start (`after_seconds`) counts as created at that time.
        assert!((-1..2000).contains(&apart), "{name}: {apart} ms apart");
    }
}

#[test]
fn every_sample_arrives_as_described() {
    let creel = Creel::start(&[]);
    let next = AtomicUsize::new(0);
    let ids = std::thread::scope(|scope| {
        let work = || {
            let mut ids = Vec::new();
            while let Some(sample) = SAMPLES.get(next.fetch_add(1, Ordering::Relaxed)) {
                let deliveries = arrivals(&creel, sample.name);
                let to = "http://127.0.0.1/".parse().unwrap();
                let expected = sample.sendings("http://127.0.0.1/", &to, Time::now());
                assert_eq!(deliveries.len(), expected.len(), "{}", sample.name);
                for delivery in &deliveries {
                    assert_is_of(sample, delivery);
                }
                let own: BTreeSet<_> = texts(&deliveries, "run_id").into_iter().collect();
                ids.extend(
                    own.into_iter()
                        .filter(|id| !id.is_empty())
                        .map(str::to_owned),
                );
            }
            ids
        };
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(work)).collect();
        let ids = senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap());
        ids.collect::<Vec<_>>()
    });
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "no run is of two samples");
}

#[test]
fn a_thread_sample_has_several_runs_with_growing_state() {
    let turns = arrivals(&Creel::start(&[]), "thread");
    let threads: BTreeSet<_> = texts(&turns, "thread_id").into_iter().collect();
    let runs: BTreeSet<_> = texts(&turns, "run_id").into_iter().collect();
    assert_eq!((turns.len(), threads.len(), runs.len()), (3, 1, 3));
    let messages: Vec<_> = turns
        .iter()
        .map(|turn| run(turn)["messages"].as_u64())
        .collect();
    assert_eq!(messages, [Some(4), Some(8), Some(12)]);
    let all: Vec<Time> = turns.iter().flat_map(|turn| times(run(turn))).collect();
    assert!(
        all.is_sorted(),
        "a turn begins when the one before it was delivered"
    );
}

#[test]
fn paused_and_resumed_runs_share_a_thread() {
    let pair = arrivals(&Creel::start(&[]), "paused-then-resumed");
    let threads = texts(&pair, "thread_id");
    assert_eq!(threads[0], threads[1]);
    assert_eq!(
        [&run(&pair[0])["resumed"], &run(&pair[1])["resumed"]],
        [false, true]
    );
}

#[test]
fn a_superseded_run_names_its_successor() {
    let creel = Creel::start(&[]);
    for (name, status) in [
        ("superseded-pair", "interrupted"),
        ("rollback-pair", "rollback"),
    ] {
        let pair = arrivals(&creel, name);
        assert_eq!(run(&pair[0])["superseded_by"], run(&pair[1])["run_id"]);
        assert_eq!(run(&pair[0])["thread_id"], run(&pair[1])["thread_id"]);
        assert_eq!(texts(&pair, "status"), [status, "success"]);
    }
}

#[test]
fn two_cron_runs_are_a_minute_apart() {
    let pair = arrivals(&Creel::start(&[]), "cron-twice");
    let crons = texts(&pair, "cron_id");
    assert!(!crons[0].is_empty() && crons[0] == crons[1]);
    assert_ne!(run(&pair[0])["run_id"], run(&pair[1])["run_id"]);
    let sent = pair
        .iter()
        .map(|one| times(run(one))[3])
        .collect::<Vec<_>>();
    assert_eq!(sent[1].millis_since(sent[0]) / 1000, 60);
}

#[test]
fn attempts_have_the_same_bytes_and_other_bytes_are_no_attempt() {
    let creel = Creel::start(&[]);
    let numbers = |deliveries: &[Value]| {
        let number = |one: &Value| one["attempt"]["number"].as_u64();
        deliveries.iter().map(number).collect::<Vec<_>>()
    };
    let same = arrivals(&creel, "redelivered");
    let hashes: BTreeSet<_> = same
        .iter()
        .map(|one| one["body"]["sha256"].to_string())
        .collect();
    assert_eq!(hashes.len(), 1);
    assert_eq!(numbers(&same), [Some(1), Some(2), Some(3)]);
    let other = arrivals(&creel, "same-run-other-bytes");
    assert_eq!(run(&other[0])["run_id"], run(&other[1])["run_id"]);
    assert_ne!(other[0]["body"]["sha256"], other[1]["body"]["sha256"]);
    assert_eq!(numbers(&other), [Some(1), Some(1)]);
}

#[test]
fn sample_attempts_wait_as_the_server_does() {
    let to = "http://127.0.0.1/".parse().unwrap();
    let sample = Sample::find("redelivered").unwrap();
    for _ in 0..50 {
        let sendings = sample.sendings("http://127.0.0.1/", &to, Time::now());
        let waits: Vec<_> = sendings.iter().map(|one| one.wait.as_millis()).collect();
        assert_eq!(waits[0], 0);
        assert!((1000..=2000).contains(&waits[1]) && (2000..=3000).contains(&waits[2]));
    }
}

#[test]
fn all_sends_each_sample_once() {
    let creel = Creel::start(&[]);
    let endpoint: Minted = creel.mint("{}");
    let sent = send(&["all", "--to", &endpoint.capture_url]);
    assert!(sent.status.success(), "{sent:?}");
    let out = String::from_utf8(sent.stdout).unwrap();
    let list = String::from_utf8(send(&["--list"]).stdout).unwrap();
    for sample in SAMPLES {
        let heads = out
            .lines()
            .filter(|line| *line == format!("{}: {}", sample.name, sample.about));
        assert_eq!(heads.count(), 1, "{}", sample.name);
        assert!(list.contains(&format!("\n  {} ", sample.name)), "{list}");
    }
    for group in Group::ALL {
        assert!(list.lines().any(|line| line == group.title()));
    }
}

#[test]
fn a_javascript_sample_is_refused_for_urls_with_credentials() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let with_user = endpoint.capture_url.replace("http://", "http://user:pass@");
    let sent = send(&["js", "--to", &with_user]);
    assert_eq!(sent.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&sent.stderr).contains("js: the JavaScript server cannot"));
    assert_eq!(creel.deliveries(&endpoint), [Value::Null; 0]);
    assert!(send(&["success", "--to", &with_user]).status.success());
}
