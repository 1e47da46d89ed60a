//! JSON text as a tree whose nodes can be compared by hash. The text is kept as received: number spelling, key order, repeats and escapes.
//! It is one flat list in the order of the text, built without recursion, so any depth works.
//!
//! **Invariant:** two nodes have the same hash if they mean the same, whatever the order of their keys, the whitespace between their tokens
//! and the escapes in their strings. Numbers mean the same only if they are spelled the same. Values of a repeated name keep their order,
//! because parsers keep the first or the last.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use serde::de::IgnoredAny;

use super::node::JsonType;
use super::raw::without_bom;
use super::token::{TokenKind, Tokens};

/// Most values in a tree: 32 MB of slots, for a body of some megabytes. A larger body is compared by its lines.
const NODES_MAX: usize = 1 << 20;

/// The values of a JSON text.
#[derive(Debug)]
pub(crate) struct HashedTree<'t> {
    text: &'t str,
    slots: Vec<Slot>,
}

/// Offsets of the first byte and after the last.
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
    /// Index of the first value that is not within this one.
    next: u32,
    hash: u64,
}

impl<'t> HashedTree<'t> {
    /// Reads JSON; `None` for text that is not JSON, and for more values than `NODES_MAX`. Hashes can be compared between trees that were
    /// read with the same keys. The keys are random, so that a sender cannot craft two values with the same hash.
    #[must_use]
    pub(crate) fn read(text: &'t str, keys: &RandomState) -> Option<Self> {
        let text = without_bom(text);
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
                TokenKind::Comma | TokenKind::Colon => {}
                TokenKind::String if tokens.peek() == Some(TokenKind::Colon) => name = Some(span),
                TokenKind::Open => open.push(tree.push(name.take(), span)?),
                TokenKind::Close => tree.close(open.pop()?, span.end, keys)?,
                TokenKind::String | TokenKind::Number | TokenKind::Literal => {
                    let at = tree.push(name.take(), span)?;
                    tree.slots.get_mut(at)?.hash = keys.hash_one(Decoded::new(token));
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

    /// Hashes a container after all of its children: an array as a sequence, an object as a set of names, each with a sequence of values.
    fn close(&mut self, at: usize, end: u32, keys: &RandomState) -> Option<()> {
        let next = u32::try_from(self.slots.len()).ok()?;
        let slot = self.slots.get_mut(at)?;
        slot.value.end = end;
        slot.next = next;
        let container = self.node(at);
        let is_object = container.json_type() == JsonType::Object;
        let hash = |child: HashedNode<'_>| {
            let name = child.name().map(|name| keys.hash_one(name));
            (name, child.hash())
        };
        let mut hashes: Vec<_> = container.children().map(hash).collect();
        if is_object {
            // A stable sort, so that the values of a repeated name keep their order.
            hashes.sort_by_key(|(name, _)| *name);
        }
        self.slots.get_mut(at)?.hash = keys.hash_one((is_object, hashes));
        Some(())
    }

    fn node(&self, at: usize) -> HashedNode<'_> {
        HashedNode { tree: self, at }
    }

    #[must_use]
    pub(crate) fn root(&self) -> HashedNode<'_> {
        self.node(0)
    }
}

/// A value in a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HashedNode<'t> {
    tree: &'t HashedTree<'t>,
    at: usize,
}

