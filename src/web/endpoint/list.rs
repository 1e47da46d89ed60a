//! The list of deliveries, newest first.
//!
//! **Invariant:** the page, "Older" and live updates all use the same rows, one for the latest attempt of each delivery.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::App;
use crate::domain::delivery::Summary;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::time::Time;
use crate::store::{Filter, Page, Store, split_page};
use crate::web::endpoint::row::Row;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links::view::View;

/// Number of rows per request.
pub(crate) const ROWS_PAGE: usize = 100;
/// Tells the script that there are more rows than in this fragment.
const MORE: HeaderName = HeaderName::from_static("x-more");

/// Only rows.
#[derive(Template)]
#[template(source = "{% for row in rows %}{{ row }}{% endfor %}", ext = "html")]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
}

impl HtmlSafe for Rows {}

/// The list of a page.
#[derive(Template)]
#[template(path = "_list.html")]
pub(crate) struct List {
    rows: Rows,
    /// The newest delivery on this page; live rows follow it.
    newest: u64,
    /// Whether the list begins with the newest delivery.
    is_head: bool,
    head_href: String,
    older: Option<String>,
}

impl HtmlSafe for List {}

impl List {
    pub(crate) async fn read(store: &dyn Store, view: View) -> Result<Self, PageError> {
        let (found, more) = newest_first(store, view.endpoint, view.before).await?;
        let newest = match (view.before, found.first()) {
            (None, Some(first)) => first.seq,
            (None, None) => Seq(0),
            (Some(_), _) => store.last_seq(view.endpoint).await?,
        };
        let last = found.last().map(|last| last.seq).filter(|_| more);
        Ok(Self {
            rows: rows(&found, view),
            newest: newest.0,
            is_head: view.before.is_none(),
            head_href: view.before(None).href(),
            older: last.map(|last| view.before(Some(last)).href()),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.newest == 0
    }
}

/// `GET /inspect/{endpoint}/rows?after=|before=`: a page of rows, newest first, and whether more follow in this direction.
pub(crate) async fn rows_fragment(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let (endpoint, _) = app
        .access
        .reader(&request, page::endpoint_id(&request)?)
        .await?;
    let view = View::of(&request, endpoint.id);
    let (found, more) = match page::seq_param(&request, "after") {
        Some(after) => following(app.store.as_ref(), endpoint.id, after).await?,
        None => newest_first(app.store.as_ref(), endpoint.id, view.before).await?,
    };
    // The script appends these rows to the list that begins with the newest, so their links need no `before`.
    let mut response = page::html(&rows(&found, view.before(None)))?;
    if more {
        let headers = response.headers_mut();
        headers.insert(MORE, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn rows(found: &[Summary], view: View) -> Rows {
    let now = Time::now();
    let row = |delivery: &Summary| Row::new(delivery, view, now);
    Rows {
        rows: found.iter().map(row).collect(),
    }
}

/// The newest rows before a seq, and whether older ones follow.
async fn newest_first(
    store: &dyn Store,
    id: EndpointId,
    before: Option<Seq>,
) -> Result<(Vec<Summary>, bool), PageError> {
    let page = Page {
        before,
        ..Page::newest(ROWS_PAGE + 1).filter(Filter::LatestAttempts)
    };
    Ok(split_page(store.deliveries(id, page).await?, ROWS_PAGE))
}

/// The oldest rows after a seq, newest of them first, and whether newer ones follow.
async fn following(
    store: &dyn Store,
    id: EndpointId,
    after: Seq,
) -> Result<(Vec<Summary>, bool), PageError> {
    let page = Page::following(after, ROWS_PAGE + 1).filter(Filter::LatestAttempts);
    let (mut found, more) = split_page(store.deliveries(id, page).await?, ROWS_PAGE);
    found.reverse();
    Ok((found, more))
}
