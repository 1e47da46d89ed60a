//! Sends samples of LangGraph deliveries to an endpoint: real requests over loopback to creel's own capture URLs.
//!
//! **Invariant:** requests go to creel's own listener only, only owner and operator can send them, and their number at a time is limited.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use crate::access::guard;
use crate::app::App;
use crate::domain::ids::EndpointId;
use crate::domain::time::Time;
use crate::error::AppError;
use crate::http::Client;
use crate::langgraph::samples::{Group, Sample, Sending};
use crate::sender_client;
use crate::store::Page;
use crate::web::layout::error::PageError;
use crate::web::layout::form::Form;
use crate::web::layout::page;
use crate::web::links;

#[derive(Template)]
#[template(path = "_samples.html")]
pub(crate) struct SamplesMenu {
    id: EndpointId,
    groups: [(Group, &'static [Sample]); Group::ALL.len()],
}

impl HtmlSafe for SamplesMenu {}

impl SamplesMenu {
    /// All samples by group, for an endpoint.
    pub(crate) fn new(id: EndpointId) -> Self {
        let groups = Group::ALL.map(|group| (group, group.samples()));
        Self { id, groups }
    }
}

/// The form data of the menu.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    sample: String,
}

/// `POST /inspect/{endpoint}/samples`: sends all deliveries of a sample, then shows the last one.
pub(crate) async fn send(
    request: HttpRequest,
    app: web::Data<App>,
    form: Form<Chosen>,
) -> Result<HttpResponse, PageError> {
    let endpoint = page::managed_endpoint(&request, &app).await?;
    let sample = Sample::find(&form.sample).ok_or_else(|| AppError::Invalid {
        field: "sample",
        why: "unknown sample".to_owned(),
    })?;
    let webhook = app.urls.capture_url(guard::authority(&request), &endpoint);
    let url = address(&webhook)?;
    let kind = sample.sender().kind;
    // Loading the system's certificates and building bodies of megabytes would delay the captures on this thread.
    let made = move || {
        let sendings = sample.sendings(&webhook, &url, Time::now());
        sender_client::client(kind).map(|client| (client, sendings))
    };
    let made = web::block(made).await;
    let made = made.map_err(|why| PageError::internal(&why))?;
    let (client, sendings) = made.map_err(|why| PageError::internal(&why))?;
    let mut below = String::new();
    for sending in &sendings {
        tokio::time::sleep(sending.wait).await;
        let before = app.store.last_seq(endpoint.id).await?;
        deliver(&app, &client, sending).await?;
        // Other senders may have delivered meanwhile: the delivery with the same bytes is shown.
        let caught = Page::following(before, PAGE_MAX);
        let caught = app.store.deliveries(endpoint.id, caught).await?;
        let sha256: [u8; 32] = Sha256::digest(sending.body.as_deref().unwrap_or_default()).into();
        let ours = caught
            .iter()
            .find(|found| found.body.sha256 == Some(sha256));
        below = ours.map_or_else(String::new, |found| format!("/{}", found.seq));
    }
    let inspect = links::below_endpoint(endpoint.id, &below);
    Ok(page::see_other(&inspect))
}

/// How many newer deliveries are searched for the one that was sent.
const PAGE_MAX: usize = 100;

/// Sends it, as its server would.
async fn deliver(app: &App, client: &Client, sending: &Sending) -> Result<(), PageError> {
    let _turn = app
        .samples
        .acquire()
        .await
        .map_err(|why| PageError::internal(&why))?;
    let call = sender_client::call(own_address(app, &sending.url)?, sending);
    match client.send(call).await {
        Ok(_) => Ok(()),
        Err(failure) => Err(PageError::not_sent(&failure)),
    }
}

/// The endpoint's URL on creel's own listener, over loopback.
fn own_address(app: &App, to: &Url) -> Result<Url, PageError> {
    let mut own = address(&app.urls.own_captures_origin())?;
    own.set_path(to.path());
    own.set_query(to.query());
    Ok(own)
}

fn address(text: &str) -> Result<Url, PageError> {
    Url::parse(text).map_err(|why| PageError::internal(&why))
}
