//! Interprets a request: what its body is, a LangGraph run, or otherwise the service that sent it.
//!
//! **Invariant:** reading never fails, and its result does not change how the request is stored. Short plain JSON is read at once; a body
//! that must be decoded or is large is read on another thread, few at a time, so that it does not delay other captures.

use tokio::task::spawn_blocking;

use crate::content::{self, Examined};
use crate::domain::body::BodyKind;
use crate::domain::delivery::Intake;
use crate::domain::head::Head;
use crate::domain::run::{Reading, ReadingKind};
use crate::langgraph;
use crate::limits::client::ClientGroup;
use crate::limits::decoding_turns::DecodingTurns;
use crate::sources;

/// Longest body that is examined on the thread of its connection, in bytes, if it is not JSON.
const INLINE_BYTES_MAX: usize = 64 * 1024;

/// Longest JSON that is read on the thread of its connection, in bytes.
const INLINE_JSON_BYTES_MAX: usize = 1024 * 1024;

/// The kind of the body, and its interpretation. `turns` limits how many bodies are decoded at a time.
pub(super) async fn read(intake: &Intake, turns: &DecodingTurns) -> (BodyKind, Reading) {
    let is_coded = content::is_coded(&intake.head, &intake.body);
    if !is_coded && intake.body.len() <= INLINE_JSON_BYTES_MAX {
        if let Some(read) = read_json(intake) {
            return read;
        }
        if intake.body.len() <= INLINE_BYTES_MAX {
            return examined(intake);
        }
    }
    let _turn = turns.take(intake.client.map(ClientGroup::from)).await;
    // Shorter JSON was tried above.
    let may_be_json = !is_coded && intake.body.len() > INLINE_JSON_BYTES_MAX;
    let intake = intake.clone();
    let read = spawn_blocking(move || {
        let json = may_be_json.then(|| read_json(&intake)).flatten();
        json.unwrap_or_else(|| examined(&intake))
    });
    read.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a body could not be read");
        (BodyKind::Binary, Reading::plain(ReadingKind::Binary))
    })
}

/// A body that is an object or a list in JSON, in UTF-8; `None` for any other.
fn read_json(intake: &Intake) -> Option<(BodyKind, Reading)> {
    let (head, body) = (&intake.head, &intake.body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(first, Some(b'{' | b'[')) {
        return None;
    }
    let (is, reading) = langgraph::read(head, body, intake.cut, intake.received_at);
    let is_json = is == BodyKind::Json;
    is_json.then(|| (content::json_kind(head), with_source(reading, head, body)))
}

/// Any body.
fn examined(intake: &Intake) -> (BodyKind, Reading) {
    let head = &intake.head;
    let Examined {
        kind,
        coding,
        plain,
    } = content::examine(head, &intake.body);
    let (_, mut reading) = langgraph::read(head, &plain, intake.cut, intake.received_at);
    if reading.kind == ReadingKind::Unreadable {
        if kind == BodyKind::Ndjson {
            // Each line is JSON, or the Body tab says which is not.
            reading = Reading {
                observations: reading.observations,
                ..Reading::plain(ReadingKind::Text)
            };
        } else if let Some(problem) = coding.as_ref().and_then(|coding| coding.problem.clone()) {
            // That it is invalid JSON follows from that.
            reading.why = Some(problem.trim_end_matches('.').to_owned());
        }
    }
    reading.observations.coding = coding;
    (kind, with_source(reading, head, &plain))
}

/// Adds the service that sent it, unless it is a run.
fn with_source(mut reading: Reading, head: &Head, body: &[u8]) -> Reading {
    if reading.kind != ReadingKind::Run {
        reading.source = sources::read(head, body, reading.observations.langsmith);
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Time;

    fn read(lines: &str, body: &'static [u8]) -> (BodyKind, Reading) {
        let head = Head {
            raw: format!("POST / HTTP/1.1\r\n{lines}\r\n\r\n").into(),
            exact: true,
        };
        let intake = Intake {
            received_at: Time::from_micros(0),
            peer: None,
            client: None,
            head,
            body: body.into(),
            cut: None,
            trailers: bytes::Bytes::new(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let turns = DecodingTurns::default();
        runtime.block_on(super::read(&intake, &turns))
    }

    #[test]
    fn a_body_is_read_as_it_is_coded() {
        use {BodyKind as B, ReadingKind as R};
        let json = "Content-Type: application/json";
        for (lines, body, kind, reading) in [
            (json.to_owned(), &b"{\"a\":1}"[..], B::Json, R::Json),
            (json.to_owned(), b"{\"a\":", B::Json, R::Unreadable),
            (
                format!("{json}; charset=iso-8859-1"),
                b"[\"\xfc\"]",
                B::Json,
                R::Json,
            ),
            (
                format!("{json}; charset=utf-16"),
                b"\xfe\xff\0[\0]",
                B::Json,
                R::Json,
            ),
            (
                format!("{json}\r\nContent-Encoding: gzip"),
                b"{}",
                B::Json,
                R::Json,
            ),
            (
                format!("{json}\r\nContent-Encoding: gzip"),
                b"\x1f\x8b\x08",
                B::Binary,
                R::Unreadable,
            ),
            (
                "Content-Type: application/x-ndjson".to_owned(),
                b"{}\n{}\n",
                B::Ndjson,
                R::Text,
            ),
            ("X: 1".to_owned(), b"", B::Empty, R::Empty),
        ] {
            let (is, read) = read(&lines, body);
            assert_eq!((is, read.kind), (kind, reading), "{lines} {body:?}");
        }
    }

    #[test]
    fn damaged_compression_is_the_reason_and_not_the_json() {
        let lines = "Content-Type: application/json\r\nContent-Encoding: gzip";
        let (_, reading) = read(lines, b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\x56");
        let why = reading.why.expect("it cannot be read");
        assert!(why.starts_with("The gzip data ends too early"), "{why}");
        assert!(reading.observations.coding.is_some());
    }
}
