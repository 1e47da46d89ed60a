//! Lets through one log line a minute about something that may happen a thousand times a second.
//!
//! **Invariant:** nothing is lost from the count: a line tells how often it happened since the line before.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two lines.
const PAUSE: Duration = Duration::from_mins(1);

/// Counts what happens, and says when to log it.
#[derive(Debug, Default)]
pub struct LogLimit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_line: Option<Instant>,
    count: u64,
}

impl LogLimit {
    /// Counts one occurrence, and calls `line` with the number of them when it is time for a line.
    pub fn log(&self, line: impl FnOnce(u64)) {
        if let Some(times) = self.count(Instant::now()) {
            line(times);
        }
    }

    /// Counts one occurrence at `now`. When it is time for a line, gives back how many there were since the last one.
    fn count(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.count += 1;
        let is_early = |last: Instant| now.saturating_duration_since(last) < PAUSE;
        if state.last_line.is_some_and(is_early) {
            return None;
        }
        state.last_line = Some(now);
        Some(std::mem::take(&mut state.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_logged_at_once_and_the_rest_counted_until_a_minute_is_over() {
        let limit = LogLimit::default();
        let start = Instant::now();
        let found = [0, 1, 59, 60, 61, 200].map(|s| limit.count(start + Duration::from_secs(s)));
        assert_eq!(found, [Some(1), None, None, Some(3), None, Some(2)]);
    }
}
