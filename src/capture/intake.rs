//! Reads a request at the door, bounded in bytes and in time.
//!
//! **Invariant:** whatever came is kept: of a body that is too long, too slow or cut off the bytes that are there, marked with why.

use std::net::IpAddr;

use actix_web::http::Version;
use actix_web::{HttpMessage, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use ipnet::IpNet;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::config::BodyLimits;
use crate::domain::client;
use crate::domain::delivery::{Intake, Truncation};
use crate::domain::head::Head;
use crate::domain::own_cookies;
use crate::domain::target;
use crate::domain::time::Time;
use crate::error::AppError;
use crate::state::App;

/// Room that is made at once for a body that comes in several pieces.
const ROOM_AT_ONCE: usize = 256 * 1024;

/// Reads head and body; the body takes room that is free again when the permit goes.
///
/// # Errors
/// `Unavailable` when there is no room: the sender is asked to come back, and nothing is kept.
pub(super) async fn read<'a>(
    request: &HttpRequest,
    payload: web::Payload,
    app: &'a App,
) -> Result<(Intake, SemaphorePermit<'a>), AppError> {
    let config = &app.config;
    let received_at = Time::now();
    let peer = request.peer_addr();
    let head = head(request);
    let client = peer.map(|peer| client(peer.ip(), &head, &config.trusted_proxies));
    let kept = if announces_body(&head) {
        body(payload, config.limits, &app.room).await?
    } else {
        Kept::new(&app.room)?
    };
    let (body, cut, permit) = kept.done();
    let intake = Intake {
        received_at,
        peer,
        client,
        head,
        body,
        cut,
    };
    Ok((intake, permit))
}

/// Whether a body is to be read. An HTTP/1 head that announces none has none, whatever protocol it offers to change to.
fn announces_body(head: &Head) -> bool {
    let announced = |name| head.header(name).is_some();
    !head.exact || announced("content-length") || announced("transfer-encoding")
}

/// The head as the wire had it; where it has none (HTTP/2), or where the record does not fit the request, one made from its fields.
/// Values of creel's own cookies are removed: whoever may read this endpoint could use them.
fn head(request: &HttpRequest) -> Head {
    let recorded = request.extensions_mut().remove::<Head>();
    let head = recorded
        .filter(|head| is_of(head, request))
        .unwrap_or_else(|| made_from_fields(request));
    own_cookies::without_own_cookies(&head).unwrap_or(head)
}

fn is_of(head: &Head, request: &HttpRequest) -> bool {
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

fn client(peer: IpAddr, head: &Head, trusted: &[IpNet]) -> IpAddr {
    if trusted.is_empty() {
        return peer;
    }
    let lines = head
        .headers()
        .filter(|(name, _)| name.eq_ignore_ascii_case("x-forwarded-for"));
    let lines: Vec<_> = lines.map(|(_, line)| line).collect();
    client::address(peer, &lines, trusted)
}

/// The first bytes of the body, at most `bytes_max`. What is too long is read to its end and dropped, since a sender that is still
/// writing would take an early answer for a broken connection and send everything again.
async fn body(
    mut payload: web::Payload,
    limits: BodyLimits,
    room: &Semaphore,
) -> Result<Kept<'_>, AppError> {
    let mut kept = Kept::new(room)?;
    let end = Instant::now() + limits.total;
    loop {
        let patience = end.min(Instant::now() + limits.idle);
        match timeout_at(patience, payload.next()).await {
            Ok(Some(Ok(chunk))) => kept.push(chunk, limits.bytes_max)?,
            Ok(None) => return Ok(kept),
            Err(_) => kept.cut = Some(Truncation::TimedOut),
            Ok(Some(Err(_))) => kept.cut = Some(Truncation::Disconnected),
        }
        if matches!(
            kept.cut,
            Some(Truncation::TimedOut | Truncation::Disconnected)
        ) {
            return Ok(kept);
        }
    }
}

/// A body as it comes. One that comes in one piece, as most do, is never copied.
struct Kept<'a> {
    first: Bytes,
    all: BytesMut,
    cut: Option<Truncation>,
    room: &'a Semaphore,
    permit: SemaphorePermit<'a>,
}

impl<'a> Kept<'a> {
    fn new(room: &'a Semaphore) -> Result<Self, AppError> {
        Ok(Self {
            first: Bytes::new(),
            all: BytesMut::new(),
            cut: None,
            room,
            permit: permit(room, 0)?,
        })
    }

    fn push(&mut self, mut chunk: Bytes, bytes_max: usize) -> Result<(), AppError> {
        let free = bytes_max - self.len();
        if chunk.len() > free {
            self.cut = Some(Truncation::TooLong);
            chunk.truncate(free);
        }
        self.permit.merge(permit(self.room, chunk.len())?);
        if self.len() == 0 {
            self.first = chunk;
        } else if !chunk.is_empty() {
            if self.all.is_empty() {
                self.all.reserve(ROOM_AT_ONCE.min(bytes_max));
                self.all.extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.all.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.first.len() + self.all.len()
    }

    fn done(self) -> (Bytes, Option<Truncation>, SemaphorePermit<'a>) {
        let body = if self.all.is_empty() {
            self.first
        } else {
            self.all.freeze()
        };
        (body, self.cut, self.permit)
    }
}

/// Room for so many bytes, if it is there now: to wait for it would hold what others wait for.
fn permit(room: &Semaphore, bytes: usize) -> Result<SemaphorePermit<'_>, AppError> {
    let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    room.try_acquire_many(kib).map_err(|_| {
        tracing::warn!("no room for another body; the sender is asked to come back");
        AppError::Unavailable
    })
}
