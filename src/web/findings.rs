//! Findings on pages: those of a delivery, the mark of a row that has some, and the page on which all of them are explained. All speak
//! from the table in `langgraph::findings`.

use actix_web::HttpResponse;
use askama::Template;
use askama::filters::HtmlSafe;

use super::error::PageError;
use super::page;
use super::sentence::Prose;
use crate::domain::delivery::Summary;
use crate::langgraph::findings::{Code, Entry, Level, TABLE, findings};

/// The findings on a delivery.
#[derive(Template)]
#[template(path = "_findings.html")]
pub(super) struct Findings {
    found: Vec<Found>,
}

impl HtmlSafe for Findings {}

struct Found {
    code: Code,
    level: LevelMark,
    text: Prose,
    why: Prose,
    advice: Prose,
}

impl Findings {
    /// Nothing where there are none.
    pub(super) fn of(delivery: &Summary) -> Option<Self> {
        let found = findings(delivery).into_iter().map(|finding| Found {
            code: finding.code(),
            level: LevelMark::of(finding.level),
            text: finding.text.into(),
            why: Prose::written(finding.entry.why),
            advice: Prose::written(finding.entry.advice),
        });
        let found: Vec<_> = found.collect();
        (!found.is_empty()).then_some(Self { found })
    }
}

/// A level: its shape and colour by the class, the same in a word.
#[derive(Template)]
#[template(
    source = r#"<span class="level {{ class }}">{{ word }}</span>"#,
    ext = "html"
)]
struct LevelMark {
    class: &'static str,
    word: &'static str,
}

impl HtmlSafe for LevelMark {}

impl LevelMark {
    fn of(level: Level) -> Self {
        let (class, word) = match level {
            Level::Note => ("level-note", "Note"),
            Level::Warning => ("level-warning", "Warning"),
            Level::Problem => ("level-problem", "Problem"),
        };
        Self { class, word }
    }
}

/// The mark of a row whose delivery deserves a look.
pub(super) struct RowMark {
    pub(super) class: &'static str,
    pub(super) title: String,
}

impl RowMark {
    /// Of the highest level, with the titles of all that are no mere notes. Nothing that was received stands in it.
    pub(super) fn of(delivery: &Summary) -> Option<Self> {
        let mut found = findings(delivery);
        found.retain(|finding| finding.level > Level::Note);
        let highest = LevelMark::of(found.first()?.level);
        let titles: Vec<_> = found.iter().map(|finding| finding.entry.title).collect();
        Some(Self {
            class: highest.class,
            title: format!("{}: {}", highest.word, titles.join("; ")),
        })
    }
}

/// The page that explains all findings.
#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    explained: Vec<Explained>,
}

struct Explained {
    code: Code,
    title: &'static str,
    level: LevelMark,
    /// Another level that it has at times, and when.
    at_times: Option<(LevelMark, &'static str)>,
    text: Prose,
    why: Prose,
    advice: Prose,
}

impl From<&Entry> for Explained {
    fn from(entry: &Entry) -> Self {
        Self {
            code: entry.code,
            title: entry.title,
            level: LevelMark::of(entry.level),
            at_times: entry
                .at_times
                .map(|(level, when)| (LevelMark::of(level), when)),
            text: Prose::written(entry.text),
            why: Prose::written(entry.why),
            advice: Prose::written(entry.advice),
        }
    }
}

/// `GET /findings`
pub(super) async fn show() -> Result<HttpResponse, PageError> {
    page::html(&FindingsPage {
        explained: TABLE.iter().map(Explained::from).collect(),
    })
}
