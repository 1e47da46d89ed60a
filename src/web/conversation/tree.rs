//! A value as a tree of parts that fold. What is small stands in the page, what is large or deep is a link that fetches it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::json::{Child, JsonType, Located};
use crate::web::conversation::long_text::{Budget, LongText};
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::escape::Line;
use crate::web::render::format;

/// How much a tree may weigh.
pub(super) const TREE_WEIGHT_MAX: usize = 128 * 1024;
/// How many children of a value are listed at a time.
const CHILDREN_MAX: usize = 100;
/// Objects and lists of up to so many bytes of JSON stand in the page.
const INLINE_BYTES_MAX: usize = 2_048;
/// Those of up to so many bytes stand there unfolded.
const OPEN_BYTES_MAX: usize = 512;
/// Texts of up to that weight and so many lines stand beside their name.
const LINE_WEIGHT_MAX: usize = 240;
const LINES_MAX: usize = 8;
/// Names are shortened to this.
const NAME_WEIGHT_MAX: usize = 240;
/// How much is shown of JSON that lies too deep to have an address.
const DEEP_WEIGHT_MAX: usize = 1_024;
/// What a line of a tree weighs beside its text.
const MARKUP_WEIGHT: usize = 320;

/// Children of a value.
#[derive(Debug, Template)]
#[template(path = "_tree.html")]
pub(crate) struct Branch {
    nodes: Vec<TreeNode>,
    /// Address and number of the children that do not stand here.
    rest: Option<(String, String)>,
}

impl HtmlSafe for Branch {}

/// A child: its name and what it holds.
#[derive(Debug, Template)]
#[template(path = "_tree_node.html")]
struct TreeNode {
    name: Option<Line>,
    /// In a list.
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
    /// Folded, but there.
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
    /// Fetched when it is asked for.
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
    /// The children from one on, but for the member that is passed over.
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
        // One at least, so that who follows the link to the rest gets on.
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

    /// A value that stands by itself.
    pub(super) fn alone(place: Located<'_>, view: View, budget: &mut Budget) -> Self {
        Self::of_value(NodeValue::new(place, view, budget))
    }

    /// What has no address any more: JSON, and not all of it if it is long.
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

    /// Whether nothing is in it.
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

/// How large an object or a list is.
pub(super) fn size(place: Located<'_>) -> String {
    let (count, bytes) = (place.value.count() as u64, place.value.json().len() as u64);
    let count = match place.value.json_type() {
        JsonType::Object => format::count(count, "member", "members"),
        _ => format::count(count, "item", "items"),
    };
    format!("{count}, {}", format::bytes(bytes))
}
