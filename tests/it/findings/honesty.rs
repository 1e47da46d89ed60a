//! Findings never claim anything that the bytes contradict. They are compared with a second, simpler implementation of the rules on the JSON
//! as parsed by `serde_json`.

use std::collections::BTreeSet;

use creel::domain::head::Head;
use creel::domain::observations::{Observations, ValuesState};
use creel::domain::run::SenderKind;
use creel::domain::time::Time;
use creel::langgraph::findings::{Code, Finding, Level, findings};
use creel::langgraph::headline;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::summary;
use crate::readings::{Recording, mutated, recordings};

/// The token of the request, and user name and password of its Basic authorization.
const TOKEN: &str = "YOUR_SECRET_TOKEN";
const HEAD: &str = "POST /hook/x?token=YOUR_SECRET_TOKEN HTTP/1.1\r\nUser-Agent: python-httpx/0.28.1\r\nContent-Type: application/json\r\n\
                    Authorization: Basic dXNlcjpwYUBzcw==\r\n\r\n";
const USER: &str = "user:pa%40ss@";
/// The value of every secret.
const CANARY: &str = "canary-4711";

fn recording(body: &[u8]) -> Recording {
    Recording {
        head: Head {
            raw: HEAD.into(),
            exact: true,
        },
        body: body.to_owned(),
        received_at: Time::from_micros(1_795_297_000_000_000),
    }
}

/// Reads a body, and compares the findings with the bytes.
fn check(body: &[u8]) {
    let delivery = summary(&recording(body));
    let found = findings(&delivery);
    let facts = &delivery.reading.observations;
    let _ = headline(&delivery).to_string();
    let codes: Vec<Code> = found.iter().map(Finding::code).collect();
    assert!(
        codes.iter().collect::<BTreeSet<_>>().len() == codes.len(),
        "each once: {codes:?}"
    );
    assert!(found.windows(2).all(|pair| pair[0].level >= pair[1].level));
    assert!(
        found
            .iter()
            .all(|finding| finding.text.to_string().len() < 4000)
    );
    let stored = serde_json::to_string(facts).unwrap();
    assert!(stored.len() < 8000, "{} bytes", stored.len());
    assert_eq!(
        serde_json::from_str::<Observations>(&stored).unwrap(),
        *facts
    );
    assert!(!stored.contains(CANARY), "{stored}");
    let Ok(tree) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    for code in &codes {
        assert!(is_so(*code, &tree), "{code} is not so: {tree}");
    }
    if delivery.reading.run.is_none() {
        return;
    }
    let expected = match tree.get("values") {
        None => ValuesState::Absent,
        Some(Value::Null) => ValuesState::Null,
        Some(value) if *value == json!({}) || *value == json!([]) || *value == json!("") => {
            ValuesState::Empty
        }
        Some(_) => ValuesState::Present,
    };
    assert_eq!(facts.values, expected);
    assert_eq!(
        facts.unanswered_calls,
        unanswered(&tree["values"]["messages"]),
        "{tree}"
    );
    assert_eq!(facts.token_in_webhook, is_so(Code::TokenInBody, &tree));
    for name in &facts.missing {
        assert!(tree.get(name).is_none(), "{name} is missing");
    }
    for name in &facts.unknown {
        let is_there = |key: &String| key.starts_with(name.as_str());
        assert!(
            tree.as_object().unwrap().keys().any(is_there),
            "{name} is there"
        );
    }
    for path in &facts.secrets {
        assert!(
            path.ends_with('…') || stands_at(&tree, path),
            "{path}: {tree}"
        );
    }
}

/// Whether a code is allowed for a payload. Codes that depend only on the request are always allowed.
fn is_so(code: Code, payload: &Value) -> bool {
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
        Code::OtherLangchainWebhook => {
            payload.get("run_id").is_none() || payload.get("status").is_none()
        }
        _ => true,
    }
}

