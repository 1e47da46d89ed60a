//! A store that cannot write: senders get 503 with Retry-After, no answered delivery is lost, and creel recovers when there is space again.
//! Tested with a limit on the file size (for every user) and with a file system without space.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use creel::store::sqlite::FILE_NAME;
use serde_json::Value;
use tempfile::TempDir;

use crate::app::{Creel, Minted, Response};
use crate::http::Follower;
use crate::refusals::{assert_says, refusal};

/// Free bytes at the start of filling.
const SPACE: u64 = 3 * 1024 * 1024;

/// A unique body.
fn body(n: usize, bytes: usize) -> Vec<u8> {
    format!("{n} ").bytes().cycle().take(bytes).collect()
}

fn catch(creel: &Creel, endpoint: &Minted, body: &[u8]) -> Response {
    creel.http("POST", &endpoint.target, &[], body)
}

fn ready(creel: &Creel) -> Response {
    creel.http("GET", "/readyz", &[], b"")
}

fn assert_unavailable(response: &Response) {
    assert_eq!(response.status, 503, "{}", response.text());
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    let seconds: Option<u64> = response
        .header("retry-after")
        .and_then(|text| text.parse().ok());
    assert!(
        seconds.is_some_and(|seconds| seconds > 0),
        "{}",
        response.head
    );
    assert_eq!(response.json()["type"], "/problems/unavailable");
}

/// Checks that all answered deliveries are stored byte for byte, and that the seqs have no gap.
fn assert_kept(creel: &Creel, endpoint: &Minted, kept: &[Vec<u8>]) {
    let found = creel.deliveries(endpoint);
    let seqs: Vec<u64> = found
        .iter()
        .filter_map(|found| found["seq"].as_u64())
        .collect();
    assert!(seqs.iter().copied().eq(1..=kept.len() as u64), "{seqs:?}");
    for (seq, body) in (1..).zip(kept) {
        let found = creel.api(endpoint, &format!("/deliveries/{seq}/body")).body;
        assert!(found == *body, "the body of {seq} differs");
    }
}

/// Fills the store, makes space, and fills it again: `fill` leaves [`SPACE`], `make_space` makes more.
fn fills_up_and_recovers(creel: &Creel, fill: impl FnOnce(), make_space: impl FnOnce()) {
    let endpoint = creel.mint("{}");
    let mut kept = Vec::new();
    let keep = |kept: &mut Vec<Vec<u8>>, bytes| {
        let body = body(kept.len(), bytes);
        let response = catch(creel, &endpoint, &body);
        if response.status == 200 {
            kept.push(body);
            return None;
        }
        Some(response)
    };
    assert!(keep(&mut kept, 100).is_none());
    assert_eq!(ready(creel).status, 200);
    fill();
    // Large bodies until none fits, then small ones until none fits.
    for bytes in [300_000, 60_000, 1000] {
        let refused = (0..500).find_map(|_| keep(&mut kept, bytes));
        assert_unavailable(&refused.expect("it is full at last"));
    }
    assert!(kept.len() > 5, "there was space for some: {}", kept.len());
    assert_unavailable(&ready(creel));
    assert_unavailable(&creel.http("POST", "/api/v1/endpoints", &[], b"{}"));
    assert_eq!(creel.http("GET", "/livez", &[], b"").status, 200);

    // Reading still works.
    assert_kept(creel, &endpoint, &kept);
    let events = Follower::new(creel, &endpoint, "?after=0", &[]).events(kept.len());
    assert_eq!(events.len(), kept.len());
    let mut follower = Follower::new(creel, &endpoint, "", &[]);
    assert_unavailable(&catch(creel, &endpoint, b"still full"));

    make_space();
    assert!(keep(&mut kept, 300_000).is_none(), "the next one is kept");
    assert_eq!(ready(creel).status, 200);
    for _ in 0..20 {
        assert!(keep(&mut kept, 300_000).is_none());
    }
    assert_kept(creel, &endpoint, &kept);
    let came = follower.events(21);
    assert_eq!(came[0].json()["body"]["bytes"], Value::from(300_000));
    assert_eq!(came[20].id, kept.len().to_string());
}

/// Sets creel's soft limit of the file size; the hard limit stays.
fn limit_files(creel: &Creel, bytes: Option<u64>) {
    let soft = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    let pid = creel.pid().to_string();
    let set = Command::new("prlimit")
        .args(["--pid", &pid, &format!("--fsize={soft}:")])
        .status();
    assert!(set.expect("prlimit of util-linux runs").success());
}

