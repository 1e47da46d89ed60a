//! The small parts of a decoded view: escaped text, fields, records.
//!
//! **Invariant:** all captured text is escaped, and no more of it is on a page than fits.

use std::cell::Cell;
use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;

use crate::content::{FormField, Records};
use crate::web::render::escape::{self, Shown};
use crate::web::render::exact::ExactText;
use crate::web::render::pretty;

/// Largest weight of a decoded view, all parts together: characters that must be made visible need more HTML.
pub(super) const WEIGHT_MAX: usize = 512 * 1024;
/// Indentation and markup that JSON may have on top of it.
const PRETTY_OVERHEAD: usize = 512 * 1024;
/// Weight of a field without its texts.
const FIELD_WEIGHT: usize = 256;

/// HTML of escaped text and this module's own markup.
pub(super) struct Html(pub(super) String);

impl Display for Html {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// A field of a form.
pub(super) struct FieldRow {
    pub(super) name: ExactText,
    /// `None` for a bare name.
    pub(super) value: Option<ExactText>,
}

/// A record of NDJSON.
pub(super) struct RecordView {
    pub(super) number: usize,
    pub(super) html: Html,
}

/// As much of a text as fits on the page, and where it is cut, if it is. That the text itself is only a part of the body is a note.
pub(super) fn fitting<'a>(text: &'a str, left: &Cell<usize>) -> (&'a str, Option<usize>) {
    let fitting = escape::fitting(text, left.get()).text;
    let is_cut = fitting.len() < text.len();
    (fitting, is_cut.then_some(fitting.len()))
}

/// Text as HTML, and where it is cut, if it is.
pub(super) fn shown_text(text: &str, left: &Cell<usize>) -> (Html, Option<usize>) {
    let (text, cut_at) = fitting(text, left);
    let html = Html(Shown::block(text).to_string());
    spend(left, &html);
    (html, cut_at)
}

/// JSON, indented, and where it is cut, if it is. What does not fit indented is text.
pub(super) fn shown_json(text: &str, left: &Cell<usize>) -> (Html, Option<usize>) {
    let pretty = pretty::pretty(text);
    if pretty.html.len() > left.get() + PRETTY_OVERHEAD {
        return shown_text(text, left);
    }
    let html = Html(pretty.html);
    spend(left, &html);
    let is_cut = pretty.shown_bytes < text.len();
    (html, is_cut.then_some(pretty.shown_bytes))
}

fn spend(left: &Cell<usize>, html: &Html) {
    left.set(left.get().saturating_sub(html.0.len()));
}

/// The fields that fit on the page, and the bytes of these, if they are not all.
pub(super) fn fields(found: &[FormField], left: &Cell<usize>) -> (Vec<FieldRow>, Option<usize>) {
    let (mut rows, mut bytes) = (Vec::new(), 0);
    for field in found {
        let value = field.value.as_deref().unwrap_or_default();
        let weight = [&field.name, value].map(|text| Shown::line(text).to_string().len());
        // The value is there twice: shown, and in its copy button.
        let weight = weight.iter().sum::<usize>() + value.len() + FIELD_WEIGHT;
        if weight > left.get() {
            return (rows, Some(bytes));
        }
        left.set(left.get() - weight);
        bytes += field.name.len() + value.len();
        rows.push(FieldRow {
            name: ExactText::new(field.name.clone()),
            value: field.value.clone().map(ExactText::new),
        });
    }
    (rows, None)
}

/// The records that fit on the page, indented, and the bytes of these, if they are not all.
pub(super) fn records(
    records: Option<&Records>,
    left: &Cell<usize>,
) -> (Vec<RecordView>, Option<usize>) {
    let (mut rows, mut bytes) = (Vec::new(), 0);
    let items = records.map(|records| records.items.as_slice());
    for (index, json) in items.unwrap_or_default().iter().enumerate() {
        if left.get() == 0 {
            return (rows, Some(bytes));
        }
        bytes += json.len();
        let (html, _) = shown_json(json, left);
        rows.push(RecordView {
            number: index + 1,
            html,
        });
    }
    (rows, None)
}
