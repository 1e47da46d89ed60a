//! The URL doctor's page: a form, and how LangGraph handles a webhook URL.
//!
//! **Invariant:** the page's URL contains all input, so a result can be linked. Nothing is sent or looked up.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::error::AppError;
use crate::langgraph::doctor::{Diagnosis, Name, Policy, Question, Version, examine};
use crate::web::guide::advice::AdviceList;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::render::escape::Line;
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "doctor.html")]
struct Doctor {
    url: String,
    versions: Vec<VersionChoice>,
    webhooks: String,
    /// Why the pasted block is invalid.
    wrong: Option<String>,
    found: Option<Found>,
    advice: AdviceList,
}

/// A selectable version.
struct VersionChoice {
    name: String,
    chosen: bool,
}

/// The result, with the CSS classes of the page.
struct Found {
    sentence: String,
    class: &'static str,
    status: u16,
    /// What the server answers, as it is.
    refusal: Option<Line>,
    /// Why an accepted URL gets no delivery.
    reason: Option<Prose>,
}

impl Found {
    fn new(diagnosis: &Diagnosis) -> Self {
        let reason = |is_shown: bool| diagnosis.reason.clone().filter(|_| is_shown);
        Self {
            sentence: diagnosis.sentence(),
            class: match (diagnosis.delivered, diagnosis.if_resolved) {
                (true, false) => "good",
                (true, true) => "unsure",
                (false, _) => "bad",
            },
            status: diagnosis.status,
            refusal: reason(!diagnosis.accepted).map(Line),
            reason: reason(diagnosis.accepted).map(Prose::written),
        }
    }
}

/// The doctor's page for a URL.
pub(crate) fn href(url: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("url", url)
        .finish();
    format!("/doctor?{query}")
}

/// How the newest known version, without any webhook settings, handles a URL.
pub(crate) fn examine_as_it_comes(url: &str) -> Diagnosis {
    examine(&Question {
        url,
        version: Version::NEWEST,
        policy: &Policy::default(),
        name: Name::Unknown,
    })
}

/// `GET /doctor`; without `url`, only the form.
pub(crate) async fn show(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let param = |name| page::param(&request, name);
    let version = match param("langgraph") {
        Some(text) => text.parse().map_err(|why| AppError::Invalid {
            field: "langgraph",
            why,
        })?,
        None => Version::NEWEST,
    };
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
            .map(|choice| VersionChoice {
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
