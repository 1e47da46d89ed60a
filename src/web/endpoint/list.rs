//! The list of deliveries, newest first.
//!
//! **Invariant:** the page, "Older" and live updates all use the same rows, one for the latest attempt of each delivery.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::App;
use crate::domain::counts::Counts;
use crate::domain::delivery::Summary;
use crate::domain::ids::Seq;
use crate::domain::time::Time;
use crate::store::{Filter, Page, Store, split_page};
use crate::web::endpoint::filters::Filters;
use crate::web::endpoint::row::Row;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links;
use crate::web::links::view::View;
use crate::web::render::format;

/// Number of rows per request.
pub(crate) const ROWS_PAGE: usize = 100;
/// Tells the script that there are more rows than in this fragment.
const MORE: HeaderName = HeaderName::from_static("x-more");
/// The highest seq that was considered for this fragment: with a filter, it may be higher than that of its newest row.
const NEWEST: HeaderName = HeaderName::from_static("x-newest");

/// Only rows.
#[derive(Template)]
#[template(source = "{% for row in rows %}{{ row }}{% endfor %}", ext = "html")]
struct RowList {
    rows: Vec<Row>,
}

impl HtmlSafe for RowList {}

/// Rows for a page that is open, with the filters as they are now.
#[derive(Template)]
#[template(source = "{{ filters }}{{ rows }}", ext = "html")]
struct RowsFragment {
    filters: Filters,
    rows: RowList,
}

/// The list of a page.
#[derive(Template)]
#[template(path = "_list.html")]
pub(crate) struct List {
    filters: Filters,
    rows: RowList,
    /// Whether there are deliveries, but none that the filter shows.
    is_filtered_out: bool,
    /// The newest delivery on this page; live rows follow it.
    newest: u64,
    /// Whether the list begins with the newest delivery.
    is_head: bool,
    head_href: String,
    older: Option<String>,
    /// `3 requests refused`, if there were some, and the page that lists them.
    refused: Option<(String, String)>,
}

impl HtmlSafe for List {}

impl List {
    /// The rows of a view, with the numbers of the filters.
    pub(crate) async fn read(
        store: &dyn Store,
        view: View,
        counts: &Counts,
    ) -> Result<Self, PageError> {
        // Before the rows: one that arrives between the two is fetched again, and none is missed.
        let newest = store.last_seq(view.endpoint).await?;
        let (found, more) = newest_first(store, view).await?;
        let refused = store.refused_total(view.endpoint).await?;
        let refused_line = || format::count(refused, "request refused", "requests refused");
        let last = found.last().map(|last| last.seq).filter(|_| more);
        Ok(Self {
            filters: Filters::new(counts, view),
            is_filtered_out: found.is_empty() && newest.0 > 0,
            rows: rows(&found, view),
            newest: newest.0,
            is_head: view.before.is_none(),
            head_href: view.before(None).href(),
            older: last.map(|last| view.before(Some(last)).href()),
            refused: (refused > 0).then(|| (refused_line(), links::refused(view.endpoint))),
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
    let store = app.store.as_ref();
    let counts = store.counts(endpoint.id).await?;
    let newest = store.last_seq(endpoint.id).await?;
    let (found, more) = match page::seq_param(&request, "after") {
        Some(after) => following(store, view, after).await?,
        None => newest_first(store, view).await?,
    };
    // The script appends these rows to the list that begins with the newest, so their links need no `before`.
    let view = view.before(None);
    let mut response = page::html(&RowsFragment {
        filters: Filters::new(&counts, view),
        rows: rows(&found, view),
    })?;
    let newest = match found.first() {
        Some(first) if more => first.seq,
        Some(first) => first.seq.max(newest),
        None => newest,
    };
    let headers = response.headers_mut();
    headers.insert(NEWEST, HeaderValue::from(newest.0));
    if more {
        headers.insert(MORE, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn rows(found: &[Summary], view: View) -> RowList {
    let now = Time::now();
    let row = |delivery: &Summary| Row::new(delivery, view, now);
    RowList {
        rows: found.iter().map(row).collect(),
    }
}

/// The newest rows before a seq, and whether older ones follow.
async fn newest_first(store: &dyn Store, view: View) -> Result<(Vec<Summary>, bool), PageError> {
    let page = Page {
        before: view.before,
        ..Page::newest(ROWS_PAGE + 1).filter(Filter::LatestAttempts(view.rows))
    };
    Ok(split_page(
        store.deliveries(view.endpoint, page).await?,
        ROWS_PAGE,
    ))
}

/// The oldest rows after a seq, newest of them first, and whether newer ones follow.
async fn following(
    store: &dyn Store,
    view: View,
    after: Seq,
) -> Result<(Vec<Summary>, bool), PageError> {
    let page = Page::following(after, ROWS_PAGE + 1).filter(Filter::LatestAttempts(view.rows));
    let (mut found, more) = split_page(store.deliveries(view.endpoint, page).await?, ROWS_PAGE);
    found.reverse();
    Ok((found, more))
}
