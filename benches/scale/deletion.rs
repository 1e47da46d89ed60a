//! Captures at a fixed rate before a large endpoint is deleted, and while what it caught is cleared away.
//!
//! **Invariant:** the clearing is under way while the second half is measured, or the figure is not shown.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use rusqlite::{Connection, OpenFlags};

use crate::creel::Endpoint;
use crate::{Bench, open_loop};

/// Captures a second: few enough to leave the store time in which it clears.
const RATE: u32 = 100;

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let folder = bench.million.folder.clone();
    let (server, _) = bench.start(&folder).await?;
    let endpoint = Endpoint::mint(server.addr).await?;
    let seconds = u32::try_from(bench.plan.seconds)?;
    let run = async || {
        let paced =
            open_loop::run(server.addr, &endpoint.capture, &bench.pool, RATE, seconds).await?;
        ensure!(paced.not_ok == 0, "{} captures failed", paced.not_ok);
        anyhow::Ok(paced)
    };
    let before = run().await?;
    let rows = count(&folder)?;
    bench.million.doomed.delete(server.addr).await?;
    let during = run().await?;
    let cleared = rows + u64::from(RATE * seconds) - count(&folder)?;
    endpoint.delete(server.addr).await?;
    let deleted = bench.plan.deleted;
    let table = &mut bench.table;
    table.add(format!("p99 at {RATE}/s"), [before.p99_ms], "ms", "");
    table.add(
        format!("p99 at {RATE}/s while {deleted} deliveries are cleared away"),
        [during.p99_ms],
        "ms",
        "< 2x",
    );
    table.add("longest meanwhile", [during.max_ms], "ms", "");
    table.add("deliveries cleared meanwhile", [cleared as f64], "", "> 0");
    Ok(())
}

fn count(folder: &Path) -> Result<u64> {
    let file = folder.join(creel_file());
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let count: i64 = database
        .query_row("select count(*) from delivery", [], |row| row.get(0))
        .context("counting")?;
    Ok(count.try_into()?)
}

fn creel_file() -> &'static str {
    ::creel::store::sqlite::FILE_NAME
}
