//! The parameters of a run, folded and indented: input, context, config and metadata.
//!
//! **Invariant:** a page contains a bounded part of each, and says if that is not all.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::json::RawJson;
use crate::langgraph::RunBody;
use crate::web::links::view::{Tab, View};
use crate::web::render::format;
use crate::web::render::pretty::{self, Pretty};

/// Longest part of each on a page, in bytes.
const PART_BYTES_MAX: usize = 16 * 1024;

/// The parts that are present.
#[derive(Template)]
#[template(path = "_run_inputs.html")]
pub(crate) struct RunInputsView {
    inputs: Vec<InputView>,
    body_href: String,
}

impl HtmlSafe for RunInputsView {}

struct InputView {
    label: &'static str,
    path: &'static str,
    size: String,
    json: Pretty,
    /// Size of the shown part, if not all is shown.
    first: Option<String>,
}

impl RunInputsView {
    /// `None` if all are empty.
    pub(crate) fn of(body: &RunBody<'_>, view: View) -> Option<Self> {
        let found = body.inputs();
        let inputs = [
            ("Input", "kwargs.input", found.input),
            ("Context", "kwargs.context", found.context),
            ("Config", "kwargs.config", found.config),
            ("Metadata", "metadata", found.metadata),
        ];
        let inputs: Vec<_> = inputs
            .into_iter()
            .filter_map(|(label, path, raw)| InputView::of(label, path, raw?))
            .collect();
        (!inputs.is_empty()).then(|| Self {
            inputs,
            body_href: view.tab(Tab::BODY).href(),
        })
    }
}

impl InputView {
    fn of(label: &'static str, path: &'static str, raw: RawJson<'_>) -> Option<Self> {
        let whole = raw.json();
        if matches!(whole, "{}" | "[]" | "\"\"") {
            return None;
        }
        let shown = &whole[..whole.floor_char_boundary(PART_BYTES_MAX)];
        let json = pretty::pretty(shown);
        let first =
            (json.shown_bytes < whole.len()).then(|| format::bytes(json.shown_bytes as u64));
        Some(Self {
            label,
            path,
            size: format::bytes(whole.len() as u64),
            json,
            first,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::EndpointId;

    fn page(body: &str) -> Option<String> {
        let view = View::newest(EndpointId::random());
        RunInputsView::of(&RunBody::parse(body.as_bytes()), view)
            .map(|inputs| inputs.render().unwrap())
    }

    #[test]
    fn empty_parts_are_not_shown() {
        let some = page(r#"{"kwargs":{"input":{"a":"<b>"},"context":{},"config":null}}"#).unwrap();
        assert!(
            some.contains("Input") && some.contains("&lt;b&gt;"),
            "{some}"
        );
        assert!(!some.contains("Context") && !some.contains("Metadata"));
        assert!(page("{}").is_none());
    }

    #[test]
    fn a_large_part_is_cut_between_characters_and_says_so() {
        let cut = |text: String| page(&format!(r#"{{"kwargs":{{"input":"{text}"}}}}"#)).unwrap();
        let large = cut("é".repeat(PART_BYTES_MAX));
        assert!(
            large.contains("Showing the first 16.3 kB"),
            "{}",
            &large[..600]
        );
        assert!(large.len() < PART_BYTES_MAX + 2000);
        assert!(!cut("x".repeat(100)).contains("Showing the first"));
    }
}
