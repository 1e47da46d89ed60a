//! Commands and code to paste, with the capture URL in them.
//!
//! **Invariant:** the URL is one word of a shell and one string of a language, whatever its token holds.

/// Where LangGraph's own API listens in development; what people run it on is theirs to change.
const LANGGRAPH_URL: &str = "http://localhost:2024";

/// A word that every POSIX shell takes as it is.
pub(super) fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string literal of JSON, which is one of Python too.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Sends a small JSON; works as it stands.
pub(super) fn curl(capture_url: &str) -> String {
    format!(
        "curl -X POST {} \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"hello\": \"creel\"}}'",
        shell_word(capture_url)
    )
}

/// Plays a LangGraph sender.
pub(super) fn send(capture_url: &str) -> String {
    let url = shell_word(capture_url);
    format!(
        "creel send success --to {url}\n\n# in the source folder\ncargo run --release -- send success --to {url}\n\n# all samples\ncreel send --list"
    )
}

/// Starts a run with curl.
pub(super) fn langgraph_curl(capture_url: &str) -> String {
    let body = format!(
        "{{\n    \"assistant_id\": \"agent\",\n    \"input\": {{\"messages\": [{{\"role\": \"user\", \"content\": \"hello\"}}]}},\n    \"webhook\": {}\n  }}",
        literal(capture_url)
    );
    format!(
        "curl -X POST {LANGGRAPH_URL}/threads/THREAD_ID/runs \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
        shell_word(&body)
    )
}

/// Starts a run with the Python SDK.
pub(super) fn langgraph_python(capture_url: &str) -> String {
    format!(
        r#"from langgraph_sdk import get_sync_client

client = get_sync_client(url="{LANGGRAPH_URL}")
thread = client.threads.create()
client.runs.create(
    thread["thread_id"],
    "agent",
    input={{"messages": [{{"role": "user", "content": "hello"}}]}},
    webhook={},
)"#,
        literal(capture_url)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_one_word_of_a_shell_and_one_string_of_python() {
        let url = r#"http://h/hook/x?token=a'b"c$(d)"#;
        assert!(curl(url).contains(r#"'http://h/hook/x?token=a'\''b"c$(d)'"#));
        assert!(langgraph_python(url).contains(r#"webhook="http://h/hook/x?token=a'b\"c$(d)""#));
        assert!(
            langgraph_curl(url).contains(r#""webhook": "http://h/hook/x?token=a'\''b\"c$(d)""#)
        );
    }
}
