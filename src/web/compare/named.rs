//! The differences between two lists of names with values: query parameters, header lines.
//!
//! **Invariant:** what has different bytes is never called identical. At most `ROWS_MAX` rows are shown.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::diff;
use crate::domain::delivery::Delivery;
use crate::domain::target::{self, QueryParam};
use crate::web::compare::changes::ChangeKind;
use crate::web::render::escape::Line;
use crate::web::render::excerpt::Excerpt;

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
    pub(crate) a: Option<NamedValue>,
    pub(crate) b: Option<NamedValue>,
    /// Whether the name occurred before.
    pub(crate) repeated: bool,
    /// Whether its position in the order differs.
    pub(crate) moved: bool,
}

/// A value; `None` for a name without one, such as `?flag`.
#[derive(Template)]
#[template(
    source = "{% if let Some(value) = value %}{{ value }}{% else %}<span class=\"quiet small\">no value</span>{% endif %}",
    ext = "html"
)]
pub(crate) struct NamedValue {
    value: Option<Excerpt>,
}

impl HtmlSafe for NamedValue {}

/// Most rows on a page. If there are more, only those that differ are listed.
const ROWS_MAX: usize = 200;

/// A name with its value.
struct Entry {
    name: String,
    /// `None` without a value.
    value: Option<String>,
    /// What has to be equal.
    bytes: (Vec<u8>, Option<Vec<u8>>),
}

/// Names with their values, and all of them as received.
pub(super) struct Entries {
    list: Vec<Entry>,
    raw: Vec<u8>,
}

impl Entries {
    /// The parameters of a query.
    pub(super) fn query(one: &Delivery) -> Self {
        let target = &one.summary.target;
        let entry = |param: QueryParam| Entry {
            name: param.name,
            value: param.value,
            bytes: param.bytes,
        };
        Self {
            list: target::query_params(target)
                .into_iter()
                .map(entry)
                .collect(),
            raw: query_from_its_mark(target).into(),
        }
    }

    /// The header lines. Their names are compared ignoring case, or by their spelling.
    pub(super) fn headers(one: &Delivery) -> Self {
        let bytes = one.head.header_bytes().map(|(_, value)| value.to_vec());
        let entry = |((name, value), bytes): ((Cow<'_, str>, Cow<'_, str>), Vec<u8>)| Entry {
            name: name.into_owned(),
            value: Some(value.into_owned()),
            bytes: (Vec::new(), Some(bytes)),
        };
        let mut lines = one
            .head
            .raw
            .trim_ascii_start()
            .splitn(2, |byte| *byte == b'\n');
        Self {
            list: one.head.headers().zip(bytes).map(entry).collect(),
            raw: lines.nth(1).unwrap_or_default().to_vec(),
        }
    }
}

/// The query of a target with its question mark; empty without one.
fn query_from_its_mark(target: &str) -> &str {
    target.find('?').map_or("", |at| &target[at..])
}

/// How two lists are compared, and what is said if they mean the same.
pub(super) struct Manner {
    /// Whether order and spelling count.
    pub(super) exact: bool,
    /// Names are the same where this is.
    pub(super) key: fn(&str) -> String,
    /// In what their bytes may differ without any difference in meaning.
    pub(super) spelling: &'static str,
}

impl NamedDiff {
    pub(super) fn new([a, b]: &[Entries; 2], manner: &Manner) -> Self {
        let keys = |entries: &Entries| -> Vec<_> {
            let names = entries.list.iter().map(|entry| (manner.key)(&entry.name));
            names.collect()
        };
        let places = diff::named(&keys(a), &keys(b));
        let rows: Vec<_> = places
            .into_iter()
            .filter_map(|place| NamedRow::new(place, &a.list, &b.list, manner.exact))
            .collect();
        let differs = |row: &NamedRow| row.kind != ChangeKind::Same || row.moved;
        let is_identical = manner.exact && a.raw == b.raw;
        let sentence = match rows.iter().any(differs) {
            true => sentence(&rows),
            false if rows.is_empty() && a.raw == b.raw => "None on both sides.".to_owned(),
            false if is_identical => "Identical, in the same order.".to_owned(),
            false if manner.exact => format!("Same meaning; differs in {}.", manner.spelling),
            false => "Same meaning.".to_owned(),
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
    fn new(place: diff::NamedPair, a: &[Entry], b: &[Entry], exact: bool) -> Option<Self> {
        let a = place.a.and_then(|at| a.get(at));
        let b = place.b.and_then(|at| b.get(at));
        let name = &b.or(a)?.name;
        let spelled = a
            .map(|entry| &entry.name)
            .filter(|spelled| exact && *spelled != name);
        let kind = match (a, b) {
            (Some(a), Some(b)) if a.bytes == b.bytes && spelled.is_none() => ChangeKind::Same,
            _ => ChangeKind::of(a, b),
        };
        let excerpt = |one: Option<&Entry>, other: Option<&Entry>| {
            let value = one?.value.as_deref();
            let other = other.and_then(|other| other.value.as_deref());
            let value = value.map(|value| match other {
                Some(other) => Excerpt::compared(value, other),
                None => Excerpt::of(value),
            });
            Some(NamedValue { value })
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

    fn entries<'t>(pairs: impl IntoIterator<Item = (&'t str, &'t str)>) -> Entries {
        let entry = |(name, value): (&str, &str)| Entry {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            bytes: (Vec::new(), Some(value.into())),
        };
        Entries {
            list: pairs.into_iter().map(entry).collect(),
            raw: Vec::new(),
        }
    }

    fn manner(exact: bool, key: fn(&str) -> String) -> Manner {
        Manner {
            exact,
            key,
            spelling: "",
        }
    }

    fn compared(a: &[(&str, &str)], b: &[(&str, &str)], exact: bool) -> (String, Vec<String>) {
        let both = [a, b].map(|pairs| entries(pairs.iter().copied()));
        let found = NamedDiff::new(&both, &manner(exact, str::to_ascii_lowercase));
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
            let names: Vec<_> = (0..1000).map(|at| at.to_string()).collect();
            let pairs = names.iter().enumerate();
            entries(pairs.map(|(at, name)| (name.as_str(), if at % 4 == 0 { value } else { "" })))
        };
        let found = NamedDiff::new(&[many("a"), many("b")], &manner(true, str::to_owned));
        assert_eq!(found.sentence, "250 changed.");
        assert!(found.more && found.rows.len() == ROWS_MAX);
        assert!(found.rows.iter().all(|row| row.kind == ChangeKind::Changed));
    }

    #[test]
    fn unrecorded_order_and_spelling_are_not_compared() {
        let (a, b) = ([("Host", "h"), ("A", "1")], [("a", "1"), ("host", "h")]);
        assert_eq!(
            compared(&a, &b, false),
            ("Same meaning.".to_owned(), Vec::new())
        );
        assert_eq!(compared(&a, &a, true).0, "Identical, in the same order.");
        assert_eq!(compared(&[], &[], true).0, "None on both sides.");
    }
}
