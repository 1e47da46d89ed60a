//! Slows down who tries tokens: beyond a few wrong ones a minute, each further one from the same client is answered late.
//!
//! **Invariant:** a right token is never slowed down, so nobody can lock somebody else out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::Limit;
use crate::limits::client::ClientGroup;

/// How late a wrong token is answered, once there were too many.
const DELAY: Duration = Duration::from_secs(1);
/// The time in which wrong tokens are counted.
const WINDOW: Duration = Duration::from_mins(1);
/// Clients that are counted; with more, all are counted together.
const CLIENTS_MAX: usize = 10_000;

/// Counts wrong tokens.
pub(super) struct WrongTokens {
    per_minute: u32,
    counts: Mutex<Counts>,
}

struct Counts {
    since: Instant,
    by_client: HashMap<Option<ClientGroup>, u32>,
}

impl WrongTokens {
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            counts: Mutex::new(Counts::new()),
        }
    }

    /// Counts one, and returns when it may be answered.
    pub(super) async fn delay(&self, client: IpAddr) {
        if self.count(client.into()) > self.per_minute {
            tokio::time::sleep(DELAY).await;
        }
    }

    /// Wrong tokens of this client in the present window, this one included.
    fn count(&self, client: ClientGroup) -> u32 {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.since.elapsed() > WINDOW {
            *counts = Counts::new();
        }
        // Beyond the limit of clients, those that are new are counted together.
        let is_counted = counts.by_client.contains_key(&Some(client));
        let client = (is_counted || counts.by_client.len() < CLIENTS_MAX).then_some(client);
        let count = counts.by_client.entry(client).or_default();
        *count = count.saturating_add(1);
        let count = *count;
        if count > self.per_minute {
            Limit::WrongTokens.took_effect();
        }
        count
    }
}

impl Counts {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            by_client: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_is_counted_for_itself() {
        let wrong = WrongTokens::new(2);
        let count = |client: &str| wrong.count(client.parse::<IpAddr>().unwrap().into());
        assert_eq!(
            ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map(count),
            [1, 2, 1]
        );
        assert_eq!(
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(count),
            [1, 2, 1]
        );
        assert_eq!(count("::ffff:192.0.2.1"), 3);
    }

    #[test]
    fn more_clients_than_can_be_counted_are_counted_together() {
        let wrong = WrongTokens::new(2);
        for client in 0..u32::try_from(CLIENTS_MAX).unwrap() {
            wrong.count(IpAddr::V4(client.into()).into());
        }
        let others = [1, 2].map(|n| wrong.count(IpAddr::from([192, 0, 2, n]).into()));
        assert_eq!(others, [1, 2]);
    }
}
