//! The difference of two texts, line by line, with the lines around each change.
//!
//! **Invariant:** every changed line is counted, but all hunks together have at most `listed` lines, including context.

use similar::{DiffOp, DiffTag, group_diff_ops};

use super::sequence::{SEARCH_BUDGET, gaps, matches};

/// Lines of context before and after a change, as in `diff -u`.
const CONTEXT: usize = 3;
/// Most lines of a text; the rest of a longer text counts as its last line.
const LINES_MAX: usize = 1 << 20;

/// The difference of two texts: all changed lines counted, the first ones listed.
#[derive(Debug, Default)]
pub(crate) struct LineDiff<'t> {
    pub(crate) hunks: Vec<Hunk<'t>>,
    /// The number of lines that only the first text has.
    pub(crate) removed: usize,
    /// The number of lines that only the second text has.
    pub(crate) added: usize,
    /// Whether lines are left out at the end.
    pub(crate) is_cut: bool,
}

/// Changed lines with those around them.
#[derive(Debug)]
pub(crate) struct Hunk<'t> {
    pub(crate) lines: Vec<DiffLine<'t>>,
}

/// A line of one text, or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DiffLine<'t> {
    /// Its index in the first text, if it is there.
    pub(crate) a: Option<usize>,
    /// Its index in the second text, if it is there.
    pub(crate) b: Option<usize>,
    /// The line with its line break.
    pub(crate) text: &'t str,
    /// The line of the other text that it replaces or that replaces it, if as many lines were added as removed.
    pub(crate) counterpart: Option<&'t str>,
}

/// The changes from `a` to `b`, with at most `listed` lines in all hunks together.
#[must_use]
pub(crate) fn lines<'t>(a: &'t str, b: &'t str, listed: usize) -> LineDiff<'t> {
    let texts = Texts {
        a: split(a),
        b: split(b),
    };
    let found = matches(&texts.a, &texts.b, &mut { SEARCH_BUDGET });
    let operations = operations(&found, texts.a.len(), texts.b.len());
    let mut diff = LineDiff::default();
    for operation in &operations {
        if operation.tag() != DiffTag::Equal {
            diff.removed += operation.old_range().len();
            diff.added += operation.new_range().len();
        }
    }
    let mut left = listed;
    for group in group_diff_ops(operations, CONTEXT) {
        let mut lines = group.iter().flat_map(|operation| texts.lines(operation));
        let listed: Vec<_> = lines.by_ref().take(left).collect();
        diff.is_cut = lines.next().is_some();
        left -= listed.len();
        if !listed.is_empty() {
            diff.hunks.push(Hunk { lines: listed });
        }
        if diff.is_cut {
            break;
        }
    }
    diff
}

/// The operations that change one text into the other.
fn operations(matches: &[(usize, usize)], a_len: usize, b_len: usize) -> Vec<DiffOp> {
    let mut operations = Vec::new();
    for (a, b, matched) in gaps(matches, a_len, b_len) {
        let (old_index, old_len, new_index, new_len) = (a.start, a.len(), b.start, b.len());
        if old_len > 0 || new_len > 0 {
            operations.push(DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            });
        }
        match (operations.last_mut(), matched) {
            (_, None) => {}
            (Some(DiffOp::Equal { len, .. }), Some(_)) => *len += 1,
            (_, Some((old_index, new_index))) => operations.push(DiffOp::Equal {
                old_index,
                new_index,
                len: 1,
            }),
        }
    }
    operations
}

/// The lines of a text with their line breaks; the last one may have none.
fn split(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.split_inclusive('\n').take(LINES_MAX).collect();
    let end: usize = lines.iter().map(|line| line.len()).sum();
    if end < text.len() {
        lines.push(&text[end..]);
    }
    lines
}

struct Texts<'t> {
    a: Vec<&'t str>,
    b: Vec<&'t str>,
}

