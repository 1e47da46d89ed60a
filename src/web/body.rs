//! The Body tab: what came, indented where it is JSON, as received otherwise, with the place where JSON breaks.
//!
//! **Invariant:** a page holds a bounded part of a body, and says when that is not all; the whole is always one download away.

use std::fmt::Write;

use askama::Template;
use askama::filters::HtmlSafe;
use serde::de::IgnoredAny;

use super::human;
use super::json;
use super::text::Shown;
use super::view::{Tab, View};
use crate::domain::delivery::{BodyKind, Delivery};
use crate::domain::run::ReadingKind;

/// How much of a body stands in a page, in bytes.
const INLINE_BYTES_MAX: usize = 256 * 1024;
/// How much of a binary body stands in a page, in bytes.
const HEX_BYTES_MAX: usize = 4 * 1024;

/// The Body tab.
#[derive(Template)]
#[template(path = "_body.html")]
pub(super) struct BodyTab {
    kind: &'static str,
    size: String,
    sha256: String,
    download_href: String,
    views: Option<Views>,
    shown: Option<Html>,
    /// How much is shown, if not all.
    first: Option<String>,
    broken: Option<String>,
}

impl HtmlSafe for BodyTab {}

struct Views {
    raw: bool,
    pretty_href: String,
    raw_href: String,
}

/// Text made of escaped pieces and markup of this module's own.
struct Html(String);

impl std::fmt::Display for Html {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl BodyTab {
    pub(super) fn new(delivery: &Delivery, view: View, raw: bool) -> Self {
        let facts = &delivery.summary.body;
        let download_href = format!(
            "/api/v1/endpoints/{}/deliveries/{}/body",
            delivery.summary.endpoint_id, delivery.summary.seq
        );
        let mut tab = Self {
            kind: match facts.kind {
                BodyKind::Json => "JSON",
                BodyKind::Text => "Text",
                BodyKind::Binary => "Binary",
                BodyKind::Empty => "Empty",
            },
            size: human::bytes(facts.bytes),
            sha256: human::hex(&facts.sha256),
            download_href,
            views: None,
            shown: None,
            first: None,
            broken: None,
        };
        match facts.kind {
            BodyKind::Empty => {}
            BodyKind::Json => tab.json(&delivery.body, view, raw),
            BodyKind::Text => tab.text(delivery),
            BodyKind::Binary => tab.hex(&delivery.body),
        }
        tab
    }

    fn json(&mut self, body: &[u8], view: View, raw: bool) {
        let (text, cut) = prefix(body);
        let (html, cut) = if raw {
            (Shown::block(text).to_string(), cut)
        } else {
            let pretty = json::pretty(text);
            (pretty.html, cut || pretty.cut)
        };
        self.shown = Some(Html(html));
        self.first = cut.then(|| human::bytes(text.len() as u64));
        self.views = Some(Views {
            raw,
            pretty_href: view.tab(Tab::Body { raw: false }).href(),
            raw_href: view.tab(Tab::Body { raw: true }).href(),
        });
    }

    fn text(&mut self, delivery: &Delivery) {
        let (text, cut) = prefix(&delivery.body);
        let meant_as_json = delivery.summary.reading.kind == ReadingKind::Unreadable;
        let broken = if meant_as_json {
            first_break(&delivery.body)
        } else {
            None
        };
        self.shown = Some(Html(match &broken {
            Some(broken) => marked(text, broken.at),
            None => Shown::block(text).to_string(),
        }));
        self.broken = broken.map(|broken| broken.why);
        self.first = cut.then(|| human::bytes(text.len() as u64));
    }

    fn hex(&mut self, body: &[u8]) {
        let shown = &body[..body.len().min(HEX_BYTES_MAX)];
        self.shown = Some(Html(hex(shown)));
        self.first = (shown.len() < body.len()).then(|| human::bytes(shown.len() as u64));
    }
}

/// As much of a body as a page holds, and whether that is less than all.
fn prefix(body: &[u8]) -> (&str, bool) {
    let part = &body[..body.len().min(INLINE_BYTES_MAX)];
    let text = match std::str::from_utf8(part) {
        Ok(text) => text,
        // The cut went through a character.
        Err(error) => std::str::from_utf8(&part[..error.valid_up_to()]).unwrap_or_default(),
    };
    (text, part.len() < body.len())
}

struct Break {
    /// Offset of the byte that should not be there; the length of the text if it should go on.
    at: usize,
    why: String,
}

fn first_break(body: &[u8]) -> Option<Break> {
    let error = serde_json::from_slice::<IgnoredAny>(body).err()?;
    let line_start: usize = body
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let column = if error.is_eof() {
        body.len() - line_start.min(body.len())
    } else {
        error.column().saturating_sub(1)
    };
    Some(Break {
        at: line_start + column,
        why: error.to_string(),
    })
}

/// The text with a mark on the character at that offset.
fn marked(text: &str, at: usize) -> String {
    let at = (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let (before, rest) = text.split_at(at);
    let (here, after) = rest.split_at(rest.chars().next().map_or(0, char::len_utf8));
    let here = if here.is_empty() { "end" } else { here };
    format!(
        r#"{}<mark id="break">{}</mark>{}"#,
        Shown::block(before),
        Shown::line(here),
        Shown::block(after)
    )
}

/// Offset, sixteen bytes, and the same as text, a line each.
fn hex(bytes: &[u8]) -> String {
    let mut dump = String::with_capacity(bytes.len() * 5);
    for (index, line) in bytes.chunks(16).enumerate() {
        // A `String` takes every write.
        let _ = write!(dump, "{:08x} ", index * 16);
        for place in 0..16 {
            let gap = if place % 8 == 0 { " " } else { "" };
            let _ = match line.get(place) {
                Some(byte) => write!(dump, "{gap}{byte:02x} "),
                None => write!(dump, "{gap}   "),
            };
        }
        let text: String = line
            .iter()
            .map(|byte| match byte {
                0x20..=0x7e => char::from(*byte),
                _ => '.',
            })
            .collect();
        let _ = writeln!(dump, " {}", Shown::line(&text));
    }
    dump
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> String {
        let found = first_break(text.as_bytes()).unwrap();
        marked(text, found.at).replace("&quot;", "\"")
    }

    #[test]
    fn the_mark_stands_where_json_breaks() {
        assert_eq!(
            marks("{\"a\": 1,\n \"b\": oops}"),
            "{\"a\": 1,\n \"b\": <mark id=\"break\">o</mark>ops}"
        );
        assert_eq!(
            marks("{\"a\": [1, 2"),
            "{\"a\": [1, 2<mark id=\"break\">end</mark>"
        );
        assert_eq!(marks("{}x"), "{}<mark id=\"break\">x</mark>");
    }

    #[test]
    fn a_cut_never_goes_through_a_character() {
        let body = "ü".repeat(INLINE_BYTES_MAX);
        let (text, cut) = prefix(&body.as_bytes()[1..]);
        assert!(cut && text.is_empty());
        let (text, cut) = prefix(body.as_bytes());
        assert!(cut && text.len() == INLINE_BYTES_MAX);
    }

    #[test]
    fn a_hex_dump_shows_offsets_bytes_and_text() {
        let dump = hex(b"\x00<b>0123456789abcd");
        let lines: Vec<_> = dump.lines().collect();
        assert_eq!(
            lines[0],
            "00000000  00 3c 62 3e 30 31 32 33  34 35 36 37 38 39 61 62  .&lt;b&gt;0123456789ab"
        );
        assert!(lines[1].starts_with("00000010  63 64 ") && lines[1].ends_with(" cd"));
    }
}
