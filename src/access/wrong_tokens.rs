//! Slows down guessing of tokens and read keys: after `--wrong-tokens-per-minute`, a client gets at most one response to a wrong one per
//! second.
//!
//! **Invariant:** a correct token is never delayed, so no one can lock someone else out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::Limit;
use crate::limits::client::ClientGroup;

/// Time between two responses to wrong tokens of one client, once it has sent too many. Responses wait in a queue, so parallel requests are
/// not faster.
const PAUSE: Duration = Duration::from_secs(1);
/// The period in which wrong tokens are counted.
const WINDOW: Duration = Duration::from_mins(1);
/// Most clients that are counted individually; further clients are counted together.
const CLIENTS_MAX: usize = 10_000;

/// Counts wrong tokens.
pub(super) struct WrongTokens {
    per_minute: u32,
    counts: Mutex<Counts>,
}

struct Counts {
    since: Instant,
    /// `None` counts all clients beyond [`CLIENTS_MAX`] together.
    by_client: HashMap<Option<ClientGroup>, Count>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    wrong: u32,
    /// When the response to the last of them is sent.
    answered_at: Option<Instant>,
}

impl WrongTokens {
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            counts: Mutex::new(Counts::new(Instant::now())),
        }
    }

    /// Counts a wrong token, and waits until it may be answered.
    pub(super) async fn delay(&self, client: IpAddr) {
        if let Some(until) = self.count(client.into(), Instant::now()) {
            Limit::WrongTokens.took_effect();
            tokio::time::sleep_until(until.into()).await;
        }
    }

    /// Counts a wrong token at `now`; returns when it may be answered, if that is later.
    fn count(&self, client: ClientGroup, now: Instant) -> Option<Instant> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(counts.since) > WINDOW {
            *counts = Counts::new(now);
        }
        let is_counted = counts.by_client.contains_key(&Some(client));
        let client = (is_counted || counts.by_client.len() < CLIENTS_MAX).then_some(client);
        let count = counts.by_client.entry(client).or_default();
        count.wrong = count.wrong.saturating_add(1);
        if count.wrong <= self.per_minute {
            return None;
        }
        let until = count.answered_at.map_or(now, |last| last.max(now)) + PAUSE;
        count.answered_at = Some(until);
        Some(until)
    }
}

impl Counts {
    fn new(now: Instant) -> Self {
        Self {
            since: now,
            by_client: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> ClientGroup {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn responses_beyond_the_limit_are_queued() {
        let (wrong, now) = (WrongTokens::new(2), Instant::now());
        let delays = [(); 5].map(|()| wrong.count(client("192.0.2.1"), now).map(|at| at - now));
        assert_eq!(
            delays,
            [None, None, Some(PAUSE), Some(2 * PAUSE), Some(3 * PAUSE)]
        );
        let later = now + WINDOW + PAUSE;
        assert_eq!(
            wrong.count(client("192.0.2.1"), later),
            None,
            "a new minute"
        );
    }

    #[test]
    fn clients_are_counted_separately() {
        let (wrong, now) = (WrongTokens::new(1), Instant::now());
        let is_late = |text: &str| wrong.count(client(text), now).is_some();
        assert_eq!(
            ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map(is_late),
            [false, true, false]
        );
        assert_eq!(
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(is_late),
            [false, true, false]
        );
    }

    #[test]
    fn more_clients_than_can_be_counted_are_counted_together() {
        let (wrong, now) = (WrongTokens::new(1), Instant::now());
        for client in 0..u32::try_from(CLIENTS_MAX).unwrap() {
            wrong.count(IpAddr::V4(client.into()).into(), now);
        }
        let is_late = |text: &str| wrong.count(client(text), now).is_some();
        assert_eq!(["192.0.2.1", "192.0.2.2"].map(is_late), [false, true]);
    }
}
