//! Sentences of creel's own in which code stands between backticks.

use askama::Template;
use askama::filters::HtmlSafe;

/// A sentence, or several.
#[derive(Template)]
#[template(path = "_prose.html")]
pub(super) struct Prose {
    spans: Vec<Span>,
}

impl HtmlSafe for Prose {}

struct Span {
    text: String,
    is_code: bool,
}

impl Prose {
    /// Of a text in which code stands between backticks.
    pub(super) fn new(text: &str) -> Self {
        let parts = text.split('`').enumerate();
        let spans = parts.map(|(index, text)| Span {
            text: text.to_owned(),
            is_code: index % 2 == 1,
        });
        Self {
            spans: spans.filter(|span| !span.text.is_empty()).collect(),
        }
    }

    /// A text that is code as a whole, whatever stands in it.
    pub(super) fn code(text: String) -> Self {
        let is_code = true;
        Self {
            spans: vec![Span { text, is_code }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_marked_as_such_and_nothing_is_markup() {
        let shown = |prose: Prose| prose.render().unwrap();
        assert_eq!(
            shown(Prose::new("Set `a<b` to <i>.")),
            "Set <code>a&#60;b</code> to &#60;i&#62;."
        );
        assert_eq!(shown(Prose::code("a`b".to_owned())), "<code>a`b</code>");
        assert_eq!(shown(Prose::new("")), "");
    }
}
