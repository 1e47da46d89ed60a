//! What to know of the machine before believing a figure.
//!
//! **Invariant:** none of it fails the benchmark; what cannot be learnt is absent.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::figures::quantile;
use crate::process::{machine_cpu, own_cpu};

/// How often the disk is asked.
const SYNCS: usize = 50;

/// The machine, at the start.
#[derive(Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    /// Programs that wanted a core, on the average of the last minute.
    pub(crate) load_average: Option<f64>,
    /// Median time until 4 KB more of a file are on the disk; a commit cannot be faster.
    pub(crate) sync_ms: Option<f64>,
}

impl Machine {
    pub(crate) fn look(folder: &Path) -> Self {
        let load = std::fs::read_to_string("/proc/loadavg").ok();
        Self {
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            load_average: load.and_then(|text| text.split(' ').next()?.parse().ok()),
            sync_ms: sync_ms(folder).ok(),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cores", self.cores)?;
        if let Some(ms) = self.sync_ms {
            write!(f, "; the disk takes {ms:.2} ms to sync 4 KB")?;
        }
        if let Some(load) = self.load_average {
            write!(f, "; load average {load:.2}")?;
        }
        Ok(())
    }
}

/// Watches how much of the machine goes to programs that have nothing to do with this.
pub(crate) struct Others {
    start: Instant,
    /// Processor time of all programs, and of this one with its children that have ended.
    before: Option<(Duration, Duration)>,
}

impl Others {
    pub(crate) fn watch() -> Self {
        Self {
            start: Instant::now(),
            before: machine_cpu().zip(own_cpu()),
        }
    }

    /// Share of the machine's processor time that others took; `server` is what the server took meanwhile.
    pub(crate) fn share(self, server: Duration) -> Option<f64> {
        let (all_before, own_before) = self.before?;
        let all = machine_cpu()?.saturating_sub(all_before);
        let own = own_cpu()?.saturating_sub(own_before) + server;
        let cores = std::thread::available_parallelism().ok()?.get() as f64;
        let others = all.saturating_sub(own).as_secs_f64();
        Some(others / (self.start.elapsed().as_secs_f64() * cores))
    }
}

fn sync_ms(folder: &Path) -> std::io::Result<f64> {
    let mut file = std::fs::File::create(folder.join("sync"))?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let start = Instant::now();
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(quantile(&times, 0.5))
}
