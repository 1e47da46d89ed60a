//! Gives a recorded body fresh ids, times moved to now with the same intervals, and another webhook URL.
//!
//! **Invariant:** only these pieces of the text are replaced, so keys, order and formatting stay those of the server.

use std::collections::BTreeMap;

use uuid::{NoContext, Timestamp, Uuid};

use crate::domain::time::Time;
use crate::langgraph::payload::uuid;

/// Length of a UUID in its hyphenated form.
const UUID_BYTES: usize = 36;
/// Length of a time without a zone, including microseconds.
const NAIVE_BYTES: usize = 26;

/// The replacements for the bodies of one sample. The same id gets the same fresh id everywhere, in all of its bodies.
pub(super) struct Renewal {
    /// The webhook URL, escaped for JSON.
    webhook: String,
    /// How far the times move, in microseconds.
    shift: i64,
    known: BTreeMap<Uuid, String>,
}

impl Renewal {
    pub(super) fn new(webhook: &str, shift: i64) -> Self {
        Self {
            webhook: escaped(webhook),
            shift,
            known: BTreeMap::new(),
        }
    }

    /// A recorded body as it would be sent now. It must not contain escaped quotes, so that the text between two quotes is one string.
    pub(super) fn body(&mut self, recorded: &str) -> String {
        let mut fresh: Vec<String> = Vec::new();
        let (mut before, mut name) = ("", "");
        for piece in recorded.split('"') {
            fresh.push(match (name, before) {
                ("webhook", ":") => self.webhook.clone(),
                (_, "__request_start_time_ms__") => moved_millis(piece, self.shift),
                _ => moved_time(piece, self.shift).unwrap_or_else(|| self.exchanged(piece)),
            });
            (name, before) = (before, piece);
        }
        fresh.join("\"")
    }

    /// A text with its ids replaced.
    fn exchanged(&mut self, text: &str) -> String {
        let (mut fresh, mut done) = (String::with_capacity(text.len()), 0);
        for at in hyphens(text).filter_map(|at| at.checked_sub(8)) {
            let id = (at >= done)
                .then(|| text.get(at..at + UUID_BYTES))
                .flatten();
            if let Some(id) = id.and_then(uuid) {
                fresh.push_str(&text[done..at]);
                fresh.push_str(self.fresh_id(id));
                done = at + UUID_BYTES;
            }
        }
        fresh + &text[done..]
    }

    fn fresh_id(&mut self, id: Uuid) -> &str {
        let shift = self.shift;
        self.known.entry(id).or_insert_with(|| fresh_id(id, shift))
    }
}

fn hyphens(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('-').map(|(at, _)| at)
}

/// When a recorded body was sent: the latest of its times, or the time in its newest id.
pub(super) fn sent_at(recorded: &str) -> Time {
    let pieces = || recorded.split('"');
    let latest = pieces().filter_map(Time::parse).max();
    let made = || {
        let ids = pieces().filter_map(uuid);
        ids.filter_map(|id| id.get_timestamp()).map(micros).max()
    };
    latest
        .or_else(|| made().map(Time::from_micros))
        .unwrap_or(Time::from_micros(0))
}

/// A new id of the same version. A version 5 UUID stays: the id of a graph's default assistant is the same everywhere.
fn fresh_id(id: Uuid, shift: i64) -> String {
    match (id.get_version_num(), id.get_timestamp()) {
        (7, Some(made_at)) => {
            let micros = u64::try_from(micros(made_at) + shift).unwrap_or_default();
            let nanos = u32::try_from(micros % 1_000_000 * 1000).unwrap_or_default();
            Uuid::new_v7(Timestamp::from_unix(NoContext, micros / 1_000_000, nanos)).to_string()
        }
        (4, _) => Uuid::new_v4().to_string(),
        _ => id.to_string(),
    }
}

