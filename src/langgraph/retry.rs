//! The retry rules of the LangGraph servers: what a sender does after an attempt, predicted and observed. Measured on langgraph-api 0.16.7
//! and 0.4.48 (Python) and on @langchain/langgraph-api 2.0.0 (JavaScript); read in the code of older versions.
//!
//! **Invariant:** a prediction depends only on the sender, the attempt and how that ended, so it is the same whenever it is computed.

use std::time::Duration;

use crate::domain::run::{Sender, SenderKind};
use crate::http::Failure;
use crate::langgraph::version::ApiVersion;

/// How one attempt ended for the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// A response other than a redirect.
    Answered(u16),
    /// 301, 302, 303, 307 or 308 with a Location.
    Redirected(u16),
    /// No response.
    Failed(Failure),
}

/// What the sender does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it treats the delivery as done.
    Done,
    /// It sends the same bytes again, after a random wait in this range.
    Retry {
        /// The shortest wait.
        min: Duration,
        /// The longest wait.
        max: Duration,
    },
    /// It follows the redirect, within the same attempt.
    Follow {
        /// Whether it sends a POST with the body; otherwise a GET without one.
        with_body: bool,
    },
    /// It keeps waiting for the response.
    KeepWaiting,
    /// Nothing: the delivery is lost.
    Lost,
    /// creel does not know what this sender does.
    Unknown,
}

/// What a sender does next, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// What it does.
    pub next: Next,
    /// One sentence without a full stop.
    pub why: String,
}

/// How long the Python server waits for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the Python server waits for the next bytes of the response. The JavaScript server sets no limit.
pub const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How many redirects in a row a sender follows: httpx five, as the Python server configures it; fetch twenty (Fetch standard).
#[must_use]
pub fn redirects_max(sender: &Sender) -> u32 {
    match sender.kind {
        SenderKind::LanggraphJs => 20,
        _ => 5,
    }
}

/// The maximum number of attempts; `None` for an unknown sender.
#[must_use]
pub fn attempts_max(sender: &Sender) -> Option<u32> {
    match sender.kind {
        SenderKind::LanggraphPython => Some(python_attempts_max(sender)),
        SenderKind::LanggraphJs => Some(1),
        SenderKind::Compatible | SenderKind::Unknown => None,
    }
}

fn python_attempts_max(sender: &Sender) -> u32 {
    if is_before(sender, ApiVersion(0, 1, 0)) {
        1
    } else {
        3
    }
}

/// What a sender does after attempt number `attempt` (1, 2, 3) ended in this way.
///
/// ```
/// use creel::domain::run::{Sender, SenderKind};
/// use creel::langgraph::retry::{AttemptEnd, Next, next};
///
/// let python = Sender { kind: SenderKind::LanggraphPython, version: None };
/// assert!(matches!(next(&python, 1, &AttemptEnd::Answered(503)).next, Next::Retry { .. }));
/// assert_eq!(next(&python, 3, &AttemptEnd::Answered(503)).next, Next::Lost);
/// assert_eq!(next(&python, 1, &AttemptEnd::Answered(404)).next, Next::Lost);
/// ```
#[must_use]
pub fn next(sender: &Sender, attempt: u32, end: &AttemptEnd) -> Prediction {
    match sender.kind {
        SenderKind::LanggraphPython => python(sender, attempt, end),
        SenderKind::LanggraphJs => javascript(end),
        SenderKind::Compatible | SenderKind::Unknown => prediction(
            Next::Unknown,
            "creel does not know whether this sender retries",
        ),
    }
}

fn python(sender: &Sender, attempt: u32, end: &AttemptEnd) -> Prediction {
    match end {
        AttemptEnd::Answered(200..=299) => prediction(
            Next::Done,
            "accepted (any 2xx): the sender does not send it again",
        ),
        AttemptEnd::Answered(429 | 500..=599)
        | AttemptEnd::Failed(Failure::TimedOut | Failure::Reset | Failure::NotConnected(_)) => {
            again(python_attempts_max(sender), attempt, &named(end))
        }
        AttemptEnd::Answered(status) => prediction(
            Next::Lost,
            format!("lost: {status} is not retried, only 5xx and 429 are"),
        ),
        AttemptEnd::Failed(Failure::Closed) => prediction(
            Next::Lost,
            "lost: a connection closed without a response is not retried",
        ),
        AttemptEnd::Failed(Failure::NotHttp(_)) => prediction(
            Next::Lost,
            "lost: a response that is not HTTP is not retried",
        ),
        AttemptEnd::Redirected(status) => redirected(sender, *status),
    }
}

/// A redirect. The Python server follows it since 0.8; 307 and 308 fail there because httpx cannot send the body twice.
fn redirected(sender: &Sender, status: u16) -> Prediction {
    if is_before(sender, ApiVersion(0, 8, 0)) {
        return prediction(
            Next::Lost,
            format!("lost: this version does not follow redirects, and {status} is not retried"),
        );
    }
    match status {
        301..=303 => prediction(
            Next::Follow { with_body: false },
            format!("follows the {status} with a GET without the body, and accepts a 2xx there"),
        ),
        _ => prediction(
            Next::Lost,
            format!(
                "lost: the server fails when it follows a {status}; nothing is delivered or retried"
            ),
        ),
    }
}

