//! Content-Type: what a sender declares a body to be.
//!
//! **Invariant:** a header value of any form can be read; an empty one declares nothing.

use super::parameters::Parameters;
use crate::domain::head::Head;

/// The group that a declared media type belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeclaredKind {
    /// JSON, also `application/…+json`.
    Json,
    /// One JSON text per line.
    Ndjson,
    /// A form in the format of a query.
    Form,
    /// Parts.
    Multipart,
    /// XML, also `…+xml`.
    Xml,
    /// HTML: text that may look like XML.
    Html,
    /// Other text.
    Text,
    /// An image, or another type that is not text.
    Binary,
    /// None, or one that says nothing about the bytes.
    Nothing,
}

/// A declared media type.
#[derive(Debug, Default)]
pub(super) struct MediaType {
    parameters: Parameters,
}

impl MediaType {
    /// Reads a Content-Type.
    pub(super) fn parse(value: &str) -> Self {
        Self {
            parameters: Parameters::parse(value),
        }
    }

    /// The type that a head declares.
    pub(super) fn of(head: &Head) -> Self {
        Self::parse(&head.header("content-type").unwrap_or_default())
    }

    /// The type in lower case, without its parameters; empty if none is declared.
    pub(super) fn essence(&self) -> &str {
        &self.parameters.value
    }

    /// The declared charset.
    pub(super) fn charset(&self) -> Option<&str> {
        self.parameters
            .plain("charset")
            .filter(|label| !label.is_empty())
    }

    /// The declared boundary. Spaces at its end do not belong to it (RFC 2046 section 5.1.1).
    pub(super) fn boundary(&self) -> Option<String> {
        let boundary = self.parameters.get("boundary")?;
        let boundary = boundary.trim_end();
        (!boundary.is_empty()).then(|| boundary.to_owned())
    }

    /// The group of the type.
    pub(super) fn declared(&self) -> DeclaredKind {
        let essence = self.essence();
        let (kind, name) = essence.split_once('/').unwrap_or((essence, ""));
        match (kind, name) {
            (_, "json" | "x-json" | "csp-report") => DeclaredKind::Json,
            (
                _,
                "x-ndjson" | "ndjson" | "jsonl" | "x-jsonl" | "jsonlines" | "x-jsonlines"
                | "json-lines" | "json-seq" | "stream+json" | "x-json-stream" | "x-jsonstream",
            ) => DeclaredKind::Ndjson,
            (_, "x-www-form-urlencoded") => DeclaredKind::Form,
            ("multipart", _) => DeclaredKind::Multipart,
            (_, "xml" | "xml-dtd") => DeclaredKind::Xml,
            (_, "html" | "xhtml+xml") => DeclaredKind::Html,
            (_, name) if name.ends_with("+json") => DeclaredKind::Json,
            (_, name) if name.ends_with("+json-seq") => DeclaredKind::Ndjson,
            (_, name) if name.ends_with("+xml") => DeclaredKind::Xml,
            ("text", _)
            | (
                _,
                "javascript" | "x-javascript" | "ecmascript" | "graphql" | "sql" | "yaml"
                | "x-yaml" | "toml" | "csv" | "x-sh" | "x-httpd-php" | "jwt" | "jose",
            ) => DeclaredKind::Text,
            ("image" | "audio" | "video" | "font" | "model", _)
            | (
                "application",
                "pdf" | "zip" | "gzip" | "x-gzip" | "zstd" | "x-tar" | "protobuf" | "x-protobuf"
                | "msgpack" | "x-msgpack" | "cbor" | "wasm",
            ) => DeclaredKind::Binary,
            _ => DeclaredKind::Nothing,
        }
    }
}

impl DeclaredKind {
    /// Whether the type says that the body is text.
    pub(super) fn is_text(self) -> bool {
        !matches!(self, Self::Binary | Self::Nothing | Self::Multipart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_belong_to_their_groups() {
        let cases = [
            ("Application/JSON; charset=utf-8", DeclaredKind::Json),
            ("application/cloudevents+json", DeclaredKind::Json),
            ("application/problem+xml", DeclaredKind::Xml),
            ("image/svg+xml", DeclaredKind::Xml),
            ("application/xhtml+xml", DeclaredKind::Html),
            ("application/x-ndjson", DeclaredKind::Ndjson),
            ("multipart/mixed; boundary=x", DeclaredKind::Multipart),
            ("text/csv", DeclaredKind::Text),
            ("image/png", DeclaredKind::Binary),
            ("application/octet-stream", DeclaredKind::Nothing),
            ("", DeclaredKind::Nothing),
            (";;;", DeclaredKind::Nothing),
        ];
        for (value, group) in cases {
            assert_eq!(MediaType::parse(value).declared(), group, "{value}");
        }
    }

    #[test]
    fn a_boundary_may_be_quoted() {
        let boundary = |value| MediaType::parse(value).boundary();
        assert_eq!(
            boundary("multipart/x; boundary=\"a b:c \"").as_deref(),
            Some("a b:c")
        );
        assert_eq!(
            boundary("multipart/x; boundary=abc").as_deref(),
            Some("abc")
        );
        assert_eq!(boundary("multipart/x; boundary=\"\""), None);
    }
}
