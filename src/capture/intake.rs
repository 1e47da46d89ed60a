//! Reads a request, with limits for bytes and time.
//!
//! **Invariant:** everything that arrived is kept, except the values of creel's own cookies and what exceeds `--body-bytes-max`. A body
//! that is too long, too slow or incomplete is kept as its first bytes, with the reason.

use std::sync::Arc;

use actix_web::http::Version;
use actix_web::{HttpMessage, HttpRequest, web};
use bytes::{Bytes, BytesMut};

use super::head_recorder::HeadRecorder;
use crate::app::App;
use crate::domain::delivery::Intake;
use crate::domain::head::Head;
use crate::domain::own_cookies;
use crate::domain::target;
use crate::domain::time::Time;
use crate::error::AppError;
use crate::limits::Limit;
use crate::limits::body_memory::{NoMemory, Share};
use crate::limits::client;
use crate::limits::connection::Connection;
use crate::request_body::{self, TooLong};

/// Reads head and body. The body's memory is released when the returned share is dropped.
///
/// # Errors
/// `Unavailable` if there is no memory for it: the sender gets 503 with Retry-After, and nothing is stored.
pub(super) async fn read(
    request: &HttpRequest,
    mut payload: web::Payload,
    app: &App,
) -> Result<(Intake, Share), AppError> {
    let config = &app.config;
    let received_at = Time::now();
    let peer = request.peer_addr();
    let head = head(request);
    let client = client::of_request(request, &config.trusted_proxies);
    let mut share = app.body_memory.share(client.map(Into::into));
    share.grow(head.raw.len()).map_err(no_memory)?;
    let (body, cut) = if announces_body(&head) {
        request_body::read(&mut payload, &config.limits, TooLong::KeepFirst, &mut share).await?
    } else {
        Default::default()
    };
    if let Some(connection) = request.conn_data::<Arc<Connection>>() {
        connection.capture_is_complete();
    }
    let trailers = request
        .conn_data::<HeadRecorder>()
        .map(HeadRecorder::trailers);
    let trailers = trailers.unwrap_or_default();
    let without = own_cookies::without_values(&trailers);
    let trailers = without.map_or(trailers, Bytes::from);
    share.grow(trailers.len()).map_err(no_memory)?;
    let intake = Intake {
        received_at,
        peer,
        client,
        head,
        body,
        cut,
        trailers,
    };
    Ok((intake, share))
}

fn no_memory(_: NoMemory) -> AppError {
    Limit::BodyMemory.took_effect();
    AppError::Unavailable
}

/// Whether to read a body. An HTTP/1 head that announces no body has none, even if it offers to change the protocol.
fn announces_body(head: &Head) -> bool {
    let announced = |name| head.header(name).is_some();
    !head.exact || announced("content-length") || announced("transfer-encoding")
}

/// The recorded head. If there is none (HTTP/2), or it does not match the request, a head made from the request's fields.
/// Values of creel's own cookies are removed, because every reader of this endpoint could use them.
fn head(request: &HttpRequest) -> Head {
    let recorded = request.extensions_mut().remove::<Head>();
    let head = recorded
        .filter(|head| describes(head, request))
        .unwrap_or_else(|| made_from_fields(request));
    own_cookies::without_own_cookies(&head).unwrap_or(head)
}

fn describes(head: &Head, request: &HttpRequest) -> bool {
    let (method, target, _) = head.request_line();
    let (path, _) = target::path_and_query(&target);
    method == request.method().as_str() && path.starts_with(request.uri().path())
}

fn made_from_fields(request: &HttpRequest) -> Head {
    let version = match request.version() {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
    };
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let mut raw = BytesMut::from(format!("{} {target} {version}\r\n", request.method()).as_bytes());
    if let Some(authority) = request.uri().authority() {
        raw.extend_from_slice(format!("host: {authority}\r\n").as_bytes());
    }
    for (name, value) in request.headers() {
        raw.extend_from_slice(name.as_str().as_bytes());
        raw.extend_from_slice(b": ");
        raw.extend_from_slice(value.as_bytes());
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"\r\n");
    Head {
        raw: raw.freeze(),
        exact: false,
    }
}
