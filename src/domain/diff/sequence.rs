//! Which elements of two sequences belong together: a common subsequence, a long one, though not always the longest.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Pairs of equal elements, both indices rising. What is equal at the start and at the end is found whatever it costs; the search in
/// between takes from `effort` and is left out where that does not reach.
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
        let equal = middle(a_middle, b_middle);
        found.extend(equal.into_iter().map(|(a, b)| (start + a, start + b)));
    }
    found.extend((0..end).map(|at| (a.len() - end + at, b.len() - end + at)));
    found
}

/// What lies between matches, each stretch with the match behind it; the last one has none.
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

/// Every element with how many of its kind stand before it.
pub(super) fn numbered<T: Hash + Eq + Clone>(elements: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut seen = HashMap::new();
    let number = |element: T| {
        let count = seen.entry(element.clone()).or_insert(0);
        *count += 1;
        (element, *count - 1)
    };
    elements.map(number).collect()
}

/// Git's bounded form of Myers' algorithm: it takes a good way where the best one is far.
fn middle<T: Hash + Eq>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
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
    fn what_does_not_fit_into_the_effort_is_matched_at_both_ends_alone() {
        let (a, b) = (b"abXcXde", b"abYcYYde");
        assert_eq!(matches(a, b, &mut 7), matches(a, b, &mut 100));
        assert_eq!(
            matches(a, b, &mut 7),
            [(0, 0), (1, 1), (3, 3), (5, 6), (6, 7)]
        );
        assert_eq!(matches(a, b, &mut 6), [(0, 0), (1, 1), (5, 6), (6, 7)]);
    }

    #[test]
    fn the_effort_is_spent_once() {
        let mut effort = 10;
        matches(b"ab", b"ba", &mut effort);
        assert_eq!(effort, 6);
        matches(b"same", b"same", &mut effort);
        assert_eq!(effort, 6);
    }

    proptest! {
        #[test]
        fn matches_are_equal_elements_in_rising_order(a in "[abc]{0,60}", b in "[abc]{0,60}", effort in 0_usize..120) {
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
