//! Whether a payload is a run, and which server sent it, by characteristics of langgraph-api 0.4.48 and 0.16.7 and of
//! @langchain/langgraph-api 2.0.0.
//!
//! **Invariant:** no single field makes a payload a run, and no single field is required, because `webhooks.allowed_fields` may leave out
//! any of them.

use super::scalars::{is_one_of, is_time, is_uuid, name};
use super::schema::{MetadataMembers, Payload};
use crate::domain::head::Head;
use crate::domain::run::{Sender, SenderKind};

/// Whether a payload is a run: `run_id` is a UUID or `webhook_sent_at` a time, and there is one more characteristic of a run.
///
/// `webhooks.allowed_fields` may leave any few fields of a run, so no single one can be required. The characteristics are: the id of a thread or
/// an assistant (UUIDs), a status that the senders use, one of the times of a run, `kwargs` as an object, a multitask strategy, or
/// `values`. So a `run_id` alone is not a run, nor is one with a feedback score; and a payload with neither `run_id` nor
/// `webhook_sent_at`, such as a thread, an alert or `{"status": "ok"}`, is other JSON.
pub(super) fn is_run(payload: &Payload<'_>) -> bool {
    let run_id = is_uuid(payload.run_id);
    let sent = || is_time(payload.webhook_sent_at);
    let has_another_mark = || {
        is_uuid(payload.thread_id)
            || is_uuid(payload.assistant_id)
            || is_one_of(
                payload.status,
                &["success", "error", "interrupted", "timeout", "rollback"],
            )
            || is_time(payload.run_started_at)
            || is_time(payload.run_ended_at)
            || payload.kwargs.0.is_some()
            || is_one_of(
                payload.multitask_strategy,
                &["reject", "enqueue", "interrupt", "rollback"],
            )
            || payload.state.is_present()
    };
    if run_id {
        has_another_mark() || sent()
    } else {
        sent() && has_another_mark()
    }
}

/// Which server sent a run. The Python server writes its version into `kwargs.config.metadata` and, unless `webhooks.headers` sets another,
/// the User-Agent of httpx; the JavaScript server writes messages as constructor records, and Node's fetch sends its JSON as text. With
/// `kwargs` and none of these characteristics, another server sent it.
pub(super) fn sender(
    payload: &Payload<'_>,
    metadata: Option<MetadataMembers<'_>>,
    head: &Head,
) -> Sender {
    let version = metadata.and_then(|metadata| name(metadata.langgraph_api_version));
    let user_agent = head.header("user-agent").unwrap_or_default();
    let is_text = || {
        let content_type = head.header("content-type").unwrap_or_default();
        content_type.trim_start().starts_with("text/plain")
    };
    let messages = payload.state.messages.as_ref();
    let constructors = messages.is_some_and(|messages| messages.has_constructors);
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
    fn few_fields_make_a_run() {
        for mark in [
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
                kind_of(&format!("{{\"run_id\": \"{ID}\", {mark}}}")),
                ReadingKind::Run,
                "{mark}"
            );
        }
        for sent in ["2026-11-21T21:49:09.361329+00:00", "2026-11-21T21:49:09"] {
            let body = format!(r#"{{"webhook_sent_at": "{sent}", "status": "error"}}"#);
            assert_eq!(kind_of(&body), ReadingKind::Run);
        }
    }

    #[test]
    fn other_json_is_not_a_run() {
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
