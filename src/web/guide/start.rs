//! The panel that starts a run: every call that accepts a webhook, in three languages, with this endpoint's URL. Its links work without
//! JavaScript; with it, they change the panel in place.
//!
//! **Invariant:** only owner and operator see the token, in the URL or as a header.

use actix_web::HttpRequest;
use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::App;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::langgraph::guide::deployment::{ASSISTANT_CHARS_MAX, Deployment, URL_BYTES_MAX};
use crate::langgraph::guide::start_calls::{CallGroup, Language, START_CALLS, Snippet, StartCall};
use crate::web::guide::choice::Choice;
use crate::web::guide::deployment;
use crate::web::guide::token_header::TokenHeader;
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "_start.html")]
pub(crate) struct Start {
    id: EndpointId,
    choice: Choice,
    deployment: Deployment,
    groups: Vec<GroupView>,
    languages: Vec<StartLink>,
    call: String,
    does: Prose,
    arrives: Prose,
    caveat: Option<Prose>,
    installs: Option<&'static str>,
    code: Snippet,
    token_header: Option<TokenHeader>,
}

impl HtmlSafe for Start {}

struct GroupView {
    label: &'static str,
    calls: Vec<StartLink>,
}

struct StartLink {
    label: &'static str,
    href: String,
    current: bool,
}

impl Start {
    /// The panel that a request selects.
    pub(crate) fn new(
        request: &HttpRequest,
        app: &App,
        endpoint: &Endpoint,
        capture_url: &str,
        manages: bool,
    ) -> Self {
        let choice = Choice::of(request);
        let deployment = deployment::remembered(request, app).unwrap_or_default();
        let code = choice
            .call
            .snippet(choice.language, &deployment, capture_url);
        let group = |group: CallGroup| GroupView {
            label: group.label(),
            calls: calls(choice, group, endpoint.id),
        };
        Self {
            id: endpoint.id,
            groups: CallGroup::ALL.map(group).into(),
            languages: languages(choice, endpoint.id),
            call: format!("{} {}", choice.call.method, choice.call.path),
            does: Prose::written(choice.call.does),
            arrives: Prose::written(choice.call.arrives),
            caveat: choice.call.caveat.map(Prose::written),
            installs: installs(choice.language),
            token_header: TokenHeader::of(&endpoint.settings.token, capture_url)
                .filter(|_| manages),
            choice,
            code,
            deployment,
        }
    }
}

/// How to install what the code needs.
fn installs(language: Language) -> Option<&'static str> {
    match language {
        Language::Curl => None,
        Language::Python => Some("pip install langgraph-sdk"),
        Language::JavaScript => Some("npm install @langchain/langgraph-sdk"),
    }
}

/// The calls of a group, with the selected one marked.
fn calls(choice: Choice, group: CallGroup, id: EndpointId) -> Vec<StartLink> {
    let calls = START_CALLS.iter().filter(|call| call.group == group);
    let link = |call: &'static StartCall| StartLink {
        label: call.label,
        href: Choice { call, ..choice }.href(id),
        current: call == choice.call,
    };
    calls.map(link).collect()
}

fn languages(choice: Choice, id: EndpointId) -> Vec<StartLink> {
    let link = |language: Language| StartLink {
        label: language.label(),
        href: Choice { language, ..choice }.href(id),
        current: language == choice.language,
    };
    Language::ALL.map(link).into()
}
