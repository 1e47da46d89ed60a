//! The Body tab: JSON indented, other bodies as received, with a mark where JSON is invalid.
//!
//! **Invariant:** a page contains a bounded part of a body and says if that is not all; the complete body can be downloaded.

use std::fmt::Write;

use askama::Template;
use askama::filters::HtmlSafe;
use serde::de::IgnoredAny;

use crate::domain::delivery::{BodyKind, Delivery};
use crate::web::links;
use crate::web::links::view::{Tab, View};
use crate::web::render::escape::{self, Shown};
use crate::web::render::format;
use crate::web::render::pretty;

/// Longest part of a body on a page, in bytes.
const INLINE_BYTES_MAX: usize = 256 * 1024;
/// Its weight limit: characters that must be made visible need more HTML.
const WEIGHT_MAX: usize = 512 * 1024;
/// Longest part of a binary body on a page, in bytes.
const HEX_BYTES_MAX: usize = 4 * 1024;

#[derive(Template)]
#[template(path = "_body.html")]
pub(crate) struct BodyTab {
    kind: &'static str,
    size: String,
    sha256: Option<String>,
    download_href: String,
    views: Option<Views>,
    shown: Option<Html>,
    /// Size of the shown part, if not all is shown.
    first: Option<String>,
    broken: Option<Broken>,
}

impl HtmlSafe for BodyTab {}

/// The parse error, as stored in the reading, which covers the complete body.
struct Broken {
    why: String,
    /// Whether the position is in the shown part and marked.
    marked: bool,
}

struct Views {
    raw: bool,
    pretty_href: String,
    raw_href: String,
}

/// HTML of escaped text and this module's own markup.
struct Html(String);

impl std::fmt::Display for Html {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl BodyTab {
    pub(crate) fn new(delivery: &Delivery, view: View, raw: bool) -> Self {
        let facts = &delivery.summary.body;
        let mut tab = Self {
            kind: match facts.kind {
                BodyKind::Json => "JSON",
                BodyKind::Text => "Text",
                BodyKind::Binary => "Binary",
                BodyKind::Empty => "Empty",
                BodyKind::Unknown => "Unknown",
            },
            size: format::bytes(facts.bytes),
            sha256: facts.sha256_hex(),
            download_href: links::download(&delivery.summary),
            views: None,
            shown: None,
            first: None,
            broken: delivery
                .summary
                .reading
                .why
                .clone()
                .map(|why| Broken { why, marked: false }),
        };
        match facts.kind {
            BodyKind::Empty => {}
            BodyKind::Json => tab.json(&delivery.body, view, raw),
            BodyKind::Text => tab.text(&delivery.body),
            BodyKind::Binary | BodyKind::Unknown => tab.hex(&delivery.body),
        }
        tab
    }

    fn json(&mut self, body: &[u8], view: View, raw: bool) {
        let text = prefix(body);
        let (html, shown_bytes) = if raw {
            let text = escape::fitting(text, WEIGHT_MAX).text;
            (Shown::block(text).to_string(), text.len())
        } else {
            let pretty = pretty::pretty(text);
            (pretty.html, pretty.shown_bytes)
        };
        self.show(html, shown_bytes, body);
        self.views = Some(Views {
            raw,
            pretty_href: view.tab(Tab::Body { raw: false }).href(),
            raw_href: view.tab(Tab::Body { raw: true }).href(),
        });
    }

    fn text(&mut self, body: &[u8]) {
        let text = escape::fitting(prefix(body), WEIGHT_MAX).text;
        let place = self.broken.as_mut().and_then(|broken| {
            let place = first_break(text, text.len() < body.len());
            broken.marked = place.is_some();
            place
        });
        let html = match place {
            Some(at) => marked(text, at),
            None => Shown::block(text).to_string(),
        };
        self.show(html, text.len(), body);
    }

    fn hex(&mut self, body: &[u8]) {
        let part = &body[..body.len().min(HEX_BYTES_MAX)];
        self.show(hex(part), part.len(), body);
    }

