//! Makes a recorded body new: fresh ids, times moved to now with their gaps kept, and another webhook address. It exchanges pieces of
//! the text and touches nothing between them, so keys, order and form stay those of the server.

use std::collections::BTreeMap;

use uuid::{NoContext, Timestamp, Uuid};

use crate::domain::time::Time;
use crate::langgraph::lenient::Hoped;
use crate::langgraph::marks::{time, uuid};
use crate::langgraph::payload::Payload;

/// A recorded body as it would be sent now. It must hold no escaped quote, so that the text between two quotes is one string.
pub(super) fn fresh(recorded: &str, webhook: &str, now: Time) -> String {
    let mut ids = Ids {
        shift: now.micros() - sent_at(recorded).micros(),
        known: BTreeMap::new(),
    };
    let pieces: Vec<&str> = recorded.split('"').collect();
    let fresh: Vec<String> = pieces
        .iter()
        .enumerate()
        .map(|(at, piece)| {
            match (
                at.checked_sub(2).map(|name| pieces[name]),
                pieces.get(at.wrapping_sub(1)),
            ) {
                (Some("webhook"), Some(&":")) => escaped(webhook),
                (_, Some(&"__request_start_time_ms__")) => moved_millis(piece, ids.shift),
                _ => moved_time(piece, ids.shift).unwrap_or_else(|| ids.exchanged(piece)),
            }
        })
        .collect();
    fresh.join("\"")
}

/// When a recorded body was sent; one that does not tell was sent when its run was made, as far as we care.
fn sent_at(recorded: &str) -> Time {
    let Hoped(payload) = serde_json::from_str::<Hoped<Payload<'_>>>(recorded).unwrap_or_default();
    let payload = payload.unwrap_or_default();
    let made_at = || {
        let id = payload.run_id.text().as_deref().and_then(uuid)?;
        id.get_timestamp().map(micros)
    };
    time(payload.webhook_sent_at)
        .or_else(|| made_at().map(Time::from_micros))
        .unwrap_or(Time::from_micros(0))
}

/// The ids of one body: each has one fresh id wherever it stands.
struct Ids {
    /// By how many microseconds the times move.
    shift: i64,
    known: BTreeMap<Uuid, String>,
}

impl Ids {
    /// A text in which the words that are ids are exchanged.
    fn exchanged(&mut self, text: &str) -> String {
        let words: Vec<String> = text.split(' ').map(|word| self.word(word)).collect();
        words.join(" ")
    }

    fn word(&mut self, word: &str) -> String {
        match uuid(word) {
            Some(id) => self
                .known
                .entry(id)
                .or_insert_with(|| fresh_id(id, self.shift))
                .clone(),
            None => word.to_owned(),
        }
    }
}

/// A new id of the same version. One made of a name (version 5) stays: the id of a graph's default assistant is the same everywhere.
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

/// A time in the form it had: milliseconds and `Z` (JavaScript), or microseconds, dropped when zero, and `+00:00` (Python).
fn moved_time(text: &str, shift: i64) -> Option<String> {
    let moved = Time::from_micros(Time::parse(text)?.micros() + shift).to_string();
    let digits = moved.trim_end_matches('Z');
    Some(if text.ends_with('Z') {
        format!("{}Z", &digits[..digits.len() - 3])
    } else {
        format!("{}+00:00", digits.strip_suffix(".000000").unwrap_or(digits))
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

/// The inside of a JSON string, characters beyond ASCII as they are (both servers write UTF-8).
fn escaped(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json[1..json.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::head::Head;
    use crate::domain::run::Run;
    use crate::langgraph::read;
    use crate::langgraph::samples::SAMPLES;

    const WEBHOOK: &str = "http://localhost:8080/hook/x?token=t";

    fn run(body: &str, received_at: Time) -> Run {
        let head = Head {
            raw: "POST / HTTP/1.1\r\n\r\n".into(),
            exact: true,
        };
        *read(&head, body.as_bytes(), None, received_at)
            .1
            .run
            .expect("a run")
    }

    #[test]
    fn only_ids_times_and_the_webhook_differ_from_the_recording() {
        for sample in SAMPLES {
            assert!(
                !sample.recorded.contains("\\\""),
                "{}: pieces would not be strings",
                sample.name
            );
            let now = Time::now();
            let fresh = fresh(sample.recorded, WEBHOOK, now);
            let (old, new): (Vec<_>, Vec<_>) = (
                sample.recorded.split('"').collect(),
                fresh.split('"').collect(),
            );
            assert_eq!(old.len(), new.len(), "{}", sample.name);
            for (old, new) in old.iter().zip(&new) {
                let is_id = uuid(old).is_some() && uuid(new).is_some();
                let is_time = Time::parse(old).is_some() && Time::parse(new).is_some();
                let is_webhook = old.starts_with("http://127.0.0.1:180") && *new == WEBHOOK;
                let is_millis = old.len() == 15 && new.len() == 15 && old.starts_with(":17");
                let names_an_id = old.starts_with("superseded by run ") && old.len() == new.len();
                assert!(
                    old == new || is_id || is_time || is_webhook || is_millis || names_an_id,
                    "{}: {old} became {new}",
                    sample.name
                );
            }
        }
    }

    #[test]
    fn the_run_is_new_was_sent_now_and_took_as_long_as_the_recorded_one() {
        for sample in SAMPLES {
            let now = Time::from_micros(Time::now().micros() / 1000 * 1000);
            let old = run(sample.recorded, now);
            let new = run(&fresh(sample.recorded, WEBHOOK, now), now);
            assert_ne!(old.run_id, new.run_id);
            assert_ne!(old.thread_id, new.thread_id);
            assert_eq!(old.assistant_id, new.assistant_id);
            assert_eq!(old.superseded_by.is_some(), new.superseded_by.is_some());
            assert_eq!((old.queue_ms, old.run_ms), (new.queue_ms, new.run_ms));
            assert_eq!(new.sent_at, old.sent_at.map(|_| now), "{}", sample.name);
            assert_eq!((old.sender, old.status), (new.sender, new.status));
            let tells_version = old.stateless.is_some();
            assert!(
                !tells_version
                    || sample.sender().version == run(sample.recorded, now).sender.version
            );
        }
    }

    #[test]
    fn an_id_is_exchanged_alike_wherever_it_stands_and_differs_each_time() {
        let sample = SAMPLES[0].recorded;
        let (one, two) = (
            fresh(sample, WEBHOOK, Time::now()),
            fresh(sample, WEBHOOK, Time::now()),
        );
        let id = |body: &str| run(body, Time::now()).run_id.expect("an id");
        assert_ne!(id(&one), id(&two));
        assert_eq!(one.matches(&id(&one)).count(), 2);
        assert_eq!(uuid(&id(&one)).map(|id| id.get_version_num()), Some(7));
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
        ] {
            assert_eq!(moved_time(time, shift).as_deref(), Some(expected));
        }
        assert_eq!(moved_time("Oslo", 1), None);
    }

    #[test]
    fn any_webhook_address_leaves_the_body_json() {
        let webhook = "http://h/\"quoted\"\\é?a=<b>";
        let body: serde_json::Value =
            serde_json::from_str(&fresh(SAMPLES[0].recorded, webhook, Time::now())).unwrap();
        assert_eq!(body["kwargs"]["webhook"], webhook);
    }
}
