//! Commands and code to paste, with the capture URL in them.
//!
//! **Invariant:** the URL is one word of a shell and one string of a language, whatever its token holds.

use std::net::IpAddr;

use url::{Host, Url};

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

/// Whether LangGraph (0.10 and newer, without a `webhooks` block) delivers to a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nothing in the URL itself speaks against it.
    Open,
    /// Refused unless `langgraph.json` allows loopback.
    Loopback,
    /// Refused always.
    Never,
}

/// How LangGraph takes the host of a capture URL.
pub(super) fn reach(capture_url: &str) -> Reach {
    let url = Url::parse(capture_url).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let local = ["localhost", "localhost.localdomain", "host.docker.internal"];
            if local.contains(&name) {
                Reach::Loopback
            } else {
                Reach::Open
            }
        }
        Some(Host::Ipv4(address)) if address.is_loopback() => Reach::Loopback,
        Some(Host::Ipv4(address)) if is_never(address.into()) => Reach::Never,
        Some(Host::Ipv6(address)) if is_never(address.into()) => Reach::Never,
        _ => Reach::Open,
    }
}

fn is_never(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.octets()[0] == 0 || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified(),
    }
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

    #[test]
    fn what_langgraph_refuses_is_known() {
        for (host, expected) in [
            ("127.0.0.1:8080", Reach::Loopback),
            ("127.1", Reach::Loopback),
            ("localhost:1", Reach::Loopback),
            ("host.docker.internal", Reach::Loopback),
            ("[::1]:8080", Reach::Never),
            ("0.0.0.0:8080", Reach::Never),
            ("192.168.1.5", Reach::Open),
            ("hooks.example.com", Reach::Open),
        ] {
            assert_eq!(reach(&format!("http://{host}/hook/x")), expected, "{host}");
        }
    }
}
