//! The type and the children of a raw value, found on demand. No tree is built and nothing recurses, so neither size nor depth costs memory.
//!
//! **Invariant:** valid JSON is read to its end, also with `NaN` or an infinity in it; other text ends where it stops being valid.

use std::borrow::Cow;
use std::fmt::{self, Formatter};

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::nonfinite;
use super::raw::RawJson;

/// The type of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    Object,
    Array,
    String,
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

impl JsonType {
    /// The type of a value that begins with this character, which determines the type in JSON.
    fn of_first(character: Option<u8>) -> Self {
        match character {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b'"') => Self::String,
            Some(b'-' | b'0'..=b'9') => Self::Number,
            _ => Self::Literal,
        }
    }

    /// The type of a JSON value.
    #[must_use]
    pub(crate) fn of(json: &str) -> Self {
        Self::of_first(json.as_bytes().first().copied())
    }
}

impl<'a> RawJson<'a> {
    #[must_use]
    pub(crate) fn json_type(self) -> JsonType {
        JsonType::of(self.json())
    }

    /// Calls `visit` with every child, in order.
    pub(crate) fn each(self, mut visit: impl FnMut(Child<'a>)) {
        if !matches!(self.json_type(), JsonType::Object | JsonType::Array) {
            return;
        }
        let mut reader = serde_json::Deserializer::from_str(self.json());
        let mut visited = 0;
        let read = reader.deserialize_any(ChildVisitor(|child| {
            visited += 1;
            visit(child);
        }));
        // The children before a syntax error were visited; apart from these numbers, only JSON is passed here.
        if read.is_err() && nonfinite::may_contain(self.json()) {
            nonfinite::each_child(self.json(), visited, |position, name, value| {
                visit(Child {
                    position,
                    name,
                    value,
                });
            });
        }
    }

    #[must_use]
    pub(crate) fn count(self) -> usize {
        let mut count = 0;
        self.each(|_| count += 1);
        count
    }

    /// Up to `max` children from that position on, and the number of all.
    #[must_use]
    pub(crate) fn children(self, from: usize, max: usize) -> (Vec<Child<'a>>, usize) {
        let (mut found, mut count) = (Vec::new(), 0);
        self.each(|child| {
            count += 1;
            if child.position >= from && found.len() < max {
                found.push(child);
            }
        });
        (found, count)
    }

    /// The member of that name; of a repeated name, the last one.
    #[must_use]
    pub(crate) fn member(self, name: &str) -> Option<Child<'a>> {
        let mut found = None;
        self.each(|child| {
            if child.is_called(name) {
                found = Some(child);
            }
        });
        found
    }
}

/// A member of an object or an element of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Child<'a> {
    /// 0 for the first.
    pub(crate) position: usize,
    name: Option<RawJson<'a>>,
    pub(crate) value: RawJson<'a>,
}

impl<'a> Child<'a> {
    /// The name, in an object.
    #[must_use]
    pub(crate) fn name(&self) -> Option<Cow<'a, str>> {
        self.name?.text()
    }

    /// Whether this is the name.
    #[must_use]
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name().is_some_and(|found| found == name)
    }
}

struct ChildVisitor<F>(F);

impl<'de, F: FnMut(Child<'de>)> Visitor<'de> for ChildVisitor<F> {
    type Value = ();

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        // The name stays raw: it may contain half of a surrogate pair, which no Rust string can contain.
        self.visit_all(|| {
            let member = map.next_entry()?;
            Ok(member.map(|(name, value)| (Some(name), value)))
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.visit_all(|| Ok(list.next_element()?.map(|value| (None, value))))
    }
}

impl<'de, F: FnMut(Child<'de>)> ChildVisitor<F> {
    fn visit_all<E>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<(Option<RawJson<'de>>, RawJson<'de>)>, E>,
    ) -> Result<(), E> {
        let mut position = 0;
        while let Some((name, value)) = next()? {
            (self.0)(Child {
                position,
                name,
                value,
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
        let (children, _) = RawJson::new(json).children(0, usize::MAX);
        children
            .iter()
            .map(|child| child.name().map(Cow::into_owned))
            .collect()
    }

    #[test]
    fn children_come_as_received_with_repeats_and_surrogates() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            names(r#" {"b": 1e999, "a": [], "b": "\ud83d", "\ud83d": {}, "\u0061": 0} "#),
            [some("b"), some("a"), some("b"), some("\u{fffd}"), some("a")]
        );
        assert_eq!(names("[1, [2], null]"), [None, None, None]);
        for none in ["{}", "[]", "1", "\"a\"", "null", ""] {
            assert_eq!(names(none), [], "{none}");
        }
        let twice = RawJson::new(r#"{"a": 1, "a": 2}"#).member("a").unwrap();
        assert_eq!((twice.position, twice.value.json()), (1, "2"));
    }

    #[test]
    fn a_page_of_children_comes_with_the_count_of_all() {
        let list = RawJson::new("[0, 1, 2, 3, 4]");
        let page = |from, max| {
            let (found, count) = list.children(from, max);
            assert_eq!(count, 5);
            found
                .iter()
                .map(|child| child.value.json())
                .collect::<String>()
        };
        assert_eq!(page(0, 2), "01");
        assert_eq!(page(3, 9), "34");
        assert_eq!(page(9, 9), "");
    }

    #[test]
    fn c16_children_after_a_number_that_is_not_json_are_visited_once() {
        let json = RawJson::new(r#"{"a": 1, "b": [NaN], "c": -Infinity, "d": "x"}"#);
        let (children, count) = json.children(0, usize::MAX);
        let values: Vec<_> = children.iter().map(|child| child.value.json()).collect();
        assert_eq!(
            (values, count),
            (vec!["1", "[NaN]", "-Infinity", "\"x\""], 4)
        );
        assert_eq!(json.member("d").map(|child| child.position), Some(3));
    }

    #[test]
    fn depth_and_syntax_errors_do_no_harm() {
        let deep = "[".repeat(1_000_000) + "]".repeat(1_000_000).as_str();
        assert_eq!(RawJson::new(&deep).count(), 1);
        assert_eq!(RawJson::new("[1, 2, oops").count(), 2);
    }
}