/// The waits are 1 s, then 2 s, each plus a random 0 to 1 s. Retry-After is ignored.
fn again(attempts_max: u32, attempt: u32, what: &str) -> Prediction {
    if attempt >= attempts_max {
        return prediction(
            Next::Lost,
            format!("lost: {what}, and this was attempt {attempt} of {attempts_max}"),
        );
    }
    let seconds = u64::from(attempt.max(1));
    let next = Next::Retry {
        min: Duration::from_secs(seconds),
        max: Duration::from_secs(seconds + 1),
    };
    prediction(
        next,
        format!(
            "{what}: attempt {} of {attempts_max} follows in {seconds} to {} s",
            attempt + 1,
            seconds + 1
        ),
    )
}

fn javascript(end: &AttemptEnd) -> Prediction {
    match end {
        AttemptEnd::Answered(_) => prediction(
            Next::Done,
            "done: this server sends once and ignores the status",
        ),
        AttemptEnd::Redirected(status @ 301..=303) => prediction(
            Next::Follow { with_body: false },
            format!(
                "follows the {status} with a GET without the body, and ignores the status there"
            ),
        ),
        AttemptEnd::Redirected(status) => prediction(
            Next::Follow { with_body: true },
            format!("follows the {status} with the body, and ignores the status there"),
        ),
        AttemptEnd::Failed(Failure::TimedOut) => prediction(
            Next::KeepWaiting,
            "keeps waiting: this server has no timeout, and the sending worker takes no other run meanwhile",
        ),
        AttemptEnd::Failed(failure) => prediction(
            Next::Lost,
            format!(
                "lost: {}; this server sends once, and the failure stops the sending worker",
                failed(failure)
            ),
        ),
    }
}

fn named(end: &AttemptEnd) -> String {
    match end {
        AttemptEnd::Answered(status) | AttemptEnd::Redirected(status) => status.to_string(),
        AttemptEnd::Failed(failure) => failed(failure).to_owned(),
    }
}

fn failed(failure: &Failure) -> &'static str {
    match failure {
        Failure::TimedOut => "no response in time",
        Failure::Reset => "connection reset",
        Failure::Closed => "connection closed without a response",
        Failure::NotHttp(_) => "a response that is not HTTP",
        Failure::NotConnected(_) => "no connection",
    }
}

fn prediction(next: Next, why: impl Into<String>) -> Prediction {
    Prediction {
        next,
        why: why.into(),
    }
}

/// Whether the payload names a version older than this one. An unknown version counts as new, because most servers are.
fn is_before(sender: &Sender, version: ApiVersion) -> bool {
    let named = sender.version.as_deref().and_then(ApiVersion::read);
    named.is_some_and(|named| named < version)
}

/// How much a retry may deviate from the predicted wait: the response takes time to travel, and a busy sender is late.
const TOLERANCE: Duration = Duration::from_millis(500);

/// How a prediction turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryOutcome {
    /// The next attempt arrived at the predicted time.
    AsPredicted,
    /// The next attempt arrived at another time.
    AtAnotherTime,
    /// An attempt arrived that was not predicted.
    Unexpected,
    /// No attempt so far, within the predicted time.
    Pending,
    /// No attempt within the predicted time.
    Missing,
    /// No attempt was predicted, and none arrived.
    NoRetry,
}

/// What a sender does after attempt number `attempt` was answered with this status. `None` if the number exceeds the sender's maximum: then
/// something else sent the bytes again.
#[must_use]
pub fn predict(sender: &Sender, attempt: u32, status: u16) -> Option<Prediction> {
    let beyond = attempts_max(sender).is_some_and(|most| attempt > most);
    (!beyond).then(|| next(sender, attempt, &AttemptEnd::Answered(status)))
}

