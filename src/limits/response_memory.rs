//! Memory for responses that need complete bodies. A response stays in memory until its client has read it, and a client may read nothing.
//! Without a limit, some dozens of clients that read a large delivery would fill the machine's memory.
//!
//! **Invariant:** all responses together use at most the configured memory. A single response that needs more is created alone. Clients
//! share the memory fairly, see [`super::shares`].

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::Limit;
use super::client::ClientGroup;
use super::fair_queue::{FairQueue, Held};

/// How long a response waits for memory.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest size of a small response, in bytes.
const SMALL_BYTES_MAX: u64 = 1024 * 1024;
/// The part of the memory reserved for small responses, so that a few large ones do not block all others.
const SMALL_PART: usize = 8;

/// The memory, in two parts.
#[derive(Debug)]
pub struct ResponseMemory {
    small: Arc<FairQueue>,
    large: Arc<FairQueue>,
}

/// Memory for one response; released when this is dropped.
#[derive(Debug)]
pub struct Reserved(Held);

impl ResponseMemory {
    /// Memory of this many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let small = bytes / SMALL_PART;
        Self {
            small: Arc::new(FairQueue::new(small)),
            large: Arc::new(FairQueue::new(bytes - small)),
        }
    }

    /// Waits for `bytes` of memory for a client's response; `None` if that takes too long.
    pub async fn reserve(&self, client: Option<ClientGroup>, bytes: u64) -> Option<Reserved> {
        let part = if bytes <= SMALL_BYTES_MAX {
            &self.small
        } else {
            &self.large
        };
        let reserved = timeout(PATIENCE, part.take(client, amount(bytes))).await;
        if reserved.is_err() {
            Limit::ResponseMemory.took_effect();
        }
        reserved.ok().map(Reserved)
    }
}

impl Reserved {
    /// Releases all but `bytes`.
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
    async fn a_response_that_does_not_fit_waits_and_is_refused() {
        let memory = ResponseMemory::new(80 * 1024 * 1024);
        let mut first = memory.reserve(Some(client(1)), 60 * MIB).await.unwrap();
        assert!(memory.reserve(Some(client(2)), 20 * MIB).await.is_none());
        let small = memory.reserve(Some(client(2)), MIB).await;
        assert!(small.is_some(), "small ones are not blocked");
        first.shrink(50 * MIB);
        let second = memory.reserve(Some(client(2)), 20 * MIB).await;
        assert!(second.is_some());
        drop(first);
        assert!(memory.reserve(Some(client(1)), 50 * MIB).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_larger_than_the_memory_runs_alone() {
        let memory = ResponseMemory::new(8 * 1024 * 1024);
        let large = memory.reserve(Some(client(1)), 900 * MIB).await;
        assert!(large.is_some());
        assert!(memory.reserve(Some(client(2)), 2 * MIB).await.is_none());
        drop(large);
        let other = memory.reserve(Some(client(2)), 2 * MIB).await;
        assert!(other.is_some());
        assert!(memory.reserve(Some(client(1)), 900 * MIB).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_with_half_of_the_memory_is_refused() {
        let memory = ResponseMemory::new(8 * 1024 * 1024);
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
