//! The JSON of the API where it differs from the domain: what is flat in memory and nested outside, and what is made readable.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::attempt::Attempt;
use crate::domain::delivery::{BodyKind, Delivery, Summary, Truncation};
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
    /// What people call it.
    name: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The token that senders are to carry; null when none is asked for. Only for who manages the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    token: Option<TokenJson>,
    /// Statuses that its senders are answered: the first to the first attempt of a run, and so on; the last one to all that follow.
    reply: Vec<u16>,
    /// Where senders deliver; with the token in it only for who manages the endpoint.
    capture_url: String,
    /// Where people look.
    inspect_url: String,
    /// Seq of the newest delivery; 0 before the first.
    last_seq: Seq,
}

/// The token of an endpoint; null when none is asked for.
#[derive(Serialize)]
struct TokenJson(Option<String>);

/// The URLs of an endpoint, as a caller gets them.
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
        let token = || match &endpoint.settings.token {
            TokenRule::NotAsked => TokenJson(None),
            TokenRule::Secret(token) => TokenJson(Some(token.clone())),
        };
        Self {
            id: endpoint.id.to_string(),
            name: endpoint.settings.name.clone(),
            created_at: endpoint.created_at,
            token: manages.then(token),
            reply: endpoint.settings.reply.statuses().to_vec(),
            capture_url: urls.capture,
            inspect_url: urls.inspect,
            last_seq,
        }
    }
}

/// A delivery. Lists and streams carry it without `query`, `headers`, the body's content, and `kwargs`, `values` and `given_as_text` of the run.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(super) struct DeliveryJson<'a> {
    /// The endpoint that caught it.
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

/// What a body is.
#[derive(Serialize, ToSchema)]
#[schema(as = Body)]
struct BodyJson {
    /// How many bytes are kept.
    bytes: u64,
    /// SHA-256 of these, in hexadecimal; null where the stored one cannot be read.
    sha256: Option<String>,
    /// Whether they are only the first ones.
    cut: bool,
    /// Why.
    cut_why: Option<Truncation>,
    /// What they are.
    kind: BodyKind,
    #[serde(flatten)]
    content: Option<ContentJson>,
}

/// Bytes of a body that stand in the JSON, at most.
const INLINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The bytes of a body: one of the two; neither when there are none, or more than 4 MiB, which `.../body` gives.
#[derive(Serialize, ToSchema)]
#[schema(as = BodyContent)]
struct ContentJson {
    /// The bytes, where they are UTF-8.
    text: Option<String>,
    /// The bytes in base64, where they are not.
    base64: Option<String>,
}

/// What was understood of a body.
#[derive(Serialize, ToSchema)]
#[schema(as = Reading)]
struct ReadingJson<'a> {
    /// What the body is.
    kind: ReadingKind,
    /// Why it cannot be read, when `kind` is `unreadable`.
    why: Option<&'a str>,
    /// The run, when `kind` is `run`.
    run: Option<RunJson<'a>>,
}

/// A run, with what the sender put into `kwargs` and `values`.
#[derive(Serialize, ToSchema)]
#[schema(as = RunInFull)]
struct RunJson<'a> {
    #[serde(flatten)]
    run: &'a Run,
    #[serde(flatten)]
    received: Option<Contents>,
}

/// Something that a delivery shows; `/findings` explains each.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingJson {
    /// What it is. Codes may be added; none changes what it means.
    code: Code,
    /// How much it matters.
    level: Level,
    /// A sentence or two, in which code and what was received stand between backticks.
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
                status: summary.response.map(|response| response.status),
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