/// Microseconds since 1970.
fn micros(timestamp: Timestamp) -> i64 {
    let (seconds, nanos) = timestamp.to_unix();
    i64::try_from(seconds).unwrap_or_default() * 1_000_000 + i64::from(nanos / 1000)
}

/// A moved time in its original format: milliseconds and `Z` (JavaScript), or microseconds, dropped if zero, with `+00:00` (Python) or
/// without a zone (LangSmith).
fn moved_time(text: &str, shift: i64) -> Option<String> {
    let naive = || (text.len() == NAIVE_BYTES).then(|| Time::parse(&format!("{text}Z")))?;
    let moved = Time::parse(text).or_else(naive)?.micros() + shift;
    let moved = Time::from_micros(moved).to_string();
    let digits = moved.trim_end_matches('Z');
    Some(if text.ends_with('Z') {
        format!("{}Z", &digits[..digits.len() - 3])
    } else if text.ends_with("+00:00") {
        format!("{}+00:00", digits.strip_suffix(".000000").unwrap_or(digits))
    } else {
        digits.to_owned()
    })
}

/// `:1795297748376,` moved.
fn moved_millis(piece: &str, shift: i64) -> String {
    let number = piece.trim_matches([':', ',']);
    match number.parse::<i64>() {
        Ok(millis) => piece.replace(number, &(millis + shift / 1000).to_string()),
        Err(_) => piece.to_owned(),
    }
}

