//! A follower: it takes its next line from what the crier shows, and where it is too late for that, from a page of its own.
//!
//! **Invariant:** each seq behind the first is told once and in order, as a delivery or as part of a gap, wherever it came from.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::Stream;
use tokio::sync::watch;

use super::crier::{Crier, Sight, Window};
use super::{Line, News, Source};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::store::StoreError;

pub(super) struct Follower {
    source: Source,
    endpoint: EndpointId,
    /// Everything up to here was told.
    told: Seq,
    /// What it read for itself and has not told yet.
    page: VecDeque<Line>,
    window: watch::Receiver<Window>,
    ended: bool,
    /// At work as long as someone follows.
    _crier: Arc<Crier>,
}

impl Follower {
    pub(super) fn new(source: Source, crier: Arc<Crier>, endpoint: EndpointId, after: Seq) -> Self {
        Self {
            source,
            endpoint,
            told: after,
            page: VecDeque::new(),
            window: crier.window(),
            ended: false,
            _crier: crier,
        }
    }

    pub(super) fn stream(self) -> impl Stream<Item = Result<News, StoreError>> {
        futures_util::stream::unfold(self, |mut follower| async move {
            if follower.ended {
                return None;
            }
            let line = follower.next_line().await;
            follower.ended = line.is_err();
            Some((line.map(|line| follower.tell(line)), follower))
        })
    }

    /// The first line behind what was told.
    async fn next_line(&mut self) -> Result<Line, StoreError> {
        loop {
            if let Some(line) = self.page.pop_front() {
                return Ok(line);
            }
            // What is shown from here on, also during a read of its own, ends the wait below.
            let sight = self.window.borrow_and_update().after(self.told);
            match sight {
                Sight::Line(line) => return Ok(line),
                Sight::End(error) => return Err(error),
                Sight::Nothing => {}
                Sight::TooLate => {
                    self.page = self.source.lines(self.endpoint, self.told).await?.into();
                }
            }
            if self.page.is_empty() {
                let gone = |error| StoreError::Unavailable(Arc::new(error));
                self.window.changed().await.map_err(gone)?;
            }
        }
    }

    fn tell(&mut self, line: Line) -> News {
        let expected = Seq(self.told.0 + 1);
        if line.seq > expected {
            let through = Seq(line.seq.0 - 1);
            self.told = through;
            self.page.push_front(line);
            return News::Gap {
                from: expected,
                through,
            };
        }
        self.told = line.seq;
        News::Delivery(line)
    }
}