/// How a prediction turned out. `gap` is the time to the next attempt, if there was one; `passed` is the time until now.
#[must_use]
pub fn retry_outcome(next: Next, gap: Option<Duration>, passed: Duration) -> RetryOutcome {
    match (next, gap) {
        (Next::Retry { min, max }, Some(gap)) => {
            let early = gap + TOLERANCE < min;
            let late = gap > max + TOLERANCE;
            if early || late {
                RetryOutcome::AtAnotherTime
            } else {
                RetryOutcome::AsPredicted
            }
        }
        (Next::Retry { max, .. }, None) if passed > max + TOLERANCE => RetryOutcome::Missing,
        (Next::Retry { .. }, None) => RetryOutcome::Pending,
        (_, Some(_)) => RetryOutcome::Unexpected,
        (_, None) => RetryOutcome::NoRetry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(kind: SenderKind, version: Option<&str>) -> Sender {
        Sender {
            kind,
            version: version.map(str::to_owned),
        }
    }

    fn python_next(version: &str, attempt: u32, end: &AttemptEnd) -> Next {
        next(
            &sender(SenderKind::LanggraphPython, Some(version)),
            attempt,
            end,
        )
        .next
    }

    fn retry(seconds: u64) -> Next {
        Next::Retry {
            min: Duration::from_secs(seconds),
            max: Duration::from_secs(seconds + 1),
        }
    }

    #[test]
    fn python_retries_transient_failures_twice_and_others_never() {
        use AttemptEnd::{Answered, Failed, Redirected};
        for transient in [
            Answered(500),
            Answered(503),
            Answered(599),
            Answered(429),
            Failed(Failure::TimedOut),
            Failed(Failure::Reset),
            Failed(Failure::NotConnected("refused".to_owned())),
        ] {
            let nexts = [1, 2, 3].map(|attempt| python_next("0.16.7", attempt, &transient));
            assert_eq!(nexts, [retry(1), retry(2), Next::Lost], "{transient:?}");
        }
        for permanent in [
            Answered(400),
            Answered(401),
            Answered(404),
            Answered(410),
            Answered(413),
            Answered(304),
            Failed(Failure::Closed),
            Redirected(307),
            Redirected(308),
        ] {
            assert_eq!(
                python_next("0.16.7", 1, &permanent),
                Next::Lost,
                "{permanent:?}"
            );
        }
        for success in [200, 202, 204] {
            assert_eq!(python_next("0.16.7", 1, &Answered(success)), Next::Done);
        }
        assert_eq!(
            python_next("0.16.7", 1, &Redirected(301)),
            Next::Follow { with_body: false }
        );
    }

    #[test]
    fn older_python_servers_differ() {
        assert_eq!(
            python_next("0.4.48", 1, &AttemptEnd::Redirected(301)),
            Next::Lost
        );
        assert_eq!(
            python_next("0.10.0", 1, &AttemptEnd::Redirected(301)),
            Next::Follow { with_body: false }
        );
        assert_eq!(
            python_next("0.4.48", 1, &AttemptEnd::Answered(500)),
            retry(1)
        );
        assert_eq!(
            python_next("0.0.20", 1, &AttemptEnd::Answered(500)),
            Next::Lost
        );
        assert_eq!(
            python_next("a new scheme", 1, &AttemptEnd::Answered(500)),
            retry(1)
        );
    }

    #[test]
    fn javascript_sends_once_whatever_the_status() {
        let js = sender(SenderKind::LanggraphJs, None);
        assert_eq!(next(&js, 1, &AttemptEnd::Answered(500)).next, Next::Done);
        assert_eq!(
            next(&js, 1, &AttemptEnd::Redirected(307)).next,
            Next::Follow { with_body: true }
        );
        assert_eq!(
            next(&js, 1, &AttemptEnd::Failed(Failure::TimedOut)).next,
            Next::KeepWaiting
        );
        assert_eq!(
            next(&js, 1, &AttemptEnd::Failed(Failure::Reset)).next,
            Next::Lost
        );
        assert_eq!(attempts_max(&js), Some(1));
    }

    #[test]
    fn unknown_senders_have_no_prediction() {
        for kind in [SenderKind::Compatible, SenderKind::Unknown] {
            assert_eq!(
                next(&sender(kind, None), 1, &AttemptEnd::Answered(500)).next,
                Next::Unknown
            );
            assert_eq!(attempts_max(&sender(kind, None)), None);
        }
    }

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
    fn measured_gaps_are_as_predicted() {
        // 500, 500, 200; 429, 200.
        for (attempt, status, gap) in [(1, 500, 1880), (2, 500, 2180), (1, 429, 1390)] {
            let prediction = predict(&python(), attempt, status).unwrap();
            assert_eq!(
                retry_outcome(prediction.next, Some(ms(gap)), ms(60_000)),
                RetryOutcome::AsPredicted,
                "{gap}"
            );
        }
    }

    #[test]
    fn each_outcome_is_distinguished() {
        let again = Next::Retry {
            min: ms(1000),
            max: ms(2000),
        };
        for (next, gap, passed, expected) in [
            (again, Some(ms(400)), ms(9000), RetryOutcome::AtAnotherTime),
            (
                again,
                Some(ms(31_150)),
                ms(40_000),
                RetryOutcome::AtAnotherTime,
            ),
            (again, None, ms(1500), RetryOutcome::Pending),
            (again, None, ms(2501), RetryOutcome::Missing),
            (
                Next::Done,
                Some(ms(1500)),
                ms(9000),
                RetryOutcome::Unexpected,
            ),
            (
                Next::Lost,
                Some(ms(1500)),
                ms(9000),
                RetryOutcome::Unexpected,
            ),
            (Next::Done, None, ms(9000), RetryOutcome::NoRetry),
            (Next::Unknown, None, ms(9000), RetryOutcome::NoRetry),
        ] {
            assert_eq!(
                retry_outcome(next, gap, passed),
                expected,
                "{next:?} {gap:?}"
            );
        }
    }

    #[test]
    fn nothing_is_predicted_beyond_the_last_attempt() {
        assert!(predict(&python(), 3, 500).is_some());
        assert!(predict(&python(), 4, 500).is_none());
    }
}
