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

use super::expected::{is_so, stands_at, unanswered};
use super::summary;
use crate::readings::{Recording, mutated, recordings};

const HEAD: &str = "POST /hook/x?token=YOUR_SECRET_TOKEN HTTP/1.1\r\nUser-Agent: python-httpx/0.28.1\r\nContent-Type: application/json\r\n\
                    Authorization: Basic dXNlcjpwYUBzcw==\r\n\r\n";
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
