//! Two bodies decoded for a comparison: their texts, and in what their sending differs.
//!
//! **Invariant:** texts are whole: a body that is too large, or cannot be decoded, has none. What decoding hides is named.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::content::{self, BodyContent, BodyPart, ContentOptions, Encoding, Note, indented_xml};
use crate::domain::body::BodyKind;
use crate::domain::delivery::Delivery;
use crate::web::render::format;

/// Most fields of a form that are compared.
const FIELDS_MAX: usize = 100_000;

/// One of two bodies.
pub(super) struct Side {
    pub(super) content: BodyContent,
    /// Without Content-Encoding.
    bytes: Vec<u8>,
    name: String,
}

impl Side {
    /// A body of which at most `bytes_max` are decoded.
    pub(super) fn new(delivery: &Delivery, bytes_max: u64) -> Self {
        let options = ContentOptions {
            decoded_bytes: usize::try_from(bytes_max).unwrap_or(usize::MAX),
            text_bytes: usize::MAX,
            fields: FIELDS_MAX,
            records: 0,
            ..ContentOptions::default()
        };
        let (content, bytes) = content::read_with_bytes(&delivery.head, &delivery.body, &options);
        Self {
            bytes: bytes.into_owned(),
            content,
            name: format!("#{}", delivery.summary.seq),
        }
    }

    fn has(&self, is: impl Fn(&Note) -> bool) -> bool {
        self.content.notes.iter().any(is)
    }

    /// Whether decoding stopped at a limit.
    pub(super) fn is_too_large(&self) -> bool {
        self.has(|note| matches!(note, Note::DecodingStopped(..)))
    }

    /// Whether it is JSON that can be read.
    pub(super) fn is_json(&self) -> bool {
        let is_broken = self.has(|note| matches!(note, Note::InvalidJson(..)));
        self.content.kind == BodyKind::Json && !is_broken
    }

    /// Its text; `None` if it is not text.
    pub(super) fn text(&self) -> Option<&str> {
        self.content.text.as_deref()
    }

    /// Its text with XML indented; `None` if it is not well-formed.
    pub(super) fn indented(&self) -> Option<String> {
        let found = indented_xml(self.text()?, usize::MAX);
        let is_whole = found.broken.is_none() && !found.cut;
        (self.content.kind == BodyKind::Xml && is_whole).then_some(found.text)
    }

    /// The fields of a form, one per line, with names and values as JSON strings, so that a line is one field; `None` if it has too many.
    pub(super) fn fields(&self) -> Option<String> {
        let is_whole = !self.has(|note| matches!(note, Note::FieldsCut(..)));
        if self.content.kind != BodyKind::Form || !is_whole {
            return None;
        }
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let line = |name: &str, value: Option<&str>| match value {
            Some(value) => format!("{}: {}\n", quoted(name), quoted(value)),
            None => format!("{}\n", quoted(name)),
        };
        let fields = self.content.fields.iter();
        Some(
            fields
                .map(|field| line(&field.name, field.value.as_deref()))
                .collect(),
        )
    }

    /// The parts of a multipart body as text, without the boundary: other parts than text by size and hash. `None` if there are too many.
    pub(super) fn parts(&self) -> Option<String> {
        let is_whole = !self.has(|note| matches!(note, Note::PartsCut(..)));
        let is_multipart = self.content.kind == BodyKind::Multipart;
        let mut text = String::new();
        for part in &self.content.parts {
            write_part(&mut text, part, &self.bytes);
        }
        (is_multipart && is_whole).then_some(text)
    }

    /// How it was sent, if it was coded.
    pub(super) fn sent(&self) -> Option<String> {
        let encodings = &self.content.encodings;
        let names: Vec<_> = encodings.iter().map(Encoding::to_string).collect();
        let charset = self
            .content
            .charset
            .as_ref()
            .map(|charset| charset.label.as_str());
        let charset = charset
            .filter(|label| *label != "utf-8")
            .map(|label| format!("in {label}"));
        let encoding = (!names.is_empty()).then(|| format!("as {}", names.join(", ")));
        let words: Vec<_> = encoding.into_iter().chain(charset).collect();
        (!words.is_empty()).then(|| format!("{} was sent {}.", self.name, words.join(" ")))
    }

    /// What could not be decoded.
    pub(super) fn problems(&self) -> impl Iterator<Item = String> {
        let notes = self.content.notes.iter().filter(|note| note.is_undecoded());
        notes.map(|note| format!("{}: {note}", self.name))
    }

    fn has_mark(&self) -> bool {
        let marks: [&[u8]; 4] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"];
        marks.iter().any(|mark| self.bytes.starts_with(mark))
    }
}

/// In what the sending of two bodies differs that read the same.
pub(super) fn sent_differences(a: &Side, b: &Side) -> Vec<&'static str> {
    let charset = |side: &Side| {
        side.content
            .charset
            .as_ref()
            .map(|charset| charset.label.clone())
    };
    let mut found = Vec::new();
    if a.content.encodings != b.content.encodings {
        found.push("Content-Encoding");
    } else if !a.content.encodings.is_empty() && a.bytes == b.bytes {
        found.push("the compressed bytes");
    }
    if charset(a) != charset(b) {
        found.push("charset");
    }
    if a.has_mark() != b.has_mark() {
        found.push("a byte order mark");
    }
    found
}

fn write_part(text: &mut String, part: &BodyPart, whole: &[u8]) {
    let _ = writeln!(text, "part {}", part.n);
    for (name, value) in &part.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    text.push('\n');
    let content = &part.content;
    if !content.parts.is_empty() {
        for inner in &content.parts {
            write_part(text, inner, &[]);
        }
    } else if let Some(body) = &content.text {
        text.push_str(body);
        text.push('\n');
    } else {
        let _ = write!(text, "{} bytes", content.bytes);
        // The range of a part inside a part is one of that part's bytes, which are not here.
        if let Some(bytes) = whole
            .get(part.range.clone())
            .filter(|_| !part.n.contains('.'))
        {
            let hash = format::hex(&Sha256::digest(bytes));
            let _ = write!(text, ", SHA-256 {hash}");
        } else {
            // Nothing is claimed of bytes that were not compared.
            text.push(char::REPLACEMENT_CHARACTER);
        }
        text.push('\n');
    }
}
