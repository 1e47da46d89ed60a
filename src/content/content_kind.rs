//! The kinds of bodies.
//!
//! **Invariant:** the names are those of the API.

use serde::Serialize;
use utoipa::ToSchema;

/// What a body is: first by its declared type, then by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentKind {
    /// One JSON text (RFC 8259), whatever type is declared. A body that is declared as JSON stays JSON if it is broken; a note says where.
    Json,
    /// JSON texts, one per line.
    Ndjson,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// Parts (RFC 2046), such as `multipart/form-data`.
    Multipart,
    /// XML, also SVG, also broken.
    Xml,
    /// Other text.
    Text,
    /// PNG, JPEG, GIF, WebP or AVIF by its first bytes, whatever type is declared.
    Image,
    /// Anything else.
    Binary,
    /// No bytes.
    Empty,
}

impl ContentKind {
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
        }
    }
}
