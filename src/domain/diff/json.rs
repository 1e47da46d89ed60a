//! What differs between two JSON values, part by part. Members belong together by their names, elements by what identifies them, else
//! by being the same, else by their place between those.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::EFFORT;
use super::sequence::{gaps, matches, numbered};
use super::tree::{Meaning, Node, Shape};
use crate::domain::json::Tokens;

/// What lies deeper is compared as one.
const DEPTH_MAX: usize = 128;

/// What identifies an element of a list, if anything does.
pub type Identity = for<'t> fn(Node<'t>) -> Option<Cow<'t, str>>;

/// What differs in two values: all of it counted, the first of it listed.
#[derive(Debug, Default)]
pub struct Changes<'t> {
    /// In the order of the texts, at most as many as were asked for.
    pub list: Vec<Change<'t>>,
    /// How many values only the second one has.
    pub added: usize,
    /// How many only the first one has.
    pub removed: usize,
    /// How many stand in the place of another.
    pub changed: usize,
}

impl Changes<'_> {
    /// How many there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.added + self.removed + self.changed
    }
}

/// Something that differs.
#[derive(Clone, Debug)]
pub struct Change<'t> {
    /// Where it is; empty for the whole.
    pub path: Vec<Step<'t>>,
    /// What was there; nothing if it was added.
    pub a: Option<Node<'t>>,
    /// What is there now; nothing if it was removed.
    pub b: Option<Node<'t>>,
}

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'t> {
    /// The member of that name.
    Member(Meaning<'t>),
    /// The element at that index, which may be another one in the other list, or none.
    Element {
        /// In the one list.
        a: Option<usize>,
        /// In the other.
        b: Option<usize>,
    },
}

/// What differs in texts that mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// Blanks between tokens alone.
    Blanks,
    /// How strings are escaped, and maybe blanks.
    Escapes,
    /// The order of keys, and maybe the others.
    KeyOrder,
}

/// Identifies an object by a string called `id`.
#[must_use]
pub fn by_id(node: Node<'_>) -> Option<Cow<'_, str>> {
    if node.shape() != Shape::Object {
        return None;
    }
    node.member("id")?.string().filter(|id| !id.is_empty())
}

/// Makes `a` into `b`, listing at most `listed` changes.
#[must_use]
pub fn json<'t>(a: Node<'t>, b: Node<'t>, identity: Identity, listed: usize) -> Changes<'t> {
    let mut walk = Walk {
        identity,
        listed,
        effort: EFFORT,
        path: Vec::new(),
        found: Changes::default(),
    };
    walk.pair(a, b);
    walk.found
}

/// Tells what differs in texts of values whose hashes are the same.
#[must_use]
pub fn spelling(a: &str, b: &str) -> Spelling {
    let tokens = |text| Tokens::new(text).map(|(_, token)| token);
    if tokens(a).eq(tokens(b)) {
        Spelling::Blanks
    } else if tokens(a).map(Meaning::of).eq(tokens(b).map(Meaning::of)) {
        Spelling::Escapes
    } else {
        Spelling::KeyOrder
    }
}

struct Walk<'t> {
    identity: Identity,
    listed: usize,
    effort: usize,
    path: Vec<Step<'t>>,
    found: Changes<'t>,
}

/// By what an element is found in the other list.
#[derive(PartialEq, Eq, Hash)]
enum Key<'t> {
    Id(Cow<'t, str>),
    Content(u64),
}

impl<'t> Walk<'t> {
    fn pair(&mut self, a: Node<'t>, b: Node<'t>) {
        if a.hash() == b.hash() {
            return;
        }
        let is_deep = self.path.len() >= DEPTH_MAX;
        match (a.shape(), b.shape()) {
            (Shape::Object, Shape::Object) if !is_deep => self.objects(a, b),
            (Shape::List, Shape::List) if !is_deep => self.lists(a, b),
            _ => self.found(Some(a), Some(b)),
        }
    }

    fn found(&mut self, a: Option<Node<'t>>, b: Option<Node<'t>>) {
        let count = match (a, b) {
            (Some(_), Some(_)) => &mut self.found.changed,
            (None, _) => &mut self.found.added,
            (_, None) => &mut self.found.removed,
        };
        *count += 1;
        if self.found.list.len() < self.listed {
            let path = self.path.clone();
            self.found.list.push(Change { path, a, b });
        }
    }

    /// Goes on one step further down, to what belongs together or is on one side alone.
    fn step(&mut self, step: Step<'t>, a: Option<Node<'t>>, b: Option<Node<'t>>) {
        self.path.push(step);
        match (a, b) {
            (Some(a), Some(b)) => self.pair(a, b),
            _ => self.found(a, b),
        }
        self.path.pop();
    }

    /// Of names that come more than once, the first ones belong together, then the second ones.
    fn objects(&mut self, a: Node<'t>, b: Node<'t>) {
        let (a_names, b_names) = (names(a), names(b));
        let mut left: HashMap<_, _> = b_names.iter().zip(b.children()).collect();
        for (name, member) in a_names.iter().zip(a.children()) {
            let other = left.remove(name);
            self.step(Step::Member(name.0.clone()), Some(member), other);
        }
        for name in &b_names {
            if let Some(member) = left.remove(name) {
                self.step(Step::Member(name.0.clone()), None, Some(member));
            }
        }
    }

    fn lists(&mut self, a: Node<'t>, b: Node<'t>) {
        let lists = (List::of(a, self.identity), List::of(b, self.identity));
        let (a_keys, b_keys) = (&lists.0.keys, &lists.1.keys);
        let found = matches(a_keys, b_keys, &mut self.effort);
        for (a, b, matched) in gaps(&found, a_keys.len(), b_keys.len()) {
            self.gap(&lists, a, b);
            if let Some((a, b)) = matched {
                self.element(&lists, Some(a), Some(b));
            }
        }
    }

    /// Elements between two matches: those that nothing identifies belong together by their place.
    fn gap(&mut self, lists: &(List<'t>, List<'t>), a: Range<usize>, b: Range<usize>) {
        let mut others = b.clone().filter(|at| lists.1.is_nameless(*at));
        let mut paired = HashMap::new();
        for at in a {
            let other = lists.0.is_nameless(at).then(|| others.next()).flatten();
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
        self.step(Step::Element { a, b }, a_node, b_node);
    }
}

fn names(object: Node<'_>) -> Vec<(Meaning<'_>, usize)> {
    numbered(object.children().filter_map(Node::name))
}

/// A list with the keys of its elements.
struct List<'t> {
    nodes: Vec<Node<'t>>,
    keys: Vec<Key<'t>>,
}

impl<'t> List<'t> {
    fn of(list: Node<'t>, identity: Identity) -> Self {
        let key = |node: &Node<'t>| identity(*node).map_or(Key::Content(node.hash()), Key::Id);
        let nodes: Vec<_> = list.children().collect();
        let keys = nodes.iter().map(key).collect();
        Self { nodes, keys }
    }

    fn is_nameless(&self, at: usize) -> bool {
        matches!(self.keys.get(at), Some(Key::Content(_)))
    }
}
