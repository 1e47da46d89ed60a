//! What a body is: first by its declared type, then by what its text is.
//!
//! **Invariant:** an object or a list in JSON is JSON, whatever text type is declared. A body that is read as another kind than declared has
//! a note.

use super::media_type::{DeclaredKind, MediaType};
use super::note::Note;
use super::records::{are_records, is_container, json_error};
use super::xml;
use crate::domain::body::BodyKind;

/// The kind of a text.
pub(super) fn of_text(text: &str, media: &MediaType, notes: &mut Vec<Note>) -> BodyKind {
    let declared = media.declared();
    let kind = match declared {
        DeclaredKind::Json => of_json(text),
        DeclaredKind::Ndjson => BodyKind::Ndjson,
        DeclaredKind::Form => of_form(text),
        DeclaredKind::Xml if text.trim_start().starts_with('<') => BodyKind::Xml,
        DeclaredKind::Html => BodyKind::Text,
        DeclaredKind::Xml
        | DeclaredKind::Multipart
        | DeclaredKind::Text
        | DeclaredKind::Binary
        | DeclaredKind::Nothing => by_itself(text),
    };
    match kind {
        BodyKind::Json => {
            if let Some((line, column, why)) = json_error(text) {
                notes.push(Note::InvalidJson(line, column, why));
            }
        }
        BodyKind::Xml => {
            let found = xml::check(text);
            if let Some(at) = found.broken {
                notes.push(Note::InvalidXml(at.line, at.column, at.why));
            }
            if found.has_entities {
                notes.push(Note::XmlEntities);
            }
        }
        _ => {}
    }
    kind
}

/// Adds a note if a body is of another kind than declared.
pub(super) fn compare(kind: BodyKind, media: &MediaType, notes: &mut Vec<Note>) {
    let fits = match media.declared() {
        DeclaredKind::Json => kind == BodyKind::Json,
        DeclaredKind::Ndjson => kind == BodyKind::Ndjson,
        DeclaredKind::Form => kind == BodyKind::Form,
        DeclaredKind::Multipart => kind == BodyKind::Multipart,
        DeclaredKind::Xml => kind == BodyKind::Xml,
        DeclaredKind::Html | DeclaredKind::Text => kind == BodyKind::Text,
        DeclaredKind::Binary if media.essence().starts_with("image/") => {
            kind == BodyKind::Image || kind == BodyKind::Binary
        }
        DeclaredKind::Binary => kind == BodyKind::Binary,
        DeclaredKind::Nothing => true,
    };
    if !fits && kind != BodyKind::Empty {
        let essence = media.essence();
        let end = essence.floor_char_boundary(100);
        notes.push(Note::OtherType(essence[..end].to_owned(), kind));
    }
}

/// A text that is declared as JSON. If it is broken it stays JSON, unless it is clearly something else.
fn of_json(text: &str) -> BodyKind {
    if json_error(text).is_none() {
        BodyKind::Json
    } else if are_records(text) {
        BodyKind::Ndjson
    } else if text.trim_start().starts_with('<') {
        by_itself(text)
    } else {
        BodyKind::Json
    }
}

/// A text that is declared as a form. curl declares that for anything.
fn of_form(text: &str) -> BodyKind {
    match by_itself(text) {
        BodyKind::Text => BodyKind::Form,
        other => other,
    }
}

/// A text by itself. A number or a string alone is valid JSON, but not taken for it.
fn by_itself(text: &str) -> BodyKind {
    let start = text.trim_start();
    if is_container(text) {
        BodyKind::Json
    } else if are_records(text) {
        BodyKind::Ndjson
    } else if start.starts_with("<?xml")
        || (start.starts_with('<') && xml::check(text).broken.is_none())
    {
        BodyKind::Xml
    } else {
        BodyKind::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_type_comes_first() {
        let cases = [
            ("application/json", "{\"a\":1}", BodyKind::Json, 0),
            ("application/json", "hello", BodyKind::Json, 1),
            ("application/json", "{\"score\":NaN}", BodyKind::Json, 1),
            ("application/json", "{}\n{}\n", BodyKind::Ndjson, 1),
            ("application/json", "<a/>", BodyKind::Xml, 1),
            ("application/json", "<html><br>", BodyKind::Text, 1),
            ("application/json", "\"text\"", BodyKind::Json, 0),
            (
                "application/x-www-form-urlencoded",
                "a=1",
                BodyKind::Form,
                0,
            ),
            (
                "application/x-www-form-urlencoded",
                "hello",
                BodyKind::Form,
                0,
            ),
            (
                "application/x-www-form-urlencoded",
                "{\"a\":1}",
                BodyKind::Json,
                1,
            ),
            (
                "application/x-www-form-urlencoded",
                "<a>&lt;</a>",
                BodyKind::Xml,
                1,
            ),
            (
                "application/x-www-form-urlencoded",
                "{}\n[]\n",
                BodyKind::Ndjson,
                1,
            ),
            ("text/plain", "{\"a\":1}", BodyKind::Json, 1),
            ("text/plain", "42", BodyKind::Text, 0),
            ("text/html", "<p>x</p>", BodyKind::Text, 0),
            ("text/xml", "<a>", BodyKind::Xml, 1),
            ("text/xml", "a=1", BodyKind::Text, 1),
            ("image/svg+xml", "<svg/>", BodyKind::Xml, 0),
            ("image/png", "hello", BodyKind::Text, 1),
            ("", "a=1", BodyKind::Text, 0),
            ("", "<?xml version='1.0'?><a>", BodyKind::Xml, 1),
            ("", "<a", BodyKind::Text, 0),
            ("", "{\"a\":1}", BodyKind::Json, 0),
            ("application/octet-stream", "[1]", BodyKind::Json, 0),
        ];
        for (value, text, expected, count) in cases {
            let mut notes = Vec::new();
            let media = MediaType::parse(value);
            let kind = of_text(text, &media, &mut notes);
            compare(kind, &media, &mut notes);
            assert_eq!(
                (kind, notes.len()),
                (expected, count),
                "{value} {text}: {notes:?}"
            );
        }
    }
}
