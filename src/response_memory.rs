//! Memory for responses to readers (pages, API) that need complete deliveries. Not for responses to senders: those are in
//! `capture/response.rs`. Each request reserves memory before it loads a delivery, and keeps the part that it
//! needs until the response is sent.
//!
//! **Invariant:** a request reserves memory once, before it loads anything. Two requests that each hold a part and wait for the rest would
//! deadlock.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;

use crate::app::App;
use crate::domain::delivery::Delivery;
use crate::domain::ids::{EndpointId, Seq};
use crate::error::AppError;
use crate::limits::client;
use crate::limits::response_memory::Reserved;

/// A page needs its delivery, much of it a second time while it is parsed (measured: 2.0 times the bytes of the body), and the page itself.
pub const PAGE: u64 = 3;
/// JSON needs the delivery, the run's parts as received, and itself in a buffer that doubles (measured: 3.9 times the bytes of the body).
pub const JSON: u64 = 4;

/// Bytes that a response needs in addition to its deliveries.
const OVERHEAD: u64 = 64 * 1024;
/// Bytes passed to the connection at a time. They are copied, so a response passed at once would be in memory twice.
const PIECE: usize = 64 * 1024;

/// Reserves memory for a response that needs `loaded_bytes` of deliveries, multiplied by `times`.
///
/// # Errors
/// `Busy` if this much does not become free for this client within some seconds.
pub async fn reserve(
    request: &HttpRequest,
    app: &App,
    loaded_bytes: u64,
    times: u64,
) -> Result<Reserved, AppError> {
    let client = client::of_request(request, &app.config.trusted_proxies);
    let bytes = loaded_bytes.saturating_mul(times).saturating_add(OVERHEAD);
    let reserved = app
        .response_memory
        .reserve(client.map(Into::into), bytes)
        .await;
    reserved.ok_or(AppError::Busy)
}

/// A delivery, with memory for a response that needs it and `more` bytes, multiplied by `times`.
///
/// # Errors
/// As [`reserve`], and those of the store.
pub async fn load(
    request: &HttpRequest,
    app: &App,
    (id, seq): (EndpointId, Seq),
    more: u64,
    times: u64,
) -> Result<(Delivery, Reserved), AppError> {
    let bytes = app.store.summary(id, seq).await?.loaded_bytes();
    let reserved = reserve(request, app, bytes.saturating_add(more), times).await?;
    Ok((app.store.delivery(id, seq).await?, reserved))
}

/// The same response. It keeps only the memory for its own bytes, until it is sent or dropped.
#[must_use]
pub fn keep(response: HttpResponse, mut reserved: Reserved) -> HttpResponse {
    let (response, body) = response.into_parts();
    match body.try_into_bytes() {
        Ok(rest) if rest.is_empty() => response.set_body(BoxBody::new(rest)),
        Ok(rest) => {
            // The buffer may be twice as long as the text.
            reserved.shrink(2 * rest.len() as u64);
            response.set_body(BoxBody::new(Kept {
                rest,
                _reserved: reserved,
            }))
        }
        Err(body) => response.set_body(body),
    }
}

/// A body that is sent piece by piece and keeps its memory until the last piece.
struct Kept {
    rest: Bytes,
    _reserved: Reserved,
}

impl MessageBody for Kept {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let len = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(len);
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}
