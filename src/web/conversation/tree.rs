//! A value as a folding tree. Small parts are on the page, large or deep ones are links that fetch them.
//!
//! **Invariant:** the budget bounds the size of a tree, but the link to the rest always makes progress.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::json::{Child, JsonType, Located};
use crate::web::conversation::long_text::{Budget, LongText};
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::escape::Line;
use crate::web::render::format;

/// Largest weight of a tree.
pub(super) const TREE_WEIGHT_MAX: usize = 128 * 1024;
/// Most children of a value per page.
const CHILDREN_MAX: usize = 100;
/// Largest object or array on the page, in bytes of JSON.
const INLINE_BYTES_MAX: usize = 2_048;
/// Largest object or array that is unfolded, in bytes of JSON.
const OPEN_BYTES_MAX: usize = 512;
/// Largest text next to its name, in weight and lines.
const LINE_WEIGHT_MAX: usize = 240;
const LINES_MAX: usize = 8;
/// Longest name shown.
const NAME_WEIGHT_MAX: usize = 240;
/// Longest excerpt of JSON that is too deep to have a URL.
const DEEP_WEIGHT_MAX: usize = 1_024;
/// Weight of a line without its text.
const MARKUP_WEIGHT: usize = 320;

/// Children of a value.
#[derive(Debug, Template)]
#[template(path = "_tree.html")]
pub(crate) struct Branch {
    nodes: Vec<TreeNode>,
    /// URL and number of the children that are not listed.
    rest: Option<(String, String)>,
}

impl HtmlSafe for Branch {}

/// A child: its name and value.
#[derive(Debug, Template)]
#[template(path = "_tree_node.html")]
struct TreeNode {
    name: Option<Line>,
    /// Index in an array.
    position: Option<usize>,
    value: NodeValue,
}

impl HtmlSafe for TreeNode {}

#[derive(Debug)]
enum NodeValue {
    /// On the line of the name.
    Plain {
        class: &'static str,
        json: Line,
    },
    Text(LongText),
    /// Folded, but on the page.
    LongText {
        excerpt: Line,
        size: String,
        text: LongText,
    },
    Branch {
        open: bool,
        size: String,
        branch: Branch,
    },
    /// Fetched on demand.
    Lazy {
        size: String,
        href: String,
    },
    LazyText {
        excerpt: Line,
        size: String,
        href: String,
    },
}

impl Branch {
    /// The children from this one on, without the skipped member.
    pub(super) fn new(
        place: Located<'_>,
        view: View,
        shown: (usize, Option<usize>),
        budget: &mut Budget,
    ) -> Self {
        let (from, passed_over) = shown;
        if place.path.is_full() {
            return Self::deep(place, budget);
        }
        let (children, count) = place.value.children(from, CHILDREN_MAX);
        let mut nodes = Vec::new();
        let mut end = from;
        // At least one, so that the link to the rest always makes progress.
        for child in &children {
            if end > from && budget.left() == 0 {
                break;
            }
            end += 1;
            if Some(child.position) != passed_over {
                nodes.push(TreeNode::new(place, child, view, budget));
            }
        }
        let rest = (end < count).then(|| {
            let href = view.state_href(StateRef::value_from(place.path, end));
            (href, (count - end).to_string())
        });
        Self { nodes, rest }
    }

    /// A single value.
    pub(super) fn alone(place: Located<'_>, view: View, budget: &mut Budget) -> Self {
        Self::of_value(NodeValue::new(place, view, budget))
    }

    /// JSON that is too deep to have a URL, shortened if it is long.
    fn deep(place: Located<'_>, budget: &mut Budget) -> Self {
        let json = Line(budget.line(place.value.json(), DEEP_WEIGHT_MAX));
        let class = "j-word";
        Self::of_value(NodeValue::Plain { class, json })
    }

    fn of_value(value: NodeValue) -> Self {
        let node = TreeNode {
            name: None,
            position: None,
            value,
        };
        Self {
            nodes: vec![node],
            rest: None,
        }
    }

    /// Whether it is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl TreeNode {
    fn new(parent: Located<'_>, child: &Child<'_>, view: View, budget: &mut Budget) -> Self {
        budget.spend(MARKUP_WEIGHT);
        let name = child
            .name()
            .map(|name| Line(budget.line(&name, NAME_WEIGHT_MAX)));
        Self {
            position: name.is_none().then_some(child.position),
            name,
            value: NodeValue::new(parent.child(child), view, budget),
        }
    }
}

impl NodeValue {
    fn new(place: Located<'_>, view: View, budget: &mut Budget) -> Self {
        match place.value.json_type() {
            JsonType::Object | JsonType::Array => Self::branch(place, view, budget),
            JsonType::String => Self::text(place, view, budget),
            JsonType::Number => Self::plain("j-number", place, budget),
            JsonType::Literal => Self::plain("j-word", place, budget),
        }
    }

    fn plain(class: &'static str, place: Located<'_>, budget: &mut Budget) -> Self {
        let json = Line(budget.line(place.value.json(), LINE_WEIGHT_MAX));
        Self::Plain { class, json }
    }

    fn branch(place: Located<'_>, view: View, budget: &mut Budget) -> Self {
        let json = place.value.json();
        if place.value.count() == 0 {
            return Self::Plain {
                class: "j-word",
                json: Line(
                    if place.value.json_type() == JsonType::Array {
                        "[]"
                    } else {
                        "{}"
                    }
                    .to_owned(),
                ),
            };
        }
        let size = size(place);
        if json.len() > INLINE_BYTES_MAX || budget.left() < json.len() {
            let href = view.state_href(StateRef::value(place.path));
            return Self::Lazy { size, href };
        }
        Self::Branch {
            open: json.len() <= OPEN_BYTES_MAX,
            size,
            branch: Branch::new(place, view, (0, None), budget),
        }
    }

    fn text(place: Located<'_>, view: View, budget: &mut Budget) -> Self {
        let text = place.value.text_or_json();
        let mut line = Budget::new(LINE_WEIGHT_MAX.min(budget.left()));
        if line.take(&text, LINE_WEIGHT_MAX, LINES_MAX).len() == text.len() {
            return Self::Text(LongText::first(place, view, budget));
        }
        let excerpt = Line(budget.excerpt(text.trim_start(), LINE_WEIGHT_MAX / 2, 1));
        let size = format::bytes(text.len() as u64);
        if text.len() > INLINE_BYTES_MAX || budget.left() < text.len() {
            let href = view.state_href(StateRef::value(place.path));
            return Self::LazyText {
                excerpt,
                size,
                href,
            };
        }
        let text = LongText::first(place, view, budget);
        Self::LongText {
            excerpt,
            size,
            text,
        }
    }
}

/// Size of an object or array, as text.
pub(super) fn size(place: Located<'_>) -> String {
    let (count, bytes) = (place.value.count() as u64, place.value.json().len() as u64);
    let count = match place.value.json_type() {
        JsonType::Object => format::count(count, "member", "members"),
        _ => format::count(count, "item", "items"),
    };
    format!("{count}, {}", format::bytes(bytes))
}
