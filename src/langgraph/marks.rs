//! By which marks a run and its sender are known. The marks are those of langgraph-api 0.4.48 and 0.16.7 and of
//! @langchain/langgraph-api 2.0.0; whoever shows fewer is told less of, never taken for another.

use std::borrow::Cow;

use uuid::Uuid;

use super::lenient::Leaf;
use super::payload::{Metadata, Payload};
use super::run::field;
use crate::domain::head::Head;
use crate::domain::run::{Sender, SenderKind};
use crate::domain::time::Time;

/// Whether a payload is a run: `run_id` is a UUID or `webhook_sent_at` a time, and beside it stands one more mark of a run.
///
/// `webhooks.allowed_fields` may leave any few fields of a run, so no single one can be asked for. The marks are: an id of a thread or
/// an assistant (UUIDs all), a status that the senders use, one of the times of a run, `kwargs` as an object, a multitask strategy, or
/// `values`. So a `run_id` alone is no run, nor is one beside a feedback score; and what has neither `run_id` nor
/// `webhook_sent_at`, such as a thread, an alert or `{"status": "ok"}`, is other JSON.
pub(super) fn is_run(payload: &Payload<'_>) -> bool {
    let run_id = is_uuid(payload.run_id);
    let sent = || time(payload.webhook_sent_at).is_some();
    let beside = || {
        is_uuid(payload.thread_id)
            || is_uuid(payload.assistant_id)
            || is_word(
                payload.status,
                &["success", "error", "interrupted", "timeout", "rollback"],
            )
            || time(payload.run_started_at).is_some()
            || time(payload.run_ended_at).is_some()
            || payload.kwargs.0.is_some()
            || is_word(
                payload.multitask_strategy,
                &["reject", "enqueue", "interrupt", "rollback"],
            )
            || payload.values.came()
    };
    if run_id {
        beside() || sent()
    } else {
        sent() && beside()
    }
}

/// Who sent a run, by the marks that each server leaves: the Python server its version in `kwargs.config.metadata` and, unless
/// `webhooks.headers` sets another, the User-Agent of httpx; the JavaScript server its messages as constructor records, and JSON sent
/// as text by Node's fetch. Where `kwargs` came, and with it neither mark, another server sent it.
pub(super) fn sender(payload: &Payload<'_>, metadata: Option<Metadata<'_>>, head: &Head) -> Sender {
    let version = metadata.and_then(|metadata| field(metadata.langgraph_api_version));
    let user_agent = head.header("user-agent").unwrap_or_default();
    let is_text = || {
        let content_type = head.header("content-type").unwrap_or_default();
        content_type.trim_start().starts_with("text/plain")
    };
    let messages = payload.values.messages.as_ref();
    let constructors = messages.is_some_and(|messages| messages.constructors);
    let kind = if version.is_some() {
        SenderKind::LanggraphPython
    } else if constructors || (user_agent == "node" && is_text()) {
        SenderKind::LanggraphJs
    } else if user_agent.starts_with("python-httpx/") {
        SenderKind::LanggraphPython
    } else if payload.kwargs.0.is_some() {
        SenderKind::Compatible
    } else {
        SenderKind::Unknown
    };
    Sender { kind, version }
}

/// A time as the senders write it.
pub(super) fn time(leaf: Leaf<'_>) -> Option<Time> {
    word(leaf).and_then(|text| Time::parse(&text))
}

/// A text that is short enough for a word, a time or a UUID, be it all escapes: others are not unescaped to find out.
fn word(leaf: Leaf<'_>) -> Option<Cow<'_, str>> {
    const JSON_BYTES_MAX: usize = 512;
    (leaf.json().len() <= JSON_BYTES_MAX).then(|| leaf.text())?
}

fn is_word(leaf: Leaf<'_>, words: &[&str]) -> bool {
    word(leaf).is_some_and(|text| words.contains(&&*text))
}

fn is_uuid(leaf: Leaf<'_>) -> bool {
    word(leaf).as_deref().and_then(uuid).is_some()
}

/// A UUID in its hyphenated form, the only one that the senders write.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok())?
}

#[cfg(test)]
mod tests {
    use crate::domain::head::Head;
    use crate::domain::run::ReadingKind;
    use crate::domain::time::Time;
    use crate::langgraph::read;

    const ID: &str = "01a20015-a599-73cf-a7e4-82e5ac641e67";

    fn kind_of(body: &str) -> ReadingKind {
        let raw = "POST / HTTP/1.1\r\nContent-Type: application/json\r\n\r\n";
        let head = Head {
            raw: raw.into(),
            exact: true,
        };
        read(&head, body.as_bytes(), None, Time::from_micros(0))
            .1
            .kind
    }

    #[test]
    fn a_run_of_which_only_few_fields_came_is_a_run() {
        for beside in [
            r#""status": "success""#,
            r#""thread_id": "01a20015-a595-7477-8a65-5249450bb4e7""#,
            r#""assistant_id": "01a20015-a595-7477-8a65-5249450bb4e7""#,
            r#""kwargs": {}"#,
            r#""values": null"#,
            r#""multitask_strategy": "enqueue""#,
            r#""webhook_sent_at": "2026-11-21T21:49:09.361329+00:00""#,
            r#""status": "a new one", "run_ended_at": "2026-11-21T21:49:09.361329+00:00""#,
        ] {
            assert_eq!(
                kind_of(&format!("{{\"run_id\": \"{ID}\", {beside}}}")),
                ReadingKind::Run,
                "{beside}"
            );
        }
        let sent = r#"{"webhook_sent_at": "2026-11-21T21:49:09.361329+00:00", "status": "error"}"#;
        assert_eq!(kind_of(sent), ReadingKind::Run);
    }

    #[test]
    fn json_that_is_no_run_is_not_called_one() {
        for body in [
            r#"{"status": "ok"}"#,
            r#"{"status": "success", "values": {"messages": []}}"#,
            &format!(r#"{{"run_id": "{ID}"}}"#),
            &format!(r#"{{"run_id": "{ID}", "key": "user_score", "score": 1}}"#),
            &format!(r#"{{"run_id": "{ID}", "status": "queued"}}"#),
            r#"{"run_id": 455644833, "status": "success", "created_at": 1}"#,
            r#"{"run_id": "run_abc", "status": "success", "values": 1}"#,
            &format!(
                r#"{{"thread_id": "{ID}", "status": "idle", "values": {{}}, "metadata": {{}}}}"#
            ),
            &format!(
                r#"{{"rule_id": "{ID}", "start_time": "2026-11-21T00:00:00Z", "runs": [{{"id": "{ID}", "run_id": "{ID}", "status": "success"}}]}}"#
            ),
            &format!(
                r#"{{"alert_rule_id": "{ID}", "project_name": "p", "triggered_metric_value": 3, "timestamp": "2026-11-21T00:00:00Z"}}"#
            ),
            &format!(r#"[{{"run_id": "{ID}", "status": "success"}}]"#),
            r#""text""#,
            "null",
        ] {
            assert_eq!(kind_of(body), ReadingKind::Json, "{body}");
        }
    }
}
