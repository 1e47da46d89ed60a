//! The level of a finding.
//!
//! **Invariant:** shape, colour and word say the same.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::langgraph::findings::Level;

/// A level: the class sets shape and colour, the word says the same.
#[derive(Template)]
#[template(
    source = r#"<span class="level {{ class }}">{{ word }}</span>"#,
    ext = "html"
)]
pub(crate) struct LevelMark {
    pub(crate) class: &'static str,
    pub(crate) word: &'static str,
}

impl HtmlSafe for LevelMark {}

impl LevelMark {
    pub(crate) fn of(level: Level) -> Self {
        let (class, word) = match level {
            Level::Note => ("level-note", "Note"),
            Level::Warning => ("level-warning", "Warning"),
            Level::Problem => ("level-problem", "Problem"),
        };
        Self { class, word }
    }
}
