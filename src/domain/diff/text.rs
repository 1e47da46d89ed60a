//! Where two texts begin and cease to be the same.

/// Length of what two texts have in common at their start, and of what they have in common at their end; these do not overlap in either.
#[must_use]
pub fn middle(a: &str, b: &str) -> (usize, usize) {
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
    fn the_middle_is_what_differs_in_whole_characters() {
        for (a, b, expected) in [
            ("token=abc&x", "token=xyz&x", (6, 2)),
            ("same", "same", (4, 0)),
            ("aa", "aaa", (2, 0)),
            ("", "x", (0, 0)),
            ("xü", "xö", (1, 0)),
            ("\u{e9}x", "\u{129}x", (0, 1)),
        ] {
            assert_eq!(middle(a, b), expected, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn what_is_not_the_middle_is_the_same(a in "[aü€😀]{0,9}", b in "[aü€😀]{0,9}") {
            let (start, end) = middle(&a, &b);
            prop_assert!(start + end <= a.len().min(b.len()));
            prop_assert_eq!(&a[..start], &b[..start]);
            prop_assert_eq!(&a[a.len() - end..], &b[b.len() - end..]);
        }
    }
}