impl<'t> Texts<'t> {
    /// The lines of an operation: those of both texts, or those that were removed and then those that were added.
    fn lines(&self, operation: &DiffOp) -> impl Iterator<Item = DiffLine<'t>> {
        let is_equal = operation.tag() == DiffTag::Equal;
        let (a, b) = (operation.old_range(), operation.new_range());
        let are_pairs = !is_equal && a.len() == b.len();
        let (a_start, b_start) = (a.start, b.start);
        let of_a = a.map(move |at| {
            let partner = at - a_start + b_start;
            DiffLine {
                a: Some(at),
                b: is_equal.then_some(partner),
                text: self.a[at],
                counterpart: are_pairs.then(|| self.b[partner]),
            }
        });
        let only_b = if is_equal { 0..0 } else { b };
        let of_b = only_b.map(move |at| DiffLine {
            a: None,
            b: Some(at),
            text: self.b[at],
            counterpart: are_pairs.then(|| self.a[at - b_start + a_start]),
        });
        of_a.chain(of_b)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One line for each letter.
    fn text(letters: &str) -> String {
        let lines = letters.chars().flat_map(|letter| [letter, '\n']);
        lines.collect()
    }

    /// The listed lines as letters, those of one text with a sign; a bar between hunks.
    fn summary(lines: &LineDiff<'_>) -> String {
        let sign = |line: &DiffLine<'_>| match (line.a, line.b) {
            (Some(_), None) => "-",
            (None, Some(_)) => "+",
            _ => "",
        };
        let letter = |line: &DiffLine<'_>| format!("{}{}", sign(line), line.text.trim_end());
        let hunk = |hunk: &Hunk<'_>| hunk.lines.iter().map(letter).collect::<String>();
        let hunks: Vec<_> = lines.hunks.iter().map(hunk).collect();
        hunks.join("|") + if lines.is_cut { "..." } else { "" }
    }

    #[test]
    fn changed_lines_come_with_their_context() {
        for (a, b, expected) in [
            ("abc", "abc", ""),
            ("", "a", "+a"),
            ("a", "", "-a"),
            ("abc", "axc", "a-b+xc"),
            ("abcdefgh", "abcdefgX", "efg-h+X"),
            ("abcdefgh", "Xbcdefgh", "-a+Xbcd"),
            ("abcdefgh", "XbcdefgY", "-a+Xbcdefg-h+Y"),
            ("abcdefghi", "XbcdefghY", "-a+Xbcd|fgh-i+Y"),
            ("abc", "abbc", "ab+bc"),
        ] {
            assert_eq!(summary(&lines(&text(a), &text(b), 99)), expected, "{a} {b}");
        }
    }

    #[test]
    fn all_changes_are_counted_and_the_first_listed() {
        let (a, b) = (text("abcdefghijkl"), text("Xbcdefghijk"));
        for (listed, expected) in [
            (0, "..."),
            (1, "-a..."),
            (5, "-a+Xbcd..."),
            (6, "-a+Xbcd|i..."),
            (9, "-a+Xbcd|ijk-l"),
        ] {
            let found = lines(&a, &b, listed);
            assert_eq!(summary(&found), expected, "{listed}");
            assert_eq!((found.removed, found.added), (2, 1));
        }
    }

    #[test]
    fn equally_many_lines_are_counterparts() {
        let found = lines("a\nb\nc\n", "a\nx\ny", 99);
        let counterparts: Vec<_> = found.hunks[0]
            .lines
            .iter()
            .map(|line| line.counterpart)
            .collect();
        assert_eq!(
            counterparts,
            [None, Some("x\n"), Some("y"), Some("b\n"), Some("c\n")]
        );
        let uneven = lines("a\n", "x\ny\n", 99);
        assert!(
            uneven.hunks[0]
                .lines
                .iter()
                .all(|line| line.counterpart.is_none())
        );
    }

    proptest! {
        #[test]
        fn applying_the_diff_yields_the_second_text(a in "[ab\n]{0,60}", b in "[ab\n]{0,60}") {
            let found = lines(&a, &b, usize::MAX);
            prop_assert!(!found.is_cut);
            let all = || found.hunks.iter().flat_map(|hunk| &hunk.lines);
            let mut made: Vec<_> = a.split_inclusive('\n').map(Some).collect();
            for line in all().filter(|line| line.b.is_none()) {
                made[line.a.unwrap()] = None;
            }
            let mut made: Vec<_> = made.into_iter().flatten().collect();
            for line in all().filter(|line| line.a.is_none()) {
                made.insert(line.b.unwrap(), line.text);
            }
            prop_assert_eq!(made.concat(), b.as_str());
            if a == b {
                prop_assert!(found.hunks.is_empty());
            }
        }
    }
}
