//! JSON text as a tree whose parts are the text as received: number spelling, key order, repeats and escapes stay what they were. It is
//! one flat list in the order of the text, made without recursion, so that no depth is too deep.
//!
//! **Invariant:** two nodes have the same hash where they mean the same: whatever the order of their keys, the blanks between their
//! tokens and the escapes in their strings. Numbers mean the same only where they are spelled the same.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use serde::de::IgnoredAny;

use crate::domain::json::{Kind, Tokens};

/// So many values a tree holds at most: 32 MB of them.
const NODES_MAX: usize = 1 << 20;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{..}`
    Object,
    /// `[..]`
    List,
    /// Anything else.
    Scalar,
}

/// JSON text, taken apart.
#[derive(Debug)]
pub struct Tree<'t> {
    text: &'t str,
    slots: Vec<Slot>,
}

/// Offsets of the first byte and behind the last.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

/// A value, followed by all that is in it.
#[derive(Debug)]
struct Slot {
    name: Option<Span>,
    value: Span,
    /// Place of the first value that is not in this one.
    next: u32,
    hash: u64,
}

impl<'t> Tree<'t> {
    /// Takes JSON apart; `None` for what is no JSON, and for more values than can be held. Hashes can be compared between trees that
    /// were made with the same keys; whoever sends JSON does not know them, and cannot make two values that only look the same.
    #[must_use]
    pub fn read(text: &'t str, keys: &RandomState) -> Option<Self> {
        // The reader passes over a byte order mark, too.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        u32::try_from(text.len()).ok()?;
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        let mut tree = Self {
            text,
            slots: Vec::new(),
        };
        let mut tokens = Tokens::new(text);
        let (mut open, mut name) = (Vec::new(), None);
        while let Some((kind, token)) = tokens.next() {
            let end = text.len() - tokens.rest().len();
            let span = Span::new(end - token.len(), end)?;
            match kind {
                Kind::Comma | Kind::Colon => {}
                Kind::Text if tokens.peek() == Some(Kind::Colon) => name = Some(span),
                Kind::Open => open.push(tree.push(name.take(), span)?),
                Kind::Close => tree.close(open.pop()?, span.end, keys),
                Kind::Text | Kind::Number | Kind::Word => {
                    let at = tree.push(name.take(), span)?;
                    tree.slots.get_mut(at)?.hash = keys.hash_one(Meaning::of(token));
                }
            }
        }
        Some(tree)
    }

    fn push(&mut self, name: Option<Span>, value: Span) -> Option<usize> {
        let at = self.slots.len();
        self.slots.push(Slot {
            name,
            value,
            next: u32::try_from(at + 1).ok()?,
            hash: 0,
        });
        (at < NODES_MAX).then_some(at)
    }

    /// A container is hashed when all that is in it is there: a list as a row, an object as a set.
    fn close(&mut self, at: usize, end: u32, keys: &RandomState) {
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        if let Some(slot) = self.slots.get_mut(at) {
            slot.value.end = end;
            slot.next = next;
        }
        let container = self.node(at);
        let is_object = container.shape() == Shape::Object;
        let hash = |child: Node<'_>| match child.name() {
            Some(name) => keys.hash_one((name, child.hash())),
            None => child.hash(),
        };
        let mut inside: Vec<u64> = container.children().map(hash).collect();
        if is_object {
            inside.sort_unstable();
        }
        let hash = keys.hash_one((is_object, inside));
        if let Some(slot) = self.slots.get_mut(at) {
            slot.hash = hash;
        }
    }

    fn node(&self, at: usize) -> Node<'_> {
        Node { tree: self, at }
    }

    /// The value that the text is.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }
}

/// A value in a tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tree: &'t Tree<'t>,
    at: usize,
}

impl<'t> Node<'t> {
    fn slot(self) -> Option<&'t Slot> {
        self.tree.slots.get(self.at)
    }

    /// The value as received.
    #[must_use]
    pub fn text(self) -> &'t str {
        let value = self.slot().map(|slot| slot.value);
        value.map_or("", |value| value.of(self.tree.text))
    }

    /// What it is.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self.text().as_bytes().first() {
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::List,
            _ => Shape::Scalar,
        }
    }

    /// Its name, where it is a member of an object.
    #[must_use]
    pub fn name(self) -> Option<Meaning<'t>> {
        let name = self.slot()?.name?;
        Some(Meaning::of(name.of(self.tree.text)))
    }

    /// The string, where it is one.
    #[must_use]
    pub fn string(self) -> Option<Cow<'t, str>> {
        match Meaning::of(self.text()) {
            Meaning::Text(text) => Some(text),
            Meaning::Token(_) => None,
        }
    }

    /// Equal where two values mean the same.
    #[must_use]
    pub fn hash(self) -> u64 {
        self.slot().map_or(0, |slot| slot.hash)
    }

    /// The members of an object or the elements of a list, in the order of the text.
    pub fn children(self) -> impl Iterator<Item = Node<'t>> {
        let end = self.slot().map_or(0, |slot| slot.next as usize);
        let node = move |at| (at < end).then_some(Node { at, ..self });
        std::iter::successors(node(self.at + 1), move |child| {
            node(child.slot().map_or(end, |slot| slot.next as usize))
        })
    }

    /// The member of that name; where there are several, the last one holds.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Node<'t>> {
        let named = |child: &Node<'_>| child.name().is_some_and(|found| found.is(name));
        self.children().filter(named).last()
    }
}

impl Span {
    fn new(start: usize, end: usize) -> Option<Self> {
        let (start, end) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        Some(Self { start, end })
    }

    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }
}

/// What a token means. Half an emoji, which JSON can escape and no Rust string can hold, means the token that it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Meaning<'t> {
    /// A string without its escapes.
    Text(Cow<'t, str>),
    /// The token as received.
    Token(&'t str),
}

impl<'t> Meaning<'t> {
    /// Of a token.
    #[must_use]
    pub fn of(token: &'t str) -> Self {
        let inner = token
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        match inner {
            Some(inner) if !inner.contains('\\') => Self::Text(inner.into()),
            Some(_) => serde_json::from_str::<String>(token)
                .map_or(Self::Token(token), |text| Self::Text(text.into())),
            None => Self::Token(token),
        }
    }

    fn is(&self, text: &str) -> bool {
        matches!(self, Self::Text(found) if found == text)
    }

    /// The string, or the token.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Token(token) => token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_tree_are_the_text_as_received() {
        let text = "\u{feff} {\"b\": [1.50, {}, [ ] ], \"a\\n\": \"x\\u00fc\", \"b\": 2 }";
        let tree = Tree::read(text, &RandomState::new()).unwrap();
        let root = tree.root();
        assert_eq!(
            (root.text(), root.shape()),
            (text[4..].trim(), Shape::Object)
        );
        let members: Vec<_> = root
            .children()
            .map(|child| (child.name().unwrap().shown().to_owned(), child.text()))
            .collect();
        let expected = [
            ("b", "[1.50, {}, [ ] ]"),
            ("a\n", "\"x\\u00fc\""),
            ("b", "2"),
        ];
        assert_eq!(
            members,
            expected.map(|(name, value)| (name.to_owned(), value))
        );
        assert_eq!(root.member("a\n").unwrap().string().as_deref(), Some("xü"));
        assert_eq!(root.member("b").unwrap().text(), "2");
        let list = root.children().next().unwrap();
        let elements: Vec<_> = list.children().map(Node::text).collect();
        assert_eq!(elements, ["1.50", "{}", "[ ]"]);
    }

    #[test]
    fn values_have_the_same_hash_where_they_mean_the_same() {
        let keys = RandomState::new();
        let hash = |text: &str| Tree::read(text, &keys).unwrap().root().hash();
        for (one, other, same) in [
            (r#"{"a":1,"b":[2]}"#, r#" { "b" : [ 2 ] , "a" : 1 }"#, true),
            (r#""\u00fc\/""#, "\"ü/\"", true),
            (r#"{"\u0061":1}"#, r#"{"a":1}"#, true),
            (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#, true),
            ("1.0", "1", false),
            ("1", "\"1\"", false),
            ("[1,2]", "[2,1]", false),
            ("[]", "{}", false),
            ("[[]]", "[]", false),
            (r#"{"a":1,"b":2}"#, r#"{"a":2,"b":1}"#, false),
            (r#"{"a":1,"a":1}"#, r#"{"a":1}"#, false),
            (r#""\ud83d""#, r#""\\ud83d""#, false),
        ] {
            assert_eq!(hash(one) == hash(other), same, "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_json_has_no_tree_and_depth_costs_no_stack() {
        let keys = RandomState::new();
        for text in ["", "{", "[1}", "{\"a\"}", "1 2", "\"\\", "ü", "]"] {
            assert!(Tree::read(text, &keys).is_none(), "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Tree::read(&deep, &keys).unwrap().root().text(), deep);
        let many = format!("[{}0]", "0,".repeat(NODES_MAX));
        assert!(Tree::read(&many, &keys).is_none());
    }
}
