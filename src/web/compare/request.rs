//! The differences between two request heads: method, path and version, query parameters, header lines.
//!
//! **Invariant:** order and spelling of header lines are compared only if they were recorded for both.

use crate::diff;
use crate::domain::delivery::Delivery;
use crate::domain::target;
use crate::web::compare::changes::ChangeKind;
use crate::web::render::escape::Line;
use crate::web::render::excerpt::Excerpt;

/// The differences between two request heads.
pub(crate) struct HeadDiff {
    /// Method, path, version.
    pub(crate) line: Vec<Word>,
    /// Whether all three are the same.
    pub(crate) same_line: bool,
    pub(crate) query: NamedDiff,
    pub(crate) headers: NamedDiff,
    /// Whether order and spelling of the headers are compared: only if they were recorded for both.
    pub(crate) exact: bool,
}

/// A part of the request line.
pub(crate) struct Word {
    pub(crate) label: &'static str,
    pub(crate) kind: ChangeKind,
    pub(crate) a: Excerpt,
    pub(crate) b: Excerpt,
}

/// The differences between two lists of names and values.
pub(crate) struct NamedDiff {
    pub(crate) sentence: String,
    /// All entries as one list; empty if nothing differs.
    pub(crate) rows: Vec<NamedRow>,
    /// Whether more entries differ than are listed.
    pub(crate) more: bool,
}

/// A name and its value on both sides.
pub(crate) struct NamedRow {
    pub(crate) kind: ChangeKind,
    pub(crate) name: Line,
    /// The first side's spelling of the name, if the second side's differs.
    pub(crate) spelled: Option<Line>,
    pub(crate) a: Option<Excerpt>,
    pub(crate) b: Option<Excerpt>,
    /// Whether the name occurred before.
    pub(crate) repeated: bool,
    /// Whether its position in the order differs.
    pub(crate) moved: bool,
}

/// Most rows on a page. If there are more, only those that differ are listed.
const ROWS_MAX: usize = 200;

type Pairs = Vec<(String, String)>;

impl HeadDiff {
    pub(crate) fn new(a: &Delivery, b: &Delivery) -> Self {
        let exact = a.head.exact && b.head.exact;
        let words = |one: &Delivery| {
            let summary = &one.summary;
            let path = target::sub_path(&summary.target).to_owned();
            [summary.method.clone(), path, summary.http_version.clone()]
        };
        let labels = ["Method", "Path", "Version"].into_iter();
        let words = labels.zip(words(a).into_iter().zip(words(b)));
        let line: Vec<_> = words
            .map(|(label, (a, b))| Word {
                label,
                kind: if a == b {
                    ChangeKind::Same
                } else {
                    ChangeKind::Changed
                },
                a: Excerpt::compared(&a, &b),
                b: Excerpt::compared(&b, &a),
            })
            .collect();
        let queries = [a, b].map(|one| target::query_pairs(&one.summary.target));
        let headers = [a, b].map(|one| {
            let owned = one
                .head
                .headers()
                .map(|(name, value)| (name.into_owned(), value.into_owned()));
            owned.collect::<Pairs>()
        });
        Self {
            same_line: line.iter().all(|word| word.kind == ChangeKind::Same),
            line,
            query: NamedDiff::new(&queries, true, str::to_owned),
            headers: NamedDiff::new(&headers, exact, str::to_ascii_lowercase),
            exact,
        }
    }
}

impl NamedDiff {
    /// Names are the same where `key` is; `exact` says whether order and spelling count.
    fn new([a, b]: &[Pairs; 2], exact: bool, key: fn(&str) -> String) -> Self {
        let keys = |pairs: &Pairs| pairs.iter().map(|(name, _)| key(name)).collect::<Vec<_>>();
        let places = diff::named(&keys(a), &keys(b));
        let rows: Vec<_> = places
            .into_iter()
            .filter_map(|place| NamedRow::new(place, a, b, exact))
            .collect();
        let differs = |row: &NamedRow| row.kind != ChangeKind::Same || row.moved;
        let sentence = match rows.iter().any(differs) {
            _ if rows.is_empty() => "None on both sides.".to_owned(),
            true => sentence(&rows),
            false if exact => "Identical, in the same order.".to_owned(),
            false => "Identical.".to_owned(),
        };
        let mut rows = rows;
        if rows.len() > ROWS_MAX || !rows.iter().any(differs) {
            rows.retain(differs);
        }
        let more = rows.len() > ROWS_MAX;
        rows.truncate(ROWS_MAX);
        Self {
            sentence,
            rows,
            more,
        }
    }
}

