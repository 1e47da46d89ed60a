//! What a body is. Never fails: JSON is tried whatever the Content-Type says (the JavaScript server of LangGraph calls its JSON
//! `text/plain`), and what cannot be read is a finding with a reason. A body is read in one pass unless it is broken.

use serde::de::IgnoredAny;

use super::lenient::{Hoped, without_surrogates};
use super::marks::is_run;
use super::payload::Payload;
use super::{facts, run};
use crate::domain::delivery::{BodyKind, CutWhy};
use crate::domain::facts::Facts;
use crate::domain::head::Head;
use crate::domain::run::{Reading, ReadingKind};
use crate::domain::time::Time;

/// Tells what the bytes of a body are, and what was understood of them.
///
/// The kind of the body goes by its bytes alone: any valid JSON is JSON. The reading also heeds what the head says: bytes that claim
/// to be JSON (by a Content-Type, or by beginning with a brace or bracket) and are not are unreadable, and the reading says why.
///
/// ```
/// use creel::domain::{head::Head, run::ReadingKind, time::Time};
///
/// let head = Head { raw: "POST / HTTP/1.1\r\n\r\n".into(), exact: true };
/// let (_, reading) = creel::langgraph::read(&head, b"{\"status\": ", None, Time::now());
/// assert_eq!(reading.kind, ReadingKind::Unreadable);
/// assert_eq!(reading.why.as_deref(), Some("the JSON ends too early, at line 1, column 11"));
/// ```
#[must_use]
pub fn read(
    head: &Head,
    body: &[u8],
    cut: Option<CutWhy>,
    received_at: Time,
) -> (BodyKind, Reading) {
    let (kind, mut reading) = read_body(head, body, cut, received_at);
    facts::of_head(head, kind == BodyKind::Empty, &mut reading.facts);
    (kind, reading)
}

fn read_body(
    head: &Head,
    body: &[u8],
    cut: Option<CutWhy>,
    received_at: Time,
) -> (BodyKind, Reading) {
    if body.is_empty() {
        return (BodyKind::Empty, Reading::plain(ReadingKind::Empty));
    }
    let text = match text(body, cut) {
        Ok(text) => text,
        Err(valid) if claims_json(head, body) => {
            let why = with_cut(format!("not UTF-8 at {}", place_behind(valid)), cut);
            return (BodyKind::Binary, Reading::unreadable(why));
        }
        Err(_) => return (BodyKind::Binary, Reading::plain(ReadingKind::Binary)),
    };
    match json(text.strip_prefix(BOM).unwrap_or(text), head, received_at) {
        Ok(reading) => (BodyKind::Json, reading),
        Err(error) if claims_json(head, body) => {
            (BodyKind::Text, Reading::unreadable(why(&error, cut)))
        }
        Err(_) => (BodyKind::Text, Reading::plain(ReadingKind::Text)),
    }
}

/// The byte order mark that some senders put before JSON (RFC 8259 section 8.1 lets a reader ignore it).
const BOM: char = '\u{feff}';

/// The body as text, or else the bytes before the first that is not UTF-8. A character that the cut split is not held against it.
fn text(body: &[u8], cut: Option<CutWhy>) -> Result<&str, &[u8]> {
    std::str::from_utf8(body).or_else(|error| {
        let valid = &body[..error.valid_up_to()];
        match std::str::from_utf8(valid) {
            Ok(text) if cut.is_some() && error.error_len().is_none() => Ok(text),
            _ => Err(valid),
        }
    })
}

/// Reads JSON; an error means that it is none.
fn json(json: &str, head: &Head, received_at: Time) -> serde_json::Result<Reading> {
    let understood = |payload: Option<Payload<'_>>| match payload {
        Some(run) if is_run(&run) => Reading {
            facts: facts::of_run(&run, head),
            ..run::run(&run, head, received_at).into()
        },
        other => Reading {
            facts: Facts {
                langsmith: other.as_ref().and_then(facts::langsmith),
                ..Facts::default()
            },
            ..Reading::plain(ReadingKind::Json)
        },
    };
    if let Ok(Hoped(payload)) = serde_json::from_str(json) {
        return Ok(understood(payload));
    }
    // Broken, or JSON that Rust's strings and numbers cannot hold: the grammar alone decides which.
    serde_json::from_str::<IgnoredAny>(json)?;
    let repaired = without_surrogates(json);
    let Hoped(payload) = serde_json::from_str(&repaired).unwrap_or_default();
    Ok(understood(payload))
}

/// Whether a body means to be JSON.
fn claims_json(head: &Head, body: &[u8]) -> bool {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let says = |value: &str| {
        let media_type = value.split(';').next().unwrap_or_default().trim();
        let media_type = media_type.to_ascii_lowercase();
        media_type.ends_with("/json") || media_type.ends_with("+json")
    };
    let said = || {
        head.headers()
            .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && says(&value))
    };
    matches!(first, Some(b'{' | b'[')) || said()
}

/// One sentence about JSON that cannot be read: where, what, and whether we hold only its beginning.
fn why(error: &serde_json::Error, cut: Option<CutWhy>) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_eof() {
        return with_cut(format!("the JSON ends too early, at {place}"), cut);
    }
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(what, _)| what);
    with_cut(format!("not JSON at {place}: {what}"), cut)
}

