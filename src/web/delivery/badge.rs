//! Badges of a delivery: the run's status, and the result of the token check.
//!
//! **Invariant:** the class sets shape and colour, and the label says the same in words.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::beginning::Beginning;
use crate::domain::delivery::Summary;
use crate::domain::run::{ReadingKind, Run};
use crate::domain::token_check::{TokenCheck, TokenPlace, TokenResult};
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
    /// Of a run's status.
    pub(crate) fn of_run(run: &Run) -> Self {
        let status = run.status.as_deref();
        let shown = status.unwrap_or("no status");
        Self {
            class: status_class(status),
            label: Line(Beginning::of_chars(shown, STATUS_CHARS_MAX).to_string()),
        }
    }

    /// Of a delivery.
    pub(crate) fn of(delivery: &Summary) -> Self {
        let reading = &delivery.reading;
        if let Some(run) = reading.run.as_deref() {
            return Self::of_run(run);
        }
        let kind = match reading.kind {
            ReadingKind::Run | ReadingKind::Json => "json",
            ReadingKind::Text => "text",
            ReadingKind::Binary => "binary",
            ReadingKind::Empty => "empty",
            ReadingKind::Unreadable => "unreadable",
            ReadingKind::Unknown => "unknown",
        };
        Self {
            class: "status-none",
            label: Line(format!("{} {kind}", delivery.method)),
        }
    }
}

fn status_class(status: Option<&str>) -> &'static str {
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
