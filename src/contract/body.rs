//! A body, as programs see it.
//!
//! **Invariant:** text is the bytes themselves; what is not UTF-8 is base64, and what is long is left to `.../body`.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::delivery::{BodyFacts, BodyKind, Truncation};

/// What a body is.
#[derive(Serialize, ToSchema)]
#[schema(as = Body)]
pub(super) struct BodyJson {
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

impl BodyJson {
    /// What a body is, without its content.
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

    /// The same with its content.
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
