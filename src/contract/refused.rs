//! The JSON of refused requests.
//!
//! **Invariant:** a head is shown as received: as text if it is UTF-8, otherwise in base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::refusal::{RefusalReason, RefusedRequest, RefusedRequests};
use crate::domain::time::Time;

/// The requests of an endpoint that HTTP forbids to accept. They are answered with an error and are not deliveries.
#[derive(Serialize, ToSchema)]
#[schema(as = RefusedRequests)]
pub(crate) struct RefusedRequestsJson {
    /// How many there were since the endpoint was created.
    total: u64,
    /// The newest 50, newest first.
    items: Vec<RefusedRequestJson>,
}

/// A refused request.
#[derive(Serialize, ToSchema)]
#[schema(as = RefusedRequest)]
struct RefusedRequestJson {
    /// When it was refused.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Status of the answer.
    status: u16,
    /// Why it was refused.
    reason: RefusalReason,
    /// The same in a sentence.
    detail: &'static str,
    /// Its head.
    head: RefusedHeadJson,
    /// Address of the peer of the connection.
    peer: Option<String>,
}

/// The head of a refused request, in one of the two fields: its first 16 KiB, or what arrived before it was refused.
#[derive(Serialize, ToSchema)]
#[schema(as = RefusedHead)]
struct RefusedHeadJson {
    /// The bytes, if they are UTF-8.
    text: Option<String>,
    /// The bytes in base64, if they are not UTF-8.
    base64: Option<String>,
    /// How many bytes of the head arrived.
    bytes: u64,
}

impl From<RefusedRequests> for RefusedRequestsJson {
    fn from(refused: RefusedRequests) -> Self {
        let items = refused.newest.iter();
        Self {
            total: refused.total,
            items: items.map(RefusedRequestJson::from).collect(),
        }
    }
}

impl From<&RefusedRequest> for RefusedRequestJson {
    fn from(refused: &RefusedRequest) -> Self {
        let text = std::str::from_utf8(&refused.head).ok();
        Self {
            at: refused.at,
            status: refused.reason.status(),
            reason: refused.reason,
            detail: refused.reason.sentence(),
            head: RefusedHeadJson {
                text: text.map(str::to_owned),
                base64: text.is_none().then(|| STANDARD.encode(&refused.head)),
                bytes: refused.head_bytes,
            },
            peer: refused.peer.map(|peer| peer.to_string()),
        }
    }
}
