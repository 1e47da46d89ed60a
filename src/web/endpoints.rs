//! A table of endpoints: those of a browser on the home page, or all of them for the operator.
//!
//! **Invariant:** a row shows neither a token nor anything that was received.

use actix_web::HttpRequest;
use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::App;
use crate::domain::counts::{Counts, Rows};
use crate::domain::endpoint::EndpointStats;
use crate::domain::ids::EndpointId;
use crate::domain::time::Time;
use crate::store::{EndpointFilter, StoreError, split_page};
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links::view::View;
use crate::web::render::format::Moment;

/// Endpoints per page.
const ENDPOINTS_PAGE: usize = 50;

/// A page of the table, newest endpoints first.
#[derive(Default, Template)]
#[template(path = "_endpoints.html")]
pub(crate) struct EndpointTable {
    rows: Vec<EndpointRow>,
    /// The last endpoint, if there are more: the `before` of the next page.
    pub(crate) older: Option<EndpointId>,
    /// Whether it has the columns for the operator.
    for_operator: bool,
}

impl HtmlSafe for EndpointTable {}

/// An endpoint in a list.
struct EndpointRow {
    name: Option<String>,
    id: String,
    short_id: String,
    deliveries: u64,
    /// Number of failed runs, and a link to them, if there are any.
    failed: Option<(u64, String)>,
    last: Option<Moment>,
    created: Moment,
}

impl EndpointRow {
    fn new(found: &EndpointStats, counts: &Counts, now: Time) -> Self {
        let id = found.endpoint.id.to_string();
        let failed = counts.of(Rows::Failed);
        let failed_href = View::newest(found.endpoint.id).rows(Rows::Failed).href();
        Self {
            name: found.endpoint.settings.name.clone(),
            short_id: id.chars().take(8).collect(),
            deliveries: counts.all,
            failed: (failed > 0).then_some((failed, failed_href)),
            last: found.last_received_at.map(|time| Moment::new(time, now)),
            created: Moment::new(found.endpoint.created_at, now),
            id,
        }
    }
}

impl EndpointTable {
    /// The page that the request's `before` names.
    pub(crate) async fn read(
        request: &HttpRequest,
        app: &App,
        filter: EndpointFilter,
    ) -> Result<Self, PageError> {
        let for_operator = !matches!(filter, EndpointFilter::One(_));
        let before = page::parsed_param(request, "before");
        let found = app
            .store
            .endpoints(filter, before, ENDPOINTS_PAGE + 1)
            .await?;
        let (found, more) = split_page(found, ENDPOINTS_PAGE);
        let last = found.last().map(|last| last.endpoint.id);
        let mut table = Self::empty(for_operator);
        for one in &found {
            match app.store.counts(one.endpoint.id).await {
                Ok(counts) => table.push(one, &counts, Time::now()),
                // It was deleted since the list was read.
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        table.older = last.filter(|_| more);
        Ok(table)
    }

    /// A table without rows.
    pub(crate) fn empty(for_operator: bool) -> Self {
        Self {
            for_operator,
            ..Self::default()
        }
    }

    /// Adds an endpoint below the others.
    pub(crate) fn push(&mut self, found: &EndpointStats, counts: &Counts, now: Time) {
        self.rows.push(EndpointRow::new(found, counts, now));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
