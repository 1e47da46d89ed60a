//! The fixed rate: requests have a time at which they are due, as senders that know nothing of each other have.
//!
//! **Invariant:** latency counts from the instant at which a request was due, not from when a connection was free for it, so a stall
//! of the server is charged to every request that it held up. A closed loop hides that: it sends nothing while it waits.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::bodies::{Pool, RUN_MARK, WEBHOOK_MARK};
use crate::figures::quantile;
use crate::http::{self, Connection};

/// Connections to send on.
const CONNECTIONS: usize = 64;
/// How long the last answers are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a run at a fixed rate found.
#[derive(Serialize)]
pub(crate) struct Paced {
    pub(crate) requests: u64,
    /// Answers with another status than 2xx.
    pub(crate) not_ok: u64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

/// When which request is due.
struct Schedule {
    start: Instant,
    interval: Duration,
    count: usize,
    /// One permit for each request that is due, and for each connection one at the end.
    due: Semaphore,
    next: AtomicUsize,
}

/// Sends `rate` requests a second for so many seconds.
pub(crate) async fn run(
    addr: SocketAddr,
    capture: &str,
    pool: &Pool,
    rate: u32,
    seconds: u32,
) -> Result<Paced> {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(addr).await?);
    }
    let schedule = Arc::new(Schedule {
        start: Instant::now() + Duration::from_millis(50),
        interval: Duration::from_secs(1) / rate,
        count: (rate * seconds) as usize,
        due: Semaphore::new(0),
        next: AtomicUsize::new(0),
    });
    let pacer = Arc::clone(&schedule);
    std::thread::spawn(move || pacer.pace());
    let limit = PATIENCE + Duration::from_secs(seconds.into());
    let sending = try_join_all(
        connections
            .iter_mut()
            .map(|connection| send(connection, (addr, capture), pool, &schedule)),
    );
    let sent = tokio::time::timeout(limit, sending).await;
    let sent = sent.with_context(|| {
        format!("requests without an answer {PATIENCE:?} after the last was due")
    })??;
    Ok(summary(&sent.concat()))
}

impl Schedule {
    /// A thread of its own, since its sleep is exact to some 50 microseconds and tokio's only to a millisecond.
    fn pace(&self) {
        for number in 0..self.count {
            std::thread::sleep(
                self.instant(number)
                    .saturating_duration_since(Instant::now()),
            );
            self.due.add_permits(1);
        }
        self.due.add_permits(CONNECTIONS);
    }

    fn instant(&self, number: usize) -> Instant {
        self.start + self.interval * u32::try_from(number).unwrap_or(u32::MAX)
    }
}

/// What one connection sent: latency and whether it was answered with 2xx.
async fn send(
    connection: &mut Connection,
    (addr, capture): (SocketAddr, &str),
    pool: &Pool,
    schedule: &Schedule,
) -> Result<Vec<(Duration, bool)>> {
    let webhook = format!("http://{addr}{capture}");
    let mut sent = Vec::new();
    loop {
        schedule.due.acquire().await?.forget();
        let number = schedule.next.fetch_add(1, Ordering::Relaxed);
        if number >= schedule.count {
            return Ok(sent);
        }
        let body = pool.bodies[number % pool.bodies.len()]
            .replace(WEBHOOK_MARK, &webhook)
            .replace(RUN_MARK, &uuid::Uuid::now_v7().to_string());
        let request = http::post(addr, capture, &body);
        let answer = connection.exchange(&request).await?;
        let latency = schedule.instant(number).elapsed();
        sent.push((latency, (200..300).contains(&answer.status)));
    }
}

fn summary(sent: &[(Duration, bool)]) -> Paced {
    let not_ok = sent.iter().filter(|(_, ok)| !ok).count() as u64;
    let mut latencies: Vec<f64> = sent
        .iter()
        .map(|(latency, _)| latency.as_secs_f64() * 1000.0)
        .collect();
    latencies.sort_by(f64::total_cmp);
    Paced {
        requests: sent.len() as u64,
        not_ok,
        p50_ms: quantile(&latencies, 0.50),
        p99_ms: quantile(&latencies, 0.99),
        max_ms: quantile(&latencies, 1.0),
    }
}