/// `2 changed, 1 added, 1 moved.`
fn sentence(rows: &[NamedRow]) -> String {
    let counts = ChangeKind::count(&rows.iter().map(|row| row.kind));
    let moved = rows.iter().filter(|row| row.moved).count();
    let moved = (moved > 0).then(|| format!("{moved} moved"));
    let parts: Vec<_> = Some(counts)
        .filter(|parts| !parts.is_empty())
        .into_iter()
        .chain(moved)
        .collect();
    format!("{}.", parts.join(", "))
}

impl NamedRow {
    fn new(place: diff::NamedPair, a: &Pairs, b: &Pairs, exact: bool) -> Option<Self> {
        let a = place.a.and_then(|at| a.get(at));
        let b = place.b.and_then(|at| b.get(at));
        let (name, _) = b.or(a)?;
        let spelled = a
            .map(|(name, _)| name)
            .filter(|spelled| exact && *spelled != name);
        let kind = match (a, b) {
            (Some((_, a)), Some((_, b))) if a == b && spelled.is_none() => ChangeKind::Same,
            _ => ChangeKind::of(a, b),
        };
        let excerpt = |one: Option<&(String, String)>, other: Option<&(String, String)>| {
            let (_, value) = one?;
            Some(other.map_or_else(
                || Excerpt::of(value),
                |(_, other)| Excerpt::compared(value, other),
            ))
        };
        Some(Self {
            kind,
            name: Line(name.clone()),
            spelled: spelled.cloned().map(Line),
            a: excerpt(a, b),
            b: excerpt(b, a),
            repeated: place.nth > 0,
            moved: place.moved && exact,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(a: &[(&str, &str)], b: &[(&str, &str)], exact: bool) -> (String, Vec<String>) {
        let owned = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            owned.collect()
        };
        let found = NamedDiff::new(&[owned(a), owned(b)], exact, str::to_ascii_lowercase);
        let show = |row: &NamedRow| {
            let flags = [
                (row.repeated, " again"),
                (row.moved, " moved"),
                (row.spelled.is_some(), " spelled"),
            ];
            let flags: String = flags
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, word)| *word)
                .collect();
            format!("{} {}{flags}", row.name.raw(), row.kind.word())
        };
        (found.sentence, found.rows.iter().map(show).collect())
    }

    #[test]
    fn header_lines_are_the_same_changed_added_removed_repeated_or_moved() {
        let (sentence, rows) = compared(
            &[
                ("Host", "h"),
                ("A", "1"),
                ("B", "2"),
                ("X", "1"),
                ("C", "3"),
            ],
            &[
                ("Host", "h"),
                ("a", "1"),
                ("B", "9"),
                ("C", "3"),
                ("X", "1"),
                ("X", "2"),
            ],
            true,
        );
        assert_eq!(sentence, "2 changed, 1 added, 1 moved.");
        let expected = [
            "Host same",
            "a changed spelled",
            "B changed",
            "C same moved",
            "X same",
            "X added again",
        ];
        assert_eq!(rows, expected);
        let gone = compared(&[("A", "1"), ("A", "1")], &[("A", "1")], true);
        assert_eq!(
            gone,
            (
                "1 removed.".to_owned(),
                vec!["A same".to_owned(), "A removed again".to_owned()]
            )
        );
    }

    #[test]
    fn of_many_rows_only_differences_are_shown() {
        let many = |value: &str| {
            let names = (0..1000).map(|at| {
                (
                    at.to_string(),
                    if at % 4 == 0 { value } else { "" }.to_owned(),
                )
            });
            names.collect::<Pairs>()
        };
        let found = NamedDiff::new(&[many("a"), many("b")], true, str::to_owned);
        assert_eq!(found.sentence, "250 changed.");
        assert!(found.more && found.rows.len() == ROWS_MAX);
        assert!(found.rows.iter().all(|row| row.kind == ChangeKind::Changed));
    }

    #[test]
    fn unrecorded_order_and_spelling_are_not_compared() {
        let (a, b) = ([("Host", "h"), ("A", "1")], [("a", "1"), ("host", "h")]);
        assert_eq!(
            compared(&a, &b, false),
            ("Identical.".to_owned(), Vec::new())
        );
        assert_eq!(compared(&a, &a, true).0, "Identical, in the same order.");
        assert_eq!(compared(&[], &[], true).0, "None on both sides.");
    }
}
