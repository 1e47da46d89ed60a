//! Memory for answers that are made from whole bodies. An answer stays in memory until its reader has taken it, and a reader may take
//! nothing: without a bound, some dozens of readers of a large delivery would fill the memory of the machine.
//!
//! **Invariant:** the answers in memory hold no more than was configured, unless one alone needs more: that one is made alone. Clients
//! share it fairly, see [`super::shares`].

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::Limit;
use super::client::ClientGroup;
use super::fair_queue::{FairQueue, Held};

/// How long an answer waits for memory.
const PATIENCE: Duration = Duration::from_secs(5);
/// An answer that needs no more than this is small.
const SMALL_BYTES_MAX: u64 = 1024 * 1024;
/// This part of the memory is for small answers alone, so that some large ones do not hold up all others.
const SMALL_PART: usize = 8;

/// The memory, in two parts.
#[derive(Debug)]
pub struct AnswerMemory {
    small: Arc<FairQueue>,
    large: Arc<FairQueue>,
}

/// Memory for one answer; free again when this is dropped.
#[derive(Debug)]
pub struct Reserved(Held);

impl AnswerMemory {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let small = bytes / SMALL_PART;
        Self {
            small: Arc::new(FairQueue::new(small)),
            large: Arc::new(FairQueue::new(bytes - small)),
        }
    }

    /// Memory for an answer to a client that needs `bytes`, as soon as it is free; `None` when that takes too long.
    pub async fn reserve(&self, client: Option<ClientGroup>, bytes: u64) -> Option<Reserved> {
        let part = if bytes <= SMALL_BYTES_MAX {
            &self.small
        } else {
            &self.large
        };
        let reserved = timeout(PATIENCE, part.take(client, amount(bytes))).await;
        if reserved.is_err() {
            Limit::AnswerMemory.took_effect();
        }
        reserved.ok().map(Reserved)
    }
}

impl Reserved {
    /// Gives back what is more than `bytes`.
    pub fn shrink(&mut self, bytes: u64) {
        self.0.shrink(amount(bytes));
    }
}

fn amount(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn client(last: u8) -> ClientGroup {
        std::net::IpAddr::from([192, 0, 2, last]).into()
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_waits_and_is_refused() {
        let memory = AnswerMemory::new(80 * 1024 * 1024);
        let mut first = memory.reserve(Some(client(1)), 60 * MIB).await.unwrap();
        assert!(memory.reserve(Some(client(2)), 20 * MIB).await.is_none());
        let small = memory.reserve(Some(client(2)), MIB).await;
        assert!(small.is_some(), "small ones go on");
        first.shrink(50 * MIB);
        let second = memory.reserve(Some(client(2)), 20 * MIB).await;
        assert!(second.is_some());
        drop(first);
        assert!(memory.reserve(Some(client(1)), 50 * MIB).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_larger_than_all_of_it_goes_alone() {
        let memory = AnswerMemory::new(8 * 1024 * 1024);
        let large = memory.reserve(Some(client(1)), 900 * MIB).await;
        assert!(large.is_some());
        assert!(memory.reserve(Some(client(2)), 2 * MIB).await.is_none());
        drop(large);
        let other = memory.reserve(Some(client(2)), 2 * MIB).await;
        assert!(other.is_some());
        assert!(memory.reserve(Some(client(1)), 900 * MIB).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_holds_half_is_refused_and_others_are_not() {
        let memory = AnswerMemory::new(8 * 1024 * 1024);
        let mut held = Vec::new();
        while let Some(one) = memory.reserve(Some(client(1)), 64 * 1024).await {
            held.push(one);
        }
        assert_eq!(held.len(), 8);
        assert!(memory.reserve(Some(client(2)), 64 * 1024).await.is_some());
        held.pop();
        assert!(memory.reserve(Some(client(1)), 64 * 1024).await.is_some());
    }
}
