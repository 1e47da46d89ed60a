//! One delivery in the list. The page, the older rows and the live ones are all rendered here.

use askama::Template;
use askama::filters::HtmlSafe;

use super::findings::RowMark;
use super::human::{self, Moment};
use super::text::Line;
use super::view::View;
use crate::domain::delivery::Summary;
use crate::domain::reply::is_success;
use crate::domain::run::{ReadingKind, Run};
use crate::domain::target;
use crate::domain::time::Time;
use crate::domain::token_check::{TokenCheck, TokenPlace, TokenResult};

/// Longest text of an error in a row, in characters; the row cuts it to its width anyway.
const ERROR_CHARS_MAX: usize = 160;
/// Longest name of a graph and longest status, in characters.
const NAME_CHARS_MAX: usize = 80;

/// One delivery in the list.
#[derive(Template)]
#[template(path = "_row.html")]
pub(super) struct Row {
    pub(super) seq: u64,
    /// Seq of the first of its attempts, of which this is the latest.
    group: u64,
    /// How often it came, if more than once.
    times: Option<u32>,
    href: String,
    selected: bool,
    badge: Badge,
    mark: Option<RowMark>,
    subject: Line,
    thread: Option<Line>,
    duration: Option<String>,
    size: String,
    token: Option<TokenChip>,
    /// What the sender was answered, where that is no 2xx.
    refused: Option<u16>,
    error: Option<Line>,
    received: Moment,
}

impl HtmlSafe for Row {}

impl Row {
    /// Its link leads to the delivery and leaves the rest of the view as it is.
    pub(super) fn new(delivery: &Summary, view: View, now: Time) -> Self {
        let run = delivery.reading.run.as_deref();
        let subject = match run {
            Some(run) => shortened(run.graph_id.as_deref().unwrap_or("run")),
            None => target::sub_path(&delivery.target).to_owned(),
        };
        Self {
            seq: delivery.seq.0,
            group: delivery.attempt.first_seq.0,
            times: Some(delivery.attempt.number).filter(|times| *times > 1),
            href: view.select(delivery.seq).href(),
            selected: view.selected == Some(delivery.seq),
            badge: Badge::of(delivery),
            mark: RowMark::of(delivery),
            subject: Line(subject),
            thread: run
                .and_then(|run| run.thread_id.as_deref())
                .map(|id| Line(human::short_id(id))),
            duration: run.and_then(|run| run.run_ms).map(human::duration),
            size: human::bytes(delivery.body.bytes),
            token: TokenChip::of(delivery.verdict),
            refused: delivery.reply_status.filter(|status| !is_success(*status)),
            error: run.and_then(error),
            received: Moment::short(delivery.received_at, now),
        }
    }
}

fn error(run: &Run) -> Option<Line> {
    let error = run.error.as_ref()?;
    let text = match &error.class {
        Some(class) if error.message.is_empty() => class.clone(),
        Some(class) => format!("{class}: {}", error.message),
        None => error.message.clone(),
    };
    Some(Line(text.chars().take(ERROR_CHARS_MAX).collect()))
}

/// A name or a word as a row bears it.
fn shortened(text: &str) -> String {
    text.chars().take(NAME_CHARS_MAX).collect()
}

/// A run's status, or method and kind of what is no run. The class gives shape and colour, the label says the same in words.
#[derive(Template)]
#[template(path = "_badge.html")]
pub(super) struct Badge {
    class: &'static str,
    label: Line,
}

impl HtmlSafe for Badge {}

impl Badge {
    /// Of a run's status.
    pub(super) fn of_run(run: &Run) -> Self {
        let status = run.status.as_deref();
        Self {
            class: status_class(status),
            label: Line(shortened(status.unwrap_or("no status"))),
        }
    }

    /// Of a delivery.
    pub(super) fn of(delivery: &Summary) -> Self {
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
pub(super) struct TokenChip {
    pub(super) class: &'static str,
    pub(super) label: &'static str,
    pub(super) title: &'static str,
}

impl TokenChip {
    /// Nothing where no token is asked for.
    pub(super) fn of(verdict: TokenCheck) -> Option<Self> {
        let (class, label, title) = match verdict.result {
            TokenResult::NotAsked => return None,
            TokenResult::Match => ("token-match", "token ok", matched(verdict.place)),
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
