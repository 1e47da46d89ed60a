//! Snippets for a POSIX shell with curl and sed.
//!
//! **Invariant:** user input is always in single quotes, so the shell does not interpret it.

use super::table::{Act, Snippet, StartCall};
use crate::langgraph::guide::deployment::Deployment;
use crate::langgraph::guide::quote::{literal, shell_word};

pub(super) fn snippet(call: &StartCall, deployment: &Deployment, webhook: &str) -> Snippet {
    let curl = Curl { deployment };
    let webhook = ("webhook", literal(webhook));
    let mut commands = vec![format!("LANGGRAPH_URL={}", shell_word(&deployment.url))];
    if call.on_thread {
        let made = curl.call("POST", "/threads", "{}");
        commands.push(kept("THREAD_ID", "thread_id", &made));
        // Prints the server's response if it created no thread.
        commands.push("echo \"thread $THREAD_ID\"".to_owned());
    }
    match call.act {
        Act::Create | Act::Wait => {
            commands.push(curl.call(call.method, call.path, &curl.run([webhook])));
        }
        Act::Stream => {
            let streamed = curl.call(call.method, call.path, &curl.run([webhook]));
            commands.push(streamed.replacen("curl -sS", "curl -sSN", 1));
        }
        Act::Batch => {
            let run = curl.run([webhook]);
            let runs = format!("[{run}, {run}]");
            commands.push(curl.call(call.method, call.path, &runs));
        }
        Act::Cron => {
            let cron = curl.run([schedule(), webhook]);
            let made = curl.call(call.method, call.path, &cron);
            commands.push(kept("CRON_ID", "cron_id", &made));
            commands.push("echo \"$CRON_ID\"".to_owned());
        }
        Act::ChangeCron => {
            let made = curl.call("POST", "/runs/crons", &curl.run([schedule()]));
            commands.push(kept("CRON_ID", "cron_id", &made));
            commands.push(curl.call(call.method, call.path, &object(&[webhook])));
        }
    }
    Snippet {
        start: commands.join("\n"),
        end: call.is_cron().then(|| curl.delete("/runs/crons/{cron_id}")),
    }
}

/// Every minute.
fn schedule() -> (&'static str, String) {
    ("schedule", literal("* * * * *"))
}

struct Curl<'a> {
    deployment: &'a Deployment,
}

impl Curl<'_> {
    /// A call with a JSON body.
    fn call(&self, method: &str, path: &str, body: &str) -> String {
        format!(
            "curl -sS -X {method} \"$LANGGRAPH_URL{}\"{} \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
            with_variables(path),
            self.deployment.key_option(),
            shell_word(body)
        )
    }

    fn delete(&self, path: &str) -> String {
        format!(
            "curl -sS -X DELETE \"$LANGGRAPH_URL{}\"{}",
            with_variables(path),
            self.deployment.key_option()
        )
    }

    /// The body that starts a run.
    fn run<const N: usize>(&self, more: [(&'static str, String); N]) -> String {
        let mut members = vec![
            ("assistant_id", literal(&self.deployment.assistant)),
            (
                "input",
                r#"{"messages": [{"role": "user", "content": "hello"}]}"#.to_owned(),
            ),
        ];
        members.extend(more);
        object(&members)
    }
}

fn object(members: &[(&str, String)]) -> String {
    let lines: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("    \"{name}\": {value}"))
        .collect();
    format!("{{\n{}\n  }}", lines.join(",\n"))
}

fn with_variables(path: &str) -> String {
    path.replace("{thread_id}", "$THREAD_ID")
        .replace("{cron_id}", "$CRON_ID")
}

/// A call that stores one id of the response in a variable. Any other response is stored unchanged, so that the user sees it.
fn kept(variable: &str, field: &str, call: &str) -> String {
    format!(r#"{variable}=$({call} | sed 's/.*"{field}": *"\([^"]*\)".*/\1/')"#)
}
