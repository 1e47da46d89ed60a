//! Bodies decoded for reading: the cases from the field with their siblings, hostile bodies, and the API.

mod api;
mod bombs;
mod cases;
mod coded;
pub(crate) mod encodings;
mod hostile;
mod old_rows;
mod parts;

use bytes::Bytes;
use creel::content::{BodyContent, ContentOptions, read};
use creel::domain::head::Head;

/// XML whose entities would be a thousand million times as long; `end` closes the declarations.
fn xml_bomb(end: &str) -> String {
    let mut text = "<!DOCTYPE x [<!ENTITY e0 \"lol\">".to_owned();
    for level in 1..10 {
        let inner = format!("&e{};", level - 1).repeat(10);
        text = format!("{text}<!ENTITY e{level} \"{inner}\">");
    }
    text + end
}

/// A head with these lines.
pub(crate) fn head(lines: &[(&str, &str)]) -> Head {
    let lines = lines
        .iter()
        .map(|(name, value)| [*name, ": ", *value, "\r\n"].concat());
    let lines = lines.collect::<Vec<_>>().concat();
    Head {
        raw: Bytes::from(format!("POST /hook/x HTTP/1.1\r\n{lines}\r\n")),
        exact: true,
    }
}

/// A body of this type; an empty type is none.
fn content(media_type: &str, body: impl AsRef<[u8]>) -> BodyContent {
    let lines = [("Content-Type", media_type)];
    let lines = if media_type.is_empty() {
        &[]
    } else {
        &lines[..]
    };
    read(&head(lines), body.as_ref(), &ContentOptions::default())
}

/// The codes of its notes.
fn codes(content: &BodyContent) -> Vec<&'static str> {
    content
        .notes
        .iter()
        .map(creel::content::Note::code)
        .collect()
}