impl<'t> HashedNode<'t> {
    fn slot(self) -> Option<&'t Slot> {
        self.tree.slots.get(self.at)
    }

    /// The value as received.
    #[must_use]
    pub(crate) fn text(self) -> &'t str {
        let value = self.slot().map(|slot| slot.value);
        value.map_or("", |value| value.of(self.tree.text))
    }

    #[must_use]
    pub(crate) fn json_type(self) -> JsonType {
        JsonType::of(self.text())
    }

    /// The name, of a member of an object.
    #[must_use]
    pub(crate) fn name(self) -> Option<Decoded<'t>> {
        let name = self.slot()?.name?;
        Some(Decoded::new(name.of(self.tree.text)))
    }

    /// The string without escapes, if the value is one.
    #[must_use]
    pub(crate) fn string(self) -> Option<Cow<'t, str>> {
        match Decoded::new(self.text()) {
            Decoded::String(text) => Some(text),
            Decoded::Token(_) => None,
        }
    }

    /// Equal for values that mean the same.
    #[must_use]
    pub(crate) fn hash(self) -> u64 {
        self.slot().map_or(0, |slot| slot.hash)
    }

    /// The members of an object or the elements of a list, in the order of the text.
    pub(crate) fn children(self) -> impl Iterator<Item = HashedNode<'t>> {
        let end = self.slot().map_or(0, |slot| slot.next as usize);
        let node = move |at| (at < end).then_some(HashedNode { at, ..self });
        std::iter::successors(node(self.at + 1), move |child| {
            node(child.slot().map_or(end, |slot| slot.next as usize))
        })
    }

    /// The member of that name; of a repeated name, the last one.
    #[must_use]
    pub(crate) fn member(self, name: &str) -> Option<HashedNode<'t>> {
        let named = |child: &HashedNode<'_>| child.name().is_some_and(|found| found.is(name));
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

/// A token without its spelling, for comparison. A string with half of a surrogate pair, which no Rust string can contain, stays the token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Decoded<'t> {
    String(Cow<'t, str>),
    /// The token as received.
    Token(&'t str),
}

impl<'t> Decoded<'t> {
    #[must_use]
    pub(crate) fn new(token: &'t str) -> Self {
        let inner = token
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        match inner {
            Some(inner) if !inner.contains('\\') => Self::String(inner.into()),
            Some(_) => serde_json::from_str::<String>(token)
                .map_or(Self::Token(token), |text| Self::String(text.into())),
            None => Self::Token(token),
        }
    }

    fn is(&self, text: &str) -> bool {
        matches!(self, Self::String(found) if found == text)
    }

    /// The string, or the token.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::String(text) => text,
            Self::Token(token) => token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_hold_the_text_as_received() {
        let text = "\u{feff} {\"b\": [1.50, {}, [ ] ], \"a\\n\": \"x\\u00fc\", \"b\": 2 }";
        let tree = HashedTree::read(text, &RandomState::new()).unwrap();
        let root = tree.root();
        assert_eq!(
            (root.text(), root.json_type()),
            (text[4..].trim(), JsonType::Object)
        );
        let members: Vec<_> = root
            .children()
            .map(|child| (child.name().unwrap().as_str().to_owned(), child.text()))
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
        let elements: Vec<_> = list.children().map(HashedNode::text).collect();
        assert_eq!(elements, ["1.50", "{}", "[ ]"]);
    }

    #[test]
    fn hashes_are_equal_for_equal_meaning() {
        let keys = RandomState::new();
        let hash = |text: &str| HashedTree::read(text, &keys).unwrap().root().hash();
        for (one, other, same) in [
            (r#"{"a":1,"b":[2]}"#, r#" { "b" : [ 2 ] , "a" : 1 }"#, true),
            (r#""\u00fc\/""#, "\"ü/\"", true),
            (r#"{"\u0061":1}"#, r#"{"a":1}"#, true),
            (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#, false),
            (
                r#"{"a":1,"b":0,"a":2}"#,
                r#"{"b":0,"\u0061":1,"a":2}"#,
                true,
            ),
            (r#"{"a":1,"b":2}"#, r#"{"a":2,"a":1}"#, false),
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
    fn invalid_deep_and_huge_texts_are_bounded() {
        let keys = RandomState::new();
        for text in ["", "{", "[1}", "{\"a\"}", "1 2", "\"\\", "ü", "]"] {
            assert!(HashedTree::read(text, &keys).is_none(), "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(HashedTree::read(&deep, &keys).unwrap().root().text(), deep);
        let many = format!("[{}0]", "0,".repeat(NODES_MAX));
        assert!(HashedTree::read(&many, &keys).is_none());
    }
}
