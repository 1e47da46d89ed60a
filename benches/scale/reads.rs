//! Reads from the full database, each of an endpoint by chance: the newest page, a page by seq, one delivery, and the page for people.
//!
//! **Invariant:** every answer is a success, and was asked for over a connection that stays open, so that only the read is measured.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::Bench;
use crate::figures::quantile;
use crate::http::Connection;

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let folder = bench.million.folder.clone();
    let (server, _) = bench.start(&folder).await?;
    let mut connection = Connection::open(server.addr).await?;
    let plan = &bench.plan;
    let share = plan.deliveries.saturating_sub(plan.deleted) / (plan.endpoints - 1);
    let mut random = crate::text::Writer::new(1);
    let mut found = Vec::new();
    for (what, target) in [
        ("newest page of 50", "< 5"),
        ("page of 50 by seq", "< 5"),
        ("one delivery", "< 5"),
    ] {
        let mut times = Vec::new();
        for _ in 0..bench.plan.reads {
            let endpoint = &bench.million.endpoints[random.below(bench.million.endpoints.len())];
            let seq = 1 + random.below(share as usize - 50);
            let path = match what {
                "newest page of 50" => "/deliveries?order=desc&limit=50".to_owned(),
                "page of 50 by seq" => format!("/deliveries?after={seq}&limit=50"),
                _ => format!("/deliveries/{seq}"),
            };
            let request = endpoint.get(server.addr, &path);
            let start = Instant::now();
            let answer = connection.exchange(&request).await?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            ensure!(answer.status == 200, "{what} answered {}", answer.status);
        }
        times.sort_by(f64::total_cmp);
        found.push((what, times, target));
    }
    for (what, times, target) in found {
        let table = &mut bench.table;
        table.add(
            format!("{what}: median"),
            [quantile(&times, 0.5)],
            "ms",
            target,
        );
        table.add(format!("{what}: p99"), [quantile(&times, 0.99)], "ms", "");
    }
    Ok(())
}
