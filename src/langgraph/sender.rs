//! What a sender does with what it hears: the retry rules of the LangGraph servers, as pure data. Measured on langgraph-api 0.16.7 and
//! 0.4.48 (Python) and on @langchain/langgraph-api 2.0.0 (JavaScript); what older versions did differently is from their code.

use std::time::Duration;

use crate::domain::run::{Sender, SenderKind};
use crate::langgraph::version::Version;

/// How one attempt ended, as the sender sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An answer that is no redirect.
    Answered(u16),
    /// 301, 302, 303, 307 or 308 with a Location.
    Redirected(u16),
    /// Nothing came in the time that the sender waits.
    TimedOut,
    /// The connection was reset.
    Reset,
    /// The connection was closed in order, but without an answer.
    Closed,
    /// Something came that is no HTTP answer.
    Garbled,
    /// There was no connection: refused, no such host, or TLS failed.
    NotConnected,
}

/// What the sender does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it holds the delivery for delivered.
    Done,
    /// The same bytes again, after a random wait between the two.
    Again {
        /// The shortest wait.
        min: Duration,
        /// The longest wait.
        max: Duration,
    },
    /// It asks the address of the redirect, within the same attempt.
    Follow {
        /// Whether the body is sent there, by POST; else a GET without one.
        with_body: bool,
    },
    /// It goes on waiting.
    Wait,
    /// Nothing: the delivery is lost.
    Lost,
    /// creel does not know what this sender does.
    Unknown,
}

/// What a sender does next, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub next: Next,
    /// One plain sentence without a full stop.
    pub why: String,
}

/// How long the Python server waits for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the Python server waits for the next bytes of an answer. The JavaScript server has no limit of its own.
pub const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How many redirects in a row a sender follows: httpx five as the Python server sets it up, fetch twenty (the Fetch standard).
#[must_use]
pub fn redirects_max(sender: &Sender) -> u32 {
    match sender.kind {
        SenderKind::LanggraphJs => 20,
        _ => 5,
    }
}

/// How often a sender sends a delivery at most; `None` for a sender that creel does not know.
#[must_use]
pub fn attempts_max(sender: &Sender) -> Option<u32> {
    match sender.kind {
        SenderKind::LanggraphPython if is_before(sender, Version(0, 1, 0)) => Some(1),
        SenderKind::LanggraphPython => Some(3),
        SenderKind::LanggraphJs => Some(1),
        SenderKind::Compatible | SenderKind::Unknown => None,
    }
}

/// What this sender does after attempt number `attempt` (1, 2, 3) ended so.
///
/// ```
/// use creel::domain::run::{Sender, SenderKind};
/// use creel::langgraph::sender::{Heard, Next, next};
///
/// let python = Sender { kind: SenderKind::LanggraphPython, version: None };
/// assert!(matches!(next(&python, 1, Heard::Answered(503)).next, Next::Again { .. }));
/// assert_eq!(next(&python, 3, Heard::Answered(503)).next, Next::Lost);
/// assert_eq!(next(&python, 1, Heard::Answered(404)).next, Next::Lost);
/// ```
#[must_use]
pub fn next(sender: &Sender, attempt: u32, heard: Heard) -> Step {
    match sender.kind {
        SenderKind::LanggraphPython => python(sender, attempt, heard),
        SenderKind::LanggraphJs => javascript(heard),
        SenderKind::Compatible | SenderKind::Unknown => step(
            Next::Unknown,
            "creel does not know whether this sender tries again",
        ),
    }
}

fn python(sender: &Sender, attempt: u32, heard: Heard) -> Step {
    match heard {
        Heard::Answered(200..=299) => step(
            Next::Done,
            "delivered: any 2xx will do, and the body of the answer is ignored",
        ),
        Heard::Answered(429 | 500..=599) | Heard::TimedOut | Heard::Reset | Heard::NotConnected => {
            again(attempts_max(sender).unwrap_or(1), attempt, &named(heard))
        }
        Heard::Answered(status) => step(
            Next::Lost,
            format!("lost: {status} is not tried again; only 5xx and 429 are"),
        ),
        Heard::Closed => step(
            Next::Lost,
            "lost: a connection that is closed without an answer is not tried again",
        ),
        Heard::Garbled => step(
            Next::Lost,
            "lost: an answer that is not HTTP is not tried again",
        ),
        Heard::Redirected(status) => redirected(sender, status),
    }
}

/// A redirect, as httpx follows it for the Python server since 0.8: 307 and 308 fail there because the body cannot be sent twice.
fn redirected(sender: &Sender, status: u16) -> Step {
    if is_before(sender, Version(0, 8, 0)) {
        return step(
            Next::Lost,
            format!("lost: this version follows no redirect, and {status} is not tried again"),
        );
    }
    match status {
        301..=303 => step(
            Next::Follow { with_body: false },
            format!(
                "follows the {status} by a GET without the body, and holds a 2xx there for delivered"
            ),
        ),
        _ => step(
            Next::Lost,
            format!(
                "lost: the server fails when it follows a {status}; nothing is delivered there or tried again"
            ),
        ),
    }
}

