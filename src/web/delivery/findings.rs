//! The findings of a delivery, and the mark on its row in the list.
//!
//! **Invariant:** the mark of a row contains no received text, only titles of the table.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::delivery::Summary;
use crate::langgraph::findings::{Code, Level, findings};
use crate::web::render::format;
use crate::web::render::level::LevelMark;
use crate::web::render::rich_text::Prose;

/// The findings of a delivery.
#[derive(Template)]
#[template(path = "_findings.html")]
pub(crate) struct Findings {
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
    /// `None` if there are none.
    pub(crate) fn of(delivery: &Summary) -> Option<Self> {
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

/// The mark of a row whose delivery has findings above notes.
pub(crate) struct RowMark {
    pub(crate) class: &'static str,
    pub(crate) title: String,
    /// `1 finding`, `3 findings`: how many there are, notes included.
    pub(crate) count: String,
}

impl RowMark {
    /// The mark of the highest level, with the titles of all warnings and problems. It contains no received text.
    pub(crate) fn of(delivery: &Summary) -> Option<Self> {
        let mut found = findings(delivery);
        let count = format::count(found.len() as u64, "finding", "findings");
        found.retain(|finding| finding.level > Level::Note);
        let highest = LevelMark::of(found.first()?.level);
        let titles: Vec<_> = found.iter().map(|finding| finding.entry.title).collect();
        Some(Self {
            class: highest.class,
            count,
            title: format!("{}: {}", highest.word, titles.join("; ")),
        })
    }
}