#[test]
fn at_the_file_size_limit_senders_get_503_and_nothing_is_lost() {
    let mut creel = Creel::start(&[]);
    fills_up_and_recovers(
        &creel,
        || limit_files(&creel, Some(SPACE)),
        || limit_files(&creel, None),
    );
    assert_eq!(creel.end("TERM").code(), Some(0));
}

#[test]
fn answered_deliveries_survive_a_kill_while_full() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    limit_files(&creel, Some(SPACE));
    let mut kept = Vec::new();
    let refused = (0..500).find_map(|n| {
        let body = body(n, 50_000);
        let response = catch(&creel, &endpoint, &body);
        if response.status == 200 {
            kept.push(body);
        }
        (response.status != 200).then_some(response)
    });
    assert_unavailable(&refused.expect("it is full at last"));
    creel.restart();
    assert_kept(&creel, &endpoint, &kept);
    assert_eq!(catch(&creel, &endpoint, b"next").status, 200);
}

#[test]
fn readiness_agrees_with_captures_when_space_is_low() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let log = creel.data_dir().join(format!("{FILE_NAME}-wal"));
    for kilobytes in (0..200).step_by(16) {
        limit_files(&creel, None);
        assert_eq!(ready(&creel).status, 200);
        let written = std::fs::metadata(&log).expect("it is there").len();
        limit_files(&creel, Some(written + kilobytes * 1024));
        let refused = (0..100).find_map(|_| {
            let response = catch(&creel, &endpoint, b"small");
            (response.status != 200).then_some(response)
        });
        assert_unavailable(&refused.expect("it is full at last"));
        let ready = ready(&creel);
        assert_eq!(ready.status, 503, "with {kilobytes} KB left");
    }
}

/// An `unshare` command that mounts a file system of `megabytes` MB at `at` for a program; `None` if this system does not allow it.
fn with_small_disk(at: &Path, megabytes: u32, options: &str) -> Option<Command> {
    let mount = format!("mount -t tmpfs -o size={megabytes}m{options} none \"$0\" && exec \"$@\"");
    // Root mounts directly, another user as root of its own namespace.
    [&["--mount"][..], &["--user", "--map-root-user", "--mount"]]
        .into_iter()
        .find_map(|namespaces| {
            let command = |program: &[&str]| {
                let mut command = Command::new("unshare");
                command
                    .args(namespaces)
                    .args(["sh", "-c", &mount])
                    .arg(at)
                    .args(program);
                command
            };
            let probe = command(&["true"]).stderr(Stdio::null()).status();
            probe
                .is_ok_and(|status| status.success())
                .then(|| command(&[]))
        })
}

/// Runs `creel` through another command.
fn behind(mut command: Command, creel: &Command) -> Command {
    command.arg(creel.get_program()).args(creel.get_args());
    command
}

#[test]
fn on_a_full_disk_senders_get_503_and_nothing_is_lost() {
    let room = TempDir::new().expect("a temporary folder");
    let at = room.path();
    let Some(small_disk) = with_small_disk(at, 64, "") else {
        eprintln!(
            "this system lets us mount nothing; the file that may not grow stands for the disk without space"
        );
        return at_the_file_size_limit_senders_get_503_and_nothing_is_lost();
    };
    let serve = Creel::command(&at.join("data"), &[], "127.0.0.1:0");
    let creel = Creel::run(behind(small_disk, &serve), &[]);
    // The same folder in creel's mount namespace.
    let ballast: PathBuf = ["/proc", &creel.pid().to_string(), "root"].iter().collect();
    let ballast = ballast
        .join(at.strip_prefix("/").expect("an absolute path"))
        .join("ballast");
    let take_space = || {
        let zeros = vec![0; 1024 * 1024];
        let mut file = std::fs::File::create(&ballast).expect("the disk of creel");
        while std::io::Write::write_all(&mut file, &zeros).is_ok() {}
        let taken = file.metadata().expect("it is there").len();
        file.set_len(taken - SPACE)
            .expect("some space is given back");
    };
    fills_up_and_recovers(&creel, take_space, || {
        std::fs::remove_file(&ballast).expect("it is there");
    });
}

#[test]
fn a_read_only_disk_is_refused() {
    let room = TempDir::new().expect("a temporary folder");
    let Some(disk) = with_small_disk(room.path(), 1, ",ro") else {
        // This system allows no mounts; a folder that no one can write is used instead of the disk.
        let serve = Creel::command(Path::new("/proc/creel"), &[], "127.0.0.1:0");
        return assert_says(&refusal(serve), &["creel: the data folder", "--data-dir"]);
    };
    let serve = Creel::command(room.path(), &[], "127.0.0.1:0");
    let words = [
        "creel: the data folder",
        "--data-dir",
        "ead-only file system",
    ];
    assert_says(&refusal(behind(disk, &serve)), &words);
}
