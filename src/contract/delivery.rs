//! A delivery, as programs see it: the shape of lists and streams, and the same in full.
//!
//! **Invariant:** a value that cannot be read in the database is null, never a default.

use serde::Serialize;
use utoipa::ToSchema;

use super::body::BodyJson;
use super::finding::FindingJson;
use super::reading::ReadingJson;
use crate::domain::attempt::Attempt;
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::ids::Seq;
use crate::domain::target;
use crate::domain::time::Time;
use crate::domain::token_check::TokenCheck;
use crate::langgraph::findings::findings;

/// A delivery. Lists and streams carry it without `query`, `headers`, the body's content, and `kwargs`, `values` and `given_as_text` of the run.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryJson<'a> {
    /// The endpoint that captured it.
    endpoint_id: String,
    /// Its place there: 1, 2, 3 ...
    seq: Seq,
    /// Its id (UUID version 7); null where the stored one cannot be read.
    id: Option<String>,
    /// When its head was there.
    #[schema(value_type = String, format = DateTime)]
    received_at: Time,
    /// Other end of the connection.
    peer: Option<String>,
    /// Address of the sender: the peer's, or the one that a trusted proxy names.
    client: Option<String>,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
    http_version: &'a str,
    /// As received.
    method: &'a str,
    /// Request target as received.
    target: &'a str,
    /// The part of its path behind `/hook/{endpoint}`.
    path: &'a str,
    /// Names and values of the query in their order, decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Vec<(String, String)>>,
    /// Names and values of the header lines in their order, spelled as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
    /// Whether header lines are kept as they were on the wire (not under HTTP/2).
    headers_exact: bool,
    /// What the body is.
    body: BodyJson,
    /// What the token check found.
    verdict: TokenCheck,
    /// What was understood.
    reading: ReadingJson<'a>,
    /// What it shows and a reader may not see, those that matter most first.
    findings: Vec<FindingJson>,
    /// Which sending of it this is.
    attempt: AttemptJson,
    /// What the sender was answered.
    reply: ReplyJson,
}

/// Which sending of a delivery this is: attempts are deliveries of one run with the same bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
struct AttemptJson {
    /// 1, 2, 3 ...; null where the stored one cannot be read.
    number: Option<u32>,
    /// Seq of the first one; null where the stored one cannot be read.
    first_seq: Option<Seq>,
    /// Time since the one before, in milliseconds; null for the first.
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

/// What the sender was answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Reply)]
struct ReplyJson {
    /// The HTTP status; null when the sender was gone before an answer.
    status: Option<u16>,
    /// A fault that was played instead of an answer.
    fault: Option<String>,
}

impl<'a> DeliveryJson<'a> {
    /// As lists and streams carry it.
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
            path: target::sub_path(&summary.target),
            query: None,
            headers: None,
            headers_exact: summary.headers_exact,
            body: BodyJson::new(&summary.body),
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

    /// In full.
    pub(crate) fn full(delivery: &'a Delivery) -> Self {
        let summary = &delivery.summary;
        let headers = delivery.head.headers();
        let headers = headers.map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self {
            query: Some(target::query_pairs(&summary.target)),
            headers: Some(headers.collect()),
            body: BodyJson::new(&summary.body).with_content(&delivery.body),
            reading: ReadingJson::full(&summary.reading, &delivery.body),
            ..Self::summary(summary)
        }
    }
}

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryPage)]
pub(crate) struct DeliveryPageJson<'a> {
    /// The deliveries, without headers and content.
    pub(crate) items: Vec<DeliveryJson<'a>>,
    /// What to give as `before` (or `after`, under `order=asc`) for the next page; null on the last.
    pub(crate) next: Option<Seq>,
    /// All deliveries up to this seq were dropped by retention; 0 when none was.
    pub(crate) dropped_through: Seq,
}
