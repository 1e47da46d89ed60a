//! The messages of a thread's state, summed up without keeping one (but for the ids of tool calls that wait for their answer). Two forms are known: that of langgraph-api (`{type: "ai", content,
//! usage_metadata, ..}`) and the constructor records of @langchain/langgraph-api (`{lc, type: "constructor", id, kwargs: {..}}`).

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::lenient::{Hoped, Leaf, Part, keep, keep_next, skip};

/// A message that asks for more tool calls is not looked at for answers.
const CALLS_MAX: usize = 1000;

/// `values.messages`, summed up.
#[derive(Debug, Default)]
pub(super) struct Messages<'de> {
    pub(super) count: u64,
    /// Whether one of them is a constructor record, the form of the JavaScript server.
    pub(super) constructors: bool,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    /// Ids of the tool calls of the last AI message that no tool message behind it answers. They are few: to order them costs less than
    /// to hash them.
    pub(super) unanswered: BTreeSet<Cow<'de, str>>,
    pub(super) total_tokens: Option<u64>,
}

impl<'de> Messages<'de> {
    fn sum_up(&mut self, message: &Message<'de>) {
        let constructor = message.is_constructor();
        self.constructors |= constructor;
        let none = MessageFields::default();
        let fields = if constructor {
            message.kwargs.0.as_ref().unwrap_or(&none)
        } else {
            &message.fields
        };
        self.calls(message.role(), fields);
        if let Hoped(Some(usage)) = &fields.usage_metadata {
            add(&mut self.input_tokens, usage.input);
            add(&mut self.output_tokens, usage.output);
            add(&mut self.total_tokens, usage.total);
        }
    }

    /// Takes note of a message's tool calls, or of the call that it answers.
    fn calls(&mut self, role: Role, fields: &MessageFields<'de>) {
        match role {
            Role::Ai => {
                let calls = fields.tool_calls.0.as_ref();
                let ids = calls.into_iter().flat_map(|calls| &calls.ids);
                self.unanswered = ids.filter_map(|id| id.text()).collect();
            }
            Role::Tool if !self.unanswered.is_empty() => {
                if let Some(id) = fields.tool_call_id.text() {
                    self.unanswered.remove(&id);
                }
            }
            Role::Tool | Role::Other => {}
        }
    }
}

impl<'de> Part<'de> for Messages<'de> {
    const LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        let mut message = Hoped(None);
        if !keep_next(&mut message, list)? {
            return Ok(false);
        }
        self.count += 1;
        if let Hoped(Some(message)) = &message {
            self.sum_up(message);
        }
        Ok(true)
    }
}

/// Adds a count to a sum that is `None` as long as nothing was counted.
fn add(sum: &mut Option<u64>, leaf: Leaf<'_>) {
    if let Some(count) = leaf.count() {
        *sum = Some(sum.unwrap_or_default().saturating_add(count));
    }
}

/// Owner message it is, as far as tool calls go.
#[derive(Clone, Copy, Debug)]
enum Role {
    Ai,
    Tool,
    Other,
}

/// A message: its fields (Python), or `{lc, type: "constructor", id, kwargs}` with the fields in `kwargs` (JavaScript).
#[derive(Debug, Default)]
struct Message<'de> {
    lc: Leaf<'de>,
    kind: Leaf<'de>,
    id: Hoped<Path<'de>>,
    kwargs: Hoped<MessageFields<'de>>,
    fields: MessageFields<'de>,
}

impl Message<'_> {
    fn is_constructor(&self) -> bool {
        self.lc.came() && self.kind.text().as_deref() == Some("constructor")
    }

    /// By `type`, or by the class that a constructor record names.
    fn role(&self) -> Role {
        let name = match &self.id.0 {
            Some(class) if self.is_constructor() => class.last.text(),
            _ => self.kind.text(),
        };
        match name.as_deref() {
            Some("ai" | "AIMessage" | "AIMessageChunk") => Role::Ai,
            Some("tool" | "ToolMessage" | "ToolMessageChunk") => Role::Tool,
            _ => Role::Other,
        }
    }
}

impl<'de> Part<'de> for Message<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "lc" => keep(&mut self.lc, map),
            "type" => keep(&mut self.kind, map),
            "id" => keep(&mut self.id, map),
            "kwargs" => keep(&mut self.kwargs, map),
            _ => self.fields.member(name, map),
        }
    }
}

/// What is looked at in a message of either form.
#[derive(Debug, Default)]
struct MessageFields<'de> {
    usage_metadata: Hoped<Usage<'de>>,
    tool_calls: Hoped<ToolCalls<'de>>,
    tool_call_id: Leaf<'de>,
}

impl<'de> Part<'de> for MessageFields<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "usage_metadata" => keep(&mut self.usage_metadata, map),
            "tool_calls" => keep(&mut self.tool_calls, map),
            "tool_call_id" => keep(&mut self.tool_call_id, map),
            _ => skip(map),
        }
    }
}

/// The list of names by which a constructor record says what it makes; the last one is the class.
#[derive(Debug, Default)]
struct Path<'de> {
    last: Leaf<'de>,
}

impl<'de> Part<'de> for Path<'de> {
    const LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        keep_next(&mut self.last, list)
    }
}

/// Ids of `tool_calls`, as far as they came; none where there are more than any model asks for at once.
#[derive(Debug, Default)]
struct ToolCalls<'de> {
    count: usize,
    ids: Vec<Leaf<'de>>,
}

