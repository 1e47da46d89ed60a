//! The JSON of a body.
//!
//! **Invariant:** UTF-8 bytes are text, others base64; long bodies are only available at `.../body`.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::delivery::{BodyFacts, BodyKind, Truncation};

/// A body.
#[derive(Serialize, ToSchema)]
#[schema(as = Body)]
pub(super) struct BodyJson {
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

impl BodyJson {
    /// A body without its content.
    pub(super) fn new(body: &BodyFacts) -> Self {
        Self {
            bytes: body.bytes,
            sha256: body.sha256_hex(),
            cut: body.cut.is_some(),
            cut_why: body.cut,
            kind: body.kind,
            content: None,
        }
    }

    /// A body with its content.
    pub(super) fn with_content(self, bytes: &[u8]) -> Self {
        let inline = Some(bytes).filter(|bytes| bytes.len() <= INLINE_BYTES_MAX);
        let text = inline.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let content = ContentJson {
            text: text.filter(|text| !text.is_empty()).map(str::to_owned),
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
