//! Valid JSON, indented and coloured. It works on the text, not on parsed values: key order, repeated keys, number spelling and escapes stay
//! as received, and any depth works because nothing recurses.
//!
//! **Invariant:** the tokens stay the same; only the whitespace between them changes. Truncated output may end within a token.

use std::fmt::{self, Display, Formatter, Write};

use askama::filters::HtmlSafe;

use crate::json::{TokenKind, Tokens};
use crate::web::render::escape;

/// Deepest indentation. Without a limit, the whitespace of nested values grows with the square of the depth.
const INDENT_LEVELS_MAX: usize = 48;
/// Largest output: markup multiplies the size of short tokens, and browsers are slow with many lines.
const WEIGHT_MAX: usize = 512 * 1024;

/// Indented JSON as HTML.
#[derive(Debug)]
pub(crate) struct Pretty {
    /// Escaped HTML.
    pub(crate) html: String,
    /// Number of bytes of the text that it shows; fewer than all if it is truncated.
    pub(crate) shown_bytes: usize,
}

impl Display for Pretty {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.html)
    }
}

impl HtmlSafe for Pretty {}

/// Indents JSON. For invalid JSON the output is arbitrary, but safe.
#[must_use]
pub(crate) fn pretty(json: &str) -> Pretty {
    let mut html = String::with_capacity(json.len() * 2);
    // Writing to a `String` cannot fail.
    let rest = write_all(&mut html, json).unwrap_or_default();
    Pretty {
        html,
        shown_bytes: json.len() - rest.len(),
    }
}

/// Writes as much as fits on a page, and returns the rest of the text.
fn write_all<'a>(html: &mut String, json: &'a str) -> Result<&'a str, fmt::Error> {
    let (mut depth, mut lines) = (0_usize, 0_usize);
    let mut tokens = Tokens::new(json);
    while let Some((kind, token)) = tokens.next() {
        let behind = tokens.rest();
        let next = tokens.peek();
        let room = WEIGHT_MAX.saturating_sub(html.len() + lines * escape::LINE_WEIGHT);
        let shown = escape::fitting(token, room);
        if shown.is_cut {
            span(html, "j-text", shown.text)?;
            let left_out = behind.len() + token.len() - shown.text.len();
            return Ok(&json[json.len() - left_out..]);
        }
        lines += usize::from(matches!(
            kind,
            TokenKind::Open | TokenKind::Close | TokenKind::Comma
        ));
        match kind {
            TokenKind::Open => {
                html.push_str(token);
                if next != Some(TokenKind::Close) {
                    depth += 1;
                    line(html, depth);
                }
            }
            TokenKind::Close => {
                if !html.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    line(html, depth);
                }
                html.push_str(token);
            }
            TokenKind::Comma => {
                html.push(',');
                line(html, depth);
            }
            TokenKind::Colon => html.push_str(": "),
            TokenKind::String if next == Some(TokenKind::Colon) => span(html, "j-key", token)?,
            TokenKind::String => span(html, "j-text", token)?,
            TokenKind::Number => span(html, "j-number", token)?,
            TokenKind::Literal => span(html, "j-word", token)?,
        }
    }
    Ok("")
}

fn line(html: &mut String, depth: usize) {
    html.push('\n');
    for _ in 0..depth.min(INDENT_LEVELS_MAX) {
        html.push_str("  ");
    }
}

fn span(html: &mut String, class: &str, token: &str) -> fmt::Result {
    write!(html, r#"<span class="{class}">"#)?;
    escape::write(html, token, true)?;
    html.write_str("</span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that a reader sees.
    fn seen(json: &str) -> String {
        let mut seen = String::new();
        let mut in_tag = false;
        for found in pretty(json).html.chars() {
            match found {
                '<' => in_tag = true,
                '>' => in_tag = false,
                _ if !in_tag => seen.push(found),
                _ => {}
            }
        }
        seen.replace("&quot;", "\"").replace("&lt;", "<")
    }

    #[test]
    fn order_repeats_numbers_and_escapes_stay_as_received() {
        assert_eq!(
            seen(r#"{"b":1.50,"a":[],"a":{"x":1E+2,"q\"":"\u00fc<"},"c":[true,null]}"#),
            "{\n  \"b\": 1.50,\n  \"a\": [],\n  \"a\": {\n    \"x\": 1E+2,\n    \"q\\\"\": \"\\u00fc<\"\n  },\n  \"c\": [\n    true,\n    null\n  ]\n}"
        );
    }

    #[test]
    fn depth_costs_no_stack_and_little_space() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let shown = pretty(&deep);
        assert!(shown.html.len() < WEIGHT_MAX + 1024);
        // Up to there every byte is a bracket, and all brackets are shown.
        assert_eq!(shown.html.matches('[').count(), shown.shown_bytes);
        let all = format!("{}1{} \n", "[".repeat(300), "]".repeat(300));
        assert_eq!(pretty(&all).shown_bytes, all.len());
    }

    #[test]
    fn output_is_cut_when_the_page_is_full() {
        let hidden = format!("[\"{}\"]", "\u{7f}".repeat(100_000));
        let shown = pretty(&hidden);
        assert!(shown.html.len() < WEIGHT_MAX + 1024);
        assert_eq!(
            shown.html.matches(">U+007F<").count() + 2,
            shown.shown_bytes
        );
    }

    #[test]
    fn invalid_json_does_no_harm() {
        for text in ["", "\"open", "{", "]]]", "ü\u{202e},,", "\"\\"] {
            let _ = pretty(text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_token_is_changed_added_or_lost(text in "[{}\\[\\],:\"\\\\ a1<ü\n-]{0,200}") {
            // Joined, because in invalid JSON two words may be adjacent with a space between them.
            let joined = |text: &str| Tokens::new(text).map(|(_, token)| token).collect::<String>();
            proptest::prop_assert_eq!(joined(&seen(&text)), joined(&text));
        }
    }
}
