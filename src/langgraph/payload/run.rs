//! The run that a payload describes. Measured on langgraph-api 0.4.48 and 0.16.7 and on @langchain/langgraph-api 2.0.0.
//!
//! **Invariant:** a value that is absent, or of another type than the servers send, is `None`. Long texts are shortened.

use super::detect::sender;
use super::scalars::{name, shortened, time, uuid};
use super::schema::{CommandMembers, ErrorObject, Payload};
use crate::domain::head::Head;
use crate::domain::run::{Run, RunError};
use crate::domain::time::Time;
use crate::json::{Container, Lenient, RawJson};

/// The text that the Python server sends instead of the message of an exception whose class it does not know.
const MASKED: &str = "An internal error occurred";

/// Longest message of an exception that is kept: a stack trace, not a dump.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// The run that a payload describes.
pub(super) fn run_of(payload: &Payload<'_>, head: &Head, received_at: Time) -> Run {
    let kwargs = payload.kwargs.0.as_ref();
    let config = kwargs.and_then(|kwargs| kwargs.config.0.as_ref());
    let configurable = config.and_then(|config| config.configurable.0.as_ref());
    let metadata = payload.metadata.0.unwrap_or_default();
    let messages = payload.state.messages.as_ref();
    let [created_at, started_at, ended_at, sent_at] = [
        payload.created_at,
        payload.run_started_at,
        payload.run_ended_at,
        payload.webhook_sent_at,
    ]
    .map(time);
    let error = error(payload.error);
    Run {
        run_id: name(payload.run_id),
        thread_id: name(payload.thread_id),
        assistant_id: name(payload.assistant_id),
        graph_id: name(metadata.graph_id).or_else(|| name(configurable?.graph_id)),
        cron_id: configurable.and_then(|configurable| name(configurable.cron_id)),
        status: name(payload.status),
        stateless: kwargs.and_then(|kwargs| kwargs.temporary.boolean()),
        resumed: kwargs.and_then(|kwargs| resumed(kwargs.command)),
        superseded_by: error
            .as_ref()
            .and_then(|error| superseded_by(&error.message)),
        error,
        multitask_strategy: name(payload.multitask_strategy),
        created_at,
        started_at,
        ended_at,
        sent_at,
        queue_ms: millis(created_at, started_at),
        run_ms: millis(started_at, ended_at),
        lag_ms: millis(sent_at, Some(received_at)),
        messages: messages.map(|messages| messages.count),
        input_tokens: messages.and_then(|messages| messages.input_tokens),
        output_tokens: messages.and_then(|messages| messages.output_tokens),
        sender: sender(payload, config.and_then(|config| config.metadata.0), head),
    }
}

/// The exception, from `{error: class, message}` or from a bare string; any other object is kept as its JSON.
fn error(json: RawJson<'_>) -> Option<RunError> {
    if let Some(text) = json.text() {
        return Some(run_error(None, &text));
    }
    let object = object::<ErrorObject<'_>>(json)?;
    let class = name(object.error);
    match object.message.text() {
        Some(message) => Some(run_error(class, &message)),
        None if class.is_some() => Some(run_error(class, "")),
        None => Some(run_error(None, json.json())),
    }
}

/// An error that is kept as its JSON has to be that of the body, not that of the copy that was read.
pub(super) fn keep_error_as_received(run: &mut Run, copy: RawJson<'_>, body: RawJson<'_>) {
    let json = |body: RawJson<'_>| {
        let error = body.member("error")?.value;
        Some(shortened(error.json(), MESSAGE_BYTES_MAX))
    };
    if let (Some(error), Some(read), Some(received)) = (&mut run.error, json(copy), json(body))
        && error.message == read
    {
        error.message = received;
    }
}

fn run_error(class: Option<String>, message: &str) -> RunError {
    RunError {
        class,
        message: shortened(message, MESSAGE_BYTES_MAX),
        masked: message == MASKED,
    }
}

/// The run named in the reason `superseded by run <id> (multitask_strategy=...)`, langgraph-api 0.16.
fn superseded_by(message: &str) -> Option<String> {
    let rest = message.strip_prefix("superseded by run ")?;
    let id = rest.split([' ', '(']).next()?;
    uuid(id).map(|_| id.to_owned())
}

/// Whether a run was resumed; `None` if `command` is absent, as with the JavaScript server.
fn resumed(command: RawJson<'_>) -> Option<bool> {
    if command.is_null() {
        return Some(false);
    }
    let command = object::<CommandMembers<'_>>(command)?;
    Some(command.resume.is_present() && !command.resume.is_null())
}

/// The object in a value; `None` if it is not a readable object, for example because a name has half of a surrogate pair.
fn object<'de, C: Container<'de>>(json: RawJson<'de>) -> Option<C> {
    serde_json::from_str::<Lenient<C>>(json.json()).ok()?.0
}

