//! The place where text stops being JSON, marked.
//!
//! **Invariant:** a mark is only where the text is wrong, never where merely the shown part of it ends.

use serde::de::IgnoredAny;

use crate::web::render::escape::Shown;

/// Broken JSON as HTML, with a mark at the break if that is in the shown part. `goes_on` if there is more text than this.
pub(super) fn with_mark(text: &str, goes_on: bool) -> String {
    match first_break(text, goes_on) {
        Some(at) => marked(text, at),
        None => Shown::block(text).to_string(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> String {
        with_mark(text, false).replace("&quot;", "\"")
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
        let page = marks("\u{feff}{\"a\": oops}");
        assert!(page.contains("<mark id=\"break\">o</mark>ops"), "{page}");
    }

    #[test]
    fn what_is_cut_has_no_mark_at_its_end() {
        for text in ["{\"a\": \"x", "{\"a\": -"] {
            assert!(!with_mark(text, true).contains("<mark"), "{text}");
            assert!(with_mark(text, false).contains("<mark"), "{text}");
        }
    }
}
