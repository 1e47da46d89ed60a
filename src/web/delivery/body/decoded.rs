//! A body as its kind is read best: fields in a table, parts one by one, JSON and XML indented, a picture, or hex.
//!
//! A file name of a sender is shown as text, and never used as a path.
//!
//! **Invariant:** no view has more than the limits of [`ContentOptions`](crate::content::ContentOptions) and of a page, and all captured text
//! is escaped.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::content::{BodyContent, BodyPart, ContentKind, Note, indented_xml};
use crate::domain::delivery::Delivery;
use crate::web::delivery::body::hex::hex;
use crate::web::delivery::body::json_break;
use crate::web::delivery::body::kinds::name;
use crate::web::delivery::body::shapes::{
    FieldRow, Html, RecordView, fields, fitting, records, shown_text,
};
use crate::web::links;
use crate::web::render::escape::Line;
use crate::web::render::format;
use crate::web::render::pretty;

/// Longest part of a binary body on a page, in bytes.
const HEX_BYTES_MAX: usize = 4 * 1024;
/// Longest XML, indented, in bytes.
const XML_BYTES_MAX: usize = 512 * 1024;

/// The decoded view of a body, or of one of its parts.
#[derive(Template)]
#[template(path = "_decoded.html")]
pub(super) struct DecodedView {
    shape: Shape,
    /// Size of the shown part, if not all is shown.
    first: Option<String>,
    download_href: String,
}

impl HtmlSafe for DecodedView {}

/// How it is shown.
enum Shape {
    /// JSON, indented. A script lets one fold it, and copy values and paths.
    Json(Html),
    /// Text, XML and hex.
    Text(Html),
    Fields(Vec<FieldRow>),
    Records(Vec<RecordView>),
    Parts(PartsView),
    /// The path of the picture.
    Picture(String),
    Nothing,
}

/// A place of a body: itself, or one of its parts.
pub(super) struct BodySource<'a> {
    pub(super) delivery: &'a Delivery,
    /// Number of the part; `None` for the whole body.
    pub(super) part: Option<&'a str>,
    /// Its bytes, without encodings, where they are at hand.
    pub(super) bytes: &'a [u8],
}

impl DecodedView {
    /// Of a whole body.
    pub(super) fn new(delivery: &Delivery, content: BodyContent) -> Self {
        let source = BodySource {
            delivery,
            part: None,
            bytes: &delivery.body,
        };
        Self::of(&source, content)
    }

    pub(super) fn of(source: &BodySource<'_>, content: BodyContent) -> Self {
        let bytes = content.bytes;
        let text = content.text.unwrap_or_default();
        let (shape, cut_at) = match content.kind {
            ContentKind::Json if is_broken(&content.notes) => {
                let (text, cut_at) = fitting(&text);
                let goes_on = text.len() < bytes;
                let html = json_break::with_mark(text, goes_on);
                (Shape::Text(Html(html)), cut_at)
            }
            ContentKind::Json => {
                let pretty = pretty::pretty(&text);
                let is_cut = pretty.shown_bytes < text.len();
                let cut_at = is_cut.then_some(pretty.shown_bytes);
                (Shape::Json(Html(pretty.html)), cut_at)
            }
            ContentKind::Xml => text_shape(&indented_xml(&text, XML_BYTES_MAX).text),
            // A note says that the lines end with CRLF: a mark on each would be noise.
            ContentKind::Text => text_shape(&text.replace("\r\n", "\n")),
            ContentKind::Form => (Shape::Fields(fields(&content.fields)), None),
            ContentKind::Ndjson => (Shape::Records(records(content.records.as_ref())), None),
            ContentKind::Multipart => (Shape::Parts(PartsView::new(source, content.parts)), None),
            ContentKind::Image => {
                let href = links::picture(&source.delivery.summary, source.part);
                (Shape::Picture(href), None)
            }
            ContentKind::Binary if source.bytes.is_empty() => (Shape::Nothing, None),
            ContentKind::Binary => {
                let part = &source.bytes[..source.bytes.len().min(HEX_BYTES_MAX)];
                let is_cut = part.len() < source.bytes.len();
                (Shape::Text(Html(hex(part))), is_cut.then_some(part.len()))
            }
            ContentKind::Empty => (Shape::Nothing, None),
        };
        Self {
            shape,
            first: cut_at.map(|bytes| format::bytes(bytes as u64)),
            download_href: match source.part {
                Some(n) => links::part(&source.delivery.summary, n),
                None => links::download(&source.delivery.summary),
            },
        }
    }
}

/// Whether it is JSON that cannot be read.
fn is_broken(notes: &[Note]) -> bool {
    let mut notes = notes.iter();
    notes.any(|note| matches!(note, Note::InvalidJson(..)))
}

fn text_shape(text: &str) -> (Shape, Option<usize>) {
    let (html, cut_at) = shown_text(text);
    (Shape::Text(html), cut_at)
}

/// The parts.
#[derive(Template)]
#[template(path = "_decoded_parts.html")]
struct PartsView {
    parts: Vec<PartView>,
}

impl HtmlSafe for PartsView {}

struct PartView {
    n: String,
    name: Option<Line>,
    filename: Option<Line>,
    media_type: Option<Line>,
    facts: String,
    headers: Vec<(Line, Line)>,
    notes: Vec<String>,
    download_href: String,
    content: Box<DecodedView>,
}

impl PartsView {
    /// The parts of the body, or of one of its parts.
    fn new(source: &BodySource<'_>, parts: Vec<BodyPart>) -> Self {
        let view = |part| PartView::new(source, part);
        Self {
            parts: parts.into_iter().map(view).collect(),
        }
    }
}

impl PartView {
    fn new(whole: &BodySource<'_>, part: BodyPart) -> Self {
        let content = part.content;
        let kind: ContentKind = content.kind;
        let source = BodySource {
            delivery: whole.delivery,
            part: Some(&part.n),
            // Hex is not shown for parts: their bytes are one click away.
            bytes: &[],
        };
        let line = |(name, value)| (Line(name), Line(value));
        Self {
            name: part.name.map(Line),
            filename: part.filename.map(Line),
            media_type: content.media_type.clone().map(Line),
            facts: format!("{}, {}", name(kind), format::bytes(content.bytes as u64)),
            headers: part.headers.into_iter().map(line).collect(),
            notes: content.notes.iter().map(ToString::to_string).collect(),
            download_href: links::part(&whole.delivery.summary, &part.n),
            content: Box::new(DecodedView::of(&source, content)),
            n: part.n.clone(),
        }
    }
}
