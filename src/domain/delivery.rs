//! A request as read (Intake) and as stored (Delivery). Received data is never altered; derived data is in separate fields.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::head::Head;
use super::ids::{EndpointId, Seq};
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
}

/// What a body is, by its bytes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// Valid JSON.
    Json,
    /// Other UTF-8.
    Text,
    /// Not UTF-8.
    Binary,
    /// No bytes.
    Empty,
    /// The stored kind cannot be read.
    Unknown,
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
    /// What the bytes are.
    pub kind: BodyKind,
}

impl BodyFacts {
    /// The hash in hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> Option<String> {
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

/// The attempt of a delivery. Attempts are deliveries of the same run with identical bodies. A delivery without a run id is always the first
/// attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1, 2, 3 ...; 0 if the stored number cannot be read.
    pub number: u32,
    /// Seq of the first attempt; its own seq if that is unknown.
    pub first_seq: Seq,
    /// Time since the previous attempt, in milliseconds; `None` for the first.
    pub gap_ms: Option<i64>,
    /// Whether the previous attempt was answered with a 2xx, after which a sender has no reason to retry.
    pub after_success: bool,
    /// An earlier delivery of the same run whose body differs.
    pub other_bytes: Option<Seq>,
}

impl Attempt {
    /// The first attempt of a run.
    #[must_use]
    pub fn first(seq: Seq) -> Self {
        Self {
            number: 1,
            first_seq: seq,
            gap_ms: None,
            after_success: false,
            other_bytes: None,
        }
    }

    /// The attempt of a delivery whose stored attempt cannot be read.
    #[must_use]
    pub fn unknown(seq: Seq) -> Self {
        Self {
            number: 0,
            ..Self::first(seq)
        }
    }

    /// Whether the number is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.number > 0
    }
}

/// A delivery without its header lines and body, for lists and streams.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The endpoint that received it.
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
    /// The token check.
    pub verdict: TokenCheck,
    /// How creel interprets the body.
    pub reading: Reading,
    /// The attempt.
    pub attempt: Attempt,
    /// Status of the response; `None` if the sender disconnected before it.
    pub reply_status: Option<u16>,
    /// Names of the columns that cannot be read, because something else changed the database. Their fields are "unknown" or empty.
    pub damaged: Vec<&'static str>,
}

impl Summary {
    /// Size of the loaded delivery in memory, in bytes.
    #[must_use]
    pub fn loaded_bytes(&self) -> u64 {
        self.head_bytes.saturating_add(self.body.bytes)
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
}
