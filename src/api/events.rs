//! The one live stream. Page, command line and strangers follow the same.
//!
//! **Invariant:** what was captured reaches the stream only as one line of JSON, so that no captured byte can end a field or begin an event.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use actix_web_lab::sse;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::arguments::{endpoint_id, query};
use crate::app::App;
use crate::domain::ids::Seq;
use crate::error::{AppError, Problem};
use crate::live::FeedItem;
use crate::store::StoreError;

/// How often a comment tells that the stream is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser is to come back after a cut.
const RETRY: Duration = Duration::from_secs(1);

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FollowParams {
    /// Begin with the delivery behind this seq; without it, and without `Last-Event-ID`, with the next that arrives.
    after: Option<u64>,
}

/// Deliveries that a follower had not seen and that are gone.
#[derive(Serialize)]
struct GapJson {
    from: Seq,
    through: Seq,
}

/// Follows an endpoint (Server-Sent Events): `event: delivery` with the seq as id and the summary as data, `event: gap` where deliveries
/// are gone, a comment every 15 s. `Last-Event-ID` wins over `after`.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/events", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), FollowParams,
        ("Last-Event-ID" = Option<u64>, Header, description = "Id of the last event that was received")),
    responses(
    (status = 200, description = "The stream", content_type = "text/event-stream"),
    (status = 400, description = "A parameter that cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such endpoint, or no right to read it", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn follow_deliveries(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    let (_, right) = app.access.reader(&request, id).await?;
    let params: FollowParams = query(&request)?;
    let asked = last_event_id(&request)?.or(params.after.map(Seq));
    // Whoever has seen more than there is (the data went back to a backup) goes on with what comes next.
    let newest = app.store.last_seq(id).await?;
    let after = asked.map_or(newest, |seq| seq.min(newest));
    let items = app.live.subscribe(id, after);
    let items = Arc::clone(&app.access).while_allowed(right, id, Box::pin(items));
    let items = items.take_until(app.stop.clone().cancelled_owned());
    // A deleted endpoint ends its stream in good order, and a client that comes back gets 404. Another error cuts the stream, and a client
    // resumes it.
    let items = items.take_while(|item| ready(!matches!(item, Err(StoreError::NotFound(_)))));
    let events = items.map(|item| -> Result<_, Box<dyn std::error::Error>> { Ok(event(item?)?) });
    let stream = sse::Sse::from_stream(events)
        .with_keep_alive(KEEP_ALIVE)
        .with_retry_duration(RETRY);
    let mut response = stream.respond_to(&request);
    response.headers_mut().insert(
        header::HeaderName::from_static("x-accel-buffering"),
        header::HeaderValue::from_static("no"),
    );
    Ok(response)
}

fn last_event_id(request: &HttpRequest) -> Result<Option<Seq>, AppError> {
    let Some(value) = request.headers().get("last-event-id") else {
        return Ok(None);
    };
    let seq = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let why = || AppError::Invalid {
        field: "Last-Event-ID",
        why: "it is the id of an event of this stream".to_owned(),
    };
    seq.map(|seq| Some(Seq(seq))).ok_or_else(why)
}

fn event(item: FeedItem) -> serde_json::Result<sse::Event> {
    let (name, id, data) = match item {
        FeedItem::Delivery(event) => ("delivery", event.seq(), event.json()?.to_owned()),
        FeedItem::Gap { from, through } => {
            let gap = serde_json::to_string(&GapJson { from, through })?;
            ("gap", through, gap)
        }
    };
    Ok(sse::Data::new(data).event(name).id(id.to_string()).into())
}
