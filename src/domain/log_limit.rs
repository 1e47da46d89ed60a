//! Limits log lines about frequent events to one per minute.
//!
//! **Invariant:** nothing is lost from the count: a line says how often it happened since the line before.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two lines.
const PAUSE: Duration = Duration::from_mins(1);

/// Counts events, and decides when to log them.
#[derive(Debug, Default)]
pub(crate) struct LogLimit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_line: Option<Instant>,
    count: u64,
}

impl LogLimit {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State {
            last_line: None,
            count: 0,
        }))
    }

    /// Counts one event. If a line is due, calls `line` with the count.
    pub(crate) fn log(&self, line: impl FnOnce(u64)) {
        self.count();
        self.log_rest(line);
    }

    /// Counts one event without a line, for callers inside the logger.
    pub(crate) fn count(&self) {
        self.state(|state| state.count += 1);
    }

    /// If a line is due and there are unlogged events, calls `line` with the count.
    pub(crate) fn log_rest(&self, line: impl FnOnce(u64)) {
        // The lock is released before the line is written, because the logger may count too.
        if let Some(times) = self.take(Instant::now()) {
            line(times);
        }
    }

    fn take(&self, now: Instant) -> Option<u64> {
        self.state(|state| {
            let is_early = |last: Instant| now.saturating_duration_since(last) < PAUSE;
            if state.count == 0 || state.last_line.is_some_and(is_early) {
                return None;
            }
            state.last_line = Some(now);
            Some(std::mem::take(&mut state.count))
        })
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_is_logged_and_others_are_counted_for_a_minute() {
        let limit = LogLimit::new();
        let start = Instant::now();
        let found = [0, 1, 59, 60, 61, 200].map(|seconds| {
            limit.count();
            limit.take(start + Duration::from_secs(seconds))
        });
        assert_eq!(found, [Some(1), None, None, Some(3), None, Some(2)]);
        assert_eq!(
            limit.take(start + Duration::from_secs(400)),
            None,
            "nothing happened"
        );
    }
}
