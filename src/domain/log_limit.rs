//! Lets through one log line a minute about something that may happen a thousand times a second.
//!
//! **Invariant:** nothing is lost from the count: a line says how often it happened since the line before.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two lines.
const PAUSE: Duration = Duration::from_mins(1);

/// Counts what happens, and says when to log it.
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

    /// Counts one occurrence, and calls `line` with the number of them when it is time for a line.
    pub(crate) fn log(&self, line: impl FnOnce(u64)) {
        self.count();
        self.log_rest(line);
    }

    /// Counts one occurrence without a line: for callers inside the logger.
    pub(crate) fn count(&self) {
        self.state(|state| state.count += 1);
    }

    /// Calls `line` with what was counted and is in no line yet, when it is time for a line.
    pub(crate) fn log_rest(&self, line: impl FnOnce(u64)) {
        // The lock is free again when the line is written: a logger may count, too.
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
    fn the_first_is_logged_at_once_and_the_rest_counted_until_a_minute_is_over() {
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