impl<'de> Part<'de> for ToolCalls<'de> {
    const LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        if self.count == CALLS_MAX {
            let more = list.next_element::<IgnoredAny>()?.is_some();
            if more {
                self.ids.clear();
            }
            return Ok(more);
        }
        let mut call = Hoped::<ToolCall<'de>>(None);
        if !keep_next(&mut call, list)? {
            return Ok(false);
        }
        self.count += 1;
        let id = call.0.map(|call| call.id);
        self.ids.extend(id.filter(|id| id.came()));
        Ok(true)
    }
}

/// One of `tool_calls`.
#[derive(Debug, Default)]
struct ToolCall<'de> {
    id: Leaf<'de>,
}

impl<'de> Part<'de> for ToolCall<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => keep(&mut self.id, map),
            _ => skip(map),
        }
    }
}

/// `usage_metadata` of a message.
#[derive(Debug, Default)]
struct Usage<'de> {
    input: Leaf<'de>,
    output: Leaf<'de>,
    total: Leaf<'de>,
}

impl<'de> Part<'de> for Usage<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "input_tokens" => keep(&mut self.input, map),
            "output_tokens" => keep(&mut self.output, map),
            "total_tokens" => keep(&mut self.total, map),
            _ => skip(map),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sums(messages: &Value) -> Option<(u64, bool, Option<u64>, Option<u64>)> {
        let json = messages.to_string();
        let Hoped(sums) = serde_json::from_str::<Hoped<Messages<'_>>>(&json).unwrap();
        sums.map(|sums| {
            (
                sums.count,
                sums.constructors,
                sums.input_tokens,
                sums.output_tokens,
            )
        })
    }

    #[test]
    fn messages_and_their_tokens_are_counted_in_both_forms() {
        let usage = json!({"input_tokens": 3, "output_tokens": 4});
        let plain = json!({"type": "ai", "usage_metadata": usage});
        let record =
            json!({"lc": 1, "type": "constructor", "id": [], "kwargs": {"usage_metadata": usage}});
        assert_eq!(
            sums(&json!([record, record])),
            Some((2, true, Some(6), Some(8)))
        );
        assert_eq!(
            sums(&json!([plain, "text", 1, []])),
            Some((4, false, Some(3), Some(4)))
        );
        assert_eq!(
            sums(&json!([{"usage_metadata": {"input_tokens": u64::MAX}}, plain])),
            Some((2, false, Some(u64::MAX), Some(4)))
        );
    }

    fn unanswered(messages: &Value) -> usize {
        let json = messages.to_string();
        let Hoped(messages) = serde_json::from_str::<Hoped<Messages<'_>>>(&json).unwrap();
        messages.unwrap_or_default().unanswered.len()
    }

    #[test]
    fn tool_calls_of_the_last_ai_message_wait_for_an_answer_behind_it_in_both_forms() {
        let call = |id: &str| json!({"name": "f", "args": {"id": "no"}, "id": id});
        let ai = json!({"type": "ai", "tool_calls": [call("1"), call("2\n"), {"name": "f"}, 1]});
        let answer = |id: &str| json!({"type": "tool", "tool_call_id": id});
        let human = json!({"type": "human", "tool_call_id": "1"});
        assert_eq!(unanswered(&json!([ai])), 2);
        assert_eq!(unanswered(&json!([answer("1"), ai, human])), 2);
        assert_eq!(unanswered(&json!([ai, answer("2\n")])), 1);
        assert_eq!(unanswered(&json!([ai, answer("1"), answer("2\n")])), 0);
        assert_eq!(
            unanswered(&json!([ai, {"type": "ai", "tool_calls": []}])),
            0
        );
        assert_eq!(unanswered(&json!([ai, {"type": "ai"}, human])), 0);
        let record = |class: &str, fields: Value| json!({"lc": 1, "type": "constructor", "id": ["langchain_core", "messages", class], "kwargs": fields});
        let ai = record("AIMessage", json!({"id": "m", "tool_calls": [call("1")]}));
        let answer = record("ToolMessage", json!({"tool_call_id": "1"}));
        assert_eq!(unanswered(&json!([ai])), 1);
        assert_eq!(unanswered(&json!([ai, answer])), 0);
        assert_eq!(
            unanswered(&json!([record(
                "HumanMessage",
                json!({"tool_calls": [call("1")]})
            )])),
            0
        );
    }

    #[test]
    fn more_calls_than_any_model_asks_for_are_passed_over() {
        let calls = |count: usize| {
            (0..count)
                .map(|id| json!({"id": id.to_string()}))
                .collect::<Value>()
        };
        let asks = |count| unanswered(&json!([{"type": "ai", "tool_calls": calls(count)}]));
        assert_eq!([999, 1000, 1001, 5000].map(asks), [999, 1000, 0, 0]);
    }

    #[test]
    fn without_usage_there_is_no_sum_and_without_a_list_no_count() {
        assert_eq!(sums(&json!([])), Some((0, false, None, None)));
        assert_eq!(
            sums(&json!([{"type": "ai", "usage_metadata": null}])),
            Some((1, false, None, None))
        );
        assert_eq!(sums(&json!({"0": {}})), None);
        assert_eq!(sums(&json!("text")), None);
    }
}
