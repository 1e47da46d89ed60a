//! Turns to decode bodies that arrive. A short body can become 32 MiB, and reading that takes half a second, so few are decoded at a time.
//!
//! **Invariant:** one client never has all turns, so bodies of another client wait for at most one of its own length.

use std::sync::Arc;

use super::client::ClientGroup;
use super::fair_queue::{FairQueue, Held};

/// Decodings at a time. Of two turns, a client gets one: it uses at most as much as is still free.
const TURNS: usize = 2;

/// The turns.
#[derive(Clone, Debug)]
pub struct DecodingTurns(Arc<FairQueue>);

/// A turn; it ends when this is dropped.
#[derive(Debug)]
pub struct DecodingTurn(#[expect(dead_code, reason = "held until it is dropped")] Held);

impl Default for DecodingTurns {
    fn default() -> Self {
        Self(Arc::new(FairQueue::new(TURNS)))
    }
}

impl DecodingTurns {
    /// Waits for a turn of this client.
    pub async fn take(&self, client: Option<ClientGroup>) -> DecodingTurn {
        DecodingTurn(self.0.take(client, 1).await)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn client(last: u8) -> ClientGroup {
        std::net::IpAddr::from([192, 0, 2, last]).into()
    }

    #[tokio::test]
    async fn another_client_does_not_wait_for_one_that_sends_many() {
        let turns = DecodingTurns::default();
        let first = turns.take(Some(client(1))).await;
        assert!(turns.take(Some(client(1))).now_or_never().is_none());
        let other = turns.take(Some(client(2))).now_or_never();
        assert!(other.is_some());
        drop(first);
        assert!(turns.take(Some(client(1))).now_or_never().is_some());
    }
}
