//! Snippets for the Python SDK.
//!
//! **Invariant:** user input is always a string literal. The API key is never in the code: the SDK reads it from the environment.

use super::table::{Act, Snippet, StartCall};
use crate::langgraph::guide::deployment::Deployment;
use crate::langgraph::guide::quote::literal;

const INPUT: &str = r#"{"messages": [{"role": "user", "content": "hello"}]}"#;
const SCHEDULE: &str = r#"schedule="* * * * *""#;

pub(super) fn snippet(call: &StartCall, deployment: &Deployment, webhook: &str) -> Snippet {
    let assistant = literal(&deployment.assistant);
    let webhook = literal(webhook);
    let input = format!("input={INPUT}");
    let named = format!("webhook={webhook}");
    let thread = if call.on_thread {
        "thread[\"thread_id\"]"
    } else {
        "None"
    };
    let run = |method: &str| method_call(method, &[thread, &assistant, &input, &named]);
    let code = match call.act {
        Act::Create => format!("run = {}\nprint(run[\"run_id\"])", run("runs.create")),
        Act::Stream => format!("for part in {}:\n    print(part.event)", run("runs.stream")),
        Act::Wait => format!("values = {}\nprint(values)", run("runs.wait")),
        Act::Batch => format!(
            "run = {{\n    \"assistant_id\": {assistant},\n    \"input\": {INPUT},\n    \"webhook\": {webhook},\n}}\n\
             runs = client.runs.create_batch([run, run])\nprint([run[\"run_id\"] for run in runs])"
        ),
        Act::Cron if call.on_thread => {
            let arguments = [thread, &assistant, SCHEDULE, &input, &named];
            cron(&method_call("crons.create_for_thread", &arguments))
        }
        Act::Cron => cron(&method_call(
            "crons.create",
            &[&assistant, SCHEDULE, &input, &named],
        )),
        Act::ChangeCron => format!(
            "{}\nclient.crons.update(cron[\"cron_id\"], {named})",
            cron(&method_call(
                "crons.create",
                &[&assistant, SCHEDULE, &input]
            ))
        ),
    };
    let made = if call.on_thread {
        "thread = client.threads.create()\n"
    } else {
        ""
    };
    let url = literal(&deployment.url);
    Snippet {
        start: format!(
            "from langgraph_sdk import get_sync_client\n\nclient = get_sync_client(url={url})\n{made}{code}"
        ),
        end: call
            .is_cron()
            .then(|| "client.crons.delete(cron[\"cron_id\"])".to_owned()),
    }
}

fn method_call(method: &str, arguments: &[&str]) -> String {
    format!("client.{method}(\n    {},\n)", arguments.join(",\n    "))
}

fn cron(call: &str) -> String {
    format!("cron = {call}\nprint(cron[\"cron_id\"])")
}
