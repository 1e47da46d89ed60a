//! The closed loop: wrk keeps every connection busy with one request at a time.
//!
//! **Invariant:** it ends soon after the seconds that it was given, and it counts whatever was not answered with success.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::bodies::Pool;
use crate::process::Ended;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/load.lua");
/// What wrk may take beside the load: reading the bodies, waiting for the last answers.
const AROUND: Duration = Duration::from_secs(15);

/// What wrk counted; latencies in microseconds.
#[derive(Deserialize)]
pub(crate) struct Counted {
    /// Whole answers.
    pub(crate) answers: u64,
    pub(crate) microseconds: u64,
    /// Answers with a status of 400 and more. A capture is never redirected; if one were, it would be missing from what is kept.
    pub(crate) not_ok: u64,
    /// Connections refused or cut, and requests without an answer in time.
    pub(crate) broken: u64,
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) max: u64,
}

/// wrk with a file of bodies.
pub(crate) struct Wrk {
    pool: PathBuf,
    threads: usize,
}

impl Wrk {
    /// Says what to do if wrk is not there.
    pub(crate) fn check() -> Result<()> {
        let found = Command::new("wrk").arg("--version").output();
        let why = "wrk, which sends the load, is not installed: `apt-get install wrk`, or https://github.com/wg/wrk";
        found.map(drop).context(why)
    }

    pub(crate) fn new(pool: &Pool, folder: &Path, cores: usize) -> Result<Self> {
        let path = folder.join("bodies");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
        for body in &pool.bodies {
            writeln!(file, "{body}")?;
        }
        file.flush()?;
        let threads = (cores / 2).max(1);
        Ok(Self {
            pool: path,
            threads,
        })
    }

    /// Sends captures to a server for so many seconds.
    pub(crate) fn run(
        &self,
        addr: SocketAddr,
        capture: &str,
        connections: usize,
        seconds: u64,
    ) -> Result<Counted> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let mut command = Command::new("wrk");
        command
            .args(["--timeout", "10s", "--script", SCRIPT])
            .arg(format!("--threads={}", self.threads.min(connections)))
            .arg(format!("--connections={connections}"))
            .arg(format!("--duration={seconds}s"))
            .arg(format!("http://{addr}/"))
            .arg("--")
            .arg(&self.pool)
            .args([capture, &now.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let limit = Duration::from_secs(seconds) + AROUND;
        let output = Ended::start(&mut command)?.output(limit).context("wrk")?;
        let line = output.lines().find_map(|line| line.strip_prefix("RESULT "));
        let counted: Counted =
            serde_json::from_str(line.with_context(|| format!("wrk said: {output}"))?)?;
        ensure!(
            counted.answers > 0,
            "not one request was answered; wrk said: {output}"
        );
        Ok(counted)
    }
}
