//! Findings about a run's status, state and sender, caused over HTTP.

use serde_json::{Value, json};

use super::cases::{HTTPX, JSON, NODE, TEXT, assert_said, failed};

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
