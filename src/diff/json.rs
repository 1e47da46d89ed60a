//! The difference of two JSON values, value by value. Members are matched by name; elements by id if they have one, otherwise by equality,
//! otherwise by their position between the matched ones.
//!
//! **Invariant:** every change is counted, however few are listed. The recursion ends at `DEPTH_MAX`, so a hostile body cannot exhaust the
//! stack.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::sequence::{SEARCH_BUDGET, gaps, matches, numbered};
use crate::json::{Decoded, HashedNode, JsonType, Tokens, without_bom};

/// Values below this depth are compared as a whole, so that a hostile body cannot exhaust the stack.
const DEPTH_MAX: usize = 128;

/// The id of an element of an array, if it has one.
pub(crate) type IdOf = for<'t> fn(HashedNode<'t>) -> Option<Cow<'t, str>>;

/// The difference of two values: all changes counted, the first ones listed.
#[derive(Debug, Default)]
pub(crate) struct JsonDiff<'t> {
    /// In the order of the texts.
    pub(crate) list: Vec<JsonChange<'t>>,
    /// The number of values that only the second one has.
    pub(crate) added: usize,
    /// The number of values that only the first one has.
    pub(crate) removed: usize,
    /// The number of values that replace another.
    pub(crate) changed: usize,
}

impl JsonDiff<'_> {
    #[must_use]
    pub(crate) fn total(&self) -> usize {
        self.added + self.removed + self.changed
    }
}

/// A value that was added, removed or replaced.
#[derive(Clone, Debug)]
pub(crate) struct JsonChange<'t> {
    /// Empty for the root.
    pub(crate) path: Vec<PathStep<'t>>,
    /// The value in the first text; `None` if it was added.
    pub(crate) a: Option<HashedNode<'t>>,
    /// The value in the second text; `None` if it was removed.
    pub(crate) b: Option<HashedNode<'t>>,
}

/// A step of the path to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathStep<'t> {
    /// To the member of that name.
    Member(Decoded<'t>),
    /// To an element, by its index in each array; `None` if an array does not have it.
    Element { a: Option<usize>, b: Option<usize> },
}

/// How two texts with the same meaning differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpellingDiff {
    /// Only one of them begins with a byte order mark.
    ByteOrderMark,
    /// In the order of keys, and maybe in escapes and whitespace.
    KeyOrder,
    /// In the escapes of strings.
    Escapes,
    /// In the whitespace between tokens.
    Whitespace,
}

/// The `id` of an object, if it is a string.
#[must_use]
pub(crate) fn by_id(node: HashedNode<'_>) -> Option<Cow<'_, str>> {
    if node.json_type() != JsonType::Object {
        return None;
    }
    node.member("id")?.string().filter(|id| !id.is_empty())
}

/// The changes from `a` to `b`, with at most `listed` of them.
#[must_use]
pub(crate) fn json<'t>(
    a: HashedNode<'t>,
    b: HashedNode<'t>,
    id_of: IdOf,
    listed: usize,
) -> JsonDiff<'t> {
    let mut walk = Walk {
        id_of,
        listed,
        effort: SEARCH_BUDGET,
        path: Vec::new(),
        found: JsonDiff::default(),
    };
    walk.pair(a, b);
    walk.found
}

/// All ways in which the texts of two values with equal hashes differ.
#[must_use]
pub(crate) fn spelling(a: &str, b: &str) -> Vec<SpellingDiff> {
    let mut found = Vec::new();
    let (a_bare, b_bare) = (without_bom(a), without_bom(b));
    if (a_bare.len() == a.len()) != (b_bare.len() == b.len()) {
        found.push(SpellingDiff::ByteOrderMark);
    }
    let tokens = |text| Tokens::new(text).map(|(_, token)| token);
    let decoded = |text| tokens(text).map(Decoded::new);
    if !decoded(a_bare).eq(decoded(b_bare)) {
        found.push(SpellingDiff::KeyOrder);
        return found;
    }
    if !tokens(a_bare).eq(tokens(b_bare)) {
        found.push(SpellingDiff::Escapes);
    }
    if !blanks(a_bare).eq(blanks(b_bare)) {
        found.push(SpellingDiff::Whitespace);
    }
    found
}

/// The whitespace before each token, and that after the last one.
fn blanks(text: &str) -> impl Iterator<Item = &str> {
    let mut tokens = Some(Tokens::new(text));
    std::iter::from_fn(move || {
        let left = tokens.as_mut()?;
        let before = left.rest();
        let Some((_, token)) = left.next() else {
            tokens = None;
            return Some(before);
        };
        let end = before.len() - left.rest().len() - token.len();
        before.get(..end)
    })
}

