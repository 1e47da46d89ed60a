//! The panel that starts a run: every call that takes a webhook, in three languages, with this endpoint's URL. Its links have addresses,
//! so that it works without a script; with one they change the panel in place.

use actix_web::HttpRequest;
use askama::Template;
use askama::filters::HtmlSafe;

use super::deployment;
use super::page;
use super::sentence::Prose;
use super::token_header::TokenHeader;
use crate::app::App;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::langgraph::guide::deployment::{ASSISTANT_CHARS_MAX, Deployment, URL_BYTES_MAX};
use crate::langgraph::guide::start_calls::{CallGroup, Language, START_CALLS, Snippet, StartCall};

/// The panel.
#[derive(Template)]
#[template(path = "_start.html")]
pub(super) struct Start {
    id: EndpointId,
    choice: Choice,
    deployment: Deployment,
    groups: Vec<GroupView>,
    languages: Vec<Link>,
    call: String,
    does: Prose,
    arrives: Prose,
    installs: Option<&'static str>,
    code: Snippet,
    token_header: Option<TokenHeader>,
}

impl HtmlSafe for Start {}

/// Which snippet is shown.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    way: &'static StartCall,
    language: Language,
}

struct GroupView {
    label: &'static str,
    ways: Vec<Link>,
}

struct Link {
    label: &'static str,
    href: String,
    current: bool,
}

impl Choice {
    /// The snippet of these names; what there is not counts as not said.
    pub(super) fn named(way: &str, language: &str) -> Self {
        Self {
            way: StartCall::find(way).unwrap_or(&START_CALLS[0]),
            language: Language::find(language).unwrap_or_default(),
        }
    }

    fn of(request: &HttpRequest) -> Self {
        let param = |name| page::param(request, name).unwrap_or_default();
        Self::named(&param("way"), &param("in"))
    }

    /// Its address on the page of an endpoint.
    pub(super) fn href(self, id: EndpointId) -> String {
        let (way, language) = (self.way.name, self.language.name());
        format!("/inspect/{id}?how&way={way}&in={language}#start")
    }

    /// The ways of a group, with this one marked.
    fn ways(self, group: CallGroup, id: EndpointId) -> Vec<Link> {
        let ways = START_CALLS.iter().filter(|way| way.group == group);
        let link = |way: &'static StartCall| Link {
            label: way.label,
            href: Self { way, ..self }.href(id),
            current: way == self.way,
        };
        ways.map(link).collect()
    }

    fn languages(self, id: EndpointId) -> Vec<Link> {
        let link = |language: Language| Link {
            label: language.label(),
            href: Self { language, ..self }.href(id),
            current: language == self.language,
        };
        Language::ALL.map(link).into()
    }
}

impl Start {
    /// The panel that a request asks for.
    pub(super) fn new(
        request: &HttpRequest,
        app: &App,
        endpoint: &Endpoint,
        capture_url: &str,
        manages: bool,
    ) -> Self {
        let choice = Choice::of(request);
        let deployment = deployment::remembered(request, app).unwrap_or_default();
        let code = choice
            .way
            .snippet(choice.language, &deployment, capture_url);
        let group = |group: CallGroup| GroupView {
            label: group.label(),
            ways: choice.ways(group, endpoint.id),
        };
        Self {
            id: endpoint.id,
            groups: CallGroup::ALL.map(group).into(),
            languages: choice.languages(endpoint.id),
            call: format!("{} {}", choice.way.method, choice.way.path),
            does: Prose::written(choice.way.does),
            arrives: Prose::written(choice.way.arrives),
            installs: installs(choice.language),
            token_header: TokenHeader::of(&endpoint.token_rule, capture_url).filter(|_| manages),
            choice,
            code,
            deployment,
        }
    }
}

/// What the code needs.
fn installs(language: Language) -> Option<&'static str> {
    match language {
        Language::Curl => None,
        Language::Python => Some("pip install langgraph-sdk"),
        Language::JavaScript => Some("npm install @langchain/langgraph-sdk"),
    }
}
