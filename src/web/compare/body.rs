//! What differs between two bodies, decoded: JSON by structure, forms by field, other text by line, anything else by size and hash.
//!
//! **Invariant:** at most `CHANGES_MAX` changes or `LINES_MAX` lines are shown, and the page says if there are more. Bodies larger than
//! `BODY_BYTES_MAX` are compared by size and hash only.

use std::hash::RandomState;

use crate::diff::{self, DiffLine, JsonDiff};
use crate::domain::delivery::Delivery;
use crate::domain::ids::Seq;
use crate::json::HashedTree;
use crate::langgraph;
use crate::web::compare::changes::{self, ChangeKind, ChangeRow};
use crate::web::compare::same::Same;
use crate::web::compare::sides::{Side, sent_differences};
use crate::web::render::excerpt::Excerpt;
use crate::web::render::format;

/// Largest body that is compared value by value or line by line, in bytes.
pub(crate) const BODY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Most changes of JSON on a page.
const CHANGES_MAX: usize = 300;
/// Most lines of text on a page.
const LINES_MAX: usize = 600;
/// What is counted in most texts.
const LINES: (&str, &str) = ("line", "lines");

/// What differs between two bodies.
#[derive(Default)]
pub(super) struct BodyDiff {
    pub(super) sentence: String,
    /// Limits of the comparison.
    pub(super) notes: Vec<String>,
    pub(super) rows: Vec<ChangeRow>,
    /// Changed ids and times.
    pub(super) timestamps: Vec<ChangeRow>,
    /// Number of further differences, as text.
    pub(super) rest: Option<String>,
    /// Changed lines, with their context.
    pub(super) hunks: Vec<Vec<TextLine>>,
    /// Whether more lines differ than are shown.
    pub(super) more_lines: bool,
    /// Size and hash of both bodies, if nothing else can be compared.
    pub(super) facts: Option<[Facts; 2]>,
}

/// Size and hash of a body.
pub(super) struct Facts {
    pub(super) seq: Seq,
    pub(super) size: String,
    pub(super) sha256: Option<String>,
}

/// A line of one body, or of both.
pub(super) struct TextLine {
    pub(super) kind: ChangeKind,
    /// Its line number in the first body.
    pub(super) a: Option<usize>,
    /// Its line number in the second body.
    pub(super) b: Option<usize>,
    pub(super) text: Excerpt,
    /// Whether it has no newline at its end.
    pub(super) is_open: bool,
}

impl BodyDiff {
    pub(super) fn new(a: &Delivery, b: &Delivery) -> Self {
        let none = |one: &Delivery| format!("#{} has no body.", one.summary.seq);
        let is_large = |one: &Delivery| one.body.len() as u64 > BODY_BYTES_MAX;
        let mut diff = match (a.body.is_empty(), b.body.is_empty()) {
            (true, true) => Self::sentence_only("Both bodies are empty."),
            (true, _) => Self::sentence_only(none(a)).with_facts(a, b),
            (_, true) => Self::sentence_only(none(b)).with_facts(a, b),
            _ if a.body == b.body => Self::identical(a, b),
            _ if is_large(a) || is_large(b) => Self::too_large().with_facts(a, b),
            _ => Self::decoded(a, b),
        };
        if [a, b].iter().any(|one| one.summary.body.cut.is_some()) {
            let text = "At least one body is truncated; only the stored part was compared.";
            diff.notes.push(text.to_owned());
        }
        diff
    }

    /// The same bytes, which can mean different things.
    fn identical(a: &Delivery, b: &Delivery) -> Self {
        let mut diff = Self::sentence_only("Identical bytes.");
        let [sent_a, sent_b] = [a, b].map(|one| {
            let one = &one.summary;
            let encoding = one.encoding().iter().map(String::as_str);
            let words = [one.body.kind.noun()].into_iter();
            let words: Vec<_> = words.chain(encoding).chain(one.charset()).collect();
            words.join(", ")
        });
        if sent_a != sent_b {
            let (a, b) = (a.summary.seq, b.summary.seq);
            diff.notes.push(format!(
                "They are declared differently: #{a} is read as {sent_a}, #{b} as {sent_b}."
            ));
        }
        diff
    }

    fn too_large() -> Self {
        let most = format::bytes(BODY_BYTES_MAX);
        Self::sentence_only(format!(
            "The bodies differ. Bodies larger than {most} are compared by size and hash only."
        ))
    }

