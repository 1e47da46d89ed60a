//! Findings about a run's status, state and sender, caused over HTTP.

use serde_json::{Value, json};

use super::cases::{HTTPX, JSON, NODE, TEXT, assert_said, failed};
use crate::app::Creel;

/// A run that ended with a status and an error text of its server.
fn ended(status: &str, class: &str, message: &str) -> Vec<u8> {
    failed(|run| {
        run["status"] = status.into();
        run["error"] = json!({"error": class, "message": message});
    })
}

/// The same for the JavaScript server, whose error is a string.
fn of_js(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    failed(|run| {
        run["error"] = "text".into();
        run["kwargs"]["config"]["metadata"] = json!({});
        change(run);
    })
}

fn success(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    failed(|run| {
        run["status"] = "success".into();
        run.as_object_mut().unwrap().remove("error");
        change(run);
    })
}

#[test]
fn success_may_be_paused_and_unanswered_calls_are_a_warning() {
    let call = |id: &str| json!({"name": "f", "args": {}, "id": id});
    let asks = json!({"type": "ai", "tool_calls": [call("1"), call("2"), call("3")]});
    let answer = json!({"type": "tool", "tool_call_id": "2"});
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                success(|_| ()),
                &[
                    "note success_may_be_paused The run finished, or it paused at an interrupt: the payload is the same for both. Only the thread’s status in LangGraph’s API shows which.",
                ],
            ),
            (
                success(|run| {
                    run["kwargs"]["temporary"] = true.into();
                    run["values"] = Value::Null;
                }),
                &[
                    "note success_may_be_paused The run finished, or it paused at an interrupt: the payload is the same for both, and its temporary thread cannot be checked.",
                    "note values_null_stateless `values` is null because the run is stateless.",
                ],
            ),
            (
                success(|run| run["kwargs"]["interrupt_before"] = json!(["tools"])),
                &[
                    "note success_may_be_paused The run finished, or it paused: it was created with `interrupt_before` or `interrupt_after`, and the payload is the same for both.",
                ],
            ),
            (
                success(|run| run["values"] = json!({"messages": [asks, answer]})),
                &[
                    "warning success_may_be_paused The run may have paused: the last AI message has 2 tool calls, and no tool message after it answers them.",
                ],
            ),
            (
                failed(|run| run["values"] = json!({"messages": [asks]})),
                &[],
            ),
        ],
    );
}

