//! The crier of an endpoint: it hears the bell, reads the store, and holds up the last lines for all who follow to see.
//!
//! **Invariant:** what is held up is what the store has from one seq to another, without a hole: whoever stands in it needs no other
//! source. A read begins after the ring that it answers, and a ring during a read is answered by another.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::{Line, PAGE, Source};
use crate::domain::delivery::Seq;
use crate::domain::endpoint::EndpointId;
use crate::store::StoreError;

/// How many lines are held up: enough for a follower that is late by some reads.
const LINES_MAX: usize = 2 * PAGE;
/// How many bytes are held up at most, unless one line has more: what senders put into lines is theirs to choose.
const BYTES_MAX: usize = 256 * 1024;
/// A crier looks into the store this often even when no bell rings.
const TICK: Duration = Duration::from_secs(15);

/// A crier at work; it ends when this is dropped.
pub(super) struct Crier {
    window: watch::Receiver<Window>,
    work: AbortOnDropHandle<()>,
}

impl Crier {
    pub(super) fn start(source: Source, endpoint: EndpointId, rings: watch::Receiver<()>) -> Self {
        let (window, seen) = watch::channel(Window::default());
        let work = tokio::spawn(cry(source, endpoint, rings, window));
        Self {
            window: seen,
            work: AbortOnDropHandle::new(work),
        }
    }

    /// Whether more will be held up.
    pub(super) fn is_at_work(&self) -> bool {
        !self.work.is_finished() && self.window.borrow().end.is_none()
    }

    /// What it holds up.
    pub(super) fn window(&self) -> watch::Receiver<Window> {
        self.window.clone()
    }
}

/// What a crier holds up.
#[derive(Default)]
pub(super) struct Window {
    /// Where it begins: behind this seq. `None` before the first look into the store.
    after: Option<Seq>,
    lines: VecDeque<Line>,
    end: Option<StoreError>,
}

/// What a window has for one who has seen everything up to some seq.
pub(super) enum Sight {
    /// The next line.
    Line(Line),
    /// Nothing yet: it is to wait.
    Nothing,
    /// Nothing of use: it is to read for itself.
    Behind,
    /// The store failed, or has no such endpoint: there will be no more.
    End(StoreError),
}

impl Window {
    pub(super) fn behind(&self, seen: Seq) -> Sight {
        if let Some(error) = &self.end {
            return Sight::End(error.clone());
        }
        if self.after.is_some_and(|after| seen < after) {
            return Sight::Behind;
        }
        let next = self.lines.partition_point(|line| line.seq <= seen);
        self.lines
            .get(next)
            .map_or(Sight::Nothing, |line| Sight::Line(line.clone()))
    }

    fn push(&mut self, lines: Vec<Line>) {
        self.lines.extend(lines);
        let mut bytes: usize = self.lines.iter().map(|line| line.words.len()).sum();
        while self.lines.len() > LINES_MAX || (bytes > BYTES_MAX && self.lines.len() > 1) {
            let Some(gone) = self.lines.pop_front() else {
                return;
            };
            bytes -= gone.words.len();
            self.after = Some(gone.seq);
        }
    }
}

async fn cry(
    source: Source,
    endpoint: EndpointId,
    rings: watch::Receiver<()>,
    window: watch::Sender<Window>,
) {
    let Err(error) = read_on(&source, endpoint, rings, &window).await;
    window.send_modify(|window| window.end = Some(error));
}

/// Reads what comes, until the store says that there will be no more.
async fn read_on(
    source: &Source,
    endpoint: EndpointId,
    mut rings: watch::Receiver<()>,
    window: &watch::Sender<Window>,
) -> Result<std::convert::Infallible, StoreError> {
    let mut last = source.store.last_seq(endpoint).await?;
    window.send_modify(|window| window.after = Some(last));
    loop {
        rings.mark_unchanged();
        let lines = source.lines(endpoint, last).await?;
        let all = lines.len() < PAGE;
        if let Some(line) = lines.last() {
            last = line.seq;
            window.send_modify(|window| window.push(lines));
        }
        if all {
            wait(&mut rings).await;
        }
    }
}

/// The bell rings, or the tick is over; a bell that is gone leaves the tick.
async fn wait(rings: &mut watch::Receiver<()>) {
    let ring = async {
        if rings.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let _ = tokio::time::timeout(TICK, ring).await;
}
