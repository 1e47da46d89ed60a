//! What differs between two texts, line by line, with some lines around it.

use std::ops::Range;

use super::EFFORT;
use super::sequence::{gaps, matches};

/// So many lines that are the same stand before and behind those that differ.
const CONTEXT: usize = 3;
/// What follows on so many lines counts as the last one.
const LINES_MAX: usize = 1 << 20;

/// What differs in two texts: all of it counted, the first of it listed.
#[derive(Debug, Default)]
pub struct Lines<'t> {
    /// Places that differ, in the order of the texts.
    pub hunks: Vec<Hunk<'t>>,
    /// How many lines only the one text has.
    pub removed: usize,
    /// How many lines only the other has.
    pub added: usize,
    /// Whether lines that differ are left out at the end.
    pub more: bool,
}

/// Lines that differ, and those around them.
#[derive(Debug, Default)]
pub struct Hunk<'t> {
    /// From top to bottom.
    pub lines: Vec<Line<'t>>,
}

/// A line of one text, or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// Its index in the one text, if it is there.
    pub a: Option<usize>,
    /// Its index in the other, if it is there.
    pub b: Option<usize>,
    /// The line with its end.
    pub text: &'t str,
    /// The line of the other text in whose place it stands, where as many lines came as went.
    pub other: Option<&'t str>,
}

/// Makes `a` into `b`, listing at most so many lines.
#[must_use]
pub fn lines<'t>(a: &'t str, b: &'t str, listed: usize) -> Lines<'t> {
    let texts = Texts {
        a: split(a),
        b: split(b),
    };
    let found = matches(&texts.a, &texts.b, &mut { EFFORT });
    let gaps: Vec<_> = gaps(&found, texts.a.len(), texts.b.len())
        .map(|(from, to, _)| Gap { from, to })
        .filter(|gap| !gap.from.is_empty() || !gap.to.is_empty())
        .collect();
    let mut lines = Lines {
        removed: gaps.iter().map(|gap| gap.from.len()).sum(),
        added: gaps.iter().map(|gap| gap.to.len()).sum(),
        ..Lines::default()
    };
    let mut left = listed;
    let mut behind = None;
    for (index, gap) in gaps.iter().enumerate() {
        let before = gap.from.start - behind.unwrap_or(0);
        let is_near = behind.is_some() && before <= 2 * CONTEXT;
        if !is_near {
            lines.hunks.push(Hunk::default());
        }
        let before = if is_near { before } else { before.min(CONTEXT) };
        let next = gaps.get(index + 1).map(|next| next.from.start);
        let after = next.unwrap_or(texts.a.len()) - gap.from.end;
        // What lies between near ones is written with the second.
        let joins = next.is_some() && after <= 2 * CONTEXT;
        let after = if joins { 0 } else { after.min(CONTEXT) };
        let mut written = texts.around(gap, before, after);
        if let Some(hunk) = lines.hunks.last_mut() {
            let count = hunk.lines.len();
            hunk.lines.extend(written.by_ref().take(left));
            left -= hunk.lines.len() - count;
        }
        behind = Some(gap.from.end);
        lines.more = left == 0 && (written.next().is_some() || next.is_some());
        if lines.more {
            break;
        }
    }
    lines
}

/// The lines of a text with their ends; the last one may have none.
fn split(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.split_inclusive('\n').take(LINES_MAX).collect();
    let end: usize = lines.iter().map(|line| line.len()).sum();
    if end < text.len() {
        lines.push(&text[end..]);
    }
    lines
}

/// Lines that one text has in the place of some of the other.
struct Gap {
    from: Range<usize>,
    to: Range<usize>,
}

struct Texts<'t> {
    a: Vec<&'t str>,
    b: Vec<&'t str>,
}

impl<'t> Texts<'t> {
    /// The lines of a gap, and so many that are the same before and behind it.
    fn around<'s>(
        &'s self,
        gap: &'s Gap,
        before: usize,
        after: usize,
    ) -> impl Iterator<Item = Line<'t>> + 's {
        let same = |a: Range<usize>, b: usize| a.zip(b..).map(|(a, b)| self.line(Some(a), Some(b)));
        let is_even = gap.from.len() == gap.to.len();
        let other = move |lines: &[&'t str], start: usize, nth: usize| {
            is_even.then(|| lines.get(start + nth).copied()).flatten()
        };
        let removed = gap.from.clone().enumerate().map(move |(nth, at)| Line {
            other: other(&self.b, gap.to.start, nth),
            ..self.line(Some(at), None)
        });
        let added = gap.to.clone().enumerate().map(move |(nth, at)| Line {
            other: other(&self.a, gap.from.start, nth),
            ..self.line(None, Some(at))
        });
        same(
            gap.from.start - before..gap.from.start,
            gap.to.start - before,
        )
        .chain(removed)
        .chain(added)
        .chain(same(gap.from.end..gap.from.end + after, gap.to.end))
    }

    fn line(&self, a: Option<usize>, b: Option<usize>) -> Line<'t> {
        let of_a = a.and_then(|at| self.a.get(at));
        let of_b = || b.and_then(|at| self.b.get(at));
        Line {
            a,
            b,
            text: of_a.or_else(of_b).copied().unwrap_or_default(),
            other: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A letter a line.
    fn text(letters: &str) -> String {
        let lines = letters.chars().flat_map(|letter| [letter, '\n']);
        lines.collect()
    }

    /// The listed lines as letters, those of one text alone with a sign; a bar between places.
    fn told(lines: &Lines<'_>) -> String {
        let sign = |line: &Line<'_>| match (line.a, line.b) {
            (Some(_), None) => "-",
            (None, Some(_)) => "+",
            _ => "",
        };
        let tell = |line: &Line<'_>| format!("{}{}", sign(line), line.text.trim_end());
        let hunk = |hunk: &Hunk<'_>| hunk.lines.iter().map(tell).collect::<String>();
        let told: Vec<_> = lines.hunks.iter().map(hunk).collect();
        told.join("|") + if lines.more { "..." } else { "" }
    }

    #[test]
    fn lines_that_differ_stand_among_those_around_them() {
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
            assert_eq!(told(&lines(&text(a), &text(b), 99)), expected, "{a} {b}");
        }
    }

    #[test]
    fn all_is_counted_and_the_first_is_listed() {
        let (a, b) = (text("abcdefghijkl"), text("Xbcdefghijk"));
        for (listed, expected) in [
            (0, "..."),
            (1, "-a..."),
            (5, "-a+Xbcd..."),
            (6, "-a+Xbcd|i..."),
            (9, "-a+Xbcd|ijk-l"),
        ] {
            let found = lines(&a, &b, listed);
            assert_eq!(told(&found), expected, "{listed}");
            assert_eq!((found.removed, found.added), (2, 1));
        }
    }

    #[test]
    fn as_many_lines_that_came_as_went_stand_for_each_other() {
        let found = lines("a\nb\nc\n", "a\nx\ny", 99);
        let others: Vec<_> = found.hunks[0].lines.iter().map(|line| line.other).collect();
        assert_eq!(
            others,
            [None, Some("x\n"), Some("y"), Some("b\n"), Some("c\n")]
        );
        let uneven = lines("a\n", "x\ny\n", 99);
        assert!(
            uneven.hunks[0]
                .lines
                .iter()
                .all(|line| line.other.is_none())
        );
    }

    proptest! {
        #[test]
        fn taking_away_and_putting_in_what_is_told_makes_one_into_the_other(a in "[ab\n]{0,60}", b in "[ab\n]{0,60}") {
            let found = lines(&a, &b, usize::MAX);
            prop_assert!(!found.more);
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