#[test]
fn a_message_with_a_role_asks_like_one_with_a_type() {
    let call = json!({"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let warning = "warning success_may_be_paused The run may have paused: the last AI message has 1 tool call, and no tool message after it answers it.";
    let asks = |name: &str, role: &str| {
        success(|run| run["values"] = json!({"messages": [{(name): role, "tool_calls": [call]}]}))
    };
    assert_said(
        &[HTTPX, JSON],
        vec![
            (asks("type", "ai"), &[warning]),
            (asks("role", "assistant"), &[warning]),
        ],
    );
}

#[test]
fn c13_a_repeated_member_is_a_finding_and_the_last_one_counts() {
    let twice = |change: &str, by: &str| {
        let body = String::from_utf8(success(|_| ())).unwrap();
        assert!(body.contains(change), "{change}: {body}");
        body.replacen(change, by, 1).into_bytes()
    };
    let status = r#""status":"success""#;
    let paused = "note success_may_be_paused The run finished, or it paused at an interrupt: the payload is the same for both. Only the thread’s status in LangGraph’s API shows which.";
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                twice(status, r#""status":"error","status":"success""#),
                &[
                    "warning member_repeated `status` occurs more than once; creel reads the last one, as most parsers do.",
                    paused,
                ],
            ),
            (
                twice(status, r#""status":"success","stat\u0075s":"error""#),
                &[
                    "warning member_repeated `status` occurs more than once; creel reads the last one, as most parsers do.",
                ],
            ),
            (
                twice(r#""kwargs":{"#, r#""kwargs":{"input":1,"webhook":2,"#),
                &[
                    "warning member_repeated `kwargs.webhook`, `kwargs.input` occur more than once; creel reads the last of each, as most parsers do.",
                    paused,
                ],
            ),
            (
                twice(r#""metadata":{"#, r#""metadata":{"created_by":1,"#),
                &[paused],
            ),
        ],
    );
}

#[test]
fn c16_a_run_with_nan_is_read_and_the_place_is_named() {
    let body = |values: &str| {
        let body = String::from_utf8(success(|run| run["values"] = "HERE".into())).unwrap();
        body.replace("\"HERE\"", values).into_bytes()
    };
    let paused = "note success_may_be_paused The run finished, or it paused at an interrupt: the payload is the same for both. Only the thread’s status in LangGraph’s API shows which.";
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                body(r#"{"score":NaN}"#),
                &[
                    "warning number_not_json `values.score` is `NaN`, which JSON does not have: strict parsers refuse the whole body.",
                    paused,
                ],
            ),
            (
                body(r#"{"list":[1,-Infinity],"more":{"x":Infinity},"text":"NaN"}"#),
                &[
                    "warning number_not_json `values.list.1` is `-Infinity`, `values.more.x` is `Infinity`, which JSON does not have: strict parsers refuse the whole body.",
                    paused,
                ],
            ),
        ],
    );
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    let odd = body(
        r#"{"score":NaN,"messages":[{"type":"human","content":"hi"},{"type":"ai","content":"done","n":NaN}]}"#,
    );
    creel.http("POST", &endpoint.target, &[HTTPX, JSON], &odd);
    let full = creel.api(&endpoint, "/deliveries/1").json();
    let run = &full["reading"]["run"];
    assert_eq!(
        (&run["status"], &run["messages"]),
        (&json!("success"), &json!(2))
    );
    assert_eq!(run["given_as_text"], json!(["values"]));
    assert!(run["kwargs"].is_object(), "{run}");
    for (below, shown) in [
        ("/1", "number_not_json"),
        ("/1?tab=state", "NaN"),
        ("/1?tab=conversation", "done"),
        ("/1?tab=fields", "webhook_sent_at"),
        ("/1?tab=body", "NaN"),
    ] {
        let page = creel.inspect(&endpoint, below);
        assert_eq!(page.status, 200, "{below}");
        assert!(page.text().contains(shown), "{below}: {}", page.text());
    }
    let other = br#"{"a": NaN}"#;
    creel.http("POST", &endpoint.target, &[JSON], other);
    let reading = &creel.api(&endpoint, "/deliveries/2").json()["reading"];
    assert_eq!(reading["kind"], "unreadable", "only runs are read so");
}

#[test]
fn a_stopped_run_has_the_reason_of_its_server() {
    let by = "01a20016-2178-7719-9fcc-4319d4ee7692";
    let superseded = format!("superseded by run {by} (multitask_strategy=interrupt)");
    let rolled_back = format!("superseded by run {by} (multitask_strategy=rollback)");
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                ended(
                    "interrupted",
                    "UserInterrupt",
                    "interrupt requested via POST /threads/{thread_id}/runs/{run_id}/cancel",
                ),
                &[
                    "note cancelled The run was cancelled by `POST /threads/{thread_id}/runs/{run_id}/cancel`.",
                ],
            ),
            (
                ended(
                    "interrupted",
                    "UserInterrupt",
                    "client disconnected from the run stream (on_disconnect=cancel)",
                ),
                &[
                    "note cancelled The client that streamed the run disconnected, and the run was created with `on_disconnect=cancel`.",
                ],
            ),
            (
                ended("interrupted", "UserInterrupt", "User interrupted the run"),
                &[
                    "note cancelled The run was cancelled, or superseded on its thread, or the client that streamed it disconnected: the payload does not say which.",
                ],
            ),
            (
                ended("interrupted", "UserInterrupt", &superseded),
                &[
                    "note superseded Run `01a20016-2178-7719-9fcc-4319d4ee7692` on the same thread superseded this one, with the multitask strategy `interrupt`.",
                ],
            ),
            // A node may raise an error with the same text.
            (ended("error", "ValueError", &superseded), &[]),
            (
                ended("rollback", "UserRollback", &rolled_back),
                &[
                    "note superseded Run `01a20016-2178-7719-9fcc-4319d4ee7692` on the same thread superseded this one, with the multitask strategy `rollback`.",
                    "note rolled_back The server deleted this run: LangGraph’s API answers 404 for it.",
                ],
            ),
            (
                failed(|run| {
                    run["status"] = "rollback".into();
                    run["values"] = Value::Null;
                    run["error"] = json!({"error": "UserRollback", "message": "rollback requested via POST /x/cancel"});
                }),
                &[
                    "note rolled_back The server deleted this run, as requested by `POST /x/cancel`: LangGraph’s API answers 404 for it.",
                    "note values_null_rolled_back `values` is null because the run was rolled back.",
                ],
            ),
            (
                ended("timeout", "TimeoutError", ""),
                &["warning timed_out The run took longer than the server’s `BG_JOB_TIMEOUT_SECS`."],
            ),
            (
                failed(|run| run["status"] = "paused".into()),
                &["warning status_unknown creel does not know the status `paused`."],
            ),
        ],
    );
    assert_said(
        &[NODE, TEXT],
        vec![(
            of_js(|run| run["error"] = "interrupt".into()),
            &[
                "note cancelled The run was cancelled, or superseded on its thread. The JavaScript server reports both as an error with the text `interrupt`.",
                "note content_type_text The body is JSON, but its Content-Type is text.",
            ],
        )],
    );
}

#[test]
fn missing_or_replaced_values_have_a_reason() {
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                failed(|run| {
                    run["values"] = Value::Null;
                    run["error"] = json!({"error": "EmptyInputError", "message": "no input"});
                }),
                &[
                    "note values_null_no_checkpoint `values` is null because nothing was checkpointed.",
                ],
            ),
            (
                failed(|run| {
                    run.as_object_mut()
                        .unwrap()
                        .retain(|name, _| !["values", "created_at"].contains(&name.as_str()));
                }),
                &[
                    "note values_absent The payload has no `values`: the Python server always sends it, unless `webhooks.allowed_fields` excludes it.",
                    "note partial_payload Missing fields that the Python server always sends: `created_at`, `values`.",
                ],
            ),
            (
                ended("error", "UpstreamUnavailable", "An internal error occurred"),
                &[
                    "note error_masked LangGraph replaced the message of this exception: it sends the messages of well-known classes only.",
                ],
            ),
            (
                failed(|run| {
                    run["kwargs"]["config"]["metadata"]["langgraph_api_version"] = "0.17.0".into();
                }),
                &[
                    "note shape_newer Sent by version `0.17.0`; the newest version that creel knows is 0.16.7.",
                ],
            ),
            (
                failed(|run| run["next"] = json!(["tools"])),
                &["note shape_newer The payload has fields that creel does not know: `next`."],
            ),
            (failed(|run| run["values"] = json!({})), &[]),
        ],
    );
    assert_said(
        &[NODE, TEXT],
        vec![(
            of_js(|run| {
                run.as_object_mut().unwrap().remove("values");
                run["kwargs"]["temporary"] = true.into();
                run["later"] = 1.into();
            }),
            &[
                "note values_absent The payload has no `values`: the JavaScript server leaves it out for stateless runs.",
                "note content_type_text The body is JSON, but its Content-Type is text.",
            ],
        )],
    );
}