/// Tool calls of the last AI message without a later tool message with their id, in both forms of messages.
fn unanswered(messages: &Value) -> u64 {
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
fn stands_at(tree: &Value, path: &str) -> bool {
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

/// Any JSON, with names and texts that the rules use.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec![
        "",
        "ai",
        "assistant",
        "tool",
        "AIMessage",
        "ToolMessage",
        "constructor",
        "success",
        "interrupted",
        "rollback",
        "interrupt",
        "1",
        "2",
        CANARY,
        "An internal error occurred",
        "EmptyInputError",
        "http://h/hook/x?token=YOUR_SECRET_TOKEN",
        "http://user:pa%40ss@h/",
        "é\u{0}",
        "superseded by run 01a20016-2178-7719-9fcc-4319d4ee7692 (multitask_strategy=interrupt)",
    ]);
    let leaf = prop_oneof![
        text.prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
    ];
    let names = vec![
        "values",
        "messages",
        "kwargs",
        "context",
        "config",
        "configurable",
        "metadata",
        "api_key",
        "token",
        "a.b",
        "headers",
        "id",
        "type",
        "role",
        "tool_calls",
        "tool_call_id",
        "lc",
        "webhook",
        "temporary",
        "error",
        "message",
        "status",
        "langgraph_auth_user",
        "langgraph_api_version",
        "run_id",
        "runs",
        "rule_id",
        "start_time",
        "end_time",
        "é",
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let name = prop::sample::select(names.clone()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A recorded payload with some parts replaced by any JSON, or removed.
fn changed() -> impl Strategy<Value = Value> {
    const PLACES: [&str; 16] = [
        "/status",
        "/values",
        "/values/messages",
        "/error",
        "/kwargs",
        "/kwargs/webhook",
        "/kwargs/temporary",
        "/kwargs/context",
        "/kwargs/config/configurable",
        "/kwargs/config/configurable/langgraph_auth_user",
        "/kwargs/config/metadata",
        "/kwargs/interrupt_before",
        "/run_started_at",
        "/metadata",
        "/thread_id",
        "/run_id",
    ];
    let bodies = recordings().into_values().map(|recording| recording.body);
    let payloads: Vec<Value> = bodies
        .filter(|body| body.len() < 10_000)
        .filter_map(|body| serde_json::from_slice(&body).ok())
        .collect();
    let changes = prop::collection::vec(
        (
            prop::sample::select(&PLACES[..]),
            prop::option::of(any_json()),
        ),
        0..5,
    );
    (prop::sample::select(payloads), changes).prop_map(|(mut payload, changes)| {
        for (place, change) in changes {
            match (payload.pointer_mut(place), change) {
                (Some(found), Some(change)) => *found = change,
                (Some(_), None) => {
                    if let Some(name) = place.strip_prefix('/').filter(|name| !name.contains('/')) {
                        payload.as_object_mut().unwrap().remove(name);
                    }
                }
                (None, _) => {}
            }
        }
        payload
    })
}

/// Messages in every form, with calls and results with few ids.
fn conversation() -> impl Strategy<Value = Vec<(Author, Value)>> {
    let id = || {
        prop::sample::select(vec![
            json!("1"),
            json!("2"),
            json!("3\n"),
            json!(""),
            Value::Null,
            json!(4),
        ])
    };
    let call = prop_oneof![
        id().prop_map(|id| json!({"id": id, "name": "f"})),
        Just(json!("call")),
        Just(json!({}))
    ];
    let calls = prop_oneof![4 => prop::collection::vec(call, 0..4).prop_map(Value::from), 1 => Just(Value::Null)];
    let author = prop::sample::select(vec![Author::Ai, Author::Tool, Author::Other]);
    let message = (author, 0..6_usize, calls, id()).prop_map(|(author, form, calls, answers)| {
        let fields = json!({"tool_calls": calls, "tool_call_id": answers, "id": "m"});
        (author, written(author, form, fields))
    });
    prop::collection::vec(message, 0..8)
}

/// The role of a message, as far as tool calls depend on it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Author {
    Ai,
    Tool,
    Other,
}

/// A message in each of the forms that senders use.
fn written(author: Author, form: usize, mut fields: Value) -> Value {
    let (type_name, role, class) = match author {
        Author::Ai => ("ai", "assistant", "AIMessage"),
        Author::Tool => ("tool", "tool", "ToolMessageChunk"),
        Author::Other => ("human", "user", "HumanMessage"),
    };
    let record = |id: Value, fields: Value| json!({"lc": 1, "type": "constructor", "id": id, "kwargs": fields});
    match form {
        0 => fields["type"] = json!(type_name),
        1 => fields["role"] = json!(role),
        2 => {
            fields["type"] = json!(type_name);
            fields["role"] = json!("other");
        }
        3 => {
            fields["type"] = json!(7);
            fields["role"] = json!(role);
        }
        4 => return record(json!(["langchain_core", class]), fields),
        _ => {
            fields["type"] = json!(type_name);
            return record(json!([]), fields);
        }
    }
    fields
}

/// Tool calls without a result, by the role of each message and not by its form.
fn waiting(messages: &[(Author, Value)]) -> u64 {
    let mut waiting = BTreeSet::new();
    for (author, message) in messages {
        let fields = message.get("kwargs").unwrap_or(message);
        match author {
            Author::Ai => {
                let calls = fields["tool_calls"].as_array().into_iter().flatten();
                waiting = calls.filter_map(|call| call["id"].as_str()).collect();
            }
            Author::Tool => {
                if let Some(id) = fields["tool_call_id"].as_str() {
                    waiting.remove(id);
                }
            }
            Author::Other => {}
        }
    }
    waiting.len() as u64
}

proptest! {
    #[test]
    fn findings_on_any_bytes_are_correct(body in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&body);
    }

    #[test]
    fn findings_on_any_json_are_correct(json in any_json()) {
        check(json.to_string().as_bytes());
    }

    #[test]
    fn findings_on_a_delivery_with_changed_bytes_are_correct(body in mutated()) {
        check(&body);
    }

    #[test]
    fn findings_on_a_delivery_with_changed_parts_are_correct(payload in changed()) {
        check(payload.to_string().as_bytes());
    }

    #[test]
    fn waiting_tool_calls_do_not_depend_on_the_form_of_messages(messages in conversation()) {
        let id = "01a20015-a599-73cf-a7e4-82e5ac641e67";
        let list: Vec<_> = messages.iter().map(|(_, message)| message).collect();
        let body = json!({"run_id": id, "status": "success", "values": {"messages": list}}).to_string();
        check(body.as_bytes());
        let delivery = summary(&recording(body.as_bytes()));
        prop_assert_eq!(delivery.reading.observations.unanswered_calls, waiting(&messages));
    }
}

