//! Middleware for every request and response: reports them to their connection, for its limits.
//!
//! **Invariant:** a request counts as active from its head until the last byte of its response is passed to the connection, or until it is
//! dropped.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_http::ConnectionType;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpResponse};
use bytes::Bytes;

use super::connections::ConnectionEntry;
use crate::app::App;
use crate::capture::head_recorder::{HeadRecorder, Recorded, Refused};
use crate::capture::refused;
use crate::domain::head::Head;
use crate::domain::refusal::RefusalReason;
use crate::error::RETRY_AFTER_SECONDS;
use crate::limits::body_memory::Share;
use crate::limits::{Limit, client};

/// Bytes of a response passed to the connection at a time: the unit of progress on HTTP/2, and the size of the buffer on HTTP/1.
const PIECE: usize = 64 * 1024;

/// An active request on a connection.
pub(super) struct UnderWay {
    entry: Arc<ConnectionEntry>,
    capture: bool,
    /// For its head, on HTTP/2.
    memory: Option<Share>,
}

/// Why a request is not passed to a handler.
#[derive(Debug)]
pub(super) enum RequestRefusal {
    /// HTTP forbids to accept it.
    Http(Refused),
    /// The server gave its connection no entry.
    NotConnected,
    /// Its connection has too many streams.
    TooManyStreams,
    /// Its head is too long, on HTTP/2.
    HeadTooLong,
    /// It has too many header lines, on HTTP/2.
    TooManyLines,
    /// There is no memory for its head.
    NoMemory,
}

/// Reports that a request begins.
pub(super) fn begin(request: &ServiceRequest, app: &App) -> Result<UnderWay, RequestRefusal> {
    let config = &app.config;
    take_head(request).map_err(RequestRefusal::Http)?;
    let entry = request.conn_data::<Arc<ConnectionEntry>>();
    let entry = Arc::clone(entry.ok_or(RequestRefusal::NotConnected)?);
    if let Some(peer) = request.peer_addr()
        && entry.is_of_proxy(peer.ip())
        && let Some(client) = client::of_request(request.request(), &config.trusted_proxies)
    {
        entry.belongs_to(client);
    }
    let capture = request.match_info().as_str().starts_with("/hook/");
    let connection = entry.connection();
    let count = connection.begin(capture);
    let too_many = connection.http2() && count > config.connections.http2_streams;
    let is_http2 = connection.http2();
    let mut under_way = UnderWay {
        entry,
        capture,
        memory: None,
    };
    if too_many {
        return Err(RequestRefusal::TooManyStreams);
    }
    if is_http2 {
        let (bytes, heads) = (head_bytes(request), config.connections.heads);
        if bytes > heads.bytes_max {
            return Err(RequestRefusal::HeadTooLong);
        }
        if request.headers().len() > heads.lines_max {
            return Err(RequestRefusal::TooManyLines);
        }
        // A connection may have a hundred heads at a time. That of a capture takes memory with its body.
        if !capture {
            let client = client::of_request(request.request(), &config.trusted_proxies);
            let mut memory = app.body_memory.share(client.map(Into::into));
            memory.grow(bytes).map_err(|_| RequestRefusal::NoMemory)?;
            under_way.memory = Some(memory);
        }
    }
    Ok(under_way)
}

/// Size of a head as defined in RFC 9113 section 6.5.2. Fields are compressed, so they can be much longer than the bytes sent.
fn head_bytes(request: &ServiceRequest) -> usize {
    let fields = request.headers().iter();
    let fields = fields.map(|(name, value)| name.as_str().len() + value.len() + 32);
    fields.sum::<usize>() + request.uri().to_string().len()
}

/// Moves the recorded head from the connection to the request.
fn take_head(request: &ServiceRequest) -> Result<(), Refused> {
    let recorder = request.conn_data::<HeadRecorder>();
    match recorder.and_then(HeadRecorder::next_head) {
        Some(Recorded::Refused(refused)) => return Err(refused),
        Some(Recorded::Head(head)) => {
            request.extensions_mut().insert::<Head>(head);
        }
        None => {}
    }
    Ok(())
}