    /// Compares the bodies without Content-Encoding, by the kind that both have.
    fn decoded(a: &Delivery, b: &Delivery) -> Self {
        let [side_a, side_b] = [a, b].map(|one| Side::new(one, BODY_BYTES_MAX));
        let sides = [&side_a, &side_b];
        if sides.iter().any(|side| side.is_too_large()) {
            return Self::too_large().with_facts(a, b);
        }
        let both = |form: fn(&Side) -> Option<String>| form(&side_a).zip(form(&side_b));
        let sent = sent_differences(&side_a, &side_b);
        let mut diff = if sides.iter().all(|side| side.is_json()) {
            Self::json(text(&side_a), text(&side_b), &sent)
        } else if let Some((a, b)) = both(Side::fields) {
            Self::lines(&a, &b, ("field", "fields"), &Same::Fields(sent))
        } else if let Some((a, b)) = both(Side::parts) {
            Self::lines(&a, &b, LINES, &Same::Parts(sent))
                .with_note("Compared part by part, without the boundary.")
        } else if let Some((a, b)) = both(Side::indented) {
            Self::lines(&a, &b, LINES, &Same::Markup(sent)).with_note("Compared indented.")
        } else if let Some((a, b)) = side_a.text().zip(side_b.text()) {
            Self::lines(a, b, LINES, &Same::Text(sent))
        } else {
            Self::sentence_only("The bodies differ. Only text is compared in detail.")
                .with_facts(a, b)
        };
        let coded: Vec<_> = sides.iter().filter_map(|side| side.sent()).collect();
        if !coded.is_empty() && diff.facts.is_none() {
            diff.notes
                .push(format!("Compared decoded. {}", coded.join(" ")));
        }
        diff.notes
            .extend(sides.iter().flat_map(|side| side.problems()));
        diff
    }

    fn with_note(mut self, note: &str) -> Self {
        self.notes.push(note.to_owned());
        self
    }

