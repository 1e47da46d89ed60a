//! The small parts of a decoded view: escaped text, fields, records.
//!
//! **Invariant:** all captured text is escaped, and no more of it is on a page than fits.

use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;

use crate::content::{FormField, Records};
use crate::web::render::escape::{self, Line, Shown};
use crate::web::render::pretty;

/// Largest weight of a text: characters that must be made visible need more HTML.
const WEIGHT_MAX: usize = 512 * 1024;

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
    pub(super) name: Line,
    /// `None` for a bare name.
    pub(super) value: Option<Line>,
}

/// A record of NDJSON.
pub(super) struct RecordView {
    pub(super) number: usize,
    pub(super) html: Html,
}

/// As much of a text as fits on a page, and where it is cut, if it is. That the text itself is only a part of the body is a note.
pub(super) fn fitting(text: &str) -> (&str, Option<usize>) {
    let fitting = escape::fitting(text, WEIGHT_MAX).text;
    (
        fitting,
        (fitting.len() < text.len()).then_some(fitting.len()),
    )
}

/// Text as HTML, and where it is cut, if it is.
pub(super) fn shown_text(text: &str) -> (Html, Option<usize>) {
    let (text, cut_at) = fitting(text);
    (Html(Shown::block(text).to_string()), cut_at)
}

pub(super) fn fields(found: &[FormField]) -> Vec<FieldRow> {
    let row = |field: &FormField| FieldRow {
        name: Line(field.name.clone()),
        value: field.value.clone().map(Line),
    };
    found.iter().map(row).collect()
}

/// The records, indented.
pub(super) fn records(records: Option<&Records>) -> Vec<RecordView> {
    let items = records.map(|records| records.items.as_slice());
    let view = |(index, json): (usize, &String)| RecordView {
        number: index + 1,
        html: Html(pretty::pretty(json).html),
    };
    let items = items.unwrap_or_default().iter();
    items.enumerate().map(view).collect()
}
