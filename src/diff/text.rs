//! Where two texts begin and stop to differ.
//!
//! **Invariant:** both ends consist of whole characters and do not overlap.

/// The lengths of the common start and of the common end of two texts, in whole characters. They do not overlap.
#[must_use]
pub(crate) fn common_ends(a: &str, b: &str) -> (usize, usize) {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b);
    let start = a.floor_char_boundary(same.count());
    let (a, b) = (&a[start..], &b[start..]);
    let same = a.bytes().rev().zip(b.bytes().rev());
    let end = same.take_while(|(a, b)| a == b).count();
    (start, a.len() - a.ceil_char_boundary(a.len() - end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ends_are_whole_characters() {
        for (a, b, expected) in [
            ("token=abc&x", "token=xyz&x", (6, 2)),
            ("same", "same", (4, 0)),
            ("aa", "aaa", (2, 0)),
            ("", "x", (0, 0)),
            ("xü", "xö", (1, 0)),
            ("\u{e9}x", "\u{129}x", (0, 1)),
        ] {
            assert_eq!(common_ends(a, b), expected, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn both_ends_are_equal(a in "[aü€😀]{0,9}", b in "[aü€😀]{0,9}") {
            let (start, end) = common_ends(&a, &b);
            prop_assert!(start + end <= a.len().min(b.len()));
            prop_assert_eq!(&a[..start], &b[..start]);
            prop_assert_eq!(&a[a.len() - end..], &b[b.len() - end..]);
        }
    }
}
