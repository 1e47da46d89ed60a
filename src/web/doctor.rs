//! The URL doctor's page: a form, and what LangGraph makes of a webhook URL. The address says all of it, so that it can be linked to.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use askama::filters::HtmlSafe;

use super::error::PageError;
use super::page;
use crate::langgraph::doctor::{Advice, Diagnosis, Name, Policy, Question, Version, examine};

#[derive(Template)]
#[template(path = "doctor.html")]
struct Doctor {
    url: String,
    versions: Vec<Choice>,
    webhooks: String,
    /// Why the pasted block cannot be read.
    wrong: Option<String>,
    found: Option<Found>,
    advice: Advices,
}

/// A version that can be chosen.
struct Choice {
    name: String,
    chosen: bool,
}

/// What was found, in the words and classes of the page.
struct Found {
    sentence: String,
    class: &'static str,
    status: u16,
    accepted: bool,
    reason: Option<Vec<Span>>,
}

/// What to change and to know, with blocks to paste.
#[derive(Template)]
#[template(path = "_advice.html")]
pub(super) struct Advices {
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
struct Span {
    text: String,
    is_code: bool,
}

impl Span {
    /// A sentence with code between backticks.
    fn all(sentence: &str) -> Vec<Self> {
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

impl Found {
    fn new(diagnosis: &Diagnosis) -> Self {
        Self {
            sentence: diagnosis.sentence(),
            class: match (diagnosis.delivered, diagnosis.if_resolved) {
                (true, false) => "well",
                (true, true) => "unsure",
                (false, _) => "unwell",
            },
            status: diagnosis.status,
            accepted: diagnosis.accepted,
            // What the server said is shown as it is.
            reason: diagnosis.reason.as_ref().map(|reason| {
                if diagnosis.accepted {
                    Span::all(reason)
                } else {
                    let (text, is_code) = (reason.clone(), true);
                    vec![Span { text, is_code }]
                }
            }),
        }
    }
}

/// The doctor's page for a URL.
pub(super) fn href(url: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("url", url)
        .finish();
    format!("/doctor?{query}")
}

/// What the newest known version, told nothing about webhooks, makes of a URL.
pub(super) fn examine_as_it_comes(url: &str) -> Diagnosis {
    examine(&Question {
        url,
        version: Version::NEWEST,
        policy: &Policy::default(),
        name: Name::Unknown,
    })
}

/// `GET /doctor`; without `url` the form alone.
pub(super) async fn show(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let param = |name| page::param(&request, name);
    let asked = param("langgraph").and_then(|version| version.parse().ok());
    let version: Version = asked.unwrap_or(Version::NEWEST);
    let webhooks = param("webhooks").unwrap_or_default();
    let policy = Policy::read(&webhooks);
    let url = param("url");
    let diagnosis = match (&url, &policy) {
        (Some(url), Ok(policy)) => Some(examine(&Question {
            url,
            version,
            policy,
            name: Name::Unknown,
        })),
        _ => None,
    };
    page::html(&Doctor {
        url: url.unwrap_or_default(),
        versions: Version::all()
            .map(|choice| Choice {
                name: choice.to_string(),
                chosen: choice == version.without_patch(),
            })
            .collect(),
        webhooks,
        wrong: policy.err(),
        found: diagnosis.as_ref().map(Found::new),
        advice: diagnosis
            .map_or_else(Vec::new, |diagnosis| diagnosis.advice)
            .into(),
    })
}
