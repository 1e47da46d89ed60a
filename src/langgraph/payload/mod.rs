//! Interprets the body of a delivery. The body is parsed as JSON whatever its Content-Type (LangGraph's JavaScript server sends JSON as
//! `text/plain`), nearly always in one pass.
//!
//! **Invariant:** reading never fails: for a body that claims to be JSON but cannot be parsed, the result has the reason.
//!
//! | file | what it does |
//! |---|---|
//! | `schema` | the members that are read, in one pass |
//! | `detect` | whether a body is a run, and which server sent it |
//! | `run` | the run |
//! | `scalars` | strings as ids, names and times |
//! | `state_summary` | `values`, summed up |
//! | `observations`, `repeats`, `secrets`, `unknown_fields` | inputs for findings |
//! | `run_body` | the large parts of a run, for pages and the API |

mod detect;
mod observations;
mod repeats;
mod run;
pub(super) mod run_body;
mod scalars;
mod schema;
mod secrets;
mod state_summary;
mod unknown_fields;

pub(super) use self::scalars::uuid;

use serde::de::IgnoredAny;

use self::detect::is_run;
use self::schema::Payload;
use crate::domain::body::BodyKind;
use crate::domain::delivery::Truncation;
use crate::domain::head::Head;
use crate::domain::observations::Observations;
use crate::domain::run::{Reading, ReadingKind};
use crate::domain::time::Time;
use crate::json::{
    Lenient, RawJson, parse_or_repair, parse_repaired, without_bom, without_nonfinite,
};

/// The kind of a body, and its interpretation.
///
/// The kind depends only on the bytes: any valid JSON is JSON. A run with `NaN` or an infinity in it is text, but is read as a run. The reading also depends on the head: a body that claims to be JSON (by its
/// Content-Type, or because it begins with a brace or a bracket) but is not valid is unreadable, and the reading has the reason.
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
    cut: Option<Truncation>,
    received_at: Time,
) -> (BodyKind, Reading) {
    let (kind, mut reading) = read_body(head, body, cut, received_at);
    observations::of_head(head, kind == BodyKind::Empty, &mut reading.observations);
    (kind, reading)
}

fn read_body(
    head: &Head,
    body: &[u8],
    cut: Option<Truncation>,
    received_at: Time,
) -> (BodyKind, Reading) {
    if body.is_empty() {
        return (BodyKind::Empty, Reading::plain(ReadingKind::Empty));
    }
    let text = match text(body, cut) {
        Ok(text) => text,
        Err(valid) if claims_json(head, body) => {
            let why = with_truncation(format!("not UTF-8 at {}", place_after(valid)), cut);
            return (BodyKind::Binary, Reading::unreadable(why));
        }
        Err(_) => return (BodyKind::Binary, Reading::plain(ReadingKind::Binary)),
    };
    match json(without_bom(text), head, received_at) {
        Ok(reading) if reading.observations.not_numbers.is_empty() => (BodyKind::Json, reading),
        Ok(reading) => (BodyKind::Text, reading),
        Err(error) if claims_json(head, body) => {
            (BodyKind::Text, Reading::unreadable(why(&error, cut)))
        }
        Err(_) => (BodyKind::Text, Reading::plain(ReadingKind::Text)),
    }
}

/// The body as text, or the bytes before the first that are not UTF-8. A truncated body may end within a character.
fn text(body: &[u8], cut: Option<Truncation>) -> Result<&str, &[u8]> {
    std::str::from_utf8(body).or_else(|error| {
        let valid = &body[..error.valid_up_to()];
        match std::str::from_utf8(valid) {
            Ok(text) if cut.is_some() && error.error_len().is_none() => Ok(text),
            _ => Err(valid),
        }
    })
}

