//! The deliveries of an endpoint: a page of them, and one in full.
//!
//! **Invariant:** nothing is held while more memory is waited for: a request that reserved too little drops what it loaded, reserves again
//! and loads it again.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::arguments::{endpoint_id, query, seq};
use super::delivery_page::DeliveryPage;
use crate::app::App;
use crate::content;
use crate::contract::delivery::{DeliveryJson, DeliveryPageJson};
use crate::domain::delivery::Delivery;
use crate::domain::ids::Seq;
use crate::domain::time::Time;
use crate::error::{AppError, Problem};
use crate::limits::response_memory::Reserved;
use crate::query::Query;
use crate::response_memory::{self, JSON};
use crate::store::{Filter, Order, Page, StoreError};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 500;

/// Which deliveries to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryListParams {
    /// Only deliveries with a higher seq.
    after: Option<u64>,
    /// Only deliveries with a lower seq.
    before: Option<u64>,
    /// Maximum number of deliveries: 1 to 500, default 100. With `q`, a page may have fewer although there are more.
    limit: Option<usize>,
    /// Only deliveries that match this query, such as `status:error graph:agent`. `/docs/query` has the language.
    q: Option<String>,
    /// Sort order; default `desc` (newest first).
    order: Option<OrderParam>,
}

/// Sort order.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Order)]
enum OrderParam {
    /// Oldest first.
    Asc,
    /// Newest first.
    Desc,
}

impl DeliveryListParams {
    fn page(&self) -> Result<Page, AppError> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(AppError::Invalid {
                field: "limit",
                why: format!("must be a number from 1 to {LIMIT_MAX}"),
            });
        }
        let order = match self.order {
            Some(OrderParam::Asc) => Order::OldestFirst,
            Some(OrderParam::Desc) | None => Order::NewestFirst,
        };
        Ok(Page {
            filter: Filter::All,
            after: Seq(self.after.unwrap_or(0)),
            before: self.before.map(Seq),
            limit,
            order,
        })
    }
}

/// Lists the deliveries of an endpoint.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/deliveries", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), DeliveryListParams), responses(
    (status = 200, description = "A page of deliveries", body = inline(DeliveryPageJson<'_>)),
    (status = 400, description = "Invalid parameter, or a query that cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such endpoint, or no access", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many large responses are being sent", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list_deliveries(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let params = query::<DeliveryListParams>(&request)?;
    let page = params.page()?;
    let asked = match params.q.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(Arc::new(Query::parse(text, Time::now())?)),
    };
    let expected = DeliveryPage::expected_bytes(page, asked.is_some()) as u64;
    let read = async || DeliveryPage::read(&*app.store, id, page, asked.as_ref()).await;
    let bytes = |found: &DeliveryPage| found.bytes as u64;
    let (found, reserved) = load_reserved(&request, &app, JSON, expected, read, bytes).await?;
    let total = app.store.counts(id).await?.kept;
    let response = HttpResponse::Ok().json(DeliveryPageJson {
        items: found.items.iter().map(DeliveryJson::summary).collect(),
        next: found.next,
        scanned_through: found.scanned_through,
        dropped_through: Seq(0),
        total,
    });
    Ok(response_memory::keep(response, reserved))
}

/// One delivery in full.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/deliveries/{seq}", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), ("seq" = u64, Path, description = "Seq of the delivery")),
    responses(
    (status = 200, description = "The delivery", body = inline(DeliveryJson<'_>)),
    (status = 404, description = "No such delivery, or no access", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many large responses are being sent", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get_delivery(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let summary = app.store.summary(id, seq(&request)?).await?;
    let loaded = summary.loaded_bytes();
    let load = async || app.store.delivery(id, summary.seq).await;
    let bytes = |delivery: &Delivery| {
        let escapes = DeliveryJson::escape_bytes(&delivery.body);
        // Mostly characters that JSON escapes, which stand twice in a buffer that doubles.
        let more = if escapes > loaded { escapes / 2 } else { 0 };
        loaded + more
    };
    let (delivery, reserved) = load_reserved(&request, &app, JSON, loaded, load, bytes).await?;
    let plain = plain(&delivery).await?;
    let plain = plain.as_deref().unwrap_or(&delivery.body);
    let response = HttpResponse::Ok().json(DeliveryJson::full(&delivery, plain));
    Ok(response_memory::keep(response, reserved))
}

/// The body for readers of JSON, if it is another one than the received one. Decoding happens on another thread.
async fn plain(delivery: &Delivery) -> Result<Option<Vec<u8>>, AppError> {
    let (head, body) = (delivery.head.clone(), delivery.body.clone());
    if !content::is_coded(&head, &body) {
        return Ok(None);
    }
    let decode = move || content::plain(&head, &body).into_owned();
    let plain = web::block(decode).await;
    plain
        .map(Some)
        .map_err(|error| AppError::decoding_failed(&error))
}

/// Reserves memory for a response with this many bytes of deliveries, multiplied by `times`, and loads them. If they have more, nothing is
/// held while more is waited for: they are loaded again.
pub(super) async fn load_reserved<T>(
    request: &HttpRequest,
    app: &App,
    times: u64,
    expected: u64,
    load: impl AsyncFn() -> Result<T, StoreError>,
    bytes: impl Fn(&T) -> u64,
) -> Result<(T, Reserved), AppError> {
    let reserve = async |bytes| response_memory::reserve(request, app, bytes, times).await;
    let reserved = reserve(expected).await?;
    let loaded = load().await?;
    let needed = bytes(&loaded);
    if needed <= expected {
        return Ok((loaded, reserved));
    }
    drop((loaded, reserved));
    let reserved = reserve(needed).await?;
    Ok((load().await?, reserved))
}
