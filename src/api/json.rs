//! The JSON of the API where it differs from the domain types: nested instead of flat, and with readable values.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::delivery::{Attempt, BodyKind, Delivery, Summary, Truncation};
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::Seq;
use crate::domain::run::{ReadingKind, Run};
use crate::domain::target;
use crate::domain::time::Time;
use crate::domain::token_check::{TokenCheck, TokenRule};
use crate::langgraph::findings::{Code, Finding, Level, findings};
use crate::langgraph::{self, Contents};

/// A capture URL with its settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Endpoint)]
pub(super) struct EndpointJson {
    /// Its id.
    id: String,
    /// Display name.
    name: Option<String>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The token that senders must have; null if none is expected. Only for owner and operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    token: Option<TokenJson>,
    /// Response statuses: the first for the first attempt of a run, the second for the second, and so on; the last one repeats.
    reply: Vec<u16>,
    /// URL for senders; with the token only for owner and operator.
    capture_url: String,
    /// URL of the endpoint's page.
    inspect_url: String,
    /// Seq of the newest delivery; 0 before the first.
    last_seq: Seq,
}

/// The token of an endpoint; null if none is expected.
#[derive(Serialize)]
struct TokenJson(Option<String>);

/// The URLs of an endpoint, depending on the caller's access.
pub(super) struct EndpointUrls {
    pub(super) capture: String,
    pub(super) inspect: String,
}

impl EndpointJson {
    pub(super) fn new(
        endpoint: &Endpoint,
        last_seq: Seq,
        urls: EndpointUrls,
        manages: bool,
    ) -> Self {
        let token = || match &endpoint.token_rule {
            TokenRule::NotAsked => TokenJson(None),
            TokenRule::Secret(token) => TokenJson(Some(token.clone())),
        };
        Self {
            id: endpoint.id.to_string(),
            name: endpoint.name.clone(),
            created_at: endpoint.created_at,
            token: manages.then(token),
            reply: endpoint.reply.statuses().to_vec(),
            capture_url: urls.capture,
            inspect_url: urls.inspect,
            last_seq,
        }
    }
}

/// A delivery. Lists and streams omit `query`, `headers`, the body's content, and `kwargs`, `values` and `given_as_text` of the run.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(super) struct DeliveryJson<'a> {
    /// The endpoint that received it.
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
    /// Request target as received.
    target: &'a str,
    /// The part of its path after `/hook/{endpoint}`.
    path: &'a str,
    /// Names and values of the query in their order, decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Vec<(String, String)>>,
    /// Names and values of the header lines in their order, spelled as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
    /// Whether order and spelling of the headers are as received (not with HTTP/2).
    headers_exact: bool,
    /// Kind of the body.
    body: BodyJson,
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

/// A body.
#[derive(Serialize, ToSchema)]
#[schema(as = Body)]
struct BodyJson {
    /// Number of stored bytes.
    bytes: u64,
    /// SHA-256 of the stored bytes, in hexadecimal; null if the stored hash cannot be read.
    sha256: Option<String>,
    /// Whether only the first bytes were stored.
    cut: bool,
    /// Why only the first bytes were stored.
    cut_why: Option<Truncation>,
    /// What the bytes are.
    kind: BodyKind,
    #[serde(flatten)]
    content: Option<ContentJson>,
}

/// Largest body included in the JSON, in bytes.
const INLINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The bytes of a body in one of the two fields. Neither if the body is empty or larger than 4 MiB; use `.../body` then.
#[derive(Serialize, ToSchema)]
#[schema(as = BodyContent)]
struct ContentJson {
    /// The bytes, if they are UTF-8.
    text: Option<String>,
    /// The bytes in base64, if they are not UTF-8.
    base64: Option<String>,
}

/// How creel interprets a body.
#[derive(Serialize, ToSchema)]
#[schema(as = Reading)]
struct ReadingJson<'a> {
    /// Kind of the body.
    kind: ReadingKind,
    /// The parse error, if `kind` is `unreadable`.
    why: Option<&'a str>,
    /// The run, if `kind` is `run`.
    run: Option<RunJson<'a>>,
}

/// A run, with its `kwargs` and `values` as received.
#[derive(Serialize, ToSchema)]
#[schema(as = RunInFull)]
struct RunJson<'a> {
    #[serde(flatten)]
    run: &'a Run,
    #[serde(flatten)]
    received: Option<Contents>,
}

/// A fact about a delivery that you might miss. `/findings` explains each code.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingJson {
    /// Identifies the finding. New codes may be added; existing ones never change their meaning.
    code: Code,
    /// How much it matters.
    level: Level,
    /// One or two sentences. Code and received values are between backticks.
    text: String,
}

impl From<Finding> for FindingJson {
    fn from(finding: Finding) -> Self {
        Self {
            code: finding.code(),
            level: finding.level,
            text: finding.text.to_string(),
        }
    }
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
    pub(super) fn summary(summary: &'a Summary) -> Self {
        let reading = &summary.reading;
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
            body: BodyJson {
                bytes: summary.body.bytes,
                sha256: summary.body.sha256_hex(),
                cut: summary.body.cut.is_some(),
                cut_why: summary.body.cut,
                kind: summary.body.kind,
                content: None,
            },
            verdict: summary.verdict,
            reading: ReadingJson {
                kind: reading.kind,
                why: reading.why.as_deref(),
                run: reading.run.as_deref().map(|run| RunJson {
                    run,
                    received: None,
                }),
            },
            findings: findings(summary)
                .into_iter()
                .map(FindingJson::from)
                .collect(),
            attempt: summary.attempt.into(),
            reply: ReplyJson {
                status: summary.reply_status,
                fault: None,
            },
        }
    }

    /// In full.
    pub(super) fn full(delivery: &'a Delivery) -> Self {
        let mut json = Self::summary(&delivery.summary);
        json.query = Some(target::query_pairs(&delivery.summary.target));
        let lines = delivery.head.headers();
        json.headers = Some(
            lines
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        );
        let inline = delivery
            .body
            .get(..)
            .filter(|body| body.len() <= INLINE_BYTES_MAX);
        let text = inline.and_then(|body| std::str::from_utf8(body).ok());
        json.body.content = Some(ContentJson {
            text: text.filter(|text| !text.is_empty()).map(str::to_owned),
            base64: inline
                .filter(|_| text.is_none())
                .map(|body| STANDARD.encode(body)),
        });
        if let Some(run) = &mut json.reading.run {
            run.received = Some(langgraph::RunBody::parse(&delivery.body).contents());
        }
        json
    }
}
