//! The URL doctor's advice, with blocks to paste.
//!
//! **Invariant:** the given pieces are shown unchanged and in their order.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::langgraph::doctor::Advice;
use crate::web::render::rich_text::Prose;

/// The advice, with blocks to paste.
#[derive(Template)]
#[template(path = "_advice.html")]
pub(crate) struct AdviceList {
    pieces: Vec<AdviceView>,
}

struct AdviceView {
    text: Prose,
    langgraph_json: Option<String>,
    environment: Option<String>,
    url: Option<String>,
}

impl HtmlSafe for AdviceList {}

impl From<Vec<Advice>> for AdviceList {
    fn from(advice: Vec<Advice>) -> Self {
        let pieces = advice.into_iter().map(|advice| AdviceView {
            text: Prose::written(advice.text),
            langgraph_json: advice.langgraph_json,
            environment: advice.environment,
            url: advice.url,
        });
        Self {
            pieces: pieces.collect(),
        }
    }
}
