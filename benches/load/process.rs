//! The processes that are measured: started, watched from outside, ended.
//!
//! **Invariant:** no process outlives the value that stands for it, however that value goes.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Longest wait for a server to accept connections.
const START_MAX: Duration = Duration::from_secs(10);
/// Clock ticks a second in `/proc/PID/stat`: `USER_HZ`, which Linux keeps at 100 for programs, whatever the kernel's own is.
const TICKS_PER_SECOND: u64 = 100;

/// A process that is ended, by its id, when this is dropped.
pub(crate) struct Ended(Child);

impl Ended {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let process = command
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        Ok(Self(process))
    }

    /// Waits for its own end, not longer than `limit`; what it wrote, if it ended well.
    pub(crate) fn output(mut self, limit: Duration) -> Result<String> {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.0.try_wait()? {
                break status;
            }
            if start.elapsed() > limit {
                bail!("it did not end within {} s", limit.as_secs());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let stdout = self.0.stdout.take().context("its output was piped")?;
        let text = std::io::read_to_string(stdout)?;
        if !status.success() {
            bail!("it ended with {status}: {text}");
        }
        Ok(text)
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill(); // fails only if it has ended already
        let _ = self.0.wait();
    }
}

/// A server that said where it listens.
pub(crate) struct Server {
    process: Ended,
    /// Where it listens.
    pub(crate) addr: SocketAddr,
}

/// What a process has used since its start.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// Processor time, its own and the kernel's for it.
    pub(crate) cpu: Duration,
    /// Memory that it holds now.
    pub(crate) now_bytes: u64,
    /// Most memory that it ever held.
    pub(crate) peak_bytes: u64,
}

impl Server {
    /// Starts a server whose first line is `listening on http://ADDR:PORT`. What it logs goes to `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?);
        let mut process = Ended::start(command)?;
        let stdout = process.0.stdout.take().context("its output was piped")?;
        let addr = listening(stdout).with_context(|| {
            let said = fs::read_to_string(log).unwrap_or_default();
            format!("{command:?} did not start; its log: {said}")
        })?;
        Ok(Self { process, addr })
    }

    /// What it has used so far.
    pub(crate) fn usage(&self) -> Result<Usage> {
        let folder = Path::new("/proc").join(self.process.0.id().to_string());
        let stat = fs::read_to_string(folder.join("stat"))?;
        let status = fs::read_to_string(folder.join("status"))?;
        usage(&stat, &status).context("the server has ended")
    }
}

/// The address in the first line. A thread goes on reading, so that the server can always write.
fn listening(stdout: ChildStdout) -> Result<SocketAddr> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = tell.send(line); // only the first is waited for
        }
    });
    let line = told.recv_timeout(START_MAX).context("it printed no line")?;
    let addr = line.strip_prefix("listening on http://").map(str::parse);
    addr.with_context(|| format!("its first line is {line:?}"))?
        .context("it listens on an address and a port")
}

fn usage(stat: &str, status: &str) -> Option<Usage> {
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        Some(kib * 1024)
    };
    Some(Usage {
        cpu: cpu_fields(stat)?.iter().take(2).sum(),
        now_bytes: bytes("VmRSS:")?,
        peak_bytes: bytes("VmHWM:")?,
    })
}

/// Processor time of this process and of its children that have ended.
pub(crate) fn own_cpu() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    Some(cpu_fields(&stat)?.iter().sum())
}

/// Processor time of all programs since the machine started.
pub(crate) fn machine_cpu() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let fields = stat.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // user, nice, system, and what a hypervisor gave to others; idle, waiting and interrupts belong to no program.
    let ticks = [0, 1, 2, 7].map(|field| fields.get(field)?.parse::<u64>().ok());
    Some(duration(ticks.into_iter().sum::<Option<u64>>()?))
}

/// From `/proc/PID/stat`: user and system time, and the same of its children that have ended (fields 14 to 17).
fn cpu_fields(stat: &str) -> Option<[Duration; 4]> {
    // The name (field 2) may hold blanks and parentheses; behind its last one follows field 3.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || Some(duration(fields.next()?.parse().ok()?));
    Some([next()?, next()?, next()?, next()?])
}

fn duration(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND)
}
