//! What to do before the first delivery: the URL, a command that tries it, and how LangGraph is told to use it.

use askama::Template;

use super::doctor::{self, Advices};
use super::snippets;
use crate::langgraph::doctor::Advice;

/// Shown until the first delivery, and again on demand.
#[derive(Template)]
#[template(path = "_waiting.html")]
pub(super) struct Waiting {
    capture_url: String,
    list_href: String,
    waits: bool,
    snippets: Vec<Snippet>,
    /// What LangGraph answers, where it refuses the URL.
    refused: Option<Refused>,
    advice: Advices,
    doctor_href: String,
}

/// How LangGraph, as it comes, refuses the URL.
struct Refused {
    status: u16,
    reason: String,
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
            refused: (!examined.accepted).then(|| Refused {
                status: examined.status,
                reason: examined.reason.unwrap_or_default(),
            }),
            advice: shortest_way(examined.advice).into(),
            capture_url,
            list_href,
            waits,
        }
    }
}

/// Up to the first advice that makes it work, without its other spelling: the doctor has the rest.
fn shortest_way(mut advice: Vec<Advice>) -> Vec<Advice> {
    let works = |piece: &Advice| piece.langgraph_json.is_some() || piece.url.is_some();
    let first = advice.iter().position(works).unwrap_or(advice.len());
    advice.truncate(first + 1);
    for piece in &mut advice {
        piece.environment = None;
    }
    advice
}
