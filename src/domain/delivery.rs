//! A request as read (Intake) and as stored (Delivery). What was received is never altered: what was understood of it stands apart.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::attempt::Attempt;
use super::head::Head;
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
    /// When its head was there.
    pub received_at: Time,
    /// Other end of the connection.
    pub peer: Option<SocketAddr>,
    /// The client: the peer, or the address that a trusted proxy names.
    pub client: Option<IpAddr>,
    /// Request line and header lines.
    pub head: Head,
    /// The body's bytes, or its first ones.
    pub body: Bytes,
    /// Why these are only the first bytes.
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
    /// What is stored of it cannot be read.
    Unknown,
}

/// A body without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyFacts {
    /// How many bytes are kept.
    pub bytes: u64,
    /// SHA-256 of the bytes kept; `None` where the stored one cannot be read.
    pub sha256: Option<[u8; 32]>,
    /// Why they are only the first ones.
    pub cut: Option<Truncation>,
    /// What they are.
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

/// A delivery without its header lines and body: what lists and streams carry.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The endpoint that caught it.
    pub endpoint_id: EndpointId,
    /// Its place there.
    pub seq: Seq,
    /// Its id (UUID version 7); `None` where the stored one cannot be read.
    pub id: Option<Uuid>,
    /// When its head was there.
    pub received_at: Time,
    /// Other end of the connection.
    pub peer: Option<SocketAddr>,
    /// Who sent it, see [`Intake::client`].
    pub client: Option<IpAddr>,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
    pub http_version: String,
    /// Method as received.
    pub method: String,
    /// Request target as received.
    pub target: String,
    /// Whether the header lines are those of the wire.
    pub headers_exact: bool,
    /// How many bytes request line and header lines have.
    pub head_bytes: u64,
    /// What the body is.
    pub body: BodyFacts,
    /// The token check.
    pub verdict: TokenCheck,
    /// What was understood.
    pub reading: Reading,
    /// Which sending of it this is.
    pub attempt: Attempt,
    /// What the sender was answered; `None` when it was gone before an answer.
    pub response: Option<Response>,
    /// Names of the values of its row that cannot be read: something changed the database. The fields that hold them say "unknown"
    /// or nothing.
    pub damaged: Vec<&'static str>,
}

impl Summary {
    /// How many bytes the delivery has in memory when it is loaded.
    #[must_use]
    pub fn loaded_bytes(&self) -> u64 {
        self.head_bytes.saturating_add(self.body.bytes)
    }
}

/// A delivery in full.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What lists carry.
    pub summary: Summary,
    /// Request line and header lines.
    pub head: Head,
    /// The body as received.
    pub body: Bytes,
}
