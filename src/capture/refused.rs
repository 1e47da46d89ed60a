//! Lists requests that HTTP forbids to accept, for the owners of the endpoints that they name.
//!
//! **Invariant:** a request that names no endpoint leaves nothing; a flood costs no more writes than a few captures at a time; no value of
//! creel's own cookies is kept.

use std::net::SocketAddr;

use bytes::Bytes;

use super::equivalent::{capture_of, without_blank_lines};
use super::head_recorder::Refused;
use crate::app::App;
use crate::domain::head::request_line_parts;
use crate::domain::ids::EndpointId;
use crate::domain::log_limit::LogLimit;
use crate::domain::own_cookies;
use crate::domain::refusal::{REFUSED_HEAD_BYTES_MAX, RefusedRequest};
use crate::domain::time::Time;
use crate::store::StoreError;
use crate::urls::Urls;

static LISTED: LogLimit = LogLimit::new();
static NOT_LISTED: LogLimit = LogLimit::new();

/// Lists a refused request, if its target names an endpoint.
pub async fn list(app: &App, refused: &Refused, peer: Option<SocketAddr>) {
    let Some(endpoint) = endpoint_of(&refused.head, &app.urls) else {
        return;
    };
    // Without a permit there is a flood, and the newest requests of it are listed anyway.
    let Ok(_permit) = app.refusals.try_acquire() else {
        return not_listed(&StoreError::QueueFull);
    };
    let request = RefusedRequest {
        at: Time::now(),
        reason: refused.reason,
        peer,
        head: kept(&refused.head),
        head_bytes: refused.head.len() as u64,
    };
    match app.store.record_refused(endpoint, request).await {
        Ok(()) => {
            let (reason, status) = (refused.reason, refused.reason.status());
            LISTED.log(|times| {
                tracing::warn!(%endpoint, ?reason, status, times, "a request was refused; its endpoint lists it");
            });
        }
        Err(StoreError::NotFound(_)) => {}
        Err(error) => not_listed(&error),
    }
}

fn not_listed(error: &StoreError) {
    NOT_LISTED.log(|times| {
        tracing::warn!(%error, times, "a refused request could not be listed for its endpoint");
    });
}

/// The endpoint that the first line of a head names, whatever is wrong with the head.
fn endpoint_of(head: &[u8], urls: &Urls) -> Option<EndpointId> {
    let head = without_blank_lines(head);
    let line = head.split(|byte| *byte == b'\n').next()?;
    let [_, target, _] = request_line_parts(line);
    let capture = capture_of(target)?;
    let base = std::str::from_utf8(capture.base).ok()?;
    let is_served = base.is_empty() || urls.below_base(base) == Some("");
    is_served.then_some(capture.endpoint)
}

/// What is kept of a head. A cookie may be cut off behind its name, so the values are removed before.
fn kept(head: &Bytes) -> Bytes {
    let removed = own_cookies::without_values(head).map(Bytes::from);
    let kept = removed.as_ref().unwrap_or(head);
    // A copy: the received head may be much longer.
    Bytes::copy_from_slice(&kept[..kept.len().min(REFUSED_HEAD_BYTES_MAX)])
}