/// The waits are 1 s, then 2 s, each with up to one second of chance on top. Retry-After changes nothing.
fn again(attempts_max: u32, attempt: u32, what: &str) -> Step {
    if attempt >= attempts_max {
        return step(
            Next::Lost,
            format!("lost: {what}, and this was attempt {attempt} of {attempts_max}"),
        );
    }
    let seconds = u64::from(attempt.max(1));
    let next = Next::Again {
        min: Duration::from_secs(seconds),
        max: Duration::from_secs(seconds + 1),
    };
    step(
        next,
        format!(
            "{what}: attempt {} of {attempts_max} comes in {seconds} to {} s",
            attempt + 1,
            seconds + 1
        ),
    )
}

fn javascript(heard: Heard) -> Step {
    match heard {
        Heard::Answered(_) => step(
            Next::Done,
            "done: this server sends once and does not look at the status",
        ),
        Heard::Redirected(status @ 301..=303) => step(
            Next::Follow { with_body: false },
            format!(
                "follows the {status} by a GET without the body, and does not look at the status there"
            ),
        ),
        Heard::Redirected(status) => step(
            Next::Follow { with_body: true },
            format!("follows the {status} with the body, and does not look at the status there"),
        ),
        Heard::TimedOut => step(
            Next::Wait,
            "waits on: this server has no timeout of its own, and the worker that sends takes no other run meanwhile",
        ),
        Heard::Reset | Heard::Closed | Heard::Garbled | Heard::NotConnected => step(
            Next::Lost,
            format!(
                "lost: {}; this server sends once, and the failure stops the worker that sent",
                named(heard)
            ),
        ),
    }
}

fn named(heard: Heard) -> String {
    match heard {
        Heard::Answered(status) | Heard::Redirected(status) => status.to_string(),
        Heard::TimedOut => "no answer in time".to_owned(),
        Heard::Reset => "connection reset".to_owned(),
        Heard::Closed => "connection closed without an answer".to_owned(),
        Heard::Garbled => "an answer that is not HTTP".to_owned(),
        Heard::NotConnected => "no connection".to_owned(),
    }
}

fn step(next: Next, why: impl Into<String>) -> Step {
    Step {
        next,
        why: why.into(),
    }
}

/// Whether the payload names a version that is older than this one; a version that is not told is taken for a new one.
fn is_before(sender: &Sender, version: Version) -> bool {
    let told = sender.version.as_deref().and_then(Version::read);
    told.is_some_and(|told| told < version)
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

    fn python_next(version: &str, attempt: u32, heard: Heard) -> Next {
        next(
            &sender(SenderKind::LanggraphPython, Some(version)),
            attempt,
            heard,
        )
        .next
    }

    fn again(seconds: u64) -> Next {
        Next::Again {
            min: Duration::from_secs(seconds),
            max: Duration::from_secs(seconds + 1),
        }
    }

    #[test]
    fn the_python_server_sends_thrice_what_may_have_failed_for_a_while_and_once_what_was_refused() {
        use Heard::{Answered, Closed, NotConnected, Redirected, Reset, TimedOut};
        for passing in [
            Answered(500),
            Answered(503),
            Answered(599),
            Answered(429),
            TimedOut,
            Reset,
            NotConnected,
        ] {
            let nexts = [1, 2, 3].map(|attempt| python_next("0.16.7", attempt, passing));
            assert_eq!(nexts, [again(1), again(2), Next::Lost], "{passing:?}");
        }
        for lasting in [
            Answered(400),
            Answered(401),
            Answered(404),
            Answered(410),
            Answered(413),
            Answered(304),
            Closed,
            Redirected(307),
            Redirected(308),
        ] {
            assert_eq!(python_next("0.16.7", 1, lasting), Next::Lost, "{lasting:?}");
        }
        for success in [200, 202, 204] {
            assert_eq!(python_next("0.16.7", 1, Answered(success)), Next::Done);
        }
        assert_eq!(
            python_next("0.16.7", 1, Redirected(301)),
            Next::Follow { with_body: false }
        );
    }

    #[test]
    fn older_python_servers_follow_no_redirect_and_the_oldest_sends_once() {
        assert_eq!(python_next("0.4.48", 1, Heard::Redirected(301)), Next::Lost);
        assert_eq!(
            python_next("0.10.0", 1, Heard::Redirected(301)),
            Next::Follow { with_body: false }
        );
        assert_eq!(python_next("0.4.48", 1, Heard::Answered(500)), again(1));
        assert_eq!(python_next("0.0.20", 1, Heard::Answered(500)), Next::Lost);
        assert_eq!(
            python_next("a new scheme", 1, Heard::Answered(500)),
            again(1)
        );
    }

    #[test]
    fn the_javascript_server_sends_once_and_does_not_look_at_the_status() {
        let js = sender(SenderKind::LanggraphJs, None);
        assert_eq!(next(&js, 1, Heard::Answered(500)).next, Next::Done);
        assert_eq!(
            next(&js, 1, Heard::Redirected(307)).next,
            Next::Follow { with_body: true }
        );
        assert_eq!(next(&js, 1, Heard::TimedOut).next, Next::Wait);
        assert_eq!(next(&js, 1, Heard::Reset).next, Next::Lost);
        assert_eq!(attempts_max(&js), Some(1));
    }

    #[test]
    fn nothing_is_foretold_of_an_unknown_sender() {
        for kind in [SenderKind::Compatible, SenderKind::Unknown] {
            assert_eq!(
                next(&sender(kind, None), 1, Heard::Answered(500)).next,
                Next::Unknown
            );
            assert_eq!(attempts_max(&sender(kind, None)), None);
        }
    }
}
