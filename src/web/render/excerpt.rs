//! Excerpts of captured values. For two similar values, the excerpt shows where they differ.
//!
//! **Invariant:** the HTML of an excerpt is bounded, and the size of the complete value is shown if the excerpt is only a part of it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::diff::common_ends;
use crate::json::Tokens;
use crate::web::render::escape::{Line, fitting};
use crate::web::render::format;
use crate::web::render::pretty::{self, Pretty};

/// Longest value that is shown completely, in bytes.
const WHOLE_BYTES_MAX: usize = 400;
/// Longest object or array that is shown indented, in bytes and in bytes of HTML.
const PRETTY_BYTES_MAX: usize = 2 * 1024;
const PRETTY_HTML_BYTES_MAX: usize = 12 * 1024;
/// Longest piece of an excerpt, in bytes of HTML: a hidden character takes many when it is shown.
const PIECE_HTML_BYTES_MAX: usize = 2 * 1024;
/// Longest text that is shown without context, in bytes.
const WORD_BYTES_MAX: usize = 12;
/// Context around a difference, in bytes.
const AROUND_BYTES: usize = 60;

/// A value, or a part of it.
#[derive(Template)]
#[template(
    source = "{% if pieces.is_empty() %}<span class=\"quiet small\">empty</span>{% else %}<code>{% for piece in pieces %}{% if piece.differs %}<mark class=\"differs\">{{ piece.text }}</mark>{% else %}{{ piece.text }}{% endif %}{% endfor %}</code>{% endif %}{% if let Some(size) = cut_of %} <span class=\"quiet small\">of {{ size }}</span>{% endif %}",
    ext = "html"
)]
pub(crate) struct Excerpt {
    pieces: Vec<Piece>,
    /// Size of the complete value, if this is a part.
    cut_of: Option<String>,
}

impl HtmlSafe for Excerpt {}

struct Piece {
    text: Line,
    differs: bool,
    /// Whether this is only the beginning.
    is_cut: bool,
}

impl Piece {
    fn new(text: &str, differs: bool) -> Self {
        let shown = fitting(text, PIECE_HTML_BYTES_MAX);
        Self {
            text: Line(shown.to_string()),
            differs,
            is_cut: shown.is_cut,
        }
    }
}

impl Excerpt {
    /// The beginning of a value.
    pub(crate) fn of(text: &str) -> Self {
        Self::around(text, 0..text.len(), false)
    }

    /// A text that replaces or is replaced by another: the part that differs.
    pub(crate) fn compared(text: &str, other: &str) -> Self {
        let (start, end) = common_ends(text, other);
        // In single words, and in texts with little in common, marks do not help.
        let (shorter, longer) = (text.len().min(other.len()), text.len().max(other.len()));
        let marked = longer > WORD_BYTES_MAX && 3 * (start + end) > shorter;
        Self::around(text, start..text.len() - end, marked)
    }

    /// The beginning of an object or array, without whitespace between its tokens.
    pub(crate) fn of_container(json: &str) -> Self {
        let mut compact = String::new();
        let mut tokens = Tokens::new(json).map(|(_, token)| token);
        while compact.len() <= WHOLE_BYTES_MAX
            && let Some(token) = tokens.next()
        {
            compact.push_str(token);
        }
        let goes_on = tokens.next().is_some();
        if goes_on {
            compact.push('\u{2026}');
        }
        let excerpt = Self::of(&compact);
        let is_cut = goes_on || excerpt.cut_of.is_some();
        Self {
            cut_of: is_cut.then(|| format::bytes(json.len() as u64)),
            ..excerpt
        }
    }

    /// A part of a text, with some context.
    fn around(text: &str, part: std::ops::Range<usize>, marked: bool) -> Self {
        let is_short = text.len() <= WHOLE_BYTES_MAX;
        let (from, to) = if is_short {
            (0, text.len())
        } else {
            let to = part.end.min(part.start + WHOLE_BYTES_MAX);
            (
                text.floor_char_boundary(part.start.saturating_sub(AROUND_BYTES)),
                text.floor_char_boundary((to + AROUND_BYTES).min(text.len())),
            )
        };
        let end = text.floor_char_boundary(part.end.min(to));
        let dots = |is_cut| if is_cut { "\u{2026}" } else { "" };
        let before = format!("{}{}", dots(from > 0), &text[from..part.start]);
        let after = format!("{}{}", &text[end..to], dots(to < text.len()));
        let pieces = [
            Piece::new(&before, false),
            Piece::new(&text[part.start..end], marked),
            Piece::new(&after, false),
        ];
        let is_cut = from > 0 || to < text.len() || pieces.iter().any(|piece| piece.is_cut);
        Self {
            pieces: pieces
                .into_iter()
                .filter(|piece| !piece.text.raw().is_empty())
                .collect(),
            cut_of: is_cut.then(|| format::bytes(text.len() as u64)),
        }
    }
}