/// Reads JSON; an error means that the text is not JSON.
fn json(json: &str, head: &Head, received_at: Time) -> serde_json::Result<Reading> {
    let reading = |payload: Option<Payload<'_>>| match payload {
        Some(payload) if is_run(&payload) => {
            let run = run::run_of(&payload, head, received_at);
            Reading {
                observations: observations::of_run(&payload, &run, head),
                ..run.into()
            }
        }
        other => Reading {
            observations: Observations {
                langsmith: other.as_ref().and_then(observations::langsmith),
                ..Observations::default()
            },
            ..Reading::plain(ReadingKind::Json)
        },
    };
    let read = |json: &str| {
        let Lenient(payload) = serde_json::from_str(json).ok()?;
        Some(reading(payload))
    };
    if let Some(reading) = read(json) {
        return Ok(reading);
    }
    // Invalid, or JSON that no Rust string or number can represent; this pass only checks the grammar.
    match serde_json::from_str::<IgnoredAny>(json) {
        Ok(_) => Ok(parse_repaired(json, read).unwrap_or_else(|| reading(None))),
        Err(error) => with_nonfinite(json, read).ok_or(error),
    }
}

/// Reads a run that is JSON apart from `NaN` and infinities, which Python's `json` writes; `None` for any other body.
fn with_nonfinite(json: &str, read: impl Fn(&str) -> Option<Reading>) -> Option<Reading> {
    let copy = without_nonfinite(json)?;
    let mut reading = parse_or_repair(&copy, read).filter(|one| one.kind == ReadingKind::Run)?;
    reading.observations.not_numbers = observations::not_numbers(json);
    if let Some(run) = &mut reading.run {
        run::keep_error_as_received(run, RawJson::new(&copy), RawJson::new(json));
    }
    Some(reading)
}

/// Whether a body claims to be JSON, by its first character or its Content-Type.
fn claims_json(head: &Head, body: &[u8]) -> bool {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_json = |value: &str| {
        let media_type = value.split(';').next().unwrap_or_default().trim();
        let media_type = media_type.to_ascii_lowercase();
        media_type.ends_with("/json") || media_type.ends_with("+json")
    };
    let is_declared = || {
        head.headers()
            .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && is_json(&value))
    };
    matches!(first, Some(b'{' | b'[')) || is_declared()
}

/// Why JSON cannot be parsed: position, error, and whether the body is truncated.
fn why(error: &serde_json::Error, cut: Option<Truncation>) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_eof() {
        return with_truncation(format!("the JSON ends too early, at {place}"), cut);
    }
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(what, _)| what);
    with_truncation(format!("not JSON at {place}: {what}"), cut)
}

fn with_truncation(why: String, cut: Option<Truncation>) -> String {
    let because = match cut {
        None => return why,
        Some(Truncation::TooLong) => "it is longer than the limit",
        Some(Truncation::Disconnected) => "the sender disconnected before its end",
        Some(Truncation::TimedOut) => "the rest did not arrive in time",
        Some(Truncation::Unknown) => "only its first bytes were stored",
    };
    format!("{why}; the body is truncated because {because}")
}

/// Line and column of the first byte after these.
fn place_after(valid: &[u8]) -> String {
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
        cut: Option<Truncation>,
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
    fn kind_follows_the_bytes_and_reading_the_claim() {
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
    fn unreadable_bodies_say_where_and_why() {
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
            why(b"{\"a\":", Some(Truncation::TooLong)),
            "the JSON ends too early, at line 1, column 5; the body is truncated because it is longer than the limit"
        );
        assert_eq!(
            why(
                "{\"a\":\"é".as_bytes().split_last().unwrap().1,
                Some(Truncation::Disconnected)
            ),
            "the JSON ends too early, at line 1, column 6; the body is truncated because the sender disconnected before its end"
        );
        assert_eq!(why(b"{\n\"\xff", None), "not UTF-8 at line 2, column 2");
    }

    #[test]
    fn text_may_end_within_a_character() {
        let (body, reading, _) = reading(
            "text/plain",
            &"né".as_bytes()[..2],
            Some(Truncation::TooLong),
        );
        assert_eq!((body, reading), (BodyKind::Text, ReadingKind::Text));
    }

    #[test]
    fn deep_nesting_never_overflows() {
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
