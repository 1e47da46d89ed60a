//! The live stream (Server-Sent Events), the same for pages and programs.
//!
//! **Invariant:** captured data is sent only as one line of JSON, so no captured byte can end a field or start an event.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use actix_http::ConnectionType;
use actix_web::http::{Version, header};
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

/// Interval of the keep-alive comments.
const COMMENT_INTERVAL: Duration = Duration::from_secs(15);
/// Delay before a browser reconnects.
const RETRY: Duration = Duration::from_secs(1);

/// Where to start.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FollowParams {
    /// Start with the delivery after this seq. Default: `Last-Event-ID`, otherwise the next delivery that arrives.
    after: Option<u64>,
}

/// Deliveries that were deleted before the subscriber received them.
#[derive(Serialize)]
struct GapJson {
    from: Seq,
    through: Seq,
}

/// Subscribes to an endpoint (Server-Sent Events): `event: delivery` with the seq as id and the summary as data, `event: gap` if
/// deliveries were deleted, and a comment every 15 s. `Last-Event-ID` takes precedence over `after`.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/events", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), FollowParams,
        ("Last-Event-ID" = Option<u64>, Header, description = "Id of the last received event")),
    responses(
    (status = 200, description = "The stream", content_type = "text/event-stream"),
    (status = 400, description = "Invalid parameter", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such endpoint, or no access", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn follow_deliveries(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    let (_, right) = app.access.reader(&request, id).await?;
    let params: FollowParams = query(&request)?;
    let asked = last_event_id(&request)?.or(params.after.map(Seq));
    // A client that has seen more than there is (the data was restored from a backup) continues with the next delivery.
    let newest = app.store.last_seq(id).await?;
    let after = asked.map_or(newest, |seq| seq.min(newest));
    let items = app.live.subscribe(id, after);
    let items = Arc::clone(&app.access).while_allowed(right, id, Box::pin(items));
    let items = items.take_until(app.stop.clone().cancelled_owned());
    // If the endpoint is deleted, its stream ends normally, and a client that reconnects gets 404. Any other error cuts the stream, and the
    // client resumes it.
    let items = items.take_while(|item| ready(!matches!(item, Err(StoreError::NotFound(_)))));
    let events = items.map(|item| -> Result<_, Box<dyn std::error::Error>> { Ok(event(item?)?) });
    let stream = sse::Sse::from_stream(events)
        .with_keep_alive(COMMENT_INTERVAL)
        .with_retry_duration(RETRY);
    let mut response = stream.respond_to(&request);
    response.headers_mut().insert(
        header::HeaderName::from_static("x-accel-buffering"),
        header::HeaderValue::from_static("no"),
    );
    // HTTP/1.0 has no chunks: the end of the connection is the end of the stream (RFC 9112 section 6.1).
    if request.version() < Version::HTTP_11 {
        response.head_mut().no_chunking(true);
        response
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
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
        why: "must be the id of an event of this stream".to_owned(),
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
