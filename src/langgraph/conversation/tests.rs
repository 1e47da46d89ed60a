//! Conversations in every form, recorded and generated.
//!
//! **Invariant:** for any messages, the conversation agrees with the run that is read from the same body.

use std::fmt::Write;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::message::TokenUsage;
use super::*;
use crate::domain::head::Head;
use crate::domain::time::Time;
use crate::langgraph::{RunBody, read};

/// The body of a recorded delivery.
macro_rules! recorded {
    ($name:literal) => {
        body_of(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/fixtures/",
            $name,
            ".json"
        )))
    };
}

fn body_of(recording: &str) -> String {
    let recording: Value = serde_json::from_str(recording).unwrap();
    recording["body"].as_str().unwrap().to_owned()
}

fn body(messages: &Value) -> String {
    json!({"run_id": "x", "values": {"other": 1, "messages": messages}}).to_string()
}

/// A message as a line: position, role, content, calls, results.
fn line(page: &MessagePage<'_>, index: usize) -> String {
    let message = &page.messages[index];
    let mut line = format!("{} {:?}", message.position, message.role);
    for block in &message.content.first {
        match block {
            ContentBlock::Text(text) => write!(line, " {:?}", text.value.text().unwrap()).unwrap(),
            other => write!(line, " {other:?}").unwrap(),
        }
    }
    for (call_index, call) in message.calls.iter().enumerate() {
        let (name, results) = (call.name.as_deref(), page.results(index, call_index));
        let args = call.args.map_or("", |args| args.value.json());
        write!(line, " {}({args})", name.unwrap_or("?")).unwrap();
        line += if call.is_invalid { "!" } else { "" };
        write!(line, "->{:?}", results.on_page).unwrap();
        line += &results
            .elsewhere
            .map_or(String::new(), |at| format!("+{at}"));
    }
    match page.call_of(index) {
        CallOf::NotAResult => {}
        call_of => write!(line, " {call_of:?}").unwrap(),
    }
    line
}

fn conversation_of(body: &str) -> Conversation<'_> {
    RunBody::parse(body.as_bytes()).conversation().unwrap()
}

fn lines(body: &str) -> Vec<String> {
    let page = conversation_of(body).page(0, 50);
    (0..page.messages.len())
        .map(|index| line(&page, index))
        .collect()
}

#[test]
fn recordings_read_the_same_in_both_forms() {
    let expected = [
        "0 Human \"Oslo\"",
        "1 Ai get_weather({\"city\":\"Oslo\"})->[2]",
        "2 Tool \"sunny, 21 °C\" OnPage",
        "3 Ai \"The weather is sunny, 21 °C.\"",
    ];
    assert_eq!(lines(&recorded!("threads-runs-create")), expected);
    assert_eq!(lines(&recorded!("js-threads-runs-create")), expected);
    let two = lines(&recorded!("thread-turn-2"));
    assert_eq!(two.last().unwrap(), "4 Human \"Rome\"");
}

#[test]
fn name_id_status_and_usage_are_read() {
    let body = recorded!("threads-runs-create");
    let conversation = conversation_of(&body);
    let page = conversation.page(1, 2);
    let [ai, tool] = &page.messages[..] else {
        panic!("two messages");
    };
    assert_eq!(
        (ai.id.as_deref(), ai.name.as_deref()),
        (Some("ai-call"), None)
    );
    let usage = TokenUsage {
        input: Some(30),
        output: Some(12),
    };
    assert_eq!(ai.usage, Some(usage));
    assert_eq!(ai.calls[0].id.as_deref(), Some("call_1"));
    assert_eq!(tool.name.as_deref(), Some("get_weather"));
    assert_eq!(tool.status.as_deref(), Some("success"));
    assert_eq!(tool.tool_call_id.as_deref(), Some("call_1"));
}

#[test]
fn parts_of_messages_have_their_path() {
    for name in [
        recorded!("threads-runs-create"),
        recorded!("js-threads-runs-create"),
    ] {
        let body = RunBody::parse(name.as_bytes());
        let state = body.state().unwrap();
        let page = body.conversation().unwrap().page(0, 9);
        let leads_back = |part: &Located<'_>| {
            let found = state.seek(part.path).unwrap();
            assert_eq!(found.value.json(), part.value.json());
        };
        for message in &page.messages {
            leads_back(&message.whole);
            for block in &message.content.first {
                let ContentBlock::Text(text) = block else {
                    panic!("text")
                };
                leads_back(text);
            }
            for call in &message.calls {
                leads_back(&call.whole);
                leads_back(&call.args.unwrap());
            }
        }
    }
}

