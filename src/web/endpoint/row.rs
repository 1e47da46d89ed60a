//! One delivery in the list.
//!
//! **Invariant:** the page, the older rows and the live ones are all rendered here.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::beginning::Beginning;
use crate::domain::delivery::Summary;
use crate::domain::run::{ReadingKind, Run};
use crate::domain::target;
use crate::domain::time::Time;
use crate::web::delivery::badge::{Badge, TokenChip};
use crate::web::delivery::findings::RowMark;
use crate::web::links::view::View;
use crate::web::render::escape::Line;
use crate::web::render::format::{self, Moment};

/// Longest error text in a row, in characters. CSS shortens it to the width of the row.
const ERROR_CHARS_MAX: usize = 160;
/// Longest path, in characters. A target may have 64 KB.
const PATH_CHARS_MAX: usize = 200;
/// Longest name of a graph, in characters.
const NAME_CHARS_MAX: usize = 80;

/// One delivery in the list.
#[derive(Template)]
#[template(path = "_row.html")]
pub(crate) struct Row {
    pub(crate) seq: u64,
    /// Seq of the first attempt; the row shows the latest.
    group: u64,
    /// Number of attempts, if more than one.
    times: Option<u32>,
    href: String,
    selected: bool,
    badge: Badge,
    mark: Option<RowMark>,
    subject: Line,
    /// Kind of the body of what is not a run.
    kind: Option<&'static str>,
    /// Path below the endpoint, where the subject is something else.
    path: Option<Line>,
    thread: Option<Line>,
    duration: Option<String>,
    size: String,
    token: Option<TokenChip>,
    /// Status of the response, if it is not a 2xx.
    refused: Option<u16>,
    error: Option<Line>,
    received: Moment,
}

impl HtmlSafe for Row {}

impl Row {
    /// Its link selects the delivery and keeps the rest of the view.
    pub(crate) fn new(delivery: &Summary, view: View, now: Time) -> Self {
        let run = delivery.reading.run.as_deref();
        // Its badge says so.
        let is_unreadable = delivery.reading.kind == ReadingKind::Unreadable;
        let path = target::readable_path(target::sub_path(&delivery.target));
        let path = Beginning::of_chars(&path, PATH_CHARS_MAX).to_string();
        let subject = match run {
            Some(run) => shortened(run.graph_id.as_deref().unwrap_or("run")),
            None => match &delivery.reading.source {
                Some(source) => shortened(&source.to_string()),
                None => path.clone(),
            },
        };
        Self {
            seq: delivery.seq.0,
            group: delivery.attempt.first_seq.0,
            times: Some(delivery.attempt.number).filter(|times| *times > 1),
            href: view.select(delivery.seq).href(),
            selected: view.selected == Some(delivery.seq),
            badge: Badge::of(delivery),
            kind: (run.is_none() && !is_unreadable).then(|| delivery.body.kind.noun()),
            mark: RowMark::of(delivery),
            path: Some(path)
                .filter(|path| delivery.reading.source.is_some() && path != "/")
                .map(Line),
            subject: Line(subject),
            thread: run
                .and_then(|run| run.thread_id.as_deref())
                .map(|id| Line(format::short_id(id))),
            duration: run.and_then(|run| run.run_ms).map(format::duration),
            size: format::bytes(delivery.body.bytes),
            token: TokenChip::of_problem(delivery.token_check),
            refused: delivery
                .response
                .filter(|response| !response.is_success())
                .map(|response| response.status),
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
    Some(Line(
        Beginning::of_chars(&text, ERROR_CHARS_MAX).to_string(),
    ))
}

/// A name or a word, shortened for a row.
fn shortened(text: &str) -> String {
    Beginning::of_chars(text, NAME_CHARS_MAX).to_string()
}
