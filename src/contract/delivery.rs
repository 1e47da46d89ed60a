//! The JSON of a delivery: the short form of lists and streams, and the full form.
//!
//! **Invariant:** a value that cannot be read in the database is null, never a default.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{BodyJson, INLINE_BYTES_MAX};
use super::finding::FindingJson;
use super::reading::ReadingJson;
use crate::domain::attempt::Attempt;
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::ids::Seq;
use crate::domain::target;
use crate::domain::time::Time;
use crate::domain::token_check::TokenCheck;
use crate::json::json_bytes;
use crate::langgraph::findings::findings;

/// A delivery. Lists and streams omit `query`, `headers`, `trailers`, `target_base64`, the body's content, and `kwargs`, `values` and `given_as_text` of the run.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryJson<'a> {
    /// The endpoint that captured it.
    endpoint_id: String,
    /// Its number within the endpoint: 1, 2, 3 ...
    seq: Seq,
    /// Its id (UUID version 7); null if the stored one cannot be read.
    id: Option<String>,
    /// When its head was received.
    #[schema(value_type = String, format = DateTime)]
    received_at: Time,
    /// Address of the peer of the connection.
    peer: Option<String>,
    /// Address of the sender: the peer, or the client that a trusted proxy names.
    client: Option<String>,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
    http_version: &'a str,
    /// As received.
    method: &'a str,
    /// Request target as received, with U+FFFD for what is not UTF-8.
    target: &'a str,
    /// The bytes of the target in base64, if they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_base64: Option<String>,
    /// The part of its path after `/hook/{endpoint}`.
    path: &'a str,
    /// Names and values of the query in their order, decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Vec<(String, String)>>,
    /// Names and values of the header lines in their order, spelled as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
    /// Names and values of the trailers in their order, spelled as received: the lines behind a chunked body.
    #[serde(skip_serializing_if = "Option::is_none")]
    trailers: Option<Vec<(String, String)>>,
    /// Whether order and spelling of the headers are as received (not with HTTP/2).
    headers_exact: bool,
    /// Kind of the body.
    body: BodyJson<'a>,
    /// The result of the token check.
    verdict: TokenCheck,
    /// How creel interprets the body.
    reading: ReadingJson<'a>,
    /// Facts that you might miss, highest level first.
    findings: Vec<FindingJson>,
    /// The attempt.
    attempt: AttemptJson,
    /// The response to the sender.
    reply: ReplyJson,
}

/// The attempt. Attempts are deliveries of the same run with the same bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
struct AttemptJson {
    /// 1, 2, 3 ...; null if the stored number cannot be read.
    number: Option<u32>,
    /// Seq of the first attempt; null if the stored seq cannot be read.
    first_seq: Option<Seq>,
    /// Time since the previous attempt, in milliseconds; null for the first.
    gap_ms: Option<i64>,
}

impl From<Attempt> for AttemptJson {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.is_known().then_some(attempt.number),
            first_seq: attempt.is_known().then_some(attempt.first_seq),
            gap_ms: attempt.gap_ms,
        }
    }
}

/// The response to the sender.
#[derive(Serialize, ToSchema)]
#[schema(as = Reply)]
struct ReplyJson {
    /// The HTTP status; null if the sender disconnected before the response.
    status: Option<u16>,
    /// A fault that was simulated instead of a response.
    fault: Option<String>,
}

impl<'a> DeliveryJson<'a> {
    /// The form for lists and streams.
    pub(crate) fn summary(summary: &'a Summary) -> Self {
        Self {
            endpoint_id: summary.endpoint_id.to_string(),
            seq: summary.seq,
            id: summary.id.map(|id| id.hyphenated().to_string()),
            received_at: summary.received_at,
            peer: summary.peer.map(|peer| peer.to_string()),
            client: summary.client.map(|client| client.to_string()),
            http_version: &summary.http_version,
            method: &summary.method,
            target: &summary.target,
            target_base64: None,
            path: target::sub_path(&summary.target),
            query: None,
            headers: None,
            trailers: None,
            headers_exact: summary.headers_exact,
            body: BodyJson::new(summary),
            verdict: summary.token_check,
            reading: ReadingJson::summary(&summary.reading),
            findings: findings(summary)
                .into_iter()
                .map(FindingJson::from)
                .collect(),
            attempt: summary.attempt.into(),
            reply: ReplyJson {
                status: summary.response.map(|response| response.status),
                fault: None,
            },
        }
    }

    /// How many bytes longer than a body its text is as JSON.
    pub(crate) fn escape_bytes(body: &[u8]) -> u64 {
        BodyJson::escape_bytes(body)
    }

    /// The full form; `plain` is the body for readers of JSON. A long body is only available at `.../body`.
    pub(crate) fn full(delivery: &'a Delivery, plain: &'a [u8]) -> Self {
        Self::with_body(delivery, plain, INLINE_BYTES_MAX)
    }

    /// The full form with the body, however long it is.
    pub(crate) fn complete(delivery: &'a Delivery, plain: &'a [u8]) -> Self {
        Self::with_body(delivery, plain, usize::MAX)
    }

    fn with_body(delivery: &'a Delivery, plain: &'a [u8], bytes_max: usize) -> Self {
        let summary = &delivery.summary;
        let target = delivery.head.target_bytes();
        let is_text = std::str::from_utf8(target).is_ok();
        let owned =
            |(name, value): (Cow<'_, str>, Cow<'_, str>)| (name.into_owned(), value.into_owned());
        Self {
            target_base64: (!is_text).then(|| STANDARD.encode(target)),
            query: Some(target::query_pairs(&summary.target)),
            headers: Some(delivery.head.headers().map(owned).collect()),
            trailers: Some(delivery.trailers().map(owned).collect()),
            body: BodyJson::new(summary).with_content(&delivery.body, bytes_max),
            reading: ReadingJson::full(&summary.reading, plain),
            ..Self::summary(summary)
        }
    }
}

/// Size of a summary as JSON, estimated in bytes. Senders influence it: a target may be as long as a head.
pub(crate) fn summary_bytes(summary: &Summary) -> usize {
    // The target is there twice: as received, and its path.
    2 * json_bytes(&summary.target) + json_bytes(&summary.reading)
}

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryPage)]
pub(crate) struct DeliveryPageJson<'a> {
    /// The deliveries, without headers and content.
    pub(crate) items: Vec<DeliveryJson<'a>>,
    /// The `before` (with `order=asc`, the `after`) of the next page; null on the last page.
    pub(crate) next: Option<Seq>,
    /// How far was looked: each delivery from the beginning of the page to this seq was looked at, and is in `items` if it matches. A page
    /// may have fewer items than `limit`, or none, because looking for them took too long: follow `next`.
    pub(crate) scanned_through: Seq,
    /// All deliveries up to this seq were deleted by retention; 0 if none.
    pub(crate) dropped_through: Seq,
    /// Number of all deliveries that are kept, whether they match or not.
    pub(crate) total: u64,
}
