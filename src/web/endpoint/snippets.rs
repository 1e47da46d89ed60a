//! Commands to try an endpoint, with its capture URL. Those that start runs are in `langgraph::guide::start_calls`.
//!
//! **Invariant:** the capture URL is one quoted word of a shell.

use crate::langgraph::guide::quote::shell_word;

/// Sends a small JSON body.
pub(crate) fn curl(capture_url: &str) -> String {
    format!(
        "curl -X POST {} \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"hello\": \"creel\"}}'",
        shell_word(capture_url)
    )
}

/// Sends a sample.
pub(crate) fn send(capture_url: &str) -> String {
    let url = shell_word(capture_url);
    format!("creel send success --to {url}\n\n# all samples\ncreel send --list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_one_word_of_a_shell() {
        let url = r#"http://h/hook/x?token=a'b"c$(d)"#;
        for command in [curl(url), send(url)] {
            assert!(command.contains(r#"'http://h/hook/x?token=a'\''b"c$(d)'"#));
        }
    }
}