    fn show(&mut self, html: String, shown_bytes: usize, body: &[u8]) {
        self.shown = Some(Html(html));
        self.first = (shown_bytes < body.len()).then(|| format::bytes(shown_bytes as u64));
    }
}

/// The part of a body that fits on a page.
fn prefix(body: &[u8]) -> &str {
    // The cut may go through a character.
    let part = &body[..body.len().min(INLINE_BYTES_MAX)];
    part.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// Where text stops being JSON: the offset of the unexpected byte, or the length of the text if it ends too early. `None` if the position
/// is after the shown part.
fn first_break(text: &str, goes_on: bool) -> Option<usize> {
    // The parser skips a byte order mark, too.
    let json = crate::json::without_bom(text);
    let error = serde_json::from_str::<IgnoredAny>(json).err()?;
    if error.is_eof() {
        return (!goes_on).then_some(text.len());
    }
    let lines = json.split_inclusive('\n');
    let line_start: usize = lines.take(error.line() - 1).map(str::len).sum();
    let at = text.len() - json.len() + line_start + error.column().saturating_sub(1);
    // A number that is cut in two looks like an error at its end.
    (!goes_on || at + 1 < text.len()).then_some(at)
}

/// The text with a mark on the character at that offset. At the end of the text, the mark is empty; the style sheet shows it, so it is not copied.
fn marked(text: &str, at: usize) -> String {
    let (before, rest) = text.split_at(text.floor_char_boundary(at));
    let (here, after) = rest.split_at(rest.chars().next().map_or(0, char::len_utf8));
    format!(
        r#"{}<mark id="break">{}</mark>{}"#,
        Shown::block(before),
        Shown::line(here),
        Shown::block(after)
    )
}

/// A hex dump: offset, sixteen bytes, and the same as text per line.
fn hex(bytes: &[u8]) -> String {
    let mut dump = String::with_capacity(bytes.len() * 5);
    for (index, line) in bytes.chunks(16).enumerate() {
        // Writing to a `String` cannot fail.
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
    use crate::web::tests::delivery;

    fn marks(text: &str) -> String {
        let at = first_break(text, false).unwrap();
        marked(text, at).replace("&quot;", "\"")
    }

    /// The tab of a body sent as JSON.
    fn tab(body: &[u8]) -> BodyTab {
        tab_in(body, false)
    }

    fn tab_in(body: &[u8], raw: bool) -> BodyTab {
        let delivery = delivery("HTTP/1.1", true, body);
        let view = View::newest(delivery.summary.endpoint_id).select(delivery.summary.seq);
        BodyTab::new(&delivery, view, raw)
    }

    #[test]
    fn the_mark_is_where_json_is_invalid() {
        assert_eq!(
            marks("{\"a\": 1,\n \"b\": oops}"),
            "{\"a\": 1,\n \"b\": <mark id=\"break\">o</mark>ops}"
        );
        assert_eq!(
            marks("{\"a\": [1, 2"),
            "{\"a\": [1, 2<mark id=\"break\"></mark>"
        );
        assert_eq!(marks("{}x"), "{}<mark id=\"break\">x</mark>");
    }

    #[test]
    fn a_byte_order_mark_does_not_move_the_mark() {
        let page = tab("\u{feff}{\"a\": oops}".as_bytes()).render().unwrap();
        assert!(
            page.contains("&quot;: <mark id=\"break\">o</mark>ops"),
            "{page}"
        );
        assert!(
            page.contains("<code>not JSON at line 1, column 7: expected value</code>"),
            "{page}"
        );
    }

    #[test]
    fn errors_after_the_shown_part_have_no_mark() {
        let long = format!("{{\"a\": \"{}\", oops}}", "x".repeat(INLINE_BYTES_MAX));
        let page = tab(long.as_bytes()).render().unwrap();
        assert!(
            page.contains("not JSON at line 1, column 262155"),
            "{}",
            &page[..900]
        );
        assert!(!page.contains("#break") && !page.contains("<mark"));
        // The cut goes through a number.
        let start = format!(
            "{{\"a\": \"{}\", \"b\": -",
            "x".repeat(INLINE_BYTES_MAX - 16)
        );
        assert_eq!(start.len(), INLINE_BYTES_MAX);
        let page = tab(format!("{start}1, oops").as_bytes()).render().unwrap();
        assert!(page.contains("column 262148") && !page.contains("<mark"));
    }

    #[test]
    fn invalid_utf_8_is_reported_with_its_position() {
        let page = tab(b"{\"a\": \"\xff\"}").render().unwrap();
        assert!(page.contains("not UTF-8 at line 1, column 8"), "{page}");
    }

    #[test]
    fn the_stated_size_is_the_shown_size() {
        let first = |body: &str| tab(body.as_bytes()).first;
        assert_eq!(first("[1, 2]\n"), None);
        let text = format!("[\"{}\"]", "x".repeat(INLINE_BYTES_MAX));
        assert_eq!(first(&text), Some("262.1 kB".to_owned()));
        // Indented, it needs more HTML and ends earlier.
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let shown = pretty::pretty(&deep).shown_bytes;
        assert!(shown < 100_000);
        assert_eq!(first(&deep), Some(format::bytes(shown as u64)));
    }

    #[test]
    fn invisible_characters_do_not_inflate_a_page() {
        let hidden = "\u{202e}".repeat(80_000);
        for body in [hidden.clone(), format!("[\"{hidden}\"]")] {
            for raw in [false, true] {
                let page = tab_in(body.as_bytes(), raw).render().unwrap();
                assert!(page.len() < WEIGHT_MAX + 4096, "{}", page.len());
                assert!(page.contains("Showing the first"));
            }
        }
    }

    #[test]
    fn a_cut_never_goes_through_a_character() {
        let body = "ü".repeat(INLINE_BYTES_MAX);
        assert_eq!(prefix(&body.as_bytes()[1..]), "");
        assert_eq!(prefix(body.as_bytes()).len(), INLINE_BYTES_MAX);
        let odd = format!("x{body}");
        assert_eq!(prefix(odd.as_bytes()).len(), INLINE_BYTES_MAX - 1);
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
