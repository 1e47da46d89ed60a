//! Captures into an empty and into a full database, in turns; how soon each answers after its start; memory after many captures.
//!
//! **Invariant:** the load is the same in both: a new endpoint, as many connections, as long.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::creel::Endpoint;
use crate::{Bench, CONNECTIONS};

/// One round.
struct Round {
    captures_per_second: f64,
    p99_ms: f64,
    start_ms: f64,
}

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let (mut empty, mut full) = (Vec::new(), Vec::new());
    for _ in 0..bench.plan.rounds {
        let folder = bench.empty()?;
        empty.push(round(bench, folder.path()).await?);
        let folder = bench.million.folder.clone();
        full.push(round(bench, &folder).await?);
    }
    let ratios: Vec<f64> = empty
        .iter()
        .zip(&full)
        .map(|(empty, full)| full.captures_per_second / empty.captures_per_second)
        .collect();
    for (name, rounds) in [("empty", &empty), ("full", &full)] {
        let of = |value: fn(&Round) -> f64| rounds.iter().map(value);
        let table = &mut bench.table;
        table.add(
            format!("captures, {name}"),
            of(|round| round.captures_per_second),
            "/s",
            "",
        );
        table.add(
            format!("captures, {name}: p99"),
            of(|round| round.p99_ms),
            "ms",
            "",
        );
        table.add(
            format!("start to first answer, {name}"),
            of(|round| round.start_ms),
            "ms",
            "< 200",
        );
    }
    bench
        .table
        .add("captures, full by empty", ratios, "", "> 0.9");
    memory(bench).await
}

async fn round(bench: &Bench, folder: &Path) -> Result<Round> {
    let (server, started) = bench.start(folder).await?;
    let endpoint = Endpoint::mint(server.addr).await?;
    let seconds = bench.plan.seconds;
    let counted = bench
        .wrk
        .run(server.addr, &endpoint.capture, CONNECTIONS, seconds)?;
    let kept = endpoint.newest_seq(server.addr).await?;
    ensure!(
        counted.not_ok + counted.broken == 0 && kept >= counted.answers,
        "{} of {} captures failed, {kept} are there",
        counted.not_ok + counted.broken,
        counted.answers
    );
    endpoint.delete(server.addr).await?; // its space is for the next benchmark
    Ok(Round {
        captures_per_second: counted.answers as f64 * 1e6 / counted.microseconds as f64,
        p99_ms: counted.p99 as f64 / 1e3,
        start_ms: started.as_secs_f64() * 1e3,
    })
}

/// Captures at full speed until there are so many, then looks.
async fn memory(bench: &mut Bench) -> Result<()> {
    let folder = bench.empty()?;
    let (server, _) = bench.start(folder.path()).await?;
    let endpoint = Endpoint::mint(server.addr).await?;
    while endpoint.newest_seq(server.addr).await? < bench.plan.captures {
        let counted = bench
            .wrk
            .run(server.addr, &endpoint.capture, CONNECTIONS, 1)?;
        ensure!(counted.not_ok + counted.broken == 0, "captures failed");
    }
    let used = server.usage()?;
    let captures = bench.plan.captures;
    let table = &mut bench.table;
    table.add(
        format!("memory after {captures} captures"),
        [used.now_bytes as f64 / 1e6],
        "MB",
        "< 64",
    );
    table.add(
        "memory at most meanwhile",
        [used.peak_bytes as f64 / 1e6],
        "MB",
        "< 100",
    );
    Ok(())
}
