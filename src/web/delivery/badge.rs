//! What a delivery is, at a glance: a run's status, and what the token check found.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::beginning::Beginning;
use crate::domain::delivery::Summary;
use crate::domain::run::{ReadingKind, Run};
use crate::domain::token_check::{TokenCheck, TokenPlace, TokenResult};
use crate::web::render::escape::Line;

/// Longest status, in characters.
const STATUS_CHARS_MAX: usize = 80;

/// A run's status, or method and kind of what is no run. The class gives shape and colour, the label says the same in words.
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

/// What the token check found, in two words.
pub(crate) struct TokenChip {
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
    pub(crate) title: &'static str,
}

impl TokenChip {
    /// Nothing where no token is asked for.
    pub(crate) fn of(check: TokenCheck) -> Option<Self> {
        let (class, label, title) = match check.result {
            TokenResult::NotAsked => return None,
            TokenResult::Match => ("token-match", "token ok", matched(check.place)),
            TokenResult::Missing => (
                "token-missing",
                "no token",
                "The endpoint asks for a token, and none came",
            ),
            TokenResult::Wrong => (
                "token-wrong",
                "wrong token",
                "A token came, but not the one of the endpoint",
            ),
            TokenResult::Repeated => (
                "token-repeated",
                "token repeated",
                "The token came more than once; receivers differ in which one they read",
            ),
            TokenResult::Unknown => (
                "token-unknown",
                "token unknown",
                "What the token check found cannot be read from the database",
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
        Some(TokenPlace::Query) => "The token in the query is the one of the endpoint",
        Some(TokenPlace::Header) => "The token in a header line is the one of the endpoint",
        Some(TokenPlace::Basic) => {
            "The token in the basic authorization is the one of the endpoint"
        }
        Some(TokenPlace::Unknown) | None => "The token is the one of the endpoint",
    }
}
