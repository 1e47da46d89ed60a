//! The page before the first delivery, and again on demand: the URL, a sample to send, and how senders get the URL.
//!
//! **Invariant:** each kind of sender has its own tab, so nobody reads warnings about a server that they do not use.

use std::time::Duration;

use actix_web::HttpRequest;
use askama::Template;

use crate::app::App;
use crate::domain::ids::EndpointId;
use crate::langgraph::doctor::Advice;
use crate::web::endpoint::preflight_note::PreflightNote;
use crate::web::endpoint::samples::SamplesMenu;
use crate::web::endpoint::snippets;
use crate::web::guide::advice::AdviceList;
use crate::web::guide::causes::Causes;
use crate::web::guide::start::Start;
use crate::web::guide::{deployment, doctor};
use crate::web::layout::page;
use crate::web::layout::tabs::{TabLink, Tabs};
use crate::web::links;
use crate::web::links::view::View;

/// How long the page waits before it links to the causes.
const STALLED_AFTER: Duration = Duration::from_secs(30);

/// Who is to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SenderTab {
    /// A terminal.
    Curl,
    /// A LangGraph server.
    LangGraph,
    /// GitHub, Stripe, Slack and others.
    Services,
}

impl SenderTab {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Curl, "curl", "curl"),
        (Self::LangGraph, "langgraph", "LangGraph"),
        (Self::Services, "services", "Other services"),
    ];

    /// The tab that a request names. Otherwise LangGraph's for who chose one of its calls or entered a deployment, and curl's for others.
    pub(crate) fn of(request: &HttpRequest, app: &App) -> Self {
        let how = page::param(request, "how");
        let named = Self::ALL
            .iter()
            .find(|(_, word, _)| Some(*word) == how.as_deref());
        let chose_call = || page::param(request, "way").is_some();
        match named {
            Some((tab, _, _)) => *tab,
            None if chose_call() || deployment::remembered(request, app).is_some() => {
                Self::LangGraph
            }
            None => Self::Curl,
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "_waiting.html")]
pub(crate) struct Waiting {
    capture_url: String,
    list_href: String,
    preflights: Option<PreflightNote>,
    /// While nothing has arrived: how long until the page links to the causes.
    stalled_after: Option<Duration>,
    /// Samples to send, for owner and operator.
    samples: Option<SamplesMenu>,
    /// Whether the URL is shown without its token.
    token_is_hidden: bool,
    tabs: Tabs,
    content: SenderContent,
    causes: Causes,
}

/// The content of the selected tab.
enum SenderContent {
    Curl(Vec<Command>),
    LangGraph(Box<LangGraphTab>),
    Services,
}

/// How to use the URL with LangGraph.
struct LangGraphTab {
    /// The server's response, if it rejects the URL.
    refused: Option<Refused>,
    advice: AdviceList,
    doctor_href: String,
    start: Start,
}

/// LangGraph's default response to the URL.
struct Refused {
    status: u16,
    reason: String,
}

/// A command to paste.
struct Command {
    title: &'static str,
    text: String,
}

impl Waiting {
    /// With the capture URL as the reader may see it. `waits` while nothing has arrived.
    pub(crate) fn new(
        view: View,
        capture_url: String,
        waits: bool,
        token_is_hidden: bool,
        (tab, start, samples): (SenderTab, Start, Option<SamplesMenu>),
        preflights: Option<PreflightNote>,
    ) -> Self {
        Self {
            list_href: view.list().href(),
            preflights,
            stalled_after: waits.then_some(STALLED_AFTER),
            samples,
            token_is_hidden,
            tabs: tabs(tab, view),
            causes: Causes::new(&doctor::href(view.endpoint), false),
            content: match tab {
                SenderTab::Curl => SenderContent::Curl(commands(&capture_url)),
                SenderTab::LangGraph => SenderContent::LangGraph(Box::new(LangGraphTab::new(
                    view.endpoint,
                    &capture_url,
                    start,
                ))),
                SenderTab::Services => SenderContent::Services,
            },
            capture_url,
        }
    }
}

fn tabs(selected: SenderTab, view: View) -> Tabs {
    let link = |(tab, word, label): (SenderTab, &str, &'static str)| TabLink {
        label,
        letter: None,
        href: links::below_endpoint(view.endpoint, &format!("?how={word}")),
        current: tab == selected,
        count: None,
    };
    Tabs {
        label: "Who sends",
        tabs: SenderTab::ALL.map(link).into(),
    }
}

fn commands(capture_url: &str) -> Vec<Command> {
    let command = |title, text| Command { title, text };
    vec![
        command("Send JSON", snippets::curl(capture_url)),
        command(
            "Send a recorded LangGraph delivery, with retries as LangGraph has them",
            snippets::send(capture_url),
        ),
    ]
}

impl LangGraphTab {
    fn new(id: EndpointId, capture_url: &str, start: Start) -> Self {
        let examined = doctor::examine_as_it_comes(capture_url);
        Self {
            refused: (!examined.accepted).then(|| Refused {
                status: examined.status,
                reason: examined.reason.unwrap_or_default(),
            }),
            advice: shortest_way(examined.advice).into(),
            doctor_href: doctor::href(id),
            start,
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