/// Answers a request that is not passed to a handler. One that HTTP forbids is listed for the owner of its endpoint before, if captures are
/// served here.
pub(super) async fn refuse(
    request: ServiceRequest,
    refusal: RequestRefusal,
    captures: Option<&App>,
) -> ServiceResponse<WatchedBody> {
    let (status, limit) = match &refusal {
        RequestRefusal::NotConnected => (StatusCode::SERVICE_UNAVAILABLE, None),
        RequestRefusal::TooManyStreams => {
            (StatusCode::SERVICE_UNAVAILABLE, Some(Limit::Http2Streams))
        }
        RequestRefusal::HeadTooLong => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Some(Limit::HeadBytes),
        ),
        RequestRefusal::TooManyLines => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Some(Limit::HeadLines),
        ),
        RequestRefusal::NoMemory => (StatusCode::SERVICE_UNAVAILABLE, Some(Limit::BodyMemory)),
        RequestRefusal::Http(refused) => {
            if let Some(app) = captures {
                refused::list(app, refused, request.peer_addr()).await;
            }
            let status = StatusCode::from_u16(refused.reason.status());
            (status.unwrap_or(StatusCode::BAD_REQUEST), limit_of(refused))
        }
    };
    if let Some(limit) = limit {
        limit.took_effect();
    }
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
    }
    let response = match refusal {
        RequestRefusal::Http(refused) => response
            .force_close()
            .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox"))
            .content_type("text/plain; charset=utf-8")
            .body(format!("refused: {}\n", refused.reason.sentence())),
        _ => response.finish(),
    };
    request
        .into_response(response)
        .map_body(|_, body| WatchedBody::new(body, None))
}

fn limit_of(refused: &Refused) -> Option<Limit> {
    match refused.reason {
        RefusalReason::HeadTooLong => Some(Limit::HeadBytes),
        RefusalReason::TooManyLines => Some(Limit::HeadLines),
        _ => None,
    }
}

/// Reports the progress of a response until it is passed to the connection.
pub(super) fn watch(
    mut response: ServiceResponse,
    under_way: UnderWay,
) -> ServiceResponse<WatchedBody> {
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
        under_way.entry.connection().timed_out();
    }
    response.map_body(|_, body| WatchedBody::new(body, Some(under_way)))
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.memory = None;
        self.entry.connection().end(self.capture);
    }
}

/// The body of a response, passed on in pieces.
pub(super) struct WatchedBody {
    body: BoxBody,
    /// The rest of a chunk that is larger than a piece.
    rest: Bytes,
    /// Its number among the responses of an HTTP/2 connection.
    stream: Option<u32>,
    under_way: Option<UnderWay>,
}

impl WatchedBody {
    fn new(body: BoxBody, under_way: Option<UnderWay>) -> Self {
        let http2 = under_way
            .as_ref()
            .filter(|under_way| under_way.entry.connection().http2());
        Self {
            body,
            rest: Bytes::new(),
            stream: http2.map(|under_way| under_way.entry.connection().next_stream()),
            under_way,
        }
    }

    /// On HTTP/2 a piece waits until the peer accepts it, which the socket does not show: a peer can block one stream but not the others.
    fn note(&self, waits: bool) {
        if let (Some(stream), Some(under_way)) = (self.stream, &self.under_way) {
            under_way.entry.connection().stalled(stream, waits);
        }
    }
}

impl MessageBody for WatchedBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let polled = if self.rest.is_empty() {
            Pin::new(&mut self.body).poll_next(context)
        } else {
            Poll::Ready(Some(Ok(std::mem::take(&mut self.rest))))
        };
        let polled = match polled {
            Poll::Ready(Some(Ok(mut chunk))) if chunk.len() > PIECE => {
                self.rest = chunk.split_off(PIECE);
                Poll::Ready(Some(Ok(chunk)))
            }
            other => other,
        };
        self.note(matches!(polled, Poll::Ready(Some(Ok(_)))));
        polled
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.note(false);
    }
}
