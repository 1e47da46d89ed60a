//! A body as its kind is read best: fields in a table, parts one by one, JSON and XML indented, a picture, or hex.
//!
//! A file name of a sender is shown as text, and never used as a path.
//!
//! **Invariant:** no view has more than the limits of [`ContentOptions`](crate::content::ContentOptions) and of a page, and all captured text
//! is escaped.

use std::borrow::Cow;
use std::cell::Cell;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::content::{BodyContent, BodyPart, Note, indented_xml};
use crate::domain::body::BodyKind;
use crate::domain::delivery::Delivery;

use crate::web::delivery::body::kinds::name;
use crate::web::delivery::body::shapes::{
    FieldRow, Html, RecordView, WEIGHT_MAX, fields, fitting, records, shown_json, shown_text,
};
use crate::web::delivery::body::{hex, json_break};
use crate::web::links;
use crate::web::render::escape::{self, Line, Shown};
use crate::web::render::format;

/// Largest weight of the name of a part or file.
const NAME_WEIGHT_MAX: usize = 240;
/// Weight of a header line without its texts.
const LINE_WEIGHT: usize = 64;
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
    /// Whether it is the whole body: only that has an id.
    is_whole: bool,
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
    /// Bytes of a part, not shown.
    Bytes,
    Nothing,
}

/// A place of a body: itself, or one of its parts.
pub(super) struct BodySource<'a> {
    pub(super) delivery: &'a Delivery,
    /// Number of the part; `None` for the whole body.
    pub(super) part: Option<&'a str>,
    /// The bytes of a binary body, without encodings; empty for other kinds and for parts.
    pub(super) bytes: &'a [u8],
    /// Weight that is left on the page, for all parts together.
    left: &'a Cell<usize>,
}

impl DecodedView {
    /// Of a whole body, with its bytes without Content-Encoding.
    pub(super) fn new(delivery: &Delivery, content: BodyContent, bytes: Cow<'_, [u8]>) -> Self {
        // All other kinds have their text or parts in the content, and drop their bytes before more memory is used.
        let bytes = match content.kind {
            BodyKind::Binary => bytes,
            _ => Cow::Borrowed(&[][..]),
        };
        let source = BodySource {
            delivery,
            part: None,
            bytes: &bytes,
            left: &Cell::new(WEIGHT_MAX),
        };
        Self::of(&source, content)
    }

    pub(super) fn of(source: &BodySource<'_>, content: BodyContent) -> Self {
        let text = content.text.unwrap_or_default();
        let (shape, cut_at) = match content.kind {
            BodyKind::Json if is_broken(&content.notes) => {
                let is_part = content
                    .notes
                    .iter()
                    .any(|note| matches!(note, Note::TextCut(..)));
                let (text, cut_at) = fitting(&text, source.left);
                let goes_on = is_part || cut_at.is_some();
                let html = json_break::with_mark(text, goes_on);
                (Shape::Text(Html(html)), cut_at)
            }
            BodyKind::Json => {
                let (html, cut_at) = shown_json(&text, source.left);
                (Shape::Json(html), cut_at)
            }
            BodyKind::Xml => {
                let indented = indented_xml(&text, XML_BYTES_MAX);
                let is_whole = indented.broken.is_none() && !indented.cut;
                let shown = if is_whole { &indented.text } else { &text };
                text_shape(shown, source.left)
            }
            // A note says that the lines end with CRLF: a mark on each would be noise.
            BodyKind::Text => text_shape(&text.replace("\r\n", "\n"), source.left),
            BodyKind::Form => {
                let (fields, cut_at) = fields(&content.fields, source.left);
                (Shape::Fields(fields), cut_at)
            }
            BodyKind::Ndjson => {
                let (records, cut_at) = records(content.records.as_ref(), source.left);
                (Shape::Records(records), cut_at)
            }
            BodyKind::Multipart => (Shape::Parts(PartsView::new(source, content.parts)), None),
            BodyKind::Image => {
                let href = links::picture(&source.delivery.summary, source.part);
                (Shape::Picture(href), None)
            }
            // Their bytes are one click away.
            BodyKind::Binary | BodyKind::Unknown if source.part.is_some() => (Shape::Bytes, None),
            BodyKind::Binary | BodyKind::Unknown => {
                let (dump, shown) = hex::beginning(source.bytes);
                let is_cut = shown < source.bytes.len();
                (Shape::Text(Html(dump)), is_cut.then_some(shown))
            }
            BodyKind::Empty => (Shape::Nothing, None),
        };
        Self {
            shape,
            is_whole: source.part.is_none(),
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

fn text_shape(text: &str, left: &Cell<usize>) -> (Shape, Option<usize>) {
    let (html, cut_at) = shown_text(text, left);
    (Shape::Text(html), cut_at)
}

/// A name of a sender, shortened.
fn short(name: &str) -> Line {
    Line(escape::fitting(name, NAME_WEIGHT_MAX).to_string())
}

/// The header lines of a part, as far as they fit on the page. The body as received has all.
fn headers(found: Vec<(String, String)>, left: &Cell<usize>) -> Vec<(Line, Line)> {
    let fits = |(name, value): &(String, String)| {
        let weight = [name, value].map(|text| Shown::line(text).to_string().len() + LINE_WEIGHT);
        let weight: usize = weight.iter().sum();
        let fits = weight <= left.get();
        left.set(left.get().saturating_sub(weight));
        fits
    };
    let found = found.into_iter().take_while(fits);
    found
        .map(|(name, value)| (Line(name), Line(value)))
        .collect()
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
        let kind: BodyKind = content.kind;
        let source = BodySource {
            delivery: whole.delivery,
            part: Some(&part.n),
            bytes: &[],
            left: whole.left,
        };
        Self {
            name: part.name.map(|name| short(&name)),
            filename: part.filename.map(|name| short(&name)),
            media_type: content.media_type.as_deref().map(short),
            facts: format!("{}, {}", name(kind), format::bytes(content.bytes as u64)),
            headers: headers(part.headers, whole.left),
            notes: content.notes.iter().map(ToString::to_string).collect(),
            download_href: links::part(&whole.delivery.summary, &part.n),
            content: Box::new(DecodedView::of(&source, content)),
            n: part.n.clone(),
        }
    }
}
