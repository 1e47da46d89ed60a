//! The URL doctor's page: a form, and how LangGraph handles a webhook URL.
//!
//! **Invariant:** the form posts, and creel's own links name the endpoint instead of its capture URL, so no token gets into the address bar,
//! the history of the browser or the log of a proxy.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::access::guard;
use crate::app::App;
use crate::domain::ids::EndpointId;
use crate::error::AppError;
use crate::langgraph::doctor::{Diagnosis, Name, Policy, Question, Version, examine};
use crate::web::guide::advice::AdviceList;
use crate::web::layout::error::PageError;
use crate::web::layout::form::Form;
use crate::web::layout::page;
use crate::web::links;
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
    /// Status of the refusal; `None` if the server does not start.
    status: Option<u16>,
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
            status: Some(diagnosis.status).filter(|_| diagnosis.starts),
            refusal: reason(!diagnosis.accepted).map(Line),
            reason: reason(diagnosis.accepted).map(Prose::written),
        }
    }
}

/// The data of the form.
#[derive(Default, Deserialize)]
pub(crate) struct DoctorForm {
    url: Option<String>,
    langgraph: Option<String>,
    #[serde(default)]
    webhooks: String,
}

/// The doctor's page for the capture URL of an endpoint.
pub(crate) fn href(id: EndpointId) -> String {
    links::page(&format!("/doctor?endpoint={id}"))
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

/// `GET /doctor`: the form; with `?endpoint=` also the result for the capture URL of an endpoint, as its reader sees it, and with `?url=` the
/// result for a URL, for links from elsewhere.
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let url = match page::parsed_param(&request, "endpoint") {
        Some(id) => {
            let (endpoint, right) = app.access.reader(&request, id).await?;
            let authority = guard::authority(&request);
            let url = app
                .urls
                .shown_capture_url(authority, &endpoint, right.manages());
            Some(url)
        }
        None => page::param(&request, "url"),
    };
    result_page(DoctorForm {
        url,
        ..DoctorForm::default()
    })
}

/// `POST /doctor`: the result for the form's data, which is stored nowhere.
pub(crate) async fn check(form: Form<DoctorForm>) -> Result<HttpResponse, PageError> {
    result_page(form.into_inner())
}

fn result_page(asked: DoctorForm) -> Result<HttpResponse, PageError> {
    let version = match asked.langgraph {
        Some(text) => text.parse().map_err(|why| AppError::Invalid {
            field: "langgraph",
            why,
        })?,
        None => Version::NEWEST,
    };
    let policy = Policy::read(&asked.webhooks);
    let diagnosis = match (&asked.url, &policy) {
        (Some(url), Ok(policy)) => Some(examine(&Question {
            url,
            version,
            policy,
            name: Name::Unknown,
        })),
        _ => None,
    };
    page::html(&Doctor {
        url: asked.url.unwrap_or_default(),
        versions: Version::all()
            .map(|choice| VersionChoice {
                name: choice.to_string(),
                chosen: choice == version.without_patch(),
            })
            .collect(),
        webhooks: asked.webhooks,
        wrong: policy.err(),
        found: diagnosis.as_ref().map(Found::new),
        advice: diagnosis
            .map_or_else(Vec::new, |diagnosis| diagnosis.advice)
            .into(),
    })
}
