//! Matches the elements of two sequences: a long common subsequence, though not always the longest.
//!
//! **Invariant:** matched elements are equal, and both indices increase. All searches of one comparison together cost at most
//! `SEARCH_BUDGET`.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Elements that one comparison may search in total, because Myers' algorithm slows down with the number of differences. Beyond it, only
/// the equal elements at the start and at the end of a sequence are matched.
pub(super) const SEARCH_BUDGET: usize = 200_000;

/// Pairs of indices of equal elements, both increasing. Equal elements at the start and at the end are always matched. The search between
/// them costs its number of elements from `effort`, and is skipped if less remains.
pub(super) fn matches<T: Hash + Eq>(a: &[T], b: &[T], effort: &mut usize) -> Vec<(usize, usize)> {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a_rest, b_rest) = (&a[start..], &b[start..]);
    let tails = a_rest.iter().rev().zip(b_rest.iter().rev());
    let end = tails.take_while(|(a, b)| a == b).count();
    let a_middle = &a_rest[..a_rest.len() - end];
    let b_middle = &b_rest[..b_rest.len() - end];

    let mut found: Vec<_> = (0..start).map(|at| (at, at)).collect();
    let cost = a_middle.len() + b_middle.len();
    if let Some(left) = effort.checked_sub(cost) {
        *effort = left;
        let equal = search(a_middle, b_middle);
        found.extend(equal.into_iter().map(|(a, b)| (start + a, start + b)));
    }
    found.extend((0..end).map(|at| (a.len() - end + at, b.len() - end + at)));
    found
}

/// The ranges between matches, each with the match after it; the last one has none.
pub(super) fn gaps(
    matches: &[(usize, usize)],
    a_len: usize,
    b_len: usize,
) -> impl Iterator<Item = (Range<usize>, Range<usize>, Option<(usize, usize)>)> {
    let starts = matches.iter().map(|(a, b)| (a + 1, b + 1));
    let starts = std::iter::once((0, 0)).chain(starts);
    let ends = matches.iter().copied().map(Some).chain([None]);
    starts.zip(ends).map(move |(start, found)| {
        let end = found.unwrap_or((a_len, b_len));
        (start.0..end.0, start.1..end.1, found)
    })
}

/// Every element with the number of equal ones before it.
pub(super) fn numbered<T: Hash + Eq + Clone>(elements: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut seen = HashMap::new();
    let number = |element: T| {
        let count = seen.entry(element.clone()).or_insert(0);
        *count += 1;
        (element, *count - 1)
    };
    elements.map(number).collect()
}

/// Myers' algorithm with git's limit on the search: where the best match would take too long, a good one.
fn search<T: Hash + Eq>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    let equal = |operation: DiffOp| match operation {
        DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => Some((0..len).map(move |at| (old_index + at, new_index + at))),
        _ => None,
    };
    let operations = capture_diff_slices(Algorithm::Myers, a, b);
    operations.into_iter().filter_map(equal).flatten().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn beyond_the_effort_only_both_ends_are_matched() {
        let (a, b) = (b"abXcXde", b"abYcYYde");
        assert_eq!(matches(a, b, &mut 7), matches(a, b, &mut 100));
        assert_eq!(
            matches(a, b, &mut 7),
            [(0, 0), (1, 1), (3, 3), (5, 6), (6, 7)]
        );
        assert_eq!(matches(a, b, &mut 6), [(0, 0), (1, 1), (5, 6), (6, 7)]);
    }

    #[test]
    fn effort_is_spent_by_searches_only() {
        let mut effort = 10;
        matches(b"ab", b"ba", &mut effort);
        assert_eq!(effort, 6);
        matches(b"same", b"same", &mut effort);
        assert_eq!(effort, 6);
    }

    proptest! {
        #[test]
        fn matches_are_equal_and_in_order(a in "[abc]{0,60}", b in "[abc]{0,60}", effort in 0_usize..120) {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let found = matches(a, b, &mut { effort });
            prop_assert!(found.iter().all(|(at_a, at_b)| a[*at_a] == b[*at_b]));
            prop_assert!(found.is_sorted_by(|one, next| one.0 < next.0 && one.1 < next.1));
            if a == b {
                prop_assert_eq!(found.len(), a.len());
            }
        }
    }
}
