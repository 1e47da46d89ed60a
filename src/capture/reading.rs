//! Interprets a request: a LangGraph run, or otherwise the service that sent it.
//!
//! **Invariant:** reading never fails, and its result does not change how the request is stored.

use crate::domain::delivery::{BodyKind, Intake};
use crate::domain::head::Head;
use crate::domain::run::{Reading, ReadingKind};
use crate::langgraph;
use crate::sources;

/// The kind of the body, and its interpretation.
pub(super) fn read(intake: &Intake) -> (BodyKind, Reading) {
    let (head, body) = (&intake.head, &intake.body);
    let (kind, mut reading) = langgraph::read(head, body, intake.cut, intake.received_at);
    if reading.kind == ReadingKind::Unreadable && !is_plain_json(head) {
        // What it is shows only when it is decoded: that it is invalid JSON would be wrong.
        let observations = reading.observations;
        reading = Reading {
            observations,
            ..Reading::plain(kind_of(kind))
        };
    }
    if reading.kind != ReadingKind::Run {
        reading.source = sources::read(head, body, reading.observations.langsmith);
    }
    (kind, reading)
}

fn kind_of(kind: BodyKind) -> ReadingKind {
    match kind {
        BodyKind::Json | BodyKind::Text => ReadingKind::Text,
        BodyKind::Binary | BodyKind::Unknown => ReadingKind::Binary,
        BodyKind::Empty => ReadingKind::Empty,
    }
}

/// Whether a body that is declared as JSON is one JSON text in UTF-8: not compressed, in no other charset, and not one JSON text per line.
fn is_plain_json(head: &Head) -> bool {
    let encoding = head.header("content-encoding").unwrap_or_default();
    let declared = head.header("content-type").unwrap_or_default();
    let declared = declared.to_ascii_lowercase();
    let charset = declared.split("charset=").nth(1);
    let charset = charset.map(|rest| rest.trim_matches(['"', ' ']));
    let is_utf8 = charset.is_none_or(|charset| charset.starts_with("utf-8") || charset == "utf8");
    let is_one = !["ndjson", "jsonl", "json-lines", "json-seq"]
        .iter()
        .any(|name| declared.contains(name));
    (encoding.is_empty() || encoding.eq_ignore_ascii_case("identity")) && is_utf8 && is_one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_that_must_be_decoded_first_is_not_plain() {
        let is_plain = |lines: &str| {
            is_plain_json(&Head {
                raw: format!("POST / HTTP/1.1\r\n{lines}\r\n\r\n").into(),
                exact: true,
            })
        };
        for lines in [
            "Content-Type: application/json",
            "Content-Type: application/json; charset=\"UTF-8\"",
            "Content-Type: application/json\r\nContent-Encoding: identity",
        ] {
            assert!(is_plain(lines), "{lines}");
        }
        for lines in [
            "Content-Type: application/json\r\nContent-Encoding: gzip",
            "Content-Type: application/json; charset=ISO-8859-1",
            "Content-Type: application/x-ndjson",
        ] {
            assert!(!is_plain(lines), "{lines}");
        }
    }
}
