//! Snippets for the JavaScript SDK, as a module.
//!
//! **Invariant:** user input is always a string literal. The API key is never in the code: the SDK reads it from the environment.

use super::table::{Act, Snippet, StartCall};
use crate::langgraph::guide::deployment::Deployment;
use crate::langgraph::guide::quote::literal;

const INPUT: &str = r#"input: { messages: [{ role: "user", content: "hello" }] }"#;
const SCHEDULE: &str = r#"schedule: "* * * * *""#;

pub(super) fn snippet(call: &StartCall, deployment: &Deployment, webhook: &str) -> Snippet {
    let assistant = literal(&deployment.assistant);
    let webhook = format!("webhook: {}", literal(webhook));
    let thread = if call.on_thread {
        "thread.thread_id"
    } else {
        "null"
    };
    let run = |method: &str| method_call(method, &[thread, &assistant], &[INPUT, &webhook]);
    let code = match call.act {
        Act::Create => format!(
            "const run = await {};\nconsole.log(run.run_id);",
            run("runs.create")
        ),
        Act::Stream => format!(
            "for await (const part of {}) console.log(part.event);",
            run("runs.stream")
        ),
        Act::Wait => format!(
            "const values = await {};\nconsole.log(values);",
            run("runs.wait")
        ),
        Act::Batch => format!(
            "const run = {{\n  assistantId: {assistant},\n  {INPUT},\n  {webhook},\n}};\n\
             const runs = await client.runs.createBatch([run, run]);\nconsole.log(runs.map((run) => run.run_id));"
        ),
        Act::Cron if call.on_thread => {
            let payload = [SCHEDULE, INPUT, &webhook];
            cron(&method_call(
                "crons.createForThread",
                &[thread, &assistant],
                &payload,
            ))
        }
        Act::Cron => cron(&method_call(
            "crons.create",
            &[&assistant],
            &[SCHEDULE, INPUT, &webhook],
        )),
        Act::ChangeCron => format!(
            "{}\nawait client.crons.update(cron.cron_id, {{ {webhook} }});",
            cron(&method_call(
                "crons.create",
                &[&assistant],
                &[SCHEDULE, INPUT]
            ))
        ),
    };
    let made = if call.on_thread {
        "const thread = await client.threads.create();\n"
    } else {
        ""
    };
    let url = literal(&deployment.url);
    Snippet {
        start: format!(
            "import {{ Client }} from \"@langchain/langgraph-sdk\";\n\nconst client = new Client({{ apiUrl: {url} }});\n{made}{code}"
        ),
        end: call
            .is_cron()
            .then(|| "await client.crons.delete(cron.cron_id);".to_owned()),
    }
}

fn method_call(method: &str, arguments: &[&str], payload: &[&str]) -> String {
    format!(
        "client.{method}({}, {{\n  {},\n}})",
        arguments.join(", "),
        payload.join(",\n  ")
    )
}

fn cron(call: &str) -> String {
    format!("const cron = await {call};\nconsole.log(cron.cron_id);")
}
