//! How a payload becomes a run. What did not come, or came as another type than the senders write, is `None`.
//! Measured on langgraph-api 0.4.48 and 0.16.7 and on @langchain/langgraph-api 2.0.0.

use super::lenient::{Hoped, Leaf};
use super::marks::{sender, time, uuid};
use super::payload::{Command, ErrorObject, Payload};
use crate::domain::head::Head;
use crate::domain::run::{Run, RunError};
use crate::domain::time::Time;

/// The text that the Python server puts in the place of the message of an exception whose class it does not know.
const MASKED: &str = "An internal error occurred";

/// Ids, names and states are kept up to this length, so that a summary stays small.
const FIELD_BYTES_MAX: usize = 4096;

/// Messages of exceptions are kept up to this length.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// The run that a payload describes.
pub(super) fn run(payload: &Payload<'_>, head: &Head, received_at: Time) -> Run {
    let kwargs = payload.kwargs.0.as_ref();
    let config = kwargs.and_then(|kwargs| kwargs.config.0.as_ref());
    let configurable = config.and_then(|config| config.configurable.0.as_ref());
    let metadata = payload.metadata.0.unwrap_or_default();
    let messages = payload.values.messages.as_ref();
    let [created_at, started_at, ended_at, sent_at] = [
        payload.created_at,
        payload.run_started_at,
        payload.run_ended_at,
        payload.webhook_sent_at,
    ]
    .map(time);
    let error = error(payload.error);
    Run {
        run_id: field(payload.run_id),
        thread_id: field(payload.thread_id),
        assistant_id: field(payload.assistant_id),
        graph_id: field(metadata.graph_id).or_else(|| field(configurable?.graph_id)),
        cron_id: configurable.and_then(|configurable| field(configurable.cron_id)),
        status: field(payload.status),
        stateless: kwargs.and_then(|kwargs| kwargs.temporary.flag()),
        resumed: kwargs.and_then(|kwargs| resumed(kwargs.command)),
        superseded_by: error
            .as_ref()
            .and_then(|error| superseded_by(&error.message)),
        error,
        multitask_strategy: field(payload.multitask_strategy),
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

/// The exception, from `{error: class, message}` or from a bare text; any other object is shown as it is.
fn error(leaf: Leaf<'_>) -> Option<RunError> {
    if let Some(text) = leaf.text() {
        return Some(run_error(None, &text));
    }
    let Hoped(object) =
        serde_json::from_str::<Hoped<ErrorObject<'_>>>(leaf.json()).unwrap_or_default();
    let object = object?;
    let class = field(object.error);
    match object.message.text() {
        Some(message) => Some(run_error(class, &message)),
        None if class.is_some() => Some(run_error(class, "")),
        None => Some(run_error(None, leaf.json())),
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
    let behind = message.strip_prefix("superseded by run ")?;
    let id = behind.split([' ', '(']).next()?;
    uuid(id).map(|_| id.to_owned())
}

/// Whether a run was resumed: `None` where `command` did not come, as with the JavaScript server.
fn resumed(command: Leaf<'_>) -> Option<bool> {
    if command.is_null() {
        return Some(false);
    }
    let Hoped(command) =
        serde_json::from_str::<Hoped<Command<'_>>>(command.json()).unwrap_or_default();
    command.map(|command| command.resume.came() && !command.resume.is_null())
}

/// A text, shortened where it is too long to be an id, a name or a state.
pub(super) fn field(leaf: Leaf<'_>) -> Option<String> {
    leaf.text().map(|text| shortened(&text, FIELD_BYTES_MAX))
}

fn shortened(text: &str, bytes_max: usize) -> String {
    text[..text.floor_char_boundary(bytes_max)].to_owned()
}

fn millis(from: Option<Time>, to: Option<Time>) -> Option<i64> {
    Some(to?.millis_since(from?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn of_a_name_that_comes_twice_the_last_one_holds() {
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
    fn half_an_emoji_spoils_nothing() {
        let run = run_of(&format!(
            r#"{{"run_id": "{ID}", "status": "error", "error": "cut \ud83d", "values": "\ud83d", "\ud83d": 1e999}}"#
        ));
        assert_eq!(
            run.error.map(|error| error.message).as_deref(),
            Some("cut \u{fffd}")
        );
    }

    #[test]
    fn an_error_keeps_what_it_tells_in_whatever_form_it_comes() {
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
    fn a_run_is_superseded_only_where_the_reason_names_another() {
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
    fn what_is_kept_of_long_texts_is_bounded() {
        let long = "é".repeat(100_000);
        let error = json!({"error": long, "message": long});
        let run =
            run_of(&json!({"run_id": ID, "status": long, "values": 1, "error": error}).to_string());
        let error = run.error.expect("an error");
        assert_eq!(run.status.map(|status| status.len()), Some(FIELD_BYTES_MAX));
        assert_eq!(error.class.map(|class| class.len()), Some(FIELD_BYTES_MAX));
        assert_eq!(error.message.len(), MESSAGE_BYTES_MAX);
    }
}
