//! The URL doctor's advice, with blocks to paste.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::langgraph::doctor::Advice;

/// The advice, with blocks to paste.
#[derive(Template)]
#[template(path = "_advice.html")]
pub(crate) struct Advices {
    pieces: Vec<Piece>,
}

/// A piece of advice.
struct Piece {
    text: Vec<Span>,
    langgraph_json: Option<String>,
    environment: Option<String>,
    url: Option<String>,
}

/// A part of a sentence.
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) is_code: bool,
}

impl Span {
    /// A sentence with code between backticks.
    pub(crate) fn all(sentence: &str) -> Vec<Self> {
        let parts = sentence.split('`').enumerate();
        let spans = parts.map(|(index, text)| Self {
            text: text.to_owned(),
            is_code: index % 2 == 1,
        });
        spans.filter(|span| !span.text.is_empty()).collect()
    }
}

impl HtmlSafe for Advices {}

impl From<Vec<Advice>> for Advices {
    fn from(advice: Vec<Advice>) -> Self {
        let pieces = advice.into_iter().map(|advice| Piece {
            text: Span::all(&advice.text),
            langgraph_json: advice.langgraph_json,
            environment: advice.environment,
            url: advice.url,
        });
        Self {
            pieces: pieces.collect(),
        }
    }
}
