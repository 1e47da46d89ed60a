//! What can be typed behind `cargo bench --bench scale --`, read by hand.
//!
//! **Invariant:** the same numbers find the same deliveries under `target/`, made once.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

pub(crate) const HELP: &str = "\
cargo bench --bench scale -- [OPTIONS]
  --deliveries N  deliveries of 6 KB to begin with (1000000: 9 GB under target/, and some minutes to make them once)
  --endpoints N   endpoints that they are spread over (200)
  --deleted N     deliveries of the endpoint that is deleted (100000)
  --rounds N      rounds of captures into an empty and a full database, in turns (3)
  --seconds N     length of a round (4)
  --reads N       reads of each kind (300)
  --followers N   followers of one endpoint that is sent to (100)
  --rate N        captures a second while they follow, and while an endpoint is deleted (1000)
  --idle N        followers that wait (2000)
  --captures N    captures after which memory is looked at (50000)
  --creel FILE    measure this creel instead of the one that was built from this tree
  --quick         little of everything: does it work at all";

/// What is to be measured.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Plan {
    pub(crate) deliveries: u64,
    pub(crate) endpoints: u64,
    pub(crate) deleted: u64,
    pub(crate) rounds: usize,
    pub(crate) seconds: u64,
    pub(crate) reads: usize,
    pub(crate) followers: usize,
    pub(crate) rate: u32,
    pub(crate) idle: usize,
    pub(crate) captures: u64,
    pub(crate) creel: PathBuf,
}

impl Plan {
    fn usual() -> Self {
        Self {
            deliveries: 1_000_000,
            endpoints: 200,
            deleted: 100_000,
            rounds: 3,
            seconds: 4,
            reads: 300,
            followers: 100,
            rate: 1000,
            idle: 2000,
            captures: 50_000,
            creel: PathBuf::from(env!("CARGO_BIN_EXE_creel")),
        }
    }

    fn quick() -> Self {
        Self {
            deliveries: 2000,
            endpoints: 4,
            deleted: 500,
            rounds: 1,
            seconds: 1,
            reads: 20,
            followers: 5,
            rate: 100,
            idle: 20,
            captures: 1000,
            ..Self::usual()
        }
    }

    /// Reads the words behind the program's name; `None` when help was asked for.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let words: Vec<String> = words.collect();
        if words.iter().any(|word| word == "--help") {
            return Ok(None);
        }
        let mut plan = if words.iter().any(|word| word == "--quick") {
            Self::quick()
        } else {
            Self::usual()
        };
        let mut words = words.into_iter().filter(|word| word != "--quick");
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| wrong(&word))?;
            match word.as_str() {
                "--deliveries" => plan.deliveries = number(&word, &value)?,
                "--endpoints" => plan.endpoints = number(&word, &value)?,
                "--deleted" => plan.deleted = number(&word, &value)?,
                "--rounds" => plan.rounds = number(&word, &value)?,
                "--seconds" => plan.seconds = number(&word, &value)?,
                "--reads" => plan.reads = number(&word, &value)?,
                "--followers" => plan.followers = number(&word, &value)?,
                "--rate" => plan.rate = number(&word, &value)?,
                "--idle" => plan.idle = number(&word, &value)?,
                "--captures" => plan.captures = number(&word, &value)?,
                "--creel" => plan.creel = PathBuf::from(value),
                _ => bail!(wrong(&word)),
            }
        }
        ensure!(
            plan.endpoints > 1 && plan.deliveries / plan.endpoints > 50 && plan.rounds > 0,
            "at least two endpoints with more than 50 deliveries each, and one round"
        );
        ensure!(plan.rate > 0 && plan.seconds > 0, "nothing to do");
        Ok(Some(plan))
    }
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T> {
    value.parse().ok().with_context(|| wrong(option))
}

fn wrong(option: &str) -> String {
    format!("{option} cannot be used like this\n{HELP}")
}
