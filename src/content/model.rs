//! The types of a body that was decoded for reading.
//!
//! **Invariant:** positions and sizes are in bytes of the decoded body; texts are UTF-8, and never changed but for their charset.

use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use super::encoding::Encoding;
use super::magic::FileType;
use super::note::Note;
use crate::domain::body::BodyKind;

/// How the charset is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CharsetFrom {
    /// The `charset` of Content-Type.
    Header,
    /// A byte order mark. It is stronger than a declared charset (WHATWG Encoding "decode", RFC 7303 section 3).
    Bom,
    /// The encoding in an XML declaration.
    Xml,
    /// The field `_charset_` of a form (RFC 7578 section 4.6).
    Form,
    /// Guessed from the bytes.
    Detected,
    /// Chosen by the reader.
    Chosen,
    /// None is declared, and the bytes are valid UTF-8.
    Default,
}

/// A charset, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charset {
    /// WHATWG name in lower case: `windows-1252` for ISO 8859-1.
    pub label: String,
    /// How it is known.
    pub from: CharsetFrom,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Its name, decoded.
    pub name: String,
    /// Its value, decoded; `None` for a bare name, which is not the same as an empty value.
    pub value: Option<String>,
}

/// Records of a body with one JSON text per line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Number of records, without blank lines.
    pub count: usize,
    /// The first ones as received.
    pub items: Vec<String>,
    /// The first lines that are not JSON.
    pub wrong: Vec<WrongRecord>,
    /// Number of lines that are not JSON.
    pub wrong_count: usize,
}

/// A line that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongRecord {
    /// Its line, from 1.
    pub line: usize,
    /// Why it cannot be read.
    pub why: String,
}

/// One part of a multipart body.
#[derive(Clone, Debug)]
pub struct BodyPart {
    /// `1`, `2` ...; `2.1` is the first part of the second.
    pub n: String,
    /// Name of the form field.
    pub name: Option<String>,
    /// File name as sent, decoded.
    pub filename: Option<String>,
    /// Name for a download, made of the file name or the kind of the bytes. It has no path, no control characters and no tricks.
    pub download_name: String,
    /// Header lines in their order, decoded.
    pub headers: Vec<(String, String)>,
    /// Where its bytes are in the decoded body of the multipart that it is part of.
    pub range: Range<usize>,
    /// What it contains.
    pub content: BodyContent,
}

/// A body, or a part of one, decoded for reading.
#[derive(Clone, Debug)]
pub struct BodyContent {
    /// The encodings of its Content-Encoding as sent, in the order in which they were applied.
    pub encodings: Vec<Encoding>,
    /// Number of bytes without Content-Encoding.
    pub bytes: usize,
    /// The declared media type in lower case, without its parameters.
    pub media_type: Option<String>,
    /// What it is.
    pub kind: BodyKind,
    /// The charset; `None` if it is not text.
    pub charset: Option<Charset>,
    /// The text, never re-indented; `None` for parts, images and other bytes. A note says if it is cut.
    pub text: Option<String>,
    /// Fields of a form.
    pub fields: Vec<FormField>,
    /// Parts of a multipart body.
    pub parts: Vec<BodyPart>,
    /// Records of NDJSON.
    pub records: Option<Records>,
    /// File extension and a media type that is safe for a download.
    pub file_type: FileType,
    /// What the reader should know.
    pub notes: Vec<Note>,
}

/// The bytes of one part, with what a download needs.
#[derive(Clone, Debug)]
pub struct PartContent {
    /// Its bytes, without Content-Transfer-Encoding.
    pub bytes: bytes::Bytes,
    /// A safe file name.
    pub download_name: String,
    /// File extension and a media type that is safe for a download.
    pub file_type: FileType,
}
