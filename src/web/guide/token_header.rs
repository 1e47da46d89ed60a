//! How to send the token in a header instead of the URL: the settings for `langgraph.json`.
//!
//! **Invariant:** the block for `langgraph.json` never contains the token, only the name of the environment variable that has it.

use askama::Template;
use askama::filters::HtmlSafe;
use serde_json::json;

use crate::domain::token_check::TokenRule;
use crate::langgraph::doctor;
use crate::langgraph::guide::quote::shell_word;

/// How to send the token in a header.
#[derive(Template)]
#[template(path = "_token_header.html")]
pub(crate) struct TokenHeader {
    /// The block of langgraph.json.
    block: String,
    environment: String,
    bare_url: String,
}

impl HtmlSafe for TokenHeader {}

impl TokenHeader {
    /// For an endpoint that expects a token.
    pub(crate) fn of(rule: &TokenRule, capture_url: &str) -> Option<Self> {
        let TokenRule::Secret(token) = rule else {
            return None;
        };
        let bare_url = capture_url.split('?').next().unwrap_or_default();
        Some(Self {
            block: block(bare_url),
            environment: format!("LG_WEBHOOK_TOKEN={}", shell_word(token)),
            bare_url: bare_url.to_owned(),
        })
    }
}

/// The header, together with the settings that the URL needs to be accepted.
pub(crate) fn block(url: &str) -> String {
    let headers = json!({"Authorization": "Bearer ${{ env.LG_WEBHOOK_TOKEN }}"});
    let policy = doctor::policy_for(url);
    policy.with("headers", headers).to_langgraph_json()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_block_has_the_header_and_the_url_settings() {
        let read =
            |url: &str| -> Value { serde_json::from_str(&format!("{{{}}}", block(url))).unwrap() };
        let headers = json!({"Authorization": "Bearer ${{ env.LG_WEBHOOK_TOKEN }}"});
        assert_eq!(
            read("https://hooks.example.com/hook/x"),
            json!({"webhooks": {"headers": headers}})
        );
        let url = json!({"disable_loopback": false, "require_https": false});
        assert_eq!(
            read("http://127.0.0.1:8080/hook/x"),
            json!({"webhooks": {"url": url, "headers": headers}})
        );
    }

    #[test]
    fn the_url_has_no_token_and_the_token_is_shell_quoted() {
        let rule = TokenRule::Secret("it's".to_owned());
        let found = TokenHeader::of(&rule, "http://h/hook/x?token=it%27s").unwrap();
        assert_eq!(found.bare_url, "http://h/hook/x");
        assert_eq!(found.environment, r"LG_WEBHOOK_TOKEN='it'\''s'");
        assert!(TokenHeader::of(&TokenRule::NotAsked, "http://h/hook/x").is_none());
    }
}
