//! A captured name or value in which blanks matter: they are shown as they are, and counted where one could miss them.
//!
//! **Invariant:** the text is escaped, and can be copied exactly.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::web::render::escape::Line;
use crate::web::render::format;

/// A name or a value.
#[derive(Template)]
#[template(path = "_exact.html")]
pub(crate) struct ExactText {
    text: Line,
    /// `2 blanks`, where they are at an edge, or several in a row.
    blanks: Option<String>,
}

impl HtmlSafe for ExactText {}

impl ExactText {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            blanks: blanks(&text),
            text: Line(text),
        }
    }

    /// The text as received, for attributes, where askama escapes it.
    pub(crate) fn raw(&self) -> &str {
        self.text.raw()
    }
}

fn blanks(text: &str) -> Option<String> {
    let is_missed = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    let count = text.matches(' ').count() as u64;
    is_missed.then(|| format::count(count, "blank", "blanks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_that_one_could_miss_are_counted() {
        for (text, expected) in [
            ("a b", None),
            ("", None),
            (" 467325 44690", Some("2 blanks")),
            ("a  b", Some("2 blanks")),
            (" x ", Some("2 blanks")),
            (" ", Some("1 blank")),
            ("x\t", None),
        ] {
            assert_eq!(blanks(text).as_deref(), expected, "{text:?}");
        }
        let html = ExactText::new(" <b>").to_string();
        assert!(
            html.contains("> &#60;b") || html.contains("> &lt;b"),
            "{html}"
        );
    }
}