    fn sentence_only(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            ..Self::default()
        }
    }

    fn with_facts(mut self, a: &Delivery, b: &Delivery) -> Self {
        self.facts = Some([a, b].map(|one| Facts {
            seq: one.summary.seq,
            size: format::bytes(one.summary.body.bytes),
            sha256: one.summary.body.sha256_hex(),
        }));
        self
    }

    fn json(a: &str, b: &str, sent: &[&'static str]) -> Self {
        let keys = RandomState::new();
        let Some((a_tree, b_tree)) = HashedTree::read(a, &keys).zip(HashedTree::read(b, &keys))
        else {
            let lines = Self::lines(a, b, LINES, &Same::Text(sent.to_vec()));
            return lines.with_note("Compared by line, because the bodies have too many values.");
        };
        let found = diff::json(
            a_tree.root(),
            b_tree.root(),
            langgraph::conversation::message_id,
            CHANGES_MAX,
        );
        if found.total() == 0 {
            let same = Same::Json(sent.to_vec(), diff::spelling(a, b));
            return Self::sentence_only(same.sentence(a, b));
        }
        let (timestamps, others): (Vec<_>, Vec<_>) = found
            .list
            .iter()
            .partition(|change| changes::is_stamp(change));
        let rows = |changes: Vec<_>| changes.into_iter().map(ChangeRow::new).collect();
        Self {
            rows: rows(others),
            timestamps: rows(timestamps),
            rest: changes::rest(&found),
            ..Self::sentence_only(sentence(&found))
        }
    }

    /// Compares two texts by line. If they are equal, `same` says what the bodies are.
    fn lines(a: &str, b: &str, (one, many): (&str, &'static str), same: &Same) -> Self {
        if same.holds(a, b) {
            return Self::sentence_only(same.sentence(a, b));
        }
        let found = diff::lines(a, b, LINES_MAX);
        let line = |line: &DiffLine<'_>| TextLine::new(line);
        let hunks = found.hunks.iter();
        Self {
            hunks: hunks
                .map(|hunk| hunk.lines.iter().map(line).collect())
                .collect(),
            more_lines: found.is_cut,
            ..Self::sentence_only(format!(
                "{} removed, {} added.",
                format::count(found.removed as u64, one, many),
                found.added
            ))
        }
    }
}

fn sentence(found: &JsonDiff<'_>) -> String {
    let counts = [
        (found.changed, "changed"),
        (found.added, "added"),
        (found.removed, "removed"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("{}.", counts.join(", "))
}

fn text(side: &Side) -> &str {
    side.text().unwrap_or_default()
}

impl TextLine {
    fn new(line: &DiffLine<'_>) -> Self {
        let bare = |text: &'_ str| text.strip_suffix('\n').unwrap_or(text).to_owned();
        let text = bare(line.text);
        Self {
            kind: match (line.a, line.b) {
                (Some(_), Some(_)) => ChangeKind::Same,
                (a, b) => ChangeKind::of(a.as_ref(), b.as_ref()),
            },
            a: line.a.map(|at| at + 1),
            b: line.b.map(|at| at + 1),
            text: match line.counterpart {
                Some(other) => Excerpt::compared(&text, &bare(other)),
                None => Excerpt::of(&text),
            },
            is_open: !line.text.ends_with('\n'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::delivery;

    fn compared(a: &[u8], b: &[u8]) -> BodyDiff {
        let [a, b] = [a, b].map(|body| delivery("HTTP/1.1", true, body));
        BodyDiff::new(&a, &b)
    }

    #[test]
    fn the_sentence_counts_the_differences() {
        for (a, b, expected) in [
            ("", "", "Both bodies are empty."),
            ("", "x", "#1 has no body."),
            ("{}", "{}", "Identical bytes."),
            ("{}", "{ }", "Same meaning; differs in whitespace."),
            (
                "\"\\/\"",
                "\"/\" ",
                "Same meaning; differs in escapes in strings and whitespace.",
            ),
            (
                "{\"a\":1,\"b\":2}",
                "{\"b\":2,\"a\":1}",
                "Same meaning; differs in the order of keys, and possibly in whitespace and escapes.",
            ),
            (
                "[]",
                "\u{feff}[]",
                "Same meaning; differs in a byte order mark.",
            ),
            ("{\"id\":1,\"id\":2}", "{\"id\":2,\"id\":1}", "2 changed."),
            ("a\r\n", "a\n", "Same lines; differs in line ends."),
            ("a\rb\n", "a\nb\n", "Same lines; differs in line ends."),
            ("{\"a\":1}", "{\"a\":1.0}", "1 changed."),
            (
                "{\"a\":1,\"b\":2}",
                "{\"c\":1,\"d\":2,\"e\":3}",
                "3 added, 2 removed.",
            ),
            ("a\nb\n", "a\nc\nd\n", "1 line removed, 2 added."),
            ("{\"a\":1}", "text", "1 line removed, 1 added."),
        ] {
            assert_eq!(
                compared(a.as_bytes(), b.as_bytes()).sentence,
                expected,
                "{a} {b}"
            );
        }
        assert_eq!(
            compared(b"\0\xff", b"x").sentence,
            "The bodies differ. Only text is compared in detail."
        );
    }

    #[test]
    fn a_body_that_was_cut_within_a_character_is_not_called_the_same() {
        let found = compared(
            "né\u{20ac}x\u{c3}".as_bytes().split_last().unwrap().1,
            "né\u{20ac}x\u{e000}".as_bytes().split_last().unwrap().1,
        );
        assert!(
            found.sentence.starts_with("They read the same"),
            "{}",
            found.sentence
        );
    }

    #[test]
    fn other_bodies_are_compared_by_size_and_hash() {
        assert!(compared(b"\xff\x00", b"\x00\xfe").facts.is_some());
        assert!(compared(b"", b"x").facts.is_some());
        assert!(compared(b"x", b"y").facts.is_none());
    }

    #[test]
    fn large_bodies_are_compared_by_size_and_hash() {
        let most = usize::try_from(BODY_BYTES_MAX).unwrap();
        let list = |bytes: usize| format!("[{}0]", "0,".repeat(bytes / 2));
        for (a, b, by_hash) in [
            (list(most), "[]".to_owned(), true),
            ("text".to_owned(), list(most), true),
            (list(100_000), "[]".to_owned(), false),
        ] {
            let found = compared(a.as_bytes(), b.as_bytes());
            let sentence = "Bodies larger than 8.3 MB are compared by size and hash only.";
            assert_eq!(found.sentence.contains(sentence), by_hash);
            assert_eq!(found.facts.is_some(), by_hash);
            assert_eq!(found.rows.is_empty(), by_hash);
        }
        let same = list(most);
        let found = compared(same.as_bytes(), same.as_bytes());
        assert_eq!(found.sentence, "Identical bytes.");
    }

    #[test]
    fn ids_and_times_are_listed_separately() {
        let body = |id: &str, time: &str, status: &str| {
            format!(
                r#"{{"run_id":"01a20015-a599-73cf-a7e4-82e5ac641e6{id}","at":"2026-11-21T21:49:0{time}Z","status":"{status}"}}"#
            )
        };
        let found = compared(
            body("7", "1", "a").as_bytes(),
            body("8", "2", "b").as_bytes(),
        );
        let paths = |rows: &[ChangeRow]| {
            rows.iter()
                .map(|row| row.path.raw().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(paths(&found.rows), ["status"]);
        assert_eq!(paths(&found.timestamps), ["run_id", "at"]);
    }

    #[test]
    fn further_differences_are_counted() {
        let list = |by: u8| format!("[{}0]", format!("{by},").repeat(1000));
        let found = compared(list(1).as_bytes(), list(2).as_bytes());
        assert_eq!(found.rows.len(), CHANGES_MAX);
        assert_eq!(found.rest.as_deref(), Some("700 more values differ"));
        let lines = |by: &str| format!("{by}\n").repeat(1000);
        assert!(compared(lines("a").as_bytes(), lines("b").as_bytes()).more_lines);
    }
}
