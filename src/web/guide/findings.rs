//! The page that explains all findings, from the table in `langgraph::findings`.
//!
//! **Invariant:** every finding of the table is on the page, because the findings of a delivery link to it by their code.

use actix_web::HttpResponse;
use askama::Template;

use crate::langgraph::findings::{Code, Entry, TABLE};
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::render::level::LevelMark;
use crate::web::render::rich_text::Prose;

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
    /// Another level, and the cases in which it applies.
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
pub(crate) async fn show() -> Result<HttpResponse, PageError> {
    page::html(&FindingsPage {
        explained: TABLE.iter().map(Explained::from).collect(),
    })
}
