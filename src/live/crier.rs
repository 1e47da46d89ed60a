//! The crier of an endpoint: it hears the bell, reads the store, and shows the last lines to all who follow.
//!
//! **Invariant:** what is shown is what the store has from one seq to another, without a hole: whoever stands in it needs no other
//! source. A read begins after the ring that it answers, and a ring during a read is answered by another.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::{Line, PAGE, Source};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::store::StoreError;

/// How many lines are shown: enough for a follower that is late by some reads.
const LINES_MAX: usize = 2 * PAGE;
/// How many bytes are shown at most, unless one line has more: what senders put into lines is theirs to choose.
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

    /// Whether more will be shown.
    pub(super) fn is_at_work(&self) -> bool {
        !self.work.is_finished() && self.window.borrow().end.is_none()
    }

    /// What it shows.
    pub(super) fn window(&self) -> watch::Receiver<Window> {
        self.window.clone()
    }
}

/// What a crier shows.
#[derive(Default)]
pub(super) struct Window {
    /// Where it begins: behind this seq. `None` before the first look into the store.
    after: Option<Seq>,
    lines: VecDeque<Line>,
    end: Option<StoreError>,
}

/// What a window has for one who has seen everything up to some seq.
#[derive(Debug)]
pub(super) enum Sight {
    /// The next line.
    Line(Line),
    /// Nothing yet: it is to wait.
    Nothing,
    /// What comes next is shown no more: it is to read for itself.
    TooLate,
    /// The store failed, or has no such endpoint: there will be no more.
    End(StoreError),
}

impl Window {
    pub(super) fn after(&self, seen: Seq) -> Sight {
        if let Some(error) = &self.end {
            return Sight::End(error.clone());
        }
        if self.after.is_some_and(|after| seen < after) {
            return Sight::TooLate;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: u64, bytes: usize) -> Line {
        Line {
            seq: Seq(seq),
            words: "w".repeat(bytes).into(),
        }
    }

    /// A window that shows these seqs, with so many bytes for each.
    fn window(seqs: std::ops::Range<u64>, bytes: usize) -> Window {
        let mut window = Window {
            after: Some(Seq(seqs.start - 1)),
            ..Window::default()
        };
        seqs.for_each(|seq| window.push(vec![line(seq, bytes)]));
        window
    }

    /// What it has for one who has seen everything up to here.
    fn sight(window: &Window, seen: u64) -> Result<u64, &'static str> {
        match window.after(Seq(seen)) {
            Sight::Line(line) => Ok(line.seq.0),
            Sight::Nothing => Err("nothing"),
            Sight::TooLate => Err("too late"),
            Sight::End(_) => Err("the end"),
        }
    }

    #[test]
    fn who_stands_in_the_window_sees_the_next_line_and_who_is_before_it_is_too_late() {
        let window = window(8..10, 1);
        let seen = [6, 7, 8, 9].map(|seen| sight(&window, seen));
        assert_eq!(seen, [Err("too late"), Ok(8), Ok(9), Err("nothing")]);
        assert_eq!(sight(&Window::default(), 0), Err("nothing"));
    }

    #[test]
    fn a_window_shows_no_more_lines_than_it_may() {
        let window = window(1..1 + 3 * LINES_MAX as u64, 1);
        let first = 2 * LINES_MAX as u64 + 1;
        assert_eq!(window.lines.len(), LINES_MAX);
        assert_eq!(sight(&window, first - 1), Ok(first));
        assert_eq!(sight(&window, first - 2), Err("too late"));
    }

    #[test]
    fn a_window_shows_no_more_bytes_than_it_may_but_a_line_however_long() {
        let half = BYTES_MAX / 2;
        let halves = window(1..6, half);
        assert_eq!(
            (sight(&halves, 2), sight(&halves, 3)),
            (Err("too late"), Ok(4))
        );
        let long = window(1..4, 2 * BYTES_MAX);
        assert_eq!((sight(&long, 1), sight(&long, 2)), (Err("too late"), Ok(3)));
    }

    #[test]
    fn an_end_is_all_that_is_left_to_see() {
        let mut window = window(1..4, 1);
        window.end = Some(StoreError::Full);
        assert_eq!(sight(&window, 1), Err("the end"));
    }
}
