//! Reads request bodies of captures, API calls and forms alike: bounded in bytes, time and memory.
//!
//! **Invariant:** for a body that is too long, too slow or cut off, the received bytes are returned with the reason.

use actix_web::error::PayloadError;
use actix_web::{HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::config::BodyLimits;
use crate::domain::delivery::Truncation;
use crate::error::AppError;
use crate::limits::body_memory::Share;
use crate::limits::{Limit, client};

/// Longest body of an API call or a form, in bytes.
pub const CALL_BYTES_MAX: usize = 64 * 1024;

/// Initial allocation for a body that arrives in several pieces.
const FIRST_ALLOCATION: usize = 256 * 1024;

/// What to do with a body that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLong {
    /// Keep the first bytes, read and discard the rest. A sender that is still writing would treat an early response as a broken connection
    /// and retry.
    KeepFirst,
    /// Stop reading.
    Stop,
}

/// The body, or its first bytes and the reason for the truncation.
///
/// # Errors
/// `Unavailable` if there is no memory for it.
pub async fn read<S>(
    payload: &mut S,
    limits: &BodyLimits,
    too_long: TooLong,
    share: &mut Share,
) -> Result<(Bytes, Option<Truncation>), AppError>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let mut body = BodyBuffer::default();
    let end = Instant::now() + limits.total;
    let cut = loop {
        if too_long == TooLong::Stop && body.is_cut {
            break Some(Truncation::TooLong);
        }
        let patience = end.min(Instant::now() + limits.idle);
        match timeout_at(patience, payload.next()).await {
            Ok(Some(Ok(chunk))) => body.push(chunk, limits.bytes_max, share)?,
            Ok(None) => break body.is_cut.then_some(Truncation::TooLong),
            Ok(Some(Err(_))) => break Some(Truncation::Disconnected),
            Err(_) => {
                Limit::BodyTime.took_effect();
                break Some(Truncation::TimedOut);
            }
        }
    };
    if body.is_cut && too_long == TooLong::KeepFirst {
        Limit::BodyBytes.took_effect();
    }
    Ok((body.into_bytes(), cut))
}

/// The complete body of an API call or a form.
///
/// # Errors
/// `TooLarge`, `Timeout` or `Invalid` if it is incomplete, `Unavailable` if there is no memory for it.
pub async fn read_call(
    request: &HttpRequest,
    payload: &mut web::Payload,
    app: &App,
) -> Result<(Bytes, Share), AppError> {
    let limits = BodyLimits {
        bytes_max: CALL_BYTES_MAX,
        ..app.config.limits
    };
    let client = client::of_request(request, &app.config.trusted_proxies);
    let mut share = app.body_memory.share(client.map(Into::into));
    let (bytes, cut) = read(payload, &limits, TooLong::Stop, &mut share).await?;
    match cut {
        None => Ok((bytes, share)),
        Some(Truncation::TooLong) => Err(AppError::TooLarge {
            limit: CALL_BYTES_MAX,
        }),
        Some(Truncation::TimedOut) => Err(AppError::Timeout),
        Some(Truncation::Disconnected | Truncation::Unknown) => Err(AppError::Invalid {
            field: "body",
            why: "ended early".to_owned(),
        }),
    }
}

/// A body as it arrives. A body that arrives in one piece, as most do, is never copied.
#[derive(Default)]
struct BodyBuffer {
    first: Bytes,
    all: BytesMut,
    is_cut: bool,
}

impl BodyBuffer {
    fn push(
        &mut self,
        mut chunk: Bytes,
        bytes_max: usize,
        share: &mut Share,
    ) -> Result<(), AppError> {
        let free = bytes_max - self.len();
        if chunk.len() > free {
            self.is_cut = true;
            chunk.truncate(free);
        }
        share.grow(chunk.len()).map_err(|_| {
            Limit::BodyMemory.took_effect();
            AppError::Unavailable
        })?;
        if self.len() == 0 {
            self.first = chunk;
        } else if !chunk.is_empty() {
            if self.all.is_empty() {
                self.all.reserve(FIRST_ALLOCATION.min(bytes_max));
                self.all.extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.all.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.first.len() + self.all.len()
    }

    fn into_bytes(self) -> Bytes {
        if self.all.is_empty() {
            self.first
        } else {
            self.all.freeze()
        }
    }
}