#[test]
fn no_messages_no_conversation() {
    for body in [
        recorded!("status-interrupt-by-graph"),
        recorded!("js-status-interrupt-by-graph"),
    ] {
        let body = RunBody::parse(body.as_bytes());
        assert!(body.conversation().is_none());
        assert_eq!(body.state().unwrap().count(), 2);
    }
    assert!(
        RunBody::parse(recorded!("stateless-runs-create").as_bytes())
            .state()
            .is_none()
    );
    assert!(
        RunBody::parse(recorded!("js-stateless-runs-wait").as_bytes())
            .state()
            .is_none()
    );
}

#[test]
fn results_match_the_latest_call_with_their_id() {
    let call = |id: &str| json!({"name": "f", "args": {}, "id": id});
    let ai = |ids: &[&str]| {
        let calls: Vec<Value> = ids.iter().map(|id| call(id)).collect();
        json!({"type": "ai", "content": "", "tool_calls": calls})
    };
    let result = |id: &str| json!({"type": "tool", "content": "r", "tool_call_id": id});
    let messages = json!([
        result("a"),
        ai(&["a", "b"]),
        result("b"),
        ai(&["a"]),
        result("a"),
        result("a"),
        ai(&["c"]),
    ]);
    assert_eq!(
        lines(&body(&messages)),
        [
            "0 Tool \"r\" NoCall",
            "1 Ai f({})->[] f({})->[2]",
            "2 Tool \"r\" OnPage",
            "3 Ai f({})->[4, 5]",
            "4 Tool \"r\" OnPage",
            "5 Tool \"r\" OnPage",
            "6 Ai f({})->[]",
        ]
    );
}

#[test]
fn a_pair_across_pages_names_the_other_position() {
    let messages = json!([
        {"type": "ai", "tool_calls": [{"name": "f", "args": {}, "id": "a"}]},
        {"type": "tool", "content": "r", "tool_call_id": "a"},
    ]);
    let body = body(&messages);
    let conversation = conversation_of(&body);
    assert_eq!(line(&conversation.page(0, 1), 0), "0 Ai f({})->[]+1");
    assert_eq!(
        line(&conversation.page(1, 9), 0),
        "1 Tool \"r\" Elsewhere(0)"
    );
    assert!(conversation.page(2, 9).messages.is_empty());
}

#[test]
fn other_forms_are_read_as_far_as_known() {
    let record = |class: &str| json!({"lc": 1, "type": "constructor", "id": ["a", class], "kwargs": {"content": "x"}});
    let messages = json!([
        {"role": "user", "content": "a"},
        {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "1", "content": [{"type": "text", "text": "b"}]},
        record("AIMessageChunk"),
        record("SystemMessage"),
        record("Odd"),
        "bare",
        {"type": "remove", "id": "7"},
        {"type": "ai", "content": null, "invalid_tool_calls": [{"name": "g", "args": "{", "id": null, "error": "e"}]},
    ]);
    assert_eq!(
        lines(&body(&messages)),
        [
            "0 Human \"a\"",
            "1 Ai f(\"{}\")->[2]",
            "2 Tool \"b\" OnPage",
            "3 Ai \"x\"",
            "4 System \"x\"",
            "5 Other(\"Odd\") \"x\"",
            "6 Unknown \"bare\"",
            "7 Other(\"remove\")",
            "8 Ai g(\"{\")!->[]",
        ]
    );
}

#[test]
fn last_message_and_last_human_are_found() {
    let messages = json!([{"type": "human", "content": "a"}, {"type": "human", "content": "b"}, {"type": "ai", "content": "c"}]);
    let body = body(&messages);
    let conversation = conversation_of(&body);
    let (last, human) = conversation.last();
    assert_eq!((last.unwrap().position, human.unwrap().position), (2, 1));
}

