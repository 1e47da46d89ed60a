//! Followers: how soon they are told, whether one that reads nothing delays the others, and what those that only wait take.
//!
//! **Invariant:** latency counts from the moment at which the sender had its answer, which is behind the commit; what was told before
//! the answer counts as 0. So the senders' own wait is not charged to the followers, nor is it theirs to hide.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;

use crate::Bench;
use crate::bodies::{Pool, RUN_MARK, WEBHOOK_MARK};
use crate::creel::Endpoint;
use crate::figures::quantile;
use crate::http::{self, Connection};
use crate::stream::Follower;

/// Connections to send on; each sends one after the other, so that its seqs can be told.
const SENDERS: usize = 16;

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    for slow in [0, 1] {
        let mut times = told(bench, slow).await?;
        times.sort_by(f64::total_cmp);
        let (followers, rate) = (bench.plan.followers, bench.plan.rate);
        let beside = if slow == 0 {
            ""
        } else {
            " beside one that reads nothing"
        };
        let what = format!("{followers} followers at {rate}/s{beside}");
        let table = &mut bench.table;
        table.add(format!("{what}: p50"), [quantile(&times, 0.5)], "ms", "");
        table.add(
            format!("{what}: p99"),
            [quantile(&times, 0.99)],
            "ms",
            "< 5",
        );
    }
    idle(bench).await
}

/// Times from answers to events, in milliseconds, of all followers.
async fn told(bench: &Bench, slow: usize) -> Result<Vec<f64>> {
    let folder = bench.empty()?;
    let (server, _) = bench.start(folder.path()).await?;
    let endpoint = Endpoint::mint(server.addr).await?;
    let mut deaf = Vec::new();
    for _ in 0..slow {
        deaf.push(Follower::open(server.addr, &endpoint).await?);
    }
    let last = u64::from(bench.plan.rate) * bench.plan.seconds;
    let mut following = Vec::new();
    for _ in 0..bench.plan.followers {
        let follower = Follower::open(server.addr, &endpoint).await?;
        following.push(tokio::spawn(follower.until(last)));
    }
    let answered = send(bench, server.addr, &endpoint, last).await?;
    let mut times = Vec::new();
    for came in following {
        for (seq, instant) in came.await?? {
            let answered = answered.get(&seq).context("it was sent")?;
            times.push(instant.saturating_duration_since(*answered).as_secs_f64() * 1e3);
        }
    }
    let expected = last as usize * bench.plan.followers;
    ensure!(
        times.len() == expected,
        "{} events came, not {expected}",
        times.len()
    );
    Ok(times)
}

/// Sends `count` captures at the rate. Gives back when each was answered: since the answer does not tell the seq, the n-th answer is
/// taken for that of seq n, which is true up to the few that are under way at once.
async fn send(
    bench: &Bench,
    addr: SocketAddr,
    endpoint: &Endpoint,
    count: u64,
) -> Result<HashMap<u64, Instant>> {
    let start = Instant::now() + Duration::from_millis(100);
    let interval = Duration::from_secs(1) / bench.plan.rate;
    let senders = (0..SENDERS as u64).map(|sender| async move {
        let mut connection = Connection::open(addr).await?;
        let mut answered = Vec::new();
        for number in (sender..count).step_by(SENDERS) {
            let request = request(addr, endpoint, &bench.pool, number);
            let due = start + interval * u32::try_from(number)?;
            tokio::time::sleep_until(due.into()).await;
            let answer = connection.exchange(&request).await?;
            ensure!(
                answer.status == 200,
                "a capture was answered {}",
                answer.status
            );
            answered.push(Instant::now());
        }
        Ok(answered)
    });
    let mut answered = try_join_all(senders).await?.concat();
    answered.sort_unstable();
    Ok((1..).zip(answered).collect())
}

fn request(addr: SocketAddr, endpoint: &Endpoint, pool: &Pool, number: u64) -> Vec<u8> {
    let body = pool.bodies[number as usize % pool.bodies.len()]
        .replace(WEBHOOK_MARK, &format!("http://{addr}{}", endpoint.capture))
        .replace(RUN_MARK, &uuid::Uuid::now_v7().to_string());
    http::post(addr, &endpoint.capture, &body)
}

/// What a follower takes that waits.
async fn idle(bench: &mut Bench) -> Result<()> {
    let folder = bench.empty()?;
    let (server, _) = bench.start(folder.path()).await?;
    let endpoint = Endpoint::mint(server.addr).await?;
    let first = Follower::open(server.addr, &endpoint).await?;
    let before = server.usage()?.now_bytes;
    let mut waiting = vec![first];
    for _ in 0..bench.plan.idle {
        waiting.push(Follower::open(server.addr, &endpoint).await?);
    }
    let grown = server.usage()?.now_bytes.saturating_sub(before) as f64;
    let each = grown / bench.plan.idle as f64 / 1e3;
    let what = format!("memory of each of {} followers that wait", bench.plan.idle);
    bench.table.add(what, [each], "kB", "< 15");
    Ok(())
}
