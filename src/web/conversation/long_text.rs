//! Limits how much of a state is on a page. A link leads to each omitted part.
//!
//! **Invariant:** the HTML of a text is bounded, whatever its length and content.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::beginning::Beginning;
use crate::json::Located;
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::escape;
use crate::web::render::format;

/// Weight up to which a text is shown completely.
const WHOLE_WEIGHT_MAX: usize = 6_000;
/// Weight of the shown part of a longer text.
const FIRST_WEIGHT_MAX: usize = 3_000;
/// Most lines shown of a longer text.
const LINES_MAX: usize = 60;
/// Weight of each further part of a text.
const PART_WEIGHT_MAX: usize = 256 * 1024;

/// The remaining weight of a page.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    pub(crate) fn new(left: usize) -> Self {
        Self { left }
    }

    pub(crate) fn left(&self) -> usize {
        self.left
    }

    pub(crate) fn spend(&mut self, weight: usize) {
        self.left = self.left.saturating_sub(weight);
    }

    /// The beginning of a text, limited in weight and lines.
    pub(crate) fn take<'t>(
        &mut self,
        text: &'t str,
        weight_max: usize,
        lines_max: usize,
    ) -> &'t str {
        let weight_max = weight_max.min(self.left);
        let (mut weight, mut lines) = (0, 1);
        let end = text.char_indices().find(|(_, found)| {
            weight += escape::weigh(*found);
            lines += usize::from(*found == '\n');
            weight > weight_max || lines > lines_max
        });
        let shown = end.map_or(text, |(at, _)| &text[..at]);
        self.spend(weight.min(weight_max));
        shown
    }

    /// A text for one line, shortened if necessary.
    pub(crate) fn line(&mut self, text: &str, weight_max: usize) -> String {
        self.excerpt(text, weight_max, usize::MAX)
    }

    /// The beginning of a text, with an ellipsis if it is shortened.
    pub(crate) fn excerpt(&mut self, text: &str, weight_max: usize, lines_max: usize) -> String {
        let shown = self.take(text, weight_max, lines_max);
        Beginning::of_bytes(text, shown.len()).to_string()
    }
}

/// A text, and a link to the rest of it.
#[derive(Debug, Template)]
#[template(path = "_long_text.html")]
pub(crate) struct LongText {
    shown: String,
    rest: Option<Rest>,
}

impl HtmlSafe for LongText {}

#[derive(Debug)]
struct Rest {
    href: String,
    size: String,
}

impl LongText {
    /// The beginning of a text.
    pub(crate) fn first(place: Located<'_>, view: View, budget: &mut Budget) -> Self {
        let text = place.value.text_or_json();
        let before = budget.left();
        let mut shown = budget.take(&text, WHOLE_WEIGHT_MAX, LINES_MAX);
        if shown.len() < text.len() {
            let mut less = Budget::new(before);
            shown = less.take(&text, FIRST_WEIGHT_MAX, LINES_MAX / 2);
            // Ends after a complete line.
            let line_end = shown.rfind('\n').filter(|at| *at > shown.len() / 4 * 3);
            shown = line_end.map_or(shown, |at| &shown[..=at]);
            *budget = less;
        }
        Self::new(place, view, (0, shown), text.len())
    }

    /// A large part of a text, from this byte on.
    pub(crate) fn part(place: Located<'_>, view: View, from: usize) -> Self {
        let text = place.value.text_or_json();
        let from = text.floor_char_boundary(from);
        let behind = text.get(from..).unwrap_or_default();
        let shown = Budget::new(PART_WEIGHT_MAX).take(behind, PART_WEIGHT_MAX, usize::MAX);
        Self::new(place, view, (from, shown), text.len())
    }

    fn new(place: Located<'_>, view: View, (from, shown): (usize, &str), length: usize) -> Self {
        let end = from + shown.len();
        let rest = (end < length).then(|| Rest {
            href: view.state_href(StateRef::value_from(place.path, end)),
            size: format::bytes((length - end) as u64),
        });
        Self {
            shown: shown.to_owned(),
            rest,
        }
    }
}
