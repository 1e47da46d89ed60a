//! The JSON of a body that was decoded for reading.
//!
//! **Invariant:** a part has the same form as the whole body; members that its kind does not have are absent.

use serde::Serialize;
use utoipa::ToSchema;

use crate::content::{
    BodyContent, BodyPart, CharsetFrom, Encoding, FormField, Note, Records, WrongRecord,
};
use crate::domain::body::BodyKind;

/// A body decoded for reading. The bytes as received are at `.../body`.
#[derive(Serialize, ToSchema)]
#[schema(as = Content)]
pub(crate) struct ReadingContentJson {
    /// What it is: first by its declared type, then by its bytes.
    kind: BodyKind,
    /// Declared media type in lower case, without its parameters; null if none is declared.
    media_type: Option<String>,
    /// Number of bytes without Content-Encoding.
    bytes: usize,
    /// The encodings of Content-Encoding, in the order in which they were applied: `gzip`, `deflate`, `br`, `zstd`, or another as named.
    encoding: Vec<String>,
    /// WHATWG name of the charset in lower case (`windows-1252` for ISO 8859-1); null if it is not text.
    charset: Option<String>,
    /// How the charset is known.
    charset_from: Option<CharsetFrom>,
    /// The text in that charset, not re-indented. At most 4 MiB, all parts together.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Fields of a form in their order, at most 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<FormFieldJson>>,
    /// Parts of a multipart body, at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    parts: Option<Vec<BodyPartJson>>,
    /// Records of a body with one JSON text per line.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<RecordsJson>,
    /// What you should know: what was cut, guessed, broken or not decoded.
    notes: Vec<NoteJson>,
}

/// A field of a form.
#[derive(Serialize, ToSchema)]
#[schema(as = FormField)]
struct FormFieldJson {
    /// Its name, decoded.
    name: String,
    /// Its value, decoded; null for a bare name, which is not the same as an empty value.
    value: Option<String>,
}

/// A part of a multipart body. Its bytes are at `.../body/parts/{n}`.
#[derive(Serialize, ToSchema)]
#[schema(as = BodyPart)]
struct BodyPartJson {
    /// `1`, `2` ...; `2.1` is the first part of the second.
    n: String,
    /// Name of the form field.
    name: Option<String>,
    /// File name as sent, decoded. Do not use it as a path: `download_name` is the safe form.
    filename: Option<String>,
    /// The file name without path, control characters and tricks, or one made of the number.
    download_name: String,
    /// Names and values of its header lines in their order.
    headers: Vec<(String, String)>,
    /// Number of its bytes as sent.
    bytes: usize,
    /// What it contains.
    content: ReadingContentJson,
}

/// Records: one JSON text per line.
#[derive(Serialize, ToSchema)]
#[schema(as = Records)]
struct RecordsJson {
    /// Number of all records, without blank lines.
    count: usize,
    /// The first ones as received, at most 100.
    items: Vec<String>,
    /// Number of records that are not JSON.
    wrong_count: usize,
    /// The first ones of these, at most 20.
    wrong: Vec<WrongRecordJson>,
}

/// A record that is not JSON.
#[derive(Serialize, ToSchema)]
#[schema(as = WrongRecord)]
struct WrongRecordJson {
    /// Its line, from 1.
    line: usize,
    /// Why it cannot be read.
    why: String,
}

/// What you should know about a decoded body.
#[derive(Serialize, ToSchema)]
#[schema(as = Note)]
struct NoteJson {
    /// Identifies the kind of note. New codes may be added; existing ones never change their meaning.
    code: &'static str,
    /// A sentence.
    text: String,
}

impl From<BodyContent> for ReadingContentJson {
    fn from(content: BodyContent) -> Self {
        let is = |kind| content.kind == kind;
        let fields = content.fields.into_iter().map(FormFieldJson::from);
        let parts = content.parts.into_iter().map(BodyPartJson::from);
        let (charset, charset_from) = content
            .charset
            .map(|charset| (charset.label, charset.from))
            .unzip();
        Self {
            fields: is(BodyKind::Form).then(|| fields.collect()),
            parts: is(BodyKind::Multipart).then(|| parts.collect()),
            kind: content.kind,
            media_type: content.media_type,
            bytes: content.bytes,
            encoding: content.encodings.iter().map(Encoding::to_string).collect(),
            charset,
            charset_from,
            text: content.text,
            records: content.records.map(RecordsJson::from),
            notes: content.notes.iter().map(NoteJson::from).collect(),
        }
    }
}

impl From<FormField> for FormFieldJson {
    fn from(field: FormField) -> Self {
        Self {
            name: field.name,
            value: field.value,
        }
    }
}

impl From<BodyPart> for BodyPartJson {
    fn from(part: BodyPart) -> Self {
        Self {
            n: part.n,
            name: part.name,
            filename: part.filename,
            download_name: part.download_name,
            headers: part.headers,
            bytes: part.range.len(),
            content: part.content.into(),
        }
    }
}

impl From<Records> for RecordsJson {
    fn from(records: Records) -> Self {
        let wrong = records.wrong.into_iter().map(WrongRecordJson::from);
        Self {
            count: records.count,
            items: records.items,
            wrong_count: records.wrong_count,
            wrong: wrong.collect(),
        }
    }
}

impl From<WrongRecord> for WrongRecordJson {
    fn from(record: WrongRecord) -> Self {
        Self {
            line: record.line,
            why: record.why,
        }
    }
}

impl From<&Note> for NoteJson {
    fn from(note: &Note) -> Self {
        Self {
            code: note.code(),
            text: note.to_string(),
        }
    }
}
