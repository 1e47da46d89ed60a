//! A second, simpler implementation of the rules, on the JSON as parsed by `serde_json`.

use std::collections::BTreeSet;

use creel::domain::time::Time;
use creel::langgraph::findings::Code;
use serde_json::Value;

/// The token of the request, and user name and password of its Basic authorization.
const TOKEN: &str = "YOUR_SECRET_TOKEN";
const USER: &str = "user:pa%40ss@";

/// Whether a code is allowed for a payload. Codes that depend only on the request are always allowed.
pub(super) fn is_so(code: Code, payload: &Value) -> bool {
    let status = payload["status"].as_str();
    let message = payload["error"]["message"]
        .as_str()
        .or(payload["error"].as_str());
    let null = payload.get("values") == Some(&Value::Null);
    match code {
        Code::SuccessMayBePaused => status == Some("success"),
        Code::Cancelled => {
            status == Some("interrupted") || (status, message) == (Some("error"), Some("interrupt"))
        }
        Code::Superseded => message.is_some_and(|text| text.starts_with("superseded by run ")),
        Code::RolledBack => status == Some("rollback"),
        Code::TimedOut => status == Some("timeout"),
        Code::ValuesNullStateless => null && payload["kwargs"]["temporary"] == true,
        Code::ValuesNullRolledBack => null && status == Some("rollback"),
        Code::ValuesNullNoCheckpoint => {
            null && payload["kwargs"]["temporary"] != true && status != Some("rollback")
        }
        Code::ValuesAbsent => payload.get("values").is_none(),
        Code::ErrorMasked => message == Some("An internal error occurred"),
        Code::TokenInBody => {
            let webhook = payload["kwargs"]["webhook"].as_str().unwrap_or_default();
            let user = webhook
                .split("://")
                .nth(1)
                .is_some_and(|rest| rest.starts_with(USER));
            webhook.contains(&format!("token={TOKEN}")) || user
        }
        Code::StatusUnknown => status.is_some(),
        Code::NumberNotJson => false, // then it would not be a `Value`
        Code::TimeWithoutZone => [
            "created_at",
            "updated_at",
            "run_started_at",
            "run_ended_at",
            "webhook_sent_at",
        ]
        .iter()
        .any(|name| {
            let text = payload[name].as_str();
            text.is_some_and(|text| text.contains(':') && Time::parse(text).is_none())
        }),
        Code::OtherLangchainWebhook => {
            payload.get("run_id").is_none() || payload.get("status").is_none()
        }
        _ => true,
    }
}

/// Tool calls of the last AI message without a later tool message with their id, in both forms of messages.
pub(super) fn unanswered(messages: &Value) -> u64 {
    let messages: Vec<(String, Value)> = messages
        .as_array()
        .into_iter()
        .flatten()
        .map(plain)
        .collect();
    let is_ai = |role: &str| ["ai", "assistant", "AIMessage", "AIMessageChunk"].contains(&role);
    let is_tool = |role: &str| ["tool", "ToolMessage", "ToolMessageChunk"].contains(&role);
    let Some(last) = messages.iter().rposition(|(role, _)| is_ai(role)) else {
        return 0;
    };
    let calls = messages[last].1["tool_calls"]
        .as_array()
        .into_iter()
        .flatten();
    let mut waiting: BTreeSet<&str> = calls.filter_map(|call| call["id"].as_str()).collect();
    for (role, fields) in &messages[last + 1..] {
        if let (true, Some(id)) = (is_tool(role), fields["tool_call_id"].as_str()) {
            waiting.remove(id);
        }
    }
    waiting.len() as u64
}

/// Role and fields of a message in any form.
fn plain(message: &Value) -> (String, Value) {
    let is_record = message.get("lc").is_some() && message["type"] == "constructor";
    let (class, fields) = if is_record {
        let class = message["id"].as_array().and_then(|path| path.last());
        (class.cloned().unwrap_or_default(), &message["kwargs"])
    } else {
        (Value::Null, message)
    };
    let role = [&class, &fields["type"], &fields["role"]]
        .into_iter()
        .find_map(Value::as_str);
    (role.unwrap_or_default().to_owned(), fields.clone())
}

/// Whether there is a value at a path of names separated by dots, which may contain dots themselves.
pub(super) fn stands_at(tree: &Value, path: &str) -> bool {
    let below = |name: &str, value: &Value| {
        let rest = path.strip_prefix(name);
        rest.is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('.')
                    .is_some_and(|rest| stands_at(value, rest))
        })
    };
    match tree {
        Value::Object(members) => members.iter().any(|(name, value)| below(name, value)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .any(|(at, value)| below(&at.to_string(), value)),
        _ => false,
    }
}