fn with_cut(why: String, cut: Option<CutWhy>) -> String {
    let because = match cut {
        None => return why,
        Some(CutWhy::TooLong) => "it is longer than the limit",
        Some(CutWhy::Disconnected) => "the sender went away before its end",
        Some(CutWhy::TimedOut) => "its end did not come in time",
        Some(CutWhy::Unknown) => "only its first bytes are there",
    };
    format!("{why}; the body was cut because {because}")
}

/// Line and column of the first byte behind these.
fn place_behind(valid: &[u8]) -> String {
    let lines = valid.split(|byte| *byte == b'\n').enumerate();
    let (index, last) = lines.last().unwrap_or_default();
    format!("line {}, column {}", index + 1, last.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(
        content_type: &str,
        body: &[u8],
        cut: Option<CutWhy>,
    ) -> (BodyKind, ReadingKind, String) {
        let raw = format!("POST / HTTP/1.1\r\nContent-Type: {content_type}\r\n\r\n");
        let head = Head {
            raw: raw.into(),
            exact: true,
        };
        let (kind, reading) = read(&head, body, cut, Time::from_micros(0));
        (kind, reading.kind, reading.why.unwrap_or_default())
    }

    fn kinds(content_type: &str, body: &[u8]) -> (BodyKind, ReadingKind) {
        let (body, reading, _) = reading(content_type, body, None);
        (body, reading)
    }

    #[test]
    fn the_kind_of_a_body_goes_by_its_bytes_and_the_reading_by_what_it_claims_too() {
        use {BodyKind as B, ReadingKind as R};
        for (content_type, body, expected) in [
            ("application/json", &b""[..], (B::Empty, R::Empty)),
            ("application/json", b"{\"a\":1}", (B::Json, R::Json)),
            ("text/plain", b" [1]\n", (B::Json, R::Json)),
            ("text/plain", b"\xef\xbb\xbf{}", (B::Json, R::Json)),
            ("text/plain", b"42", (B::Json, R::Json)),
            ("text/plain", b"hello", (B::Text, R::Text)),
            ("text/plain", b" \n", (B::Text, R::Text)),
            (
                "application/x-www-form-urlencoded",
                b"a=b",
                (B::Text, R::Text),
            ),
            (
                "Application/JSON; charset=utf-8",
                b"hello",
                (B::Text, R::Unreadable),
            ),
            ("application/vnd.acme+json", b" ", (B::Text, R::Unreadable)),
            ("text/plain", b"{a:1}", (B::Text, R::Unreadable)),
            ("text/plain", b"\xef\xbb\xbf\n[", (B::Text, R::Unreadable)),
            ("text/plain", b"{}{}", (B::Text, R::Unreadable)),
            ("image/png", b"\x89PNG\r\n\x1a\n", (B::Binary, R::Binary)),
            ("application/json", b"\xff\xfe{", (B::Binary, R::Unreadable)),
            (
                "text/plain",
                b"{\"a\":\"\xff\"}",
                (B::Binary, R::Unreadable),
            ),
        ] {
            assert_eq!(
                kinds(content_type, body),
                expected,
                "{content_type} {body:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        let why = |body: &[u8], cut| reading("application/json", body, cut).2;
        assert_eq!(
            why(b"{\n \"a\": nope}", None),
            "not JSON at line 2, column 8: expected ident"
        );
        assert_eq!(
            why(b"{\"a\":", None),
            "the JSON ends too early, at line 1, column 5"
        );
        assert_eq!(
            why(b"{\"a\":", Some(CutWhy::TooLong)),
            "the JSON ends too early, at line 1, column 5; the body was cut because it is longer than the limit"
        );
        assert_eq!(
            why(
                "{\"a\":\"é".as_bytes().split_last().unwrap().1,
                Some(CutWhy::Disconnected)
            ),
            "the JSON ends too early, at line 1, column 6; the body was cut because the sender went away before its end"
        );
        assert_eq!(why(b"{\n\"\xff", None), "not UTF-8 at line 2, column 2");
    }

    #[test]
    fn a_character_that_the_cut_split_leaves_a_text_a_text() {
        let (body, reading, _) =
            reading("text/plain", &"né".as_bytes()[..2], Some(CutWhy::TooLong));
        assert_eq!((body, reading), (BodyKind::Text, ReadingKind::Text));
    }

    #[test]
    fn deep_nesting_is_read_or_told_of_and_never_overflows() {
        let lists = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let objects =
            |depth: usize| format!("{}1{}", "{\"values\":".repeat(depth), "}".repeat(depth));
        let kind = |body: String| kinds("application/json", body.as_bytes()).1;
        assert_eq!(kind(lists(300)), ReadingKind::Json);
        assert_eq!(kind(lists(1_000_000)), ReadingKind::Json);
        assert_eq!(kind(objects(300)), ReadingKind::Json);
        assert_eq!(kind("[".repeat(1_000_000)), ReadingKind::Unreadable);
    }
}
