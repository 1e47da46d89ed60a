//! Differences of JSON as table rows: path, old value, new value.
//!
//! **Invariant:** the HTML of a row is bounded, whatever the length of its path and its values.

use crate::diff::{JsonChange, JsonDiff, PathStep};
use crate::domain::beginning::Beginning;
use crate::domain::time::Time;
use crate::json::HashedNode;
use crate::web::render::escape::{Line, fitting};
use crate::web::render::excerpt::Value;
use crate::web::render::format;
use uuid::Uuid;

/// Longest name shown, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Longest path shown, in bytes of HTML.
const PATH_HTML_BYTES_MAX: usize = 1024;
/// Of a longer path, this many last steps are shown.
const STEPS_MAX: usize = 16;

/// How two sides compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// Both sides have it, with the same value.
    Same,
    /// Both sides have it, with different values.
    Changed,
    /// Only the second side has it.
    Added,
    /// Only the first side has it.
    Removed,
}

impl ChangeKind {
    /// From the values of both sides.
    pub(crate) fn of<T>(a: Option<&T>, b: Option<&T>) -> Self {
        match (a, b) {
            (Some(_), Some(_)) => Self::Changed,
            (None, _) => Self::Added,
            (_, None) => Self::Removed,
        }
    }

    /// Number of each kind of difference: `2 changed, 1 added`.
    pub(crate) fn count(all: &(impl Iterator<Item = Self> + Clone)) -> String {
        let counts = [Self::Changed, Self::Added, Self::Removed].map(|kind| {
            let count = all.clone().filter(|found| *found == kind).count();
            (count > 0).then(|| format!("{count} {}", kind.word()))
        });
        counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn differs(self) -> bool {
        self != Self::Same
    }

    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Changed => "~",
            Self::Added => "+",
            Self::Removed => "\u{2212}",
        }
    }

    /// Its word, which is also its CSS class.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// A difference.
pub(crate) struct ChangeRow {
    pub(crate) kind: ChangeKind,
    pub(crate) path: Line,
    pub(crate) a: Option<Value>,
    pub(crate) b: Option<Value>,
}

impl ChangeRow {
    pub(crate) fn new(change: &JsonChange<'_>) -> Self {
        let (a, b) = (
            change.a.map(HashedNode::text),
            change.b.map(HashedNode::text),
        );
        let (a_value, b_value) = match (a, b) {
            (Some(a), Some(b)) => {
                let (a, b) = Value::both(a, b);
                (Some(a), Some(b))
            }
            _ => (a.map(Value::of), b.map(Value::of)),
        };
        Self {
            kind: ChangeKind::of(a.as_ref(), b.as_ref()),
            path: Line(shown_path(&change.path)),
            a: a_value,
            b: b_value,
        }
    }
}

/// The path of a value, shortened for the page.
fn shown_path(steps: &[PathStep<'_>]) -> String {
    fitting(&path(steps), PATH_HTML_BYTES_MAX).to_string()
}

/// The path of a value in the usual notation: `values.messages[3].content`. If an element moved, both positions: `[3 → 4]`.
fn path(steps: &[PathStep<'_>]) -> String {
    let skipped = steps.len().saturating_sub(STEPS_MAX);
    let dots = if skipped > 0 { "\u{2026}" } else { "" };
    let shown: Vec<_> = steps.iter().skip(skipped).map(step).collect();
    let path = format!("{dots}{}", shown.concat());
    path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
}

fn step(step: &PathStep<'_>) -> String {
    match step {
        PathStep::Member(name) => member(name.as_str()),
        PathStep::Element {
            a: Some(a),
            b: Some(b),
        } if a != b => format!("[{a} \u{2192} {b}]"),
        PathStep::Element { a, b } => format!("[{}]", b.or(*a).unwrap_or_default()),
    }
}

/// `.name`, or `["odd name"]`.
fn member(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-$".contains(letter);
    let name = Beginning::of_chars(name, NAME_CHARS_MAX);
    let is_plain = !name.text.is_empty() && name.text.chars().all(is_plain);
    if is_plain {
        format!(".{name}")
    } else {
        format!("[{:?}]", name.to_string())
    }
}

/// Whether only an id or a time changed. They differ between almost any two runs and say little.
pub(crate) fn is_stamp(change: &JsonChange<'_>) -> bool {
    let is = |test: fn(&str) -> bool| {
        let holds = |node: HashedNode<'_>| node.string().is_some_and(|text| test(&text));
        change.a.is_some_and(holds) && change.b.is_some_and(holds)
    };
    is(|text| text.len() == 36 && Uuid::try_parse(text).is_ok())
        || is(|text| Time::parse(text).is_some())
}

/// Number of differences that are not shown, as text.
pub(crate) fn rest(changes: &JsonDiff<'_>) -> Option<String> {
    let rest = changes.total() - changes.list.len();
    (rest > 0).then(|| format::count(rest as u64, "more value differs", "more values differ"))
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;
    use crate::diff::{by_id, json};
    use crate::json::HashedTree;

    fn rows<T>(a: &str, b: &str, look: impl Fn(&JsonChange<'_>) -> T) -> Vec<T> {
        let keys = RandomState::new();
        let (a, b) = (
            HashedTree::read(a, &keys).unwrap(),
            HashedTree::read(b, &keys).unwrap(),
        );
        json(a.root(), b.root(), by_id, 99)
            .list
            .iter()
            .map(look)
            .collect()
    }

    #[test]
    fn paths_use_the_usual_notation() {
        let paths = rows(
            r#"{"values":{"messages":[{"id":"x","content":1}],"odd name":1,"":1},"a\"b":1,"Grüße":1}"#,
            r#"{"values":{"messages":[0,{"id":"x","content":2}],"odd name":2,"":2},"a\"b":2,"Grüße":2}"#,
            |change| path(&change.path),
        );
        let expected = [
            "values.messages[0]",
            "values.messages[0 → 1].content",
            "values[\"odd name\"]",
            "values[\"\"]",
            "[\"a\\\"b\"]",
            "Grüße",
        ];
        assert_eq!(paths, expected);
        let deep = |by: u8| format!("{}{by}{}", "[".repeat(40), "]".repeat(40));
        let paths = rows(&deep(1), &deep(2), |change| path(&change.path));
        assert_eq!(paths, [format!("…{}", "[0]".repeat(STEPS_MAX))]);
    }

    #[test]
    fn changed_ids_and_times_are_stamps() {
        let is = |a: &str, b: &str| rows(a, b, is_stamp)[0];
        let (id, other) = (
            "\"01a20015-a599-73cf-a7e4-82e5ac641e67\"",
            "\"fe096781-5601-53d2-b2f6-0d3403f7e9ca\"",
        );
        assert!(is(id, other));
        assert!(is(
            "\"2026-11-21T21:49:08.385645+00:00\"",
            "\"2026-11-21T21:49:09Z\""
        ));
        for other in ["null", "1", "\"text\"", "\"2026-11-21T21:49:09Z\""] {
            assert!(!is(id, other), "{other}");
        }
    }
}
