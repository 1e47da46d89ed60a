//! A request that is answered with an error before any handler, because HTTP forbids to accept it, and the reason.
//!
//! **Invariant:** every reason has one status and one sentence, which answer, page, API and log share.

use std::net::SocketAddr;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time::Time;

/// Most refused requests that are kept for an endpoint: the newest ones.
pub const REFUSED_MAX: usize = 50;
/// Most bytes that are kept of the head of a refused request.
pub const REFUSED_HEAD_BYTES_MAX: usize = 16 * 1024;

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Head longer than the limit.
    HeadTooLong,
    /// More header lines than the limit.
    TooManyLines,
    /// The first line is not a request line.
    InvalidRequestLine,
    /// The method has a character that HTTP allows and the web framework does not.
    UnknownMethod,
    /// The target is neither a path nor a URL.
    InvalidTarget,
    /// Another version of HTTP.
    UnknownVersion,
    /// A header line with a forbidden character, or without a name.
    InvalidLine,
    /// A header line that continues on the next one.
    FoldedLine,
    /// HTTP/1.1 without a Host line.
    MissingHost,
    /// More than one Host line.
    RepeatedHost,
    /// A Content-Length that is not a number, or more than one.
    InvalidLength,
    /// A POST of HTTP/1.0 without Content-Length.
    MissingLength,
    /// A Transfer-Encoding after which the end of the body is unknown.
    InvalidEncoding,
    /// A Transfer-Encoding that creel does not decode.
    UnknownEncoding,
    /// Both Content-Length and Transfer-Encoding.
    LengthAndEncoding,
    /// The stored reason cannot be read.
    Unknown,
}

impl RefusalReason {
    /// Status of the answer (RFC 9110 section 15, RFC 6585 section 5).
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::HeadTooLong | Self::TooManyLines => 431,
            Self::UnknownEncoding | Self::UnknownMethod => 501,
            Self::UnknownVersion => 505,
            _ => 400,
        }
    }

    /// The reason in plain words, as a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::HeadTooLong => "The head is longer than --head-bytes-max allows.",
            Self::TooManyLines => "There are more header lines than --header-lines-max allows.",
            Self::InvalidRequestLine => {
                "The first line is not a method, a target and a version of HTTP."
            }
            Self::UnknownMethod => "The method has one of the characters # $ % & '.",
            Self::InvalidTarget => "The target is neither a path nor a URL.",
            Self::UnknownVersion => "The version is neither HTTP/1.1 nor HTTP/1.0.",
            Self::InvalidLine => {
                "A header line has no valid name, a space before its colon, or a control character."
            }
            Self::FoldedLine => "A header line begins with a space: it continues the line before.",
            Self::MissingHost => "There is no Host line, which HTTP/1.1 requires.",
            Self::RepeatedHost => "There is more than one Host line.",
            Self::InvalidLength => "Content-Length is not a number, or there is more than one.",
            Self::MissingLength => "A POST of HTTP/1.0 must have a Content-Length.",
            Self::InvalidEncoding => {
                "Transfer-Encoding does not tell where the body ends: it is repeated, does not end with chunked, or the version is HTTP/1.0."
            }
            Self::UnknownEncoding => "Transfer-Encoding has a coding other than chunked.",
            Self::LengthAndEncoding => "There are both Content-Length and Transfer-Encoding.",
            Self::Unknown => "The stored reason cannot be read.",
        }
    }
}

/// A request that was refused, as it is kept for the owner of its endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRequest {
    /// When it was refused.
    pub at: Time,
    /// Why.
    pub reason: RefusalReason,
    /// Address of the peer of the connection.
    pub peer: Option<SocketAddr>,
    /// The first bytes of its head, without values of creel's own cookies; at most [`REFUSED_HEAD_BYTES_MAX`].
    pub head: Bytes,
    /// How many bytes of its head arrived before it was refused.
    pub head_bytes: u64,
}

/// The refused requests of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefusedRequests {
    /// How many there were.
    pub total: u64,
    /// The newest ones, newest first.
    pub newest: Vec<RefusedRequest>,
}
