//! A follower: an open stream of events, of which only the seqs are looked at.
//!
//! **Invariant:** it reads as fast as the stream comes, and knows when each seq came.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::creel::Endpoint;

/// Longest wait for the next event.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open stream.
pub(crate) struct Follower {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Follower {
    /// Begins to follow, and waits until the stream is open.
    pub(crate) async fn open(addr: SocketAddr, endpoint: &Endpoint) -> Result<Self> {
        let mut stream = TcpStream::connect(addr).await?;
        stream.write_all(&endpoint.get(addr, "/events")).await?;
        let mut follower = Self {
            stream,
            received: Vec::new(),
        };
        while !follower.received.windows(4).any(|end| end == b"\r\n\r\n") {
            follower.receive().await?;
        }
        ensure!(
            follower.received.starts_with(b"HTTP/1.1 200"),
            "a stream was answered {}",
            String::from_utf8_lossy(&follower.received)
        );
        Ok(follower)
    }

    /// Reads until this seq has come; when each came.
    pub(crate) async fn until(mut self, last: u64) -> Result<HashMap<u64, Instant>> {
        let mut came = HashMap::new();
        while !came.contains_key(&last) {
            self.receive().await?;
            let now = Instant::now();
            let Some(end) = self.received.iter().rposition(|byte| *byte == b'\n') else {
                continue;
            };
            for line in self.received[..end].split(|byte| *byte == b'\n') {
                if let Some(seq) = seq(line) {
                    came.insert(seq, now);
                }
            }
            self.received.drain(..=end);
        }
        Ok(came)
    }

    async fn receive(&mut self) -> Result<()> {
        let reading = self.stream.read_buf(&mut self.received);
        let read = tokio::time::timeout(PATIENCE, reading).await;
        let read = read.context("nothing came for long")??;
        ensure!(read > 0, "the stream was cut");
        Ok(())
    }
}

/// The seq in a line `id: 42`.
fn seq(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(b"id:")?;
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}
