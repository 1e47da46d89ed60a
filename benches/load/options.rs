//! What can be typed behind `cargo bench --bench load --`, read by hand.
//!
//! **Invariant:** a plan that this page lets through ends within [`BUDGET`].

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::target::Kind;

/// Longest that everything together may take.
const BUDGET: Duration = Duration::from_mins(5);
/// What a round takes beside its load: starting, counting what was kept, deleting it.
const AROUND_A_ROUND: Duration = Duration::from_secs(2);

pub(crate) const HELP: &str = "\
cargo bench --bench load -- [OPTIONS]
  --body 6k|200k|both     bodies to send (both)
  --connections N[,N...]  open connections, one case each (64 and 1 for 6 KB, 32 for 200 KB)
  --rounds N              rounds of every server, taken in turns (3)
  --seconds N             length of a round (6)
  --rate N                requests a second of the fixed-rate run, 0 for none (2000)
  --servers LIST          of bare,plain,creel (all)
  --creel FILE            measure this creel instead of the one that was built from this tree
  --quick                 one round of one second: does it work at all";

/// Bodies as most Runs are.
pub(crate) const SMALL: Case = Case {
    body_bytes: 6 * 1024,
    connections: 64,
};
/// One after the other, where each waits for a commit of its own.
const ALONE: Case = Case {
    connections: 1,
    ..SMALL
};
/// Bodies of a long conversation.
const LARGE: Case = Case {
    body_bytes: 200 * 1024,
    connections: 32,
};

/// What is sent, and how much of it at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Case {
    /// Length of a body.
    pub(crate) body_bytes: usize,
    /// Open connections.
    pub(crate) connections: usize,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} KB bodies, {} connections",
            self.body_bytes / 1024,
            self.connections
        )
    }
}

/// What is to be run.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Plan {
    pub(crate) cases: Vec<Case>,
    pub(crate) rounds: usize,
    pub(crate) seconds: u64,
    /// Requests a second of the fixed-rate run.
    pub(crate) rate: u32,
    /// Length of the fixed-rate run.
    pub(crate) rate_seconds: u32,
    pub(crate) servers: Vec<Kind>,
    pub(crate) creel: PathBuf,
}

impl Plan {
    /// Reads the words behind the program's name; `None` when help was asked for.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut plan = Self {
            cases: Vec::new(),
            rounds: 3,
            seconds: 6,
            rate: 2000,
            rate_seconds: 5,
            servers: vec![Kind::Bare, Kind::Plain, Kind::Creel],
            creel: PathBuf::from(env!("CARGO_BIN_EXE_creel")),
        };
        let mut bodies = "both".to_owned();
        let mut connections = Vec::new();
        while let Some(word) = words.next() {
            if word == "--help" {
                return Ok(None);
            }
            if word == "--quick" {
                (plan.rounds, plan.seconds, plan.rate_seconds) = (1, 1, 1);
                continue;
            }
            let value = words.next().with_context(|| wrong(&word))?;
            match word.as_str() {
                "--body" => bodies = value,
                "--connections" => connections = list(&word, &value)?,
                "--rounds" => plan.rounds = number(&word, &value)?,
                "--seconds" => plan.seconds = number(&word, &value)?,
                "--rate" => plan.rate = number(&word, &value)?,
                "--servers" => plan.servers = list(&word, &value)?,
                "--creel" => plan.creel = PathBuf::from(value),
                _ => bail!(wrong(&word)),
            }
        }
        plan.cases = cases(&bodies, &connections)?;
        plan.check()?;
        Ok(Some(plan))
    }

    fn check(&self) -> Result<()> {
        let counts = [self.rounds, self.cases.len(), self.servers.len()];
        ensure!(!counts.contains(&0) && self.seconds > 0, "nothing to do");
        ensure!(
            self.cases.iter().all(|case| case.connections > 0),
            "at least one connection is needed"
        );
        let loaded = Duration::from_secs(self.seconds) + AROUND_A_ROUND;
        let paced = Duration::from_secs(self.rate_seconds.into()) + AROUND_A_ROUND;
        let rounds = u32::try_from(self.rounds * self.cases.len() * self.servers.len())?;
        let total = loaded.saturating_mul(rounds) + paced * u32::try_from(self.servers.len())?;
        ensure!(
            total <= BUDGET,
            "this plan takes {} s, and {} s are allowed: take fewer rounds, seconds or connections",
            total.as_secs(),
            BUDGET.as_secs()
        );
        Ok(())
    }
}

fn cases(bodies: &str, connections: &[usize]) -> Result<Vec<Case>> {
    let usual = match bodies {
        "6k" => vec![SMALL, ALONE],
        "200k" => vec![LARGE],
        "both" => vec![SMALL, ALONE, LARGE],
        _ => bail!("--body is 6k, 200k or both"),
    };
    if connections.is_empty() {
        return Ok(usual);
    }
    let mut lengths: Vec<usize> = usual.iter().map(|case| case.body_bytes).collect();
    lengths.dedup();
    let of = |body_bytes| {
        connections.iter().map(move |&connections| Case {
            body_bytes,
            connections,
        })
    };
    Ok(lengths.into_iter().flat_map(of).collect())
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T> {
    value.parse().ok().with_context(|| wrong(option))
}

fn list<T: std::str::FromStr>(option: &str, value: &str) -> Result<Vec<T>> {
    value.split(',').map(|item| number(option, item)).collect()
}

fn wrong(option: &str) -> String {
    format!("{option} cannot be used like this\n{HELP}")
}