struct Walk<'t> {
    id_of: IdOf,
    listed: usize,
    effort: usize,
    path: Vec<PathStep<'t>>,
    found: JsonDiff<'t>,
}

/// The key by which an element is matched.
#[derive(PartialEq, Eq, Hash)]
enum Key<'t> {
    Id(Cow<'t, str>),
    Content(u64),
}

impl<'t> Walk<'t> {
    fn pair(&mut self, a: HashedNode<'t>, b: HashedNode<'t>) {
        if a.hash() == b.hash() {
            return;
        }
        let is_deep = self.path.len() >= DEPTH_MAX;
        match (a.json_type(), b.json_type()) {
            (JsonType::Object, JsonType::Object) if !is_deep => self.objects(a, b),
            (JsonType::Array, JsonType::Array) if !is_deep => self.lists(a, b),
            _ => self.found(Some(a), Some(b)),
        }
    }

    fn found(&mut self, a: Option<HashedNode<'t>>, b: Option<HashedNode<'t>>) {
        let count = match (a, b) {
            (Some(_), Some(_)) => &mut self.found.changed,
            (None, _) => &mut self.found.added,
            (_, None) => &mut self.found.removed,
        };
        *count += 1;
        if self.found.list.len() < self.listed {
            let path = self.path.clone();
            self.found.list.push(JsonChange { path, a, b });
        }
    }

    /// Compares the values at one step further down.
    fn step(&mut self, step: PathStep<'t>, a: Option<HashedNode<'t>>, b: Option<HashedNode<'t>>) {
        self.path.push(step);
        match (a, b) {
            (Some(a), Some(b)) => self.pair(a, b),
            _ => self.found(a, b),
        }
        self.path.pop();
    }

    /// Of a repeated name, the first ones are matched, then the second ones.
    fn objects(&mut self, a: HashedNode<'t>, b: HashedNode<'t>) {
        let (a_names, b_names) = (names(a), names(b));
        let mut left: HashMap<_, _> = b_names.iter().zip(b.children()).collect();
        for (name, member) in a_names.iter().zip(a.children()) {
            let other = left.remove(name);
            self.step(PathStep::Member(name.0.clone()), Some(member), other);
        }
        for name in &b_names {
            if let Some(member) = left.remove(name) {
                self.step(PathStep::Member(name.0.clone()), None, Some(member));
            }
        }
    }

    fn lists(&mut self, a: HashedNode<'t>, b: HashedNode<'t>) {
        let lists = (List::of(a, self.id_of), List::of(b, self.id_of));
        let (a_keys, b_keys) = (&lists.0.keys, &lists.1.keys);
        let found = matches(a_keys, b_keys, &mut self.effort);
        for (a, b, matched) in gaps(&found, a_keys.len(), b_keys.len()) {
            self.gap(&lists, a, b);
            if let Some((a, b)) = matched {
                self.element(&lists, Some(a), Some(b));
            }
        }
    }

    /// Elements between two matches: those without an id are matched by position.
    fn gap(&mut self, lists: &(List<'t>, List<'t>), a: Range<usize>, b: Range<usize>) {
        let mut others = b.clone().filter(|at| lists.1.has_no_id(*at));
        let mut paired = HashMap::new();
        for at in a {
            let other = lists.0.has_no_id(at).then(|| others.next()).flatten();
            match other {
                Some(other) => _ = paired.insert(other, at),
                None => self.element(lists, Some(at), None),
            }
        }
        for at in b {
            self.element(lists, paired.get(&at).copied(), Some(at));
        }
    }

    fn element(&mut self, lists: &(List<'t>, List<'t>), a: Option<usize>, b: Option<usize>) {
        let node = |list: &List<'t>, at: Option<usize>| list.nodes.get(at?).copied();
        let (a_node, b_node) = (node(&lists.0, a), node(&lists.1, b));
        self.step(PathStep::Element { a, b }, a_node, b_node);
    }
}

fn names(object: HashedNode<'_>) -> Vec<(Decoded<'_>, usize)> {
    numbered(object.children().filter_map(HashedNode::name))
}

/// A list with the keys of its elements.
struct List<'t> {
    nodes: Vec<HashedNode<'t>>,
    keys: Vec<Key<'t>>,
}

impl<'t> List<'t> {
    fn of(list: HashedNode<'t>, id_of: IdOf) -> Self {
        let key = |node: &HashedNode<'t>| id_of(*node).map_or(Key::Content(node.hash()), Key::Id);
        let nodes: Vec<_> = list.children().collect();
        let keys = nodes.iter().map(key).collect();
        Self { nodes, keys }
    }

    fn has_no_id(&self, at: usize) -> bool {
        matches!(self.keys.get(at), Some(Key::Content(_)))
    }
}
