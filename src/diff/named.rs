//! The difference of two lists of names with values, such as header lines and query parameters.
//!
//! **Invariant:** every entry of both lists is in exactly one pair.

use std::collections::HashMap;
use std::hash::Hash;

use super::sequence::{SEARCH_BUDGET, gaps, matches, numbered};

/// The index of a name in each list. Of a repeated name, the first ones make a pair, then the second ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamedPair {
    /// Index in the first list; `None` if it was added.
    pub(crate) a: Option<usize>,
    /// Index in the second list; `None` if it was removed.
    pub(crate) b: Option<usize>,
    /// The number of entries of that name before it.
    pub(crate) nth: usize,
    /// Whether its order changed among the names that both lists have.
    pub(crate) moved: bool,
}

/// Both lists as one, in the order of `b`; a removed name keeps its place among its neighbours.
#[must_use]
pub(crate) fn named<N: Hash + Eq + Clone>(a: &[N], b: &[N]) -> Vec<NamedPair> {
    let (a, b) = (numbered(a.iter().cloned()), numbered(b.iter().cloned()));
    let in_a: HashMap<_, _> = a.iter().zip(0..).collect();
    let in_b: HashMap<_, usize> = b.iter().zip(0..).collect();
    let found = matches(&a, &b, &mut { SEARCH_BUDGET });
    let mut pairs = Vec::new();
    for (a_gap, b_gap, matched) in gaps(&found, a.len(), b.len()) {
        let removed = a_gap.filter_map(|at| {
            let name = a.get(at).filter(|name| !in_b.contains_key(name))?;
            Some(pair(Some(at), None, name.1, false))
        });
        pairs.extend(removed);
        let added = b_gap.filter_map(|at| {
            let name = b.get(at)?;
            let from = in_a.get(name).copied();
            Some(pair(from, Some(at), name.1, from.is_some()))
        });
        pairs.extend(added);
        let matched = matched.and_then(|(at, other)| Some((at, other, a.get(at)?.1)));
        pairs.extend(matched.map(|(a, b, nth)| pair(Some(a), Some(b), nth, false)));
    }
    pairs
}

fn pair(a: Option<usize>, b: Option<usize>, nth: usize, moved: bool) -> NamedPair {
    NamedPair { a, b, nth, moved }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both lists as one: `-` removed, `+` added, `~` moved, a digit for a repeat.
    fn summary(a: &str, b: &str) -> String {
        let split = |text: &str| text.chars().collect::<Vec<_>>();
        let (a, b) = (split(a), split(b));
        let sign_and_name = |pair: NamedPair| {
            let name = pair.b.map_or_else(|| a[pair.a.unwrap()], |at| b[at]);
            let sign = match (pair.a, pair.b) {
                (Some(_), None) => "-",
                (None, Some(_)) => "+",
                _ if pair.moved => "~",
                _ => "",
            };
            let nth = (pair.nth > 0).then(|| pair.nth.to_string());
            format!("{sign}{name}{}", nth.unwrap_or_default())
        };
        named(&a, &b)
            .into_iter()
            .map(sign_and_name)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn names_are_kept_added_removed_moved_or_repeated() {
        for (a, b, expected) in [
            ("", "", ""),
            ("abc", "abc", "a b c"),
            ("abc", "ac", "a -b c"),
            ("ac", "axc", "a +x c"),
            ("abc", "xyz", "-a -b -c +x +y +z"),
            ("abc", "bca", "b c ~a"),
            ("aab", "ab", "a -a1 b"),
            ("ab", "aab", "a +a1 b"),
            ("aa", "aa", "a a1"),
        ] {
            assert_eq!(summary(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn every_entry_of_both_lists_appears_once() {
        let (a, b) = ("abcabcxyz", "zzcabbaq");
        let pairs = named(a.as_bytes(), b.as_bytes());
        let of = |at: fn(&NamedPair) -> Option<usize>| {
            let mut found: Vec<_> = pairs.iter().filter_map(at).collect();
            found.sort_unstable();
            found
        };
        assert!(of(|pair| pair.a).into_iter().eq(0..a.len()));
        assert!(of(|pair| pair.b).into_iter().eq(0..b.len()));
    }
}
