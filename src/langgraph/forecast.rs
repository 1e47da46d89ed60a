//! What was foretold of a sender, beside what it did. A forecast follows from the sender and the status it was answered alone, so that it
//! is the same when the delivery arrives and ever after.

use std::time::Duration;

use super::sender::{Heard, Next, Step, attempts_max, next};
use crate::domain::run::Sender;

/// How far from the foretold wait an attempt may be: the answer has to travel, and a busy sender is late.
const TOLERANCE: Duration = Duration::from_millis(500);

/// What became of a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next attempt came when it was foretold.
    AsForetold,
    /// It came at another time.
    AtAnotherTime,
    /// It came, and none was foretold.
    Unforetold,
    /// None came so far, and the foretold time is not over.
    Awaited,
    /// The foretold time is over, and none came.
    Missing,
    /// None was foretold, and none came.
    Quiet,
}

/// What the sender does after attempt number `attempt` was answered with this status; `None` where there were more attempts than this
/// sender makes: then somebody else sent the bytes again.
#[must_use]
pub fn forecast(sender: &Sender, attempt: u32, status: u16) -> Option<Step> {
    let beyond = attempts_max(sender).is_some_and(|most| attempt > most);
    (!beyond).then(|| next(sender, attempt, Heard::Answered(status)))
}

/// What became of it. `gap` is the time to the attempt that followed, if one did; `passed` the time until now.
#[must_use]
pub fn outcome(next: Next, gap: Option<Duration>, passed: Duration) -> Outcome {
    match (next, gap) {
        (Next::Again { min, max }, Some(gap)) => {
            let early = gap + TOLERANCE < min;
            let late = gap > max + TOLERANCE;
            if early || late {
                Outcome::AtAnotherTime
            } else {
                Outcome::AsForetold
            }
        }
        (Next::Again { max, .. }, None) if passed > max + TOLERANCE => Outcome::Missing,
        (Next::Again { .. }, None) => Outcome::Awaited,
        (_, Some(_)) => Outcome::Unforetold,
        (_, None) => Outcome::Quiet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run::SenderKind;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn python() -> Sender {
        Sender {
            kind: SenderKind::LanggraphPython,
            version: Some("0.16.7".to_owned()),
        }
    }

    #[test]
    fn the_measured_gaps_of_a_real_server_are_as_foretold() {
        // 500, 500, 200; 429, 200.
        for (attempt, status, gap) in [(1, 500, 1880), (2, 500, 2180), (1, 429, 1390)] {
            let step = forecast(&python(), attempt, status).unwrap();
            assert_eq!(
                outcome(step.next, Some(ms(gap)), ms(60_000)),
                Outcome::AsForetold,
                "{gap}"
            );
        }
    }

    #[test]
    fn each_way_a_forecast_can_go_is_told_apart() {
        let again = Next::Again {
            min: ms(1000),
            max: ms(2000),
        };
        for (next, gap, passed, expected) in [
            (again, Some(ms(400)), ms(9000), Outcome::AtAnotherTime),
            (again, Some(ms(31_150)), ms(40_000), Outcome::AtAnotherTime),
            (again, None, ms(1500), Outcome::Awaited),
            (again, None, ms(2501), Outcome::Missing),
            (Next::Done, Some(ms(1500)), ms(9000), Outcome::Unforetold),
            (Next::Lost, Some(ms(1500)), ms(9000), Outcome::Unforetold),
            (Next::Done, None, ms(9000), Outcome::Quiet),
            (Next::Unknown, None, ms(9000), Outcome::Quiet),
        ] {
            assert_eq!(outcome(next, gap, passed), expected, "{next:?} {gap:?}");
        }
    }

    #[test]
    fn nothing_is_foretold_beyond_the_last_attempt_that_a_sender_makes() {
        assert!(forecast(&python(), 3, 500).is_some());
        assert!(forecast(&python(), 4, 500).is_none());
    }
}
