//! Lists of names with values, as header lines and query parameters are: what belongs together by its name, and in which order it came.

use std::collections::HashMap;
use std::hash::Hash;

use super::EFFORT;
use super::sequence::{gaps, matches, numbered};

/// Where a name stands in either list. Of a name that comes more than once, the first ones belong together, then the second ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index in the one list; none if it was added.
    pub a: Option<usize>,
    /// Index in the other; none if it was removed.
    pub b: Option<usize>,
    /// How many of that name stand before it.
    pub nth: usize,
    /// Whether it stands elsewhere among those that both lists have.
    pub moved: bool,
}

/// Both lists as one, in the order of `b`; what was removed stands where it was.
#[must_use]
pub fn named<N: Hash + Eq + Clone>(a: &[N], b: &[N]) -> Vec<Place> {
    let (a, b) = (numbered(a.iter().cloned()), numbered(b.iter().cloned()));
    let in_a: HashMap<_, _> = a.iter().zip(0..).collect();
    let in_b: HashMap<_, usize> = b.iter().zip(0..).collect();
    let found = matches(&a, &b, &mut { EFFORT });
    let mut places = Vec::new();
    for (a_gap, b_gap, matched) in gaps(&found, a.len(), b.len()) {
        let removed = a_gap.filter_map(|at| {
            let name = a.get(at).filter(|name| !in_b.contains_key(name))?;
            Some(place(Some(at), None, name.1, false))
        });
        places.extend(removed);
        let arrived = b_gap.filter_map(|at| {
            let name = b.get(at)?;
            let from = in_a.get(name).copied();
            Some(place(from, Some(at), name.1, from.is_some()))
        });
        places.extend(arrived);
        let matched = matched.and_then(|(at, other)| Some((at, other, a.get(at)?.1)));
        places.extend(matched.map(|(a, b, nth)| place(Some(a), Some(b), nth, false)));
    }
    places
}

fn place(a: Option<usize>, b: Option<usize>, nth: usize, moved: bool) -> Place {
    Place { a, b, nth, moved }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both lists as one: `-` removed, `+` added, `~` moved, a digit for a repeat.
    fn told(a: &str, b: &str) -> String {
        let split = |text: &str| text.chars().collect::<Vec<_>>();
        let (a, b) = (split(a), split(b));
        let tell = |place: Place| {
            let name = place.b.map_or_else(|| a[place.a.unwrap()], |at| b[at]);
            let sign = match (place.a, place.b) {
                (Some(_), None) => "-",
                (None, Some(_)) => "+",
                _ if place.moved => "~",
                _ => "",
            };
            let nth = (place.nth > 0).then(|| place.nth.to_string());
            format!("{sign}{name}{}", nth.unwrap_or_default())
        };
        named(&a, &b)
            .into_iter()
            .map(tell)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn names_are_the_same_added_removed_moved_or_repeated() {
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
            assert_eq!(told(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn every_line_of_both_lists_is_there_once() {
        let (a, b) = ("abcabcxyz", "zzcabbaq");
        let places = named(a.as_bytes(), b.as_bytes());
        let of = |at: fn(&Place) -> Option<usize>| {
            let mut found: Vec<_> = places.iter().filter_map(at).collect();
            found.sort_unstable();
            found
        };
        assert!(of(|place| place.a).into_iter().eq(0..a.len()));
        assert!(of(|place| place.b).into_iter().eq(0..b.len()));
    }
}
