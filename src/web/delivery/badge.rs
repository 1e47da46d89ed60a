//! Badges of a delivery: the run's status, and the result of the token check.
//!
//! **Invariant:** the class sets shape and colour, and the label says the same in words.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::beginning::Beginning;
use crate::domain::delivery::Summary;
use crate::domain::run::ReadingKind;
use crate::domain::token_check::{TokenCheck, TokenPlace, TokenResult};
use crate::langgraph::findings::{Code, Level, level_of};
use crate::web::render::escape::Line;

/// Longest status, in characters.
const STATUS_CHARS_MAX: usize = 80;

/// A run's status, or method and kind of another request. The class sets shape and colour, the label says the same in words.
#[derive(Template)]
#[template(path = "_badge.html")]
pub(crate) struct Badge {
    pub(crate) class: &'static str,
    label: Line,
}

impl HtmlSafe for Badge {}

impl Badge {
    /// Of a run's status, or of a body that cannot be read; `None` for another request.
    pub(crate) fn of_status(delivery: &Summary) -> Option<Self> {
        let reading = &delivery.reading;
        let Some(run) = reading.run.as_deref() else {
            return (reading.kind == ReadingKind::Unreadable).then(|| Self {
                class: "status-unreadable",
                label: Line("invalid JSON".to_owned()),
            });
        };
        if is_likely_paused(delivery) {
            return Some(Self {
                class: "status-paused",
                label: Line("success, paused?".to_owned()),
            });
        }
        let status = run.status.as_deref();
        let shown = status.unwrap_or("no status");
        Some(Self {
            class: status_class(status),
            label: Line(Beginning::of_chars(shown, STATUS_CHARS_MAX).to_string()),
        })
    }

    /// Of a delivery.
    pub(crate) fn of(delivery: &Summary) -> Self {
        Self::of_status(delivery).unwrap_or_else(|| Self {
            class: "status-none",
            label: Line(delivery.method.clone()),
        })
    }
}

/// Whether a run that says `success` is more likely to be paused.
fn is_likely_paused(delivery: &Summary) -> bool {
    let level = level_of(delivery, Code::SuccessMayBePaused);
    level.is_some_and(|level| level > Level::Note)
}

/// The class that sets shape and colour of a run's status.
pub(crate) fn status_class(status: Option<&str>) -> &'static str {
    match status {
        Some("success") => "status-success",
        Some("error") => "status-error",
        Some("interrupted") => "status-interrupted",
        Some("timeout") => "status-timeout",
        Some("rollback") => "status-rollback",
        _ => "status-unknown",
    }
}

/// The result of the token check in two words.
pub(crate) struct TokenChip {
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
    pub(crate) title: &'static str,
}

impl TokenChip {
    /// Where something is wrong with the token.
    pub(crate) fn of_problem(check: TokenCheck) -> Option<Self> {
        Self::of(check).filter(|_| check.result != TokenResult::Match)
    }

    /// `None` if the endpoint expects no token.
    pub(crate) fn of(check: TokenCheck) -> Option<Self> {
        let (class, label, title) = match check.result {
            TokenResult::NotAsked => return None,
            TokenResult::Match => ("token-match", "token ok", matched(check.place)),
            TokenResult::Missing => (
                "token-missing",
                "no token",
                "The endpoint expects a token, but the request has none",
            ),
            TokenResult::Wrong => (
                "token-wrong",
                "wrong token",
                "The request has a token, but not the endpoint’s",
            ),
            TokenResult::Repeated => (
                "token-repeated",
                "token repeated",
                "The request has more than one token; receivers differ in which one they use",
            ),
            TokenResult::Unknown => (
                "token-unknown",
                "token unknown",
                "The stored token result cannot be read from the database",
            ),
        };
        Some(Self {
            class,
            label,
            title,
        })
    }
}

fn matched(place: Option<TokenPlace>) -> &'static str {
    match place {
        Some(TokenPlace::Query) => "The token in the query matches",
        Some(TokenPlace::Header) => "The token in a header matches",
        Some(TokenPlace::Basic) => "The token in the Basic authorization matches",
        Some(TokenPlace::Unknown) | None => "The token matches",
    }
}