#[test]
fn an_unanswered_call_is_a_warning_in_every_form() {
    let id = "01a20015-a599-73cf-a7e4-82e5ac641e67";
    for form in 0..6 {
        let message = written(
            Author::Ai,
            form,
            json!({"tool_calls": [{"id": "1", "name": "f"}]}),
        );
        let body = json!({"run_id": id, "status": "success", "kwargs": {"temporary": false}, "values": {"messages": [message]}});
        let delivery = summary(&recording(body.to_string().as_bytes()));
        let found = findings(&delivery);
        let paused = found
            .iter()
            .find(|finding| finding.code() == Code::SuccessMayBePaused);
        assert_eq!(
            paused.map(|finding| finding.level),
            Some(Level::Warning),
            "{form}"
        );
    }
}

#[test]
fn stored_readings_stay_small() {
    let id = "01a20015-a599-73cf-a7e4-82e5ac641e67";
    let long = "x".repeat(50_000);
    let many = (0..5000).map(|number| (format!("{number}_token"), json!(CANARY)));
    let many: Value = many.collect::<serde_json::Map<_, _>>().into();
    let calls: Vec<Value> = (0..1000)
        .map(|number| json!({"id": number.to_string()}))
        .collect();
    let deep = (0..100).fold(json!({"token": CANARY}), |inner, _| json!({"a": [inner]}));
    let mut payload = json!({"run_id": id, "status": long, "kwargs": {"context": {"deep": deep, "many": many}, "webhook": long},
        "values": {"messages": [{"type": "ai", "tool_calls": calls}]}});
    for number in 0..1000 {
        payload[format!("{number}{long}")
            .chars()
            .take(200)
            .collect::<String>()] = Value::Null;
    }
    let body = payload.to_string();
    check(body.as_bytes());
    let delivery = summary(&recording(body.as_bytes()));
    assert_eq!(delivery.reading.observations.unanswered_calls, 1000);
    assert_eq!(
        delivery.reading.observations.secrets.len(),
        Observations::SECRETS_MAX
    );
    assert_eq!(
        delivery.reading.observations.unknown.len(),
        Observations::UNKNOWN_MAX
    );
    assert_eq!(
        delivery.reading.run.unwrap().sender.kind,
        SenderKind::LanggraphPython
    );
}
