//! States in the format of the recorded ones, with any length and content.
#![allow(dead_code, reason = "each test binary uses its own part of this file")]

use serde_json::{Value, json};

use crate::app::fixture;

/// The body of a recording with other `values`, as JSON text, because it may be nested deeper than a `Value` allows.
pub(crate) fn with_values(recording: &str, values: &str) -> Vec<u8> {
    const PLACE: &str = "\"the values stand here\"";
    let recording = fixture(recording);
    let mut body: Value =
        serde_json::from_str(recording["body"].as_str().expect("a body")).expect("JSON");
    body["values"] = serde_json::from_str(PLACE).expect("a text");
    body.to_string().replace(PLACE, values).into_bytes()
}

/// The body of the recorded conversation, with these messages.
pub(crate) fn with_messages(messages: &Value) -> Vec<u8> {
    with_values(
        "threads-runs-create",
        &json!({"messages": messages}).to_string(),
    )
}

pub(crate) fn human(text: &str) -> Value {
    json!({"content": text, "additional_kwargs": {}, "response_metadata": {}, "type": "human", "name": null, "id": "h"})
}

/// An AI message that calls these tools: names and ids.
pub(crate) fn ai(text: &str, calls: &[(&str, &str)]) -> Value {
    let call = |(name, id): &(&str, &str)| json!({"name": name, "args": {"query": id}, "id": id, "type": "tool_call"});
    let calls: Vec<Value> = calls.iter().map(call).collect();
    let usage = json!({"input_tokens": 30, "output_tokens": 12, "total_tokens": 42});
    json!({"content": text, "additional_kwargs": {}, "response_metadata": {}, "type": "ai", "name": null, "id": "a",
           "tool_calls": calls, "invalid_tool_calls": [], "usage_metadata": usage})
}

pub(crate) fn result(text: &str, id: &str) -> Value {
    json!({"content": text, "additional_kwargs": {}, "response_metadata": {}, "type": "tool", "name": "search", "id": "t",
           "tool_call_id": id, "artifact": null, "status": "success"})
}

/// A conversation of this many turns, each with four messages and about 5 kB.
pub(crate) fn turns(count: usize) -> Value {
    let turn = |turn: usize| {
        let id = format!("call_{turn}");
        let found =
            "Lorem ipsum dolor sit amet, <b>consectetur</b> \u{65e5}\u{672c}\u{8a9e}.\n".repeat(80);
        [
            human(&format!("Question {turn}")),
            ai("", &[("search", &id)]),
            result(&found, &id),
            ai(&format!("Answer {turn}"), &[]),
        ]
    };
    (0..count).flat_map(turn).collect()
}

/// The same messages in the format of the JavaScript server.
pub(crate) fn as_constructors(messages: &Value) -> Value {
    let class = |kind: &Value| match kind.as_str() {
        Some("human") => "HumanMessage",
        Some("tool") => "ToolMessage",
        _ => "AIMessage",
    };
    let record = |message: &Value| {
        let id = ["langchain_core", "messages", class(&message["type"])];
        let mut kwargs = message.clone();
        if let Some(kwargs) = kwargs.as_object_mut() {
            kwargs.remove("type");
        }
        json!({"lc": 1, "type": "constructor", "id": id, "kwargs": kwargs})
    };
    messages
        .as_array()
        .into_iter()
        .flatten()
        .map(record)
        .collect()
}

/// A conversation with every kind of content: pictures, a long result, a failed result, other blocks, a call without a result.
pub(crate) fn a_bit_of_everything() -> Value {
    let hour = |hour: usize| {
        format!(
            "{hour:02}:00  {} \u{b0}C, no rain expected\n",
            12 + hour % 9
        )
    };
    let forecast: String = (0..200).map(hour).collect();
    let mut failed = result("ModelTimeout: the vision model did not answer", "call_2");
    failed["status"] = json!("error");
    let picture = json!([
        {"type": "text", "text": "It is this one:"},
        {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{}", "A".repeat(45_000))}},
        {"type": "image_url", "image_url": {"url": "https://example.com/photo.jpg"}},
        {"type": "file", "file": {"filename": "itinerary.pdf", "file_data": "B".repeat(120_000)}},
    ]);
    let thinking = json!([
        {"type": "thinking", "thinking": "Clothes. 20 degrees, little wind.", "signature": "x".repeat(200)},
        {"type": "text", "text": "A light jacket will do: 20 \u{b0}C, little wind."},
    ]);
    let mut answer = ai("", &[]);
    answer["content"] = thinking;
    json!([
        {"type": "system", "content": "You are a careful weather agent.", "id": "s-1"},
        human("What should I wear in Oslo tomorrow, and what does this picture show?"),
        {"type": "human", "name": "maria", "content": picture, "id": "h-2"},
        ai("Let me look that up.", &[("get_forecast", "call_1"), ("describe_image", "call_2")]),
        result(&forecast, "call_1"),
        failed,
        answer,
        human("Book the train to the airport, please."),
        ai("", &[("book_train", "call_3")]),
    ])
}

/// A state without messages.
pub(crate) fn plan() -> Value {
    let item = |item: usize| json!({"sku": format!("A-{item}"), "qty": item, "price": 1.25});
    let items: Vec<Value> = (0..300).map(item).collect();
    let report = format!(
        "# Report\n\n{}",
        "What was found, in long sentences. ".repeat(400)
    );
    json!({
        "items": items,
        "note": "the first node finished",
        "report": report,
        "summary": "Three offers were found. ".repeat(20),
        "empty": {},
        "scores": [0.1, 0.25, 0.9],
        "plan": {"steps": ["find", "compare", "decide"], "done": false, "owner": null, "budget": {"eur": 1200}},
    })
}
