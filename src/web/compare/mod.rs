//! Two deliveries of an endpoint side by side, and their differences. The URL names both, so it can be shared; a word in place of the first
//! number redirects to the delivery that it means.
//!
//! **Invariant:** both deliveries belong to the endpoint in the path, which the reader may read. The number of concurrent comparisons is
//! limited; further ones wait.

pub(crate) mod body;
pub(crate) mod changes;
mod choices;
mod named;
mod request;
mod same;
mod sides;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::App;
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::time::Time;
use crate::langgraph;
use crate::response_memory::{self, PAGE};
use crate::store::{Filter, Page, Store, StoreError};
use crate::web::compare::body::BodyDiff;
use crate::web::compare::choices::Choices;
use crate::web::compare::request::HeadDiff;
use crate::web::delivery::badge::Badge;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links;
use crate::web::render::format::{self, Exact, Moment};
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare {
    id: String,
    title: String,
    /// The deliveries that exist.
    sides: Vec<Side>,
    /// Why there is nothing to compare.
    missing: Option<String>,
    diff: Option<Differences>,
    /// What to compare with, where the URL does not say it.
    choices: Option<Choices>,
}

/// The differences.
#[derive(Template)]
#[template(path = "_compare_differences.html")]
struct Differences {
    a: Seq,
    b: Seq,
    swap_href: String,
    /// The thread, if both belong to the same one.
    thread_href: Option<String>,
    body: BodyDiff,
    head: HeadDiff,
}

impl HtmlSafe for Differences {}

impl Differences {
    fn new(a: &Delivery, b: &Delivery) -> Self {
        let thread =
            links::thread_id(&a.summary).filter(|of_a| links::thread_id(&b.summary) == Some(*of_a));
        let endpoint = a.summary.endpoint_id;
        Self {
            a: a.summary.seq,
            b: b.summary.seq,
            swap_href: links::compare(endpoint, b.summary.seq, a.summary.seq),
            thread_href: thread.map(|thread| links::thread(endpoint, thread)),
            body: BodyDiff::new(a, b),
            head: HeadDiff::new(a, b),
        }
    }
}

/// One of the two deliveries.
struct Side {
    seq: Seq,
    href: String,
    badge: Badge,
    headline: Prose,
    received: Moment,
    received_exact: Exact,
    size: String,
}

impl Side {
    fn new(delivery: &Summary, now: Time) -> Self {
        Self {
            seq: delivery.seq,
            href: links::delivery(delivery.endpoint_id, delivery.seq),
            badge: Badge::of(delivery),
            headline: langgraph::headline(delivery).into(),
            received: Moment::new(delivery.received_at, now),
            received_exact: Exact(delivery.received_at),
            size: format::bytes(delivery.body.bytes),
        }
    }
}

/// The delivery to compare with, if the URL has a word instead of a number.
#[derive(Clone, Copy)]
enum Earlier {
    /// The previous delivery.
    Any,
    /// The previous delivery of the same thread.
    OfThread,
}

impl Earlier {
    fn of(request: &HttpRequest) -> Option<Self> {
        match page::param(request, "a")?.as_str() {
            "before" => Some(Self::Any),
            "thread" => Some(Self::OfThread),
            _ => None,
        }
    }

    /// Skips attempts of the same delivery, which have the same bytes.
    async fn find(self, store: &dyn Store, than: &Summary) -> Result<Option<Seq>, StoreError> {
        let filter = match (self, links::thread_id(than)) {
            (Self::Any, _) => Filter::All,
            (Self::OfThread, Some(thread)) => Filter::Thread(thread),
            (Self::OfThread, None) => return Ok(None),
        };
        let page = Page {
            before: Some(than.attempt.first_seq),
            ..Page::newest(1).filter(filter)
        };
        let found = store.deliveries(than.endpoint_id, page).await?;
        Ok(found.first().map(|found| found.seq))
    }

    fn missing(self) -> &'static str {
        match self {
            Self::Any => "There is no earlier delivery.",
            Self::OfThread => "There is no earlier delivery of this thread.",
        }
    }
}

/// `GET /inspect/{endpoint}/compare?a=&b=`; with fewer than two numbers of deliveries that exist, the deliveries to choose from.
pub(super) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    let (endpoint, _) = app.access.reader(&request, id).await?;
    let turn = Arc::clone(&app.comparisons).acquire_owned().await;
    let turn = turn.map_err(|error| PageError::internal(&error))?;
    let a = summary(&app, id, page::seq_param(&request, "a")).await?;
    let b = summary(&app, id, page::seq_param(&request, "b")).await?;
    let earlier = Earlier::of(&request).zip(b.as_ref());
    if let Some((word, b)) = earlier
        && let Some(found) = word.find(app.store.as_ref(), b).await?
    {
        let to = links::compare(id, found, b.seq);
        return Ok(page::see_other(&to));
    }
    let unknown = missing(&request, ("a", &a)).or_else(|| missing(&request, ("b", &b)));
    let names_missing = unknown.is_some();
    let missing = unknown.or_else(|| earlier.map(|(word, _)| word.missing().to_owned()));
    let choices = if a.is_some() && b.is_some() {
        None
    } else {
        let one = b.as_ref().or(a.as_ref());
        let before = page::seq_param(&request, "before");
        Some(Choices::read(app.store.as_ref(), id, one, before).await?)
    };
    let both = [&a, &b].into_iter().flatten().map(Summary::loaded_bytes);
    let reserved = response_memory::reserve(&request, &app, both.sum(), PAGE).await?;
    let (a, b) = (read(&app, a).await?, read(&app, b).await?);
    let now = Time::now();
    let sides = [&a, &b].into_iter().flatten();
    let compare = Compare {
        id: id.to_string(),
        title: endpoint.title(),
        sides: sides.map(|side| Side::new(&side.summary, now)).collect(),
        missing,
        choices,
        // Comparing megabytes would delay the captures on this thread. The permit moves along, because the task continues even if the
        // client disconnects.
        diff: web::block(move || {
            let _turn = turn;
            Some(Differences::new(a.as_ref()?, b.as_ref()?))
        })
        .await
        .map_err(|error| PageError::internal(&error))?,
    };
    let mut response = page::kept_html(&compare, reserved)?;
    if names_missing {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

async fn summary(
    app: &App,
    id: EndpointId,
    seq: Option<Seq>,
) -> Result<Option<Summary>, StoreError> {
    let Some(seq) = seq else {
        return Ok(None);
    };
    match app.store.summary(id, seq).await {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound("delivery")) => Ok(None),
        Err(error) => Err(error),
    }
}

/// That a delivery which the URL names does not exist.
fn missing(request: &HttpRequest, (name, found): (&str, &Option<Summary>)) -> Option<String> {
    let seq = page::seq_param(request, name).filter(|_| found.is_none())?;
    Some(format!("There is no delivery #{seq}."))
}

async fn read(app: &App, one: Option<Summary>) -> Result<Option<Delivery>, StoreError> {
    match one {
        Some(one) => app.store.delivery(one.endpoint_id, one.seq).await.map(Some),
        None => Ok(None),
    }
}