fn millis(from: Option<Time>, to: Option<Time>) -> Option<i64> {
    Some(to?.millis_since(from?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scalars::NAME_BYTES_MAX;
    use super::*;
    use crate::langgraph::read;

    const ID: &str = "01a20015-a599-73cf-a7e4-82e5ac641e67";

    fn run_of(body: &str) -> Run {
        let head = Head {
            raw: "POST / HTTP/1.1\r\n\r\n".into(),
            exact: true,
        };
        let (_, reading) = read(&head, body.as_bytes(), None, Time::from_micros(0));
        *reading.run.expect("a run")
    }

    #[test]
    fn the_last_of_a_repeated_name_counts() {
        let run = run_of(&format!(
            r#"{{"run_id": 1, "run_id": "{ID}", "kwargs": {{"temporary": true}}, "kwargs": {{}}, "status": 1, "status": "success"}}"#
        ));
        assert_eq!(
            (run.run_id.as_deref(), run.status.as_deref()),
            (Some(ID), Some("success"))
        );
        assert_eq!(run.stateless, None);
    }

    #[test]
    fn a_lone_surrogate_affects_nothing_else() {
        let run = run_of(&format!(
            r#"{{"run_id": "{ID}", "status": "error", "error": "cut \ud83d", "values": "\ud83d", "\ud83d": 1e999}}"#
        ));
        assert_eq!(
            run.error.map(|error| error.message).as_deref(),
            Some("cut \u{fffd}")
        );
    }

    #[test]
    fn a_number_beyond_f64_affects_nothing_else() {
        for member in ["kwargs", "metadata", "values", "thread_id"] {
            let run = run_of(&format!(
                r#"{{"run_id": "{ID}", "status": "error", "{member}": 1e999, "error": "cut \ud83d"}}"#
            ));
            let message = run.error.map(|error| error.message);
            assert_eq!(message.as_deref(), Some("cut \u{fffd}"), "{member}");
        }
    }

    #[test]
    fn c16_a_number_that_is_not_json_affects_nothing_else() {
        for number in ["NaN", "Infinity", "-Infinity"] {
            for member in ["kwargs", "metadata", "values", "thread_id", "other"] {
                let run = run_of(&format!(
                    r#"{{"run_id": "{ID}", "status": "error", "{member}": {number}, "error": "cut \ud83d"}}"#
                ));
                let message = run.error.map(|error| error.message);
                assert_eq!(message.as_deref(), Some("cut \u{fffd}"), "{member}");
                assert_eq!((run.thread_id, run.messages), (None, None));
            }
        }
        let body = format!(r#"{{"run_id": "{ID}", "status": "error", "error": {{"a": NaN}}}}"#);
        let message = run_of(&body).error.map(|error| error.message);
        assert_eq!(message.as_deref(), Some(r#"{"a": NaN}"#));
        let given = r#"{"message": "text", "a": NaN}"#;
        let body = format!(r#"{{"run_id": "{ID}", "status": "error", "error": {given}}}"#);
        let message = run_of(&body).error.map(|error| error.message);
        assert_eq!(message.as_deref(), Some("text"));
    }

    #[test]
    fn errors_are_read_in_every_form() {
        let error = |error: serde_json::Value| {
            let run = run_of(&json!({"run_id": ID, "status": "error", "error": error}).to_string());
            run.error
                .map(|error| (error.class, error.message, error.masked))
        };
        let class = |name: &str| Some(name.to_owned());
        assert_eq!(error(json!("text")), Some((None, "text".into(), false)));
        assert_eq!(
            error(json!({"error": "E", "message": "text"})),
            Some((class("E"), "text".into(), false))
        );
        assert_eq!(
            error(json!({"error": "E", "message": MASKED})),
            Some((class("E"), MASKED.into(), true))
        );
        assert_eq!(
            error(json!({"error": "E"})),
            Some((class("E"), String::new(), false))
        );
        assert_eq!(
            error(json!({"detail": 1})),
            Some((None, r#"{"detail":1}"#.into(), false))
        );
        for none in [json!(null), json!(1), json!([1]), json!(true)] {
            assert_eq!(error(none), None);
        }
    }

    #[test]
    fn superseded_needs_the_id_of_another_run() {
        let by = |text: &str| superseded_by(text);
        assert_eq!(
            by(&format!(
                "superseded by run {ID} (multitask_strategy=interrupt)"
            ))
            .as_deref(),
            Some(ID)
        );
        assert_eq!(by(&format!("superseded by run {ID}")).as_deref(), Some(ID));
        assert_eq!(by("superseded by run later"), None);
        assert_eq!(by(&format!("not superseded by run {ID}")), None);
    }

    #[test]
    fn long_texts_are_shortened() {
        let long = "é".repeat(100_000);
        let error = json!({"error": long, "message": long});
        let run =
            run_of(&json!({"run_id": ID, "status": long, "values": 1, "error": error}).to_string());
        let error = run.error.expect("an error");
        assert_eq!(run.status.map(|status| status.len()), Some(NAME_BYTES_MAX));
        assert_eq!(error.class.map(|class| class.len()), Some(NAME_BYTES_MAX));
        assert_eq!(error.message.len(), MESSAGE_BYTES_MAX);
    }
}
