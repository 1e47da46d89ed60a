//! What differs between two bodies: JSON by structure, other text by line, anything else by size and hash.
//!
//! **Invariant:** at most `CHANGES_MAX` changes or `LINES_MAX` lines are shown, and the page says if there are more. Bodies larger than
//! `BODY_BYTES_MAX` are compared by size and hash only.

use std::hash::RandomState;

use crate::diff::{self, DiffLine, JsonDiff, SpellingDiff};
use crate::domain::delivery::{BodyKind, Delivery};
use crate::domain::ids::Seq;
use crate::json::HashedTree;
use crate::langgraph;
use crate::web::compare::changes::{self, ChangeKind, ChangeRow};
use crate::web::render::excerpt::Excerpt;
use crate::web::render::format;

/// Largest body that is compared value by value or line by line, in bytes.
pub(crate) const BODY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Most changes of JSON on a page.
const CHANGES_MAX: usize = 300;
/// Most lines of text on a page.
const LINES_MAX: usize = 600;

/// What differs between two bodies.
#[derive(Default)]
pub(super) struct BodyDiff {
    pub(super) sentence: String,
    /// Limits of the comparison.
    pub(super) notes: Vec<&'static str>,
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
        use BodyKind::{Binary, Empty, Json, Unknown};
        let none = |one: &Delivery| format!("#{} has no body.", one.summary.seq);
        let mut diff = match (a.summary.body.kind, b.summary.body.kind) {
            (Empty, Empty) => Self::sentence_only("Both bodies are empty."),
            (Empty, _) => Self::sentence_only(none(a)).with_facts(a, b),
            (_, Empty) => Self::sentence_only(none(b)).with_facts(a, b),
            _ if a.body == b.body => Self::sentence_only("Identical bytes."),
            (Binary | Unknown, _) | (_, Binary | Unknown) => {
                Self::sentence_only("The bodies differ. Only text is compared in detail.")
                    .with_facts(a, b)
            }
            _ if [a, b]
                .iter()
                .any(|one| one.body.len() as u64 > BODY_BYTES_MAX) =>
            {
                let most = format::bytes(BODY_BYTES_MAX);
                Self::sentence_only(format!(
                    "The bodies differ. Bodies larger than {most} are compared by size and hash only."
                ))
                .with_facts(a, b)
            }
            (Json, Json) => Self::json(text(&a.body), text(&b.body)),
            _ => Self::lines(text(&a.body), text(&b.body)),
        };
        if [a, b].iter().any(|one| one.summary.body.cut.is_some()) {
            diff.notes
                .push("At least one body is truncated; only the stored part was compared.");
        }
        diff
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

    fn json(a: &str, b: &str) -> Self {
        let keys = RandomState::new();
        let Some((a_tree, b_tree)) = HashedTree::read(a, &keys).zip(HashedTree::read(b, &keys))
        else {
            let mut diff = Self::lines(a, b);
            diff.notes
                .push("Compared by line, because the bodies have too many values.");
            return diff;
        };
        let found = diff::json(
            a_tree.root(),
            b_tree.root(),
            langgraph::conversation::message_id,
            CHANGES_MAX,
        );
        if found.total() == 0 {
            return Self::sentence_only(same_meaning(&diff::spelling(a, b)));
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

    fn lines(a: &str, b: &str) -> Self {
        let found = diff::lines(a, b, LINES_MAX);
        if found.removed + found.added == 0 {
            return Self::sentence_only(
                "The bodies differ in bytes at their end that are not text.",
            );
        }
        let line = |line: &DiffLine<'_>| TextLine::new(line);
        let hunks = found.hunks.iter();
        Self {
            hunks: hunks
                .map(|hunk| hunk.lines.iter().map(line).collect())
                .collect(),
            more_lines: found.is_cut,
            ..Self::sentence_only(format!(
                "{} removed, {} added.",
                format::count(found.removed as u64, "line", "lines"),
                found.added
            ))
        }
    }
}

/// In what two texts with the same meaning differ.
fn same_meaning(differs: &[SpellingDiff]) -> String {
    let words: Vec<_> = differs
        .iter()
        .map(|one| match one {
            SpellingDiff::ByteOrderMark => "a byte order mark",
            SpellingDiff::KeyOrder => "the order of keys",
            SpellingDiff::Escapes => "escapes in strings",
            SpellingDiff::Whitespace => "whitespace",
        })
        .collect();
    let maybe = if differs.contains(&SpellingDiff::KeyOrder) {
        ", and possibly in whitespace and escapes"
    } else {
        ""
    };
    format!("Same meaning; differs in {}{maybe}.", words.join(" and "))
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

/// The text of a body. A character that was split by truncation is left out.
fn text(body: &[u8]) -> &str {
    body.utf8_chunks().next().map_or("", |chunk| chunk.valid())
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
            ("a\r\n", "a\n", "1 line removed, 1 added."),
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
            compared(b"\xff", b"x").sentence,
            "The bodies differ. Only text is compared in detail."
        );
    }

    #[test]
    fn a_body_that_was_cut_within_a_character_is_not_called_the_same() {
        let [mut a, mut b] = [&b"x\xc3"[..], b"x\xe2"].map(|body| delivery("HTTP/1.1", true, body));
        a.summary.body.kind = BodyKind::Text;
        b.summary.body.kind = BodyKind::Text;
        assert_eq!(
            BodyDiff::new(&a, &b).sentence,
            "The bodies differ in bytes at their end that are not text."
        );
    }

    #[test]
    fn other_bodies_are_compared_by_size_and_hash() {
        assert!(compared(b"\xff\x00", b"\xfe").facts.is_some());
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
