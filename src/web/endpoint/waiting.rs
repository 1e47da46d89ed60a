//! The page before the first delivery: the URL, ways to try it, how to use it with LangGraph, and why nothing may arrive.

use std::time::Duration;

use askama::Template;

use crate::domain::ids::EndpointId;
use crate::langgraph::doctor::Advice;
use crate::web::endpoint::samples::SamplesMenu;
use crate::web::endpoint::snippets;
use crate::web::guide::advice::AdviceList;
use crate::web::guide::causes::Causes;
use crate::web::guide::doctor;
use crate::web::guide::start::Start;

/// How long the page waits before it links to the causes.
const STALLED_AFTER: Duration = Duration::from_secs(30);

/// Shown until the first delivery, and again on demand.
#[derive(Template)]
#[template(path = "_waiting.html")]
pub(crate) struct Waiting {
    capture_url: String,
    list_href: String,
    /// While nothing has arrived: how long until the page links to the causes.
    stalled_after: Option<Duration>,
    snippets: Vec<SnippetView>,
    /// LangGraph's response, if it rejects the URL.
    refused: Option<Refused>,
    advice: AdviceList,
    doctor_href: String,
    sections: Sections,
    causes: Causes,
}

/// The parts of the page besides the capture URL.
pub(crate) struct Sections {
    pub(crate) start: Start,
    /// Samples to send, for owner and operator.
    pub(crate) samples: Option<SamplesMenu>,
    /// Whether the URL is shown without its token.
    pub(crate) token_is_hidden: bool,
}

/// LangGraph's default response to the URL.
struct Refused {
    status: u16,
    reason: String,
}

/// A command to paste.
struct SnippetView {
    title: &'static str,
    text: String,
}

impl Waiting {
    /// `waits` while nothing has arrived.
    pub(crate) fn new(
        id: EndpointId,
        capture_url: String,
        list_href: String,
        waits: bool,
        sections: Sections,
    ) -> Self {
        let snippet = |title, text| SnippetView { title, text };
        let examined = doctor::examine_as_it_comes(&capture_url);
        let doctor_href = doctor::href(id);
        Self {
            snippets: vec![
                snippet("Try it with curl", snippets::curl(&capture_url)),
                snippet(
                    "Send a sample from a terminal",
                    snippets::send(&capture_url),
                ),
            ],
            causes: Causes::new(&doctor_href, false),
            doctor_href,
            refused: (!examined.accepted).then(|| Refused {
                status: examined.status,
                reason: examined.reason.unwrap_or_default(),
            }),
            advice: shortest_way(examined.advice).into(),
            capture_url,
            list_href,
            stalled_after: waits.then_some(STALLED_AFTER),
            sections,
        }
    }
}

/// The advice up to the first piece that makes the URL work, without the environment variable; the doctor shows all.
fn shortest_way(mut advice: Vec<Advice>) -> Vec<Advice> {
    let works = |piece: &Advice| piece.langgraph_json.is_some() || piece.url.is_some();
    let first = advice.iter().position(works).unwrap_or(advice.len());
    advice.truncate(first + 1);
    for piece in &mut advice {
        piece.environment = None;
    }
    advice
}
