//! What to do before the first delivery: the URL, a command that tries it, and how LangGraph is told to use it.

use askama::Template;

use super::doctor::{self, Advices};
use super::snippets;

/// Shown until the first delivery, and again on demand.
#[derive(Template)]
#[template(path = "_waiting.html")]
pub(super) struct Waiting {
    capture_url: String,
    list_href: String,
    waits: bool,
    snippets: Vec<Snippet>,
    /// What LangGraph answers, where it refuses the URL.
    refused: Option<String>,
    advice: Advices,
    doctor_href: String,
}

/// Something to paste.
struct Snippet {
    title: &'static str,
    text: String,
    open: bool,
}

impl Waiting {
    /// `waits` while nothing has come yet.
    pub(super) fn new(capture_url: String, list_href: String, waits: bool) -> Self {
        let snippet = |title, text, open| Snippet { title, text, open };
        let examined = doctor::examine_as_it_comes(&capture_url);
        Self {
            snippets: vec![
                snippet("Try it with curl", snippets::curl(&capture_url), true),
                snippet(
                    "LangGraph, Python SDK",
                    snippets::langgraph_python(&capture_url),
                    false,
                ),
                snippet(
                    "LangGraph, curl",
                    snippets::langgraph_curl(&capture_url),
                    false,
                ),
                snippet(
                    "Play a LangGraph sender",
                    snippets::send(&capture_url),
                    false,
                ),
            ],
            doctor_href: doctor::href(&capture_url),
            refused: examined.reason.filter(|_| !examined.accepted),
            advice: examined.advice.into(),
            capture_url,
            list_href,
            waits,
        }
    }
}
