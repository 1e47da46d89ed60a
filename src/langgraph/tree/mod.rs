//! JSON as a tree that is walked and never built: a node is a slice of the text, and its children are found when they are asked for.
//! Nothing is copied and nothing recurses, so that neither size nor depth costs memory.
//!
//! **Invariant:** valid JSON is walked to its end, whatever it holds; in other text the walk ends where it breaks.

mod along;
mod path;

use std::borrow::Cow;
use std::fmt::{self, Formatter};

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::lenient::Leaf;

pub use along::Along;
pub use path::Path;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Members with names.
    Object,
    /// Members without names.
    List,
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Word,
}

/// One value of a JSON text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Node<'a>(Leaf<'a>);

impl<'a> Node<'a> {
    /// The value that a text holds.
    #[must_use]
    pub fn new(json: &'a str) -> Self {
        Self(Leaf::of(json.trim_matches([' ', '\t', '\n', '\r'])))
    }

    /// The JSON as it came.
    #[must_use]
    pub fn json(self) -> &'a str {
        self.0.json()
    }

    /// What it is; its first character tells.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self.json().as_bytes().first() {
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::List,
            Some(b'"') => Shape::Text,
            Some(b'-' | b'0'..=b'9') => Shape::Number,
            _ => Shape::Word,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The string, where it is one.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        self.0.text()
    }

    /// The whole number, where it is one from 0 up.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        self.0.count()
    }

    /// Shows every child, in order.
    pub fn each(self, see: impl FnMut(Child<'a>)) {
        if matches!(self.shape(), Shape::Object | Shape::List) {
            let mut reader = serde_json::Deserializer::from_str(self.json());
            // What was seen before a break was there.
            let _ = reader.deserialize_any(Each(see));
        }
    }

    /// How many children it has.
    #[must_use]
    pub fn count(self) -> usize {
        let mut count = 0;
        self.each(|_| count += 1);
        count
    }

    /// Up to `max` children from that position on, and how many there are in all.
    #[must_use]
    pub fn children(self, from: usize, max: usize) -> (Vec<Child<'a>>, usize) {
        let (mut found, mut count) = (Vec::new(), 0);
        self.each(|child| {
            count += 1;
            if child.position >= from && found.len() < max {
                found.push(child);
            }
        });
        (found, count)
    }

    /// The member of that name; where the name comes twice, the last one holds.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Child<'a>> {
        let mut found = None;
        self.each(|child| {
            if child.is_called(name) {
                found = Some(child);
            }
        });
        found
    }
}

/// A value as a part of an object or of a list.
#[derive(Clone, Copy, Debug)]
pub struct Child<'a> {
    /// Which one it is, from 0 up.
    pub position: usize,
    name: Option<Leaf<'a>>,
    /// The value.
    pub node: Node<'a>,
}

impl<'a> Child<'a> {
    /// Its name, in an object.
    #[must_use]
    pub fn name(&self) -> Option<Cow<'a, str>> {
        self.name?.text()
    }

    /// Whether this is its name.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name().is_some_and(|found| found == name)
    }
}

/// Shows the children of the value that it visits.
struct Each<F>(F);

impl<'de, F: FnMut(Child<'de>)> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        // The name as a leaf, too: no string of Rust holds half an emoji, which is a name like any other.
        self.show(|| {
            let member = map.next_entry()?;
            Ok(member.map(|(name, leaf)| (Some(name), leaf)))
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.show(|| Ok(list.next_element()?.map(|leaf| (None, leaf))))
    }
}

impl<'de, F: FnMut(Child<'de>)> Each<F> {
    /// Shows one after the other what `next` reads, with its name where it has one.
    fn show<E>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<(Option<Leaf<'de>>, Leaf<'de>)>, E>,
    ) -> Result<(), E> {
        let mut position = 0;
        while let Some((name, leaf)) = next()? {
            let node = Node(leaf);
            (self.0)(Child {
                position,
                name,
                node,
            });
            position += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(json: &str) -> Vec<Option<String>> {
        let (children, _) = Node::new(json).children(0, usize::MAX);
        children
            .iter()
            .map(|child| child.name().map(Cow::into_owned))
            .collect()
    }

    #[test]
    fn children_come_as_received_with_repeats_and_halves_of_emoji() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            names(r#" {"b": 1e999, "a": [], "b": "\ud83d", "\ud83d": {}, "\u0061": 0} "#),
            [some("b"), some("a"), some("b"), some("\u{fffd}"), some("a")]
        );
        assert_eq!(names("[1, [2], null]"), [None, None, None]);
        for none in ["{}", "[]", "1", "\"a\"", "null", ""] {
            assert_eq!(names(none), [], "{none}");
        }
        let twice = Node::new(r#"{"a": 1, "a": 2}"#).member("a").unwrap();
        assert_eq!((twice.position, twice.node.json()), (1, "2"));
    }

    #[test]
    fn children_come_a_window_at_a_time_and_are_counted_all() {
        let node = Node::new("[0, 1, 2, 3, 4]");
        let shown = |from, max| {
            let (found, count) = node.children(from, max);
            assert_eq!(count, 5);
            found
                .iter()
                .map(|child| child.node.json())
                .collect::<String>()
        };
        assert_eq!(shown(0, 2), "01");
        assert_eq!(shown(3, 9), "34");
        assert_eq!(shown(9, 9), "");
    }

    #[test]
    fn neither_depth_nor_a_break_does_harm() {
        let deep = "[".repeat(1_000_000) + "]".repeat(1_000_000).as_str();
        assert_eq!(Node::new(&deep).count(), 1);
        assert_eq!(Node::new("[1, 2, oops").count(), 2);
    }
}
