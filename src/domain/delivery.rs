//! A request as read (Intake) and as stored (Delivery).
//!
//! **Invariant:** received data is never altered after it was read; derived data is in separate fields.

use std::borrow::Cow;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::{Builder, Uuid};

use super::attempt::Attempt;
use super::body::BodyKind;
use super::head::{Head, lines, named_lines};
use super::ids::{EndpointId, Seq};
use super::response::Response;
use super::run::Reading;
use super::time::Time;
use super::token_check::TokenCheck;

/// Why only the first bytes of a body were kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Truncation)]
pub enum Truncation {
    /// Longer than the limit.
    TooLong,
    /// The sender disconnected before the end, or broke the framing.
    Disconnected,
    /// The idle timeout or the total timeout passed.
    TimedOut,
    /// The stored reason cannot be read.
    Unknown,
}

/// An HTTP request as read, not yet stored.
#[derive(Clone, Debug)]
pub struct Intake {
    /// When its head was received.
    pub received_at: Time,
    /// Address of the peer of the connection.
    pub peer: Option<SocketAddr>,
    /// The client: the peer, or the address that a trusted proxy names.
    pub client: Option<IpAddr>,
    /// Request line and header lines.
    pub head: Head,
    /// The bytes of the body, or only the first ones.
    pub body: Bytes,
    /// Why only the first bytes are present, if so.
    pub cut: Option<Truncation>,
    /// The lines behind the last chunk of the body (RFC 9112 section 7.1.2).
    pub trailers: Bytes,
}

/// A body without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyFacts {
    /// Number of stored bytes.
    pub bytes: u64,
    /// SHA-256 of the stored bytes; `None` if the stored hash cannot be read.
    pub sha256: Option<[u8; 32]>,
    /// Why only the first bytes were stored, if so.
    pub cut: Option<Truncation>,
    /// What it is.
    pub kind: BodyKind,
}

impl BodyFacts {
    pub(crate) fn sha256_hex(&self) -> Option<String> {
        let text = |hash: [u8; 32]| {
            hash.iter()
                .fold(String::with_capacity(64), |mut text, byte| {
                    let _ = write!(text, "{byte:02x}");
                    text
                })
        };
        self.sha256.map(text)
    }
}

/// A delivery without its header lines and body, for lists and streams.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The endpoint that captured it.
    pub endpoint_id: EndpointId,
    /// Its number within the endpoint.
    pub seq: Seq,
    /// Its id (UUID version 7); `None` if the stored one cannot be read.
    pub id: Option<Uuid>,
    /// When its head was received.
    pub received_at: Time,
    /// Address of the peer of the connection.
    pub peer: Option<SocketAddr>,
    /// The sender, see [`Intake::client`].
    pub client: Option<IpAddr>,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
    pub http_version: String,
    /// Method as received.
    pub method: String,
    /// Request target as received.
    pub target: String,
    /// Whether order and spelling of the header lines are as received.
    pub headers_exact: bool,
    /// Length of request line and header lines, in bytes.
    pub head_bytes: u64,
    /// Kind, size and hash of the body.
    pub body: BodyFacts,
    /// The result of the token check.
    pub token_check: TokenCheck,
    /// How creel interprets the body.
    pub reading: Reading,
    /// The attempt.
    pub attempt: Attempt,
    /// The response to the sender; `None` when it was gone before the response.
    pub response: Option<Response>,
    /// Names of the columns that cannot be read, because something else changed the database. Their fields are "unknown" or empty.
    pub damaged: Vec<&'static str>,
}

impl Summary {
    /// Size of the loaded delivery in memory, in bytes: head, body, and the body once more if it must be decoded to be parsed.
    pub(crate) fn loaded_bytes(&self) -> u64 {
        let coding = self.reading.observations.coding.as_ref();
        self.head_bytes
            .saturating_add(self.body.bytes)
            .saturating_add(coding.map_or(0, |coding| coding.bytes))
    }

    /// Size of the body, or of the decoded one if that is larger, in bytes.
    pub(crate) fn plain_bytes(&self) -> u64 {
        let coding = self.reading.observations.coding.as_ref();
        coding.map_or(0, |coding| coding.bytes).max(self.body.bytes)
    }

    /// The encodings of Content-Encoding, in the order in which they were applied.
    #[must_use]
    pub fn encoding(&self) -> &[String] {
        let coding = self.reading.observations.coding.as_ref();
        coding.map_or(&[], |coding| &coding.encoding)
    }

    /// The WHATWG name of the body's charset in lower case; `None` if it is not text.
    #[must_use]
    pub fn charset(&self) -> Option<&str> {
        match &self.reading.observations.coding {
            Some(coding) => coding.charset.as_deref(),
            None => self.body.kind.is_text().then_some("utf-8"),
        }
    }
}

/// A complete delivery.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The part for lists.
    pub summary: Summary,
    /// Request line and header lines.
    pub head: Head,
    /// The body as received.
    pub body: Bytes,
    /// The lines behind the last chunk of the body, as received, without the blank line that ends them.
    pub trailers: Bytes,
}

impl Delivery {
    /// What arrived at an endpoint, with what was found of it, as far as it is known before it is stored: the store gives it its seq and its
    /// attempt and its response.
    #[must_use]
    pub fn new(
        endpoint_id: EndpointId,
        intake: Intake,
        token_check: TokenCheck,
        (kind, reading): (BodyKind, Reading),
    ) -> Self {
        let (method, target, http_version) = intake.head.request_line();
        let summary = Summary {
            endpoint_id,
            seq: Seq(0),
            id: Some(new_id(intake.received_at)),
            received_at: intake.received_at,
            peer: intake.peer,
            client: intake.client,
            http_version: http_version.into_owned(),
            method: method.into_owned(),
            target: target.into_owned(),
            headers_exact: intake.head.exact,
            head_bytes: intake.head.raw.len() as u64,
            body: BodyFacts {
                bytes: intake.body.len() as u64,
                sha256: Some(Sha256::digest(&intake.body).into()),
                cut: intake.cut,
                kind,
            },
            token_check,
            reading,
            attempt: Attempt::first(Seq(0)),
            response: None,
            damaged: Vec::new(),
        };
        Self {
            summary,
            head: intake.head,
            body: intake.body,
            trailers: intake.trailers,
        }
    }

    /// The trailers in their order: name as spelled, value without surrounding whitespace.
    pub fn trailers(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        named_lines(lines(&self.trailers))
    }
}

/// A UUID version 7 with the time of arrival. It cannot hold one before 1970.
fn new_id(received_at: Time) -> Uuid {
    let millis = received_at.micros().max(0).cast_unsigned() / 1000;
    Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid()
}