/// The content of a JSON string. Non-ASCII characters are not escaped (both servers write UTF-8).
fn escaped(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json[1..json.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::head::Head;
    use crate::domain::run::{Run, SenderKind};
    use crate::langgraph::read;
    use crate::langgraph::samples::{SAMPLES, Sample};

    const WEBHOOK: &str = "http://localhost:8080/hook/x?token=t";

    fn run(sample: &Sample, body: &str, received_at: Time) -> Option<Run> {
        let content_type = match sample.sender().kind {
            SenderKind::LanggraphJs => "user-agent: node\r\ncontent-type: text/plain",
            _ => "Content-Type: application/json",
        };
        let head = Head {
            raw: format!("POST / HTTP/1.1\r\n{content_type}\r\n\r\n").into(),
            exact: true,
        };
        let (_, reading) = read(&head, body.as_bytes(), None, received_at);
        reading.run.map(|run| *run)
    }

    fn fresh(recorded: &str, webhook: &str, now: Time) -> String {
        Renewal::new(webhook, now.micros() - sent_at(recorded).micros()).body(recorded)
    }

    /// Every recorded body, with its sample.
    fn bodies() -> impl Iterator<Item = (&'static Sample, &'static str)> {
        SAMPLES
            .iter()
            .flat_map(|sample| sample.recorded.iter().map(move |body| (sample, *body)))
    }

    #[test]
    fn only_ids_times_and_webhook_are_fresh() {
        for (sample, recorded) in bodies() {
            assert!(
                !recorded.contains("\\\""),
                "{}: has an escaped quote",
                sample.name
            );
            let fresh = fresh(recorded, WEBHOOK, Time::now());
            let pieces = |body| str::split(body, '"').collect::<Vec<_>>();
            let (old, new) = (pieces(recorded), pieces(&fresh));
            assert_eq!(old.len(), new.len(), "{}", sample.name);
            for (old, new) in old.iter().zip(&new) {
                let is_time = moved_time(old, 0).is_some() && moved_time(new, 0).is_some();
                let is_webhook = old.contains("127.0.0.1:180") && *new == WEBHOOK;
                let is_millis = old.len() == 15 && new.len() == 15 && old.starts_with(":17");
                assert!(
                    without_ids(old) == without_ids(new) || is_time || is_webhook || is_millis,
                    "{}: {old} became {new}",
                    sample.name
                );
            }
        }
    }

    /// A text with its ids masked.
    fn without_ids(text: &str) -> String {
        let mut blotted = text.to_owned();
        for at in hyphens(text).filter_map(|at| at.checked_sub(8)) {
            let range = at..at + UUID_BYTES;
            if text.get(range.clone()).and_then(uuid).is_some() {
                blotted.replace_range(range, &"x".repeat(UUID_BYTES));
            }
        }
        blotted
    }

    #[test]
    fn the_run_is_new_and_reads_as_recorded() {
        for (sample, recorded) in bodies() {
            let now = Time::from_micros(Time::now().micros() / 1000 * 1000);
            let new = run(sample, &fresh(recorded, WEBHOOK, now), now);
            let Some(old) = run(sample, recorded, now) else {
                assert_eq!(new, None, "{}", sample.name);
                continue;
            };
            let new = new.expect(sample.name);
            assert_ne!(old.run_id, new.run_id);
            assert_ne!(old.thread_id, new.thread_id);
            assert_eq!(old.superseded_by.is_some(), new.superseded_by.is_some());
            assert_eq!(new.sent_at, old.sent_at.map(|_| now), "{}", sample.name);
            let rest_of_old = Run {
                run_id: old.run_id,
                thread_id: old.thread_id,
                cron_id: old.cron_id,
                superseded_by: old.superseded_by,
                error: old.error,
                created_at: old.created_at,
                started_at: old.started_at,
                ended_at: old.ended_at,
                sent_at: old.sent_at,
                lag_ms: old.lag_ms,
                ..new.clone()
            };
            let old = run(sample, recorded, now);
            assert_eq!(old, Some(rest_of_old), "{}", sample.name);
        }
    }

    #[test]
    fn an_id_is_replaced_alike_everywhere() {
        let sample = SAMPLES[0];
        let one = fresh(sample.recorded[0], WEBHOOK, Time::now());
        let two = fresh(sample.recorded[0], WEBHOOK, Time::now());
        let id = |body: &str| run(&sample, body, Time::now()).and_then(|run| run.run_id);
        let (one_id, two_id) = (id(&one).unwrap(), id(&two).unwrap());
        assert_ne!(one_id, two_id);
        assert_eq!(one.matches(&one_id).count(), 2);
        assert_eq!(uuid(&one_id).map(|id| id.get_version_num()), Some(7));
    }

    #[test]
    fn an_id_is_found_inside_a_text() {
        let mut renewal = Renewal::new(WEBHOOK, 0);
        let id = "6ab80f10-d79c-4fa2-b441-922ed6feb630";
        let text = renewal.exchanged(&format!("é-Z{id}-{id}, {id}"));
        let fresh = renewal.exchanged(id);
        assert_ne!(fresh, id);
        assert_eq!(text, format!("é-Z{fresh}-{fresh}, {fresh}"));
        assert_eq!(renewal.exchanged("a-b--é-c"), "a-b--é-c");
    }

    #[test]
    fn times_keep_the_form_of_their_server() {
        for (time, shift, expected) in [
            (
                "2026-11-21T21:49:08.385645+00:00",
                1,
                "2026-11-21T21:49:08.385646+00:00",
            ),
            (
                "2026-11-21T21:49:08.999999+00:00",
                1,
                "2026-11-21T21:49:09+00:00",
            ),
            (
                "2026-11-21T21:49:08+00:00",
                10,
                "2026-11-21T21:49:08.000010+00:00",
            ),
            ("2026-11-21T21:55:04.595Z", 5999, "2026-11-21T21:55:04.600Z"),
            (
                "2026-11-21T21:55:04.595001",
                1,
                "2026-11-21T21:55:04.595002",
            ),
        ] {
            assert_eq!(moved_time(time, shift).as_deref(), Some(expected));
        }
        assert_eq!(moved_time("Oslo", 1), None);
    }

    #[test]
    fn any_webhook_address_leaves_the_body_json() {
        let webhook = "http://h/\"quoted\"\\é?a=<b>";
        let body = fresh(SAMPLES[0].recorded[0], webhook, Time::now());
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["kwargs"]["webhook"], webhook);
    }
}