/// A JSON value, on one line or indented.
#[derive(Template)]
#[template(
    source = "{% if let Some(pretty) = pretty %}<pre class=\"value\" tabindex=\"0\">{{ pretty }}</pre>{% else %}{{ excerpt }}{% endif %}",
    ext = "html"
)]
pub(crate) struct Value {
    pretty: Option<Pretty>,
    excerpt: Excerpt,
}

impl HtmlSafe for Value {}

impl Value {
    /// A single value.
    pub(crate) fn of(text: &str) -> Self {
        let is_container = text.starts_with(['{', '[']);
        let is_long = is_container && text.len() > 60;
        let pretty = (is_long && text.len() <= PRETTY_BYTES_MAX)
            .then(|| pretty::pretty(text))
            .filter(|pretty| pretty.html.len() <= PRETTY_HTML_BYTES_MAX);
        let excerpt = if is_container {
            Excerpt::of_container(text)
        } else {
            Excerpt::of(text)
        };
        Self { pretty, excerpt }
    }

    /// Two values, of which one replaces the other.
    pub(crate) fn both(a: &str, b: &str) -> (Self, Self) {
        let are_strings = a.starts_with('"') && b.starts_with('"');
        if !are_strings {
            return (Self::of(a), Self::of(b));
        }
        let value = |text, other| Self {
            pretty: None,
            excerpt: Excerpt::compared(text, other),
        };
        (value(a, b), value(b, a))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The visible text, with the marked part in brackets.
    fn seen(excerpt: &Excerpt) -> String {
        let show = |piece: &Piece| {
            let text = piece.text.raw();
            if piece.differs {
                format!("[{text}]")
            } else {
                text.to_owned()
            }
        };
        excerpt.pieces.iter().map(show).collect::<Vec<_>>().concat()
    }

    fn both(a: &str, b: &str) -> [String; 2] {
        [
            seen(&Excerpt::compared(a, b)),
            seen(&Excerpt::compared(b, a)),
        ]
    }

    #[test]
    fn similar_values_are_marked_where_they_differ() {
        assert_eq!(
            both("\"thread-turn-1?x\"", "\"thread-turn-22?x\""),
            ["\"thread-turn-[1]?x\"", "\"thread-turn-[22]?x\""]
        );
        assert_eq!(
            both("\"some to b\"", "\"some to the b\""),
            ["\"some to b\"", "\"some to [the ]b\""]
        );
        assert_eq!(both("POST", "PUT"), ["POST", "PUT"]);
        let (one, other) = ("something altogether", "and another thing to");
        assert_eq!(both(one, other), [one, other]);
    }

    #[test]
    fn long_values_show_the_part_that_differs() {
        let long = |differs: &str| format!("{}{differs}{}", "é".repeat(900), "x".repeat(900));
        let [a, b] = both(&long("one"), &long("other"));
        assert!(a.starts_with("…é") && a.ends_with("x…"), "{a}");
        assert!(a.contains("o[ne]x") && b.contains("o[ther]x"), "{a} {b}");
        assert!(a.chars().count() < 150, "{a}");
        let excerpt = Excerpt::of(&"ü".repeat(900));
        assert_eq!(excerpt.cut_of.as_deref(), Some("1.8 kB"));
        assert!(excerpt.render().unwrap().contains("ü…</code>"));
    }

    #[test]
    fn a_long_part_that_differs_is_cut() {
        let [a, b] = both(&format!("a{}", "x".repeat(9_000)), "ab");
        assert!(a.starts_with("a[xxx") && a.ends_with("…"), "{a}");
        assert!(a.len() < 500);
        assert_eq!(b, "a[b]");
    }

    #[test]
    fn an_excerpt_with_hidden_characters_is_bounded() {
        let excerpt = Excerpt::of(&"\u{200b}".repeat(130));
        assert!(excerpt.cut_of.is_some());
        assert!(excerpt.render().unwrap().len() < 3_000);
        let deep = format!("{}1{}", "[".repeat(900), "]".repeat(900));
        assert!(Value::of(&deep).pretty.is_none());
    }

    #[test]
    fn an_object_is_on_a_line_or_indented_or_cut() {
        let shown = |text: &str| Value::of(text).render().unwrap();
        assert_eq!(shown("{ \"a\" : 1 }"), "<code>{&quot;a&quot;:1}</code>");
        let some = format!("[{}1]", "1, ".repeat(100));
        assert!(shown(&some).starts_with("<pre class=\"value\" tabindex=\"0\">[\n  <span"));
        let many = format!("[{}1]", "1, ".repeat(4_000));
        let shown = shown(&many);
        assert!(
            shown.contains("…</code>") && shown.contains("of 12.0 kB"),
            "{shown}"
        );
    }
}