#[test]
fn many_messages_are_read_page_by_page() {
    let message = r#"{"type":"tool","tool_call_id":"a","tool_calls":[{"id":"a"}]}"#;
    let many = format!(
        "{{\"values\":{{\"messages\":[{}]}}}}",
        vec![message; 100_000].join(",")
    );
    let conversation = conversation_of(&many);
    assert_eq!(conversation.count(), 100_000);
    let page = conversation.page(99_997, 3);
    let lines: Vec<_> = (0..3).map(|index| line(&page, index)).collect();
    assert_eq!(
        lines,
        [
            "99997 Tool ?()->[1] Elsewhere(99996)",
            "99998 Tool ?()->[2] OnPage",
            "99999 Tool ?()->[] OnPage"
        ]
    );
}

/// Any JSON with the names that the code reads.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "type",
        "role",
        "lc",
        "id",
        "kwargs",
        "content",
        "text",
        "constructor",
        "ai",
        "tool",
        "human",
        "image_url",
        "url",
        "data:image/png;base64,AA",
        "tool_calls",
        "invalid_tool_calls",
        "tool_call_id",
        "function",
        "name",
        "args",
        "AIMessage",
        "usage_metadata",
        "input_tokens",
        "output_tokens",
        "messages",
        "source",
        "\u{0}",
        "\u{202e}",
    ]);
    let text = word.clone().prop_map(Value::from);
    let leaf = prop_oneof![
        text,
        any::<u64>().prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from)
    ];
    leaf.prop_recursive(5, 96, 8, move |inner| {
        let members = prop::collection::vec((word.clone(), inner.clone()), 0..8);
        let object = members.prop_map(|members| {
            let members = members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value));
            Value::Object(members.collect())
        });
        prop_oneof![
            prop::collection::vec(inner, 0..8).prop_map(Value::from),
            object.clone(),
            object
        ]
    })
}

fn agrees(body: &str) {
    let head = Head {
        raw: "POST / HTTP/1.1\r\n\r\n".into(),
        exact: true,
    };
    let (_, reading) = read(&head, body.as_bytes(), None, Time::from_micros(0));
    let Some(run) = reading.run else { return };
    let conversation = RunBody::parse(body.as_bytes()).conversation();
    assert_eq!(conversation.is_some(), run.messages.is_some(), "{body}");
    let Some(conversation) = conversation else {
        return;
    };
    let count = conversation.count() as u64;
    assert_eq!(run.messages, Some(count), "{body}");
    let page = conversation.page(0, usize::MAX);
    assert_eq!(page.messages.len() as u64, count);
    let sum = |count: fn(&TokenUsage) -> Option<u64>| {
        let counts = page
            .messages
            .iter()
            .filter_map(|message| count(&message.usage?));
        counts.reduce(u64::saturating_add)
    };
    let sums = (sum(|usage| usage.input), sum(|usage| usage.output));
    assert_eq!((run.input_tokens, run.output_tokens), sums, "{body}");
    for (index, message) in page.messages.iter().enumerate() {
        let _ = line(&page, index);
        for call in 0..message.calls.len() {
            assert!(
                page.results(index, call)
                    .on_page
                    .iter()
                    .all(|result| *result > index)
            );
        }
    }
    let (last, _) = conversation.last();
    assert_eq!(last.map_or(0, |last| last.position as u64 + 1), count);
}

proptest! {
    #[test]
    fn any_messages_are_counted_as_in_the_run(messages in any_json()) {
        let id = "01a20015-a599-73cf-a7e4-82e5ac641e67";
        agrees(&json!({"run_id": id, "status": "success", "kwargs": {}, "values": {"messages": [messages]}}).to_string());
        agrees(&json!({"run_id": id, "status": "success", "kwargs": {}, "values": {"messages": messages}}).to_string());
        agrees(&json!({"run_id": id, "status": "success", "kwargs": {}, "values": messages}).to_string());
    }

    #[test]
    fn damaged_recordings_are_read_or_rejected(
        js in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[\"{}\\[\\],:\\\\u0d8]"), 1..6),
    ) {
        let body = if js { recorded!("js-threads-runs-create") } else { recorded!("thread-turn-2") };
        let mut letters: Vec<char> = body.chars().collect();
        for (at, letter) in &changes {
            let at = at.index(letters.len());
            letters[at] = letter.chars().next().unwrap();
        }
        agrees(&letters.into_iter().collect::<String>());
    }
}
