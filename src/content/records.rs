//! Records: one JSON text per line (NDJSON, JSON Lines), or after each record separator (RFC 7464).
//!
//! **Invariant:** every line is checked and counted; only the first records are kept, as received.

use serde::de::IgnoredAny;

use super::limits::Allowance;
use super::model::{Records, WrongRecord};
use super::note::Note;

/// Most lines that are named as wrong.
const WRONG_MAX: usize = 20;
/// What begins a record in RFC 7464.
const SEPARATOR: char = '\u{1e}';

/// Why a text is not JSON: line, column, reason. `None` if it is.
pub(super) fn json_error(text: &str) -> Option<(usize, usize, String)> {
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default().to_owned();
    Some((error.line(), error.column(), why))
}

/// Whether a text is an object or a list in JSON.
pub(super) fn is_container(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && json_error(text).is_none()
}

/// Whether a text is several records, each an object or a list.
pub(super) fn are_records(text: &str) -> bool {
    let mut lines = lines(text).map(|(_, line)| line);
    let first = lines.next().is_some_and(is_container);
    let second = lines.next().is_some_and(is_container);
    first && second && lines.all(is_container)
}

/// The records of a text.
pub(super) fn records(text: &str, left: &mut Allowance, notes: &mut Vec<Note>) -> Records {
    let mut found = Records::default();
    let mut full = false;
    for (number, line) in lines(text) {
        found.count += 1;
        if let Some((_, column, why)) = json_error(line) {
            found.wrong_count += 1;
            if found.wrong.len() < WRONG_MAX {
                let why = format!("{why} at column {column}");
                found.wrong.push(WrongRecord { line: number, why });
            }
        }
        full = full || left.records == 0 || !left.take_whole(line);
        if !full {
            left.records -= 1;
            found.items.push(line.to_owned());
        }
    }
    if found.items.len() < found.count {
        notes.push(Note::RecordsCut(found.items.len(), found.count));
    }
    if let Some(first) = found.wrong.first() {
        notes.push(Note::WrongRecords(first.line, found.wrong_count));
    }
    found
}

/// The lines that are not blank, with their numbers from 1.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = if text.starts_with(SEPARATOR) {
        SEPARATOR
    } else {
        '\n'
    };
    let skipped = usize::from(end == SEPARATOR);
    let lines = text.split(end).enumerate().skip(skipped);
    lines
        .map(move |(index, line)| {
            (
                index + 1 - skipped,
                line.trim_matches([' ', '\t', '\r', '\n']),
            )
        })
        .filter(|(_, line)| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::limits::ContentOptions;
    use super::*;

    fn read(text: &str) -> (Records, Vec<Note>) {
        let mut notes = Vec::new();
        let mut left = Allowance::new(&ContentOptions {
            records: 3,
            ..ContentOptions::default()
        });
        (records(text, &mut left, &mut notes), notes)
    }

    #[test]
    fn records_are_counted_and_the_first_are_kept() {
        let (found, notes) = read("{\"a\":1}\r\n\r\n [2]\n3\n\"4\"\n");
        assert_eq!((found.count, found.wrong_count), (4, 0));
        assert_eq!(found.items, ["{\"a\":1}", "[2]", "3"]);
        assert_eq!(notes, [Note::RecordsCut(3, 4)]);
    }

    #[test]
    fn wrong_lines_are_named() {
        let (found, notes) = read("{\"a\":1}\n{\"a\":\nnull");
        assert_eq!(found.wrong[0].line, 2);
        assert!(found.wrong[0].why.contains("column 5"), "{:?}", found.wrong);
        assert_eq!(notes, [Note::WrongRecords(2, 1)]);
    }

    #[test]
    fn separators_may_span_lines() {
        let (found, _) = read("\u{1e}{\"a\":\n1}\n\u{1e}[]\n");
        assert_eq!(found.items, ["{\"a\":\n1}", "[]"]);
    }

    #[test]
    fn only_containers_are_taken_for_records() {
        assert!(are_records("{}\n[]\n"));
        for text in ["{}", "1\n2\n", "{}\n{} x\n", "{\n}\n", "", "{}\nhello\n"] {
            assert!(!are_records(text), "{text:?}");
        }
        assert!(is_container("{\"a\":\"\\ud83d\",\"b\":1e999}"));
    }
}
