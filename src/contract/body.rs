//! The JSON of a body.
//!
//! **Invariant:** UTF-8 bytes are text, others base64; long bodies are only available at `.../body`.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::body::BodyKind;
use crate::domain::delivery::{Summary, Truncation};

/// A body.
#[derive(Serialize, ToSchema)]
#[schema(as = Body)]
pub(super) struct BodyJson<'a> {
    /// Number of stored bytes.
    bytes: u64,
    /// SHA-256 of the stored bytes, in hexadecimal; null if the stored hash cannot be read.
    sha256: Option<String>,
    /// Whether only the first bytes were stored.
    cut: bool,
    /// Why only the first bytes were stored.
    cut_why: Option<Truncation>,
    /// What it is: first by its declared type, then by its bytes, without its Content-Encoding.
    kind: BodyKind,
    /// The encodings of Content-Encoding, in the order in which they were applied: `gzip`, `deflate`, `br`, `zstd`, or another as named.
    encoding: &'a [String],
    /// WHATWG name of the charset in lower case (`windows-1252` for ISO 8859-1); null if it is not text.
    charset: Option<&'a str>,
    #[serde(flatten)]
    content: Option<ContentJson<'a>>,
}

/// Largest body included in the JSON of a response, in bytes. An export has all.
pub(super) const INLINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The bytes of a body in one of the two fields. Neither if the body is empty or larger than 4 MiB; use `.../body` then.
#[derive(Serialize, ToSchema)]
#[schema(as = BodyContent)]
struct ContentJson<'a> {
    /// The bytes, if they are UTF-8.
    text: Option<&'a str>,
    /// The bytes in base64, if they are not UTF-8.
    base64: Option<String>,
}

impl<'a> BodyJson<'a> {
    /// A body without its content.
    pub(super) fn new(summary: &'a Summary) -> Self {
        let body = &summary.body;
        Self {
            bytes: body.bytes,
            sha256: body.sha256_hex(),
            cut: body.cut.is_some(),
            cut_why: body.cut,
            kind: body.kind,
            encoding: summary.encoding(),
            charset: summary.charset(),
            content: None,
        }
    }

    /// How many bytes longer than the body its text is as JSON; 0 where the content is base64 or left out.
    pub(super) fn escape_bytes(bytes: &[u8]) -> u64 {
        if bytes.len() > INLINE_BYTES_MAX || std::str::from_utf8(bytes).is_err() {
            return 0;
        }
        escapes(bytes)
    }

    /// A body with its content, unless it is longer than `bytes_max`.
    pub(super) fn with_content(self, bytes: &'a [u8], bytes_max: usize) -> Self {
        let inline = Some(bytes).filter(|bytes| bytes.len() <= bytes_max);
        let text = inline.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let content = ContentJson {
            text: text.filter(|text| !text.is_empty()),
            base64: inline
                .filter(|_| text.is_none())
                .map(|bytes| STANDARD.encode(bytes)),
        };
        Self {
            content: Some(content),
            ..self
        }
    }
}

/// How many bytes longer than itself a text is as JSON.
pub(crate) fn escapes(text: &[u8]) -> u64 {
    let escape_bytes = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
        0..32 => 5, // as in \u0001
        _ => 0,
    };
    text.iter().map(escape_bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_counted_as_they_are_written() {
        let all: String = (0..=0x7f_u8).map(char::from).chain("é🙂".chars()).collect();
        let written = serde_json::to_string(&all).unwrap().len() - 2;
        let counted = BodyJson::escape_bytes(all.as_bytes());
        assert_eq!(counted, (written - all.len()) as u64);
        assert_eq!(BodyJson::escape_bytes(b"\x01\xff"), 0);
    }
}
