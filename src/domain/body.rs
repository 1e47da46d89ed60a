//! What a body is, and in which form it was sent.
//!
//! **Invariant:** both are derived from the received bytes, which stay as they are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a body is: first by its declared type, then by its bytes, without its Content-Encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// One JSON text (RFC 8259), also one that is declared as JSON and broken.
    Json,
    /// JSON texts, one per line.
    Ndjson,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// Parts, such as `multipart/form-data`.
    Multipart,
    /// XML, also SVG.
    Xml,
    /// Other text.
    Text,
    /// PNG, JPEG, GIF, WebP or AVIF by its first bytes.
    Image,
    /// Anything else.
    Binary,
    /// No bytes.
    Empty,
    /// The stored kind cannot be read.
    Unknown,
}

impl BodyKind {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Xml => "xml",
            Self::Text => "text",
            Self::Image => "image",
            Self::Binary => "binary",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// What it is called in a sentence.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Ndjson => "JSON lines",
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Xml => "XML",
            Self::Text => "text",
            Self::Image => "picture",
            Self::Binary => "binary data",
            Self::Empty => "no body",
            Self::Unknown => "unknown data",
        }
    }

    /// Whether it is one text, which has a charset. Parts have their own.
    #[must_use]
    pub fn is_text(self) -> bool {
        match self {
            Self::Json | Self::Ndjson | Self::Form | Self::Xml | Self::Text => true,
            Self::Multipart | Self::Image | Self::Binary | Self::Empty | Self::Unknown => false,
        }
    }
}

/// How a body was coded for sending, where it is not simply UTF-8 text or other bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coding {
    /// Content-Encoding: its codings, in the order in which they were applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub encoding: Vec<String>,
    /// The charset; `None` if it is not text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// Number of bytes without Content-Encoding, as far as creel decodes it.
    pub bytes: u64,
    /// Why Content-Encoding could not be undone completely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_stored_in_few_bytes() {
        let coding = Coding {
            encoding: vec!["gzip".to_owned()],
            charset: Some("utf-8".to_owned()),
            bytes: 7,
            problem: None,
        };
        let json = serde_json::to_string(&coding).unwrap();
        assert_eq!(json, r#"{"encoding":["gzip"],"charset":"utf-8","bytes":7}"#);
        let read: Coding = serde_json::from_str(&json).unwrap();
        assert_eq!(read, coding);
    }
}
