//! A summary of `values`, the state of the thread, made in the pass that reads the body: whether it is empty, how many messages and tokens
//! it has, and which tool calls have no result yet.
//!
//! **Invariant:** no message is kept, so the memory does not grow with the number of messages.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::domain::observations::ValuesState;
use crate::json::{
    Container, Lenient, MemberName, RawJson, lenient_object, read_element, read_member, skip_member,
};
use crate::langgraph::conversation::role::{Role, RoleMembers, is_constructor};

/// A message with more tool calls than this, which no model makes at once, does not count as waiting, so hostile lists cost no memory.
const CALLS_MAX: usize = 1000;

/// A summary of `values`.
#[derive(Debug, Default)]
pub(super) struct StateSummary<'de> {
    /// `NotRead` if `values` is absent.
    pub(super) values: ValuesState,
    pub(super) messages: Option<MessagesSummary<'de>>,
}

impl<'de> Deserialize<'de> for StateSummary<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StateVisitor)
    }
}

impl<'de> DeserializeSeed<'de> for &mut StateSummary<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self = Deserialize::deserialize(deserializer)?;
        Ok(())
    }
}

impl StateSummary<'_> {
    /// Whether the body has `values`; null counts.
    pub(super) fn is_present(&self) -> bool {
        self.values != ValuesState::NotRead
    }

    fn of(holds_something: bool) -> Self {
        let values = if holds_something {
            ValuesState::Present
        } else {
            ValuesState::Empty
        };
        Self {
            values,
            messages: None,
        }
    }
}

struct StateVisitor;

impl<'de> Visitor<'de> for StateVisitor {
    type Value = StateSummary<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut state = StateSummary::of(false);
        let mut messages = Lenient(None);
        while let Some(MemberName(name)) = map.next_key()? {
            state.values = ValuesState::Present;
            match &*name {
                "messages" => read_member(&mut messages, &mut map)?,
                _ => skip_member(&mut map)?,
            }
        }
        state.messages = messages.0;
        Ok(state)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut holds_something = false;
        while list.next_element::<IgnoredAny>()?.is_some() {
            holds_something = true;
        }
        Ok(StateSummary::of(holds_something))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(StateSummary {
            values: ValuesState::Null,
            messages: None,
        })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(StateSummary::of(!text.is_empty()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(StateSummary::of(true))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(StateSummary::of(true))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(StateSummary::of(true))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(StateSummary::of(true))
    }
}

/// A summary of `values.messages`.
#[derive(Debug, Default)]
pub(super) struct MessagesSummary<'de> {
    pub(super) count: u64,
    /// Whether one of them is a constructor record, the form of the JavaScript server.
    pub(super) has_constructors: bool,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    /// Ids of the tool calls of the last AI message that no later tool message answers. There are few of them: sorting costs less than
    /// hashing.
    pub(super) unanswered: BTreeSet<Cow<'de, str>>,
}

impl<'de> MessagesSummary<'de> {
    fn add(&mut self, message: &MessageSummary<'de>) {
        let is_constructor = is_constructor(message.lc, message.fields.type_name);
        self.has_constructors |= is_constructor;
        let none = SummaryFields::default();
        let fields = if is_constructor {
            message.kwargs.0.as_ref().unwrap_or(&none)
        } else {
            &message.fields
        };
        let class = message.id.0.as_ref().filter(|_| is_constructor);
        let role = RoleMembers {
            class: class.map_or(RawJson::default(), |class| class.last),
            type_name: fields.type_name,
            role: fields.role,
        };
        self.add_calls(&role.role(), fields);
        if let Lenient(Some(usage)) = &fields.usage_metadata {
            add(&mut self.input_tokens, usage.input);
            add(&mut self.output_tokens, usage.output);
        }
    }

    /// Keeps the tool calls of a message, or removes the call that it answers.
    fn add_calls(&mut self, role: &Role<'_>, fields: &SummaryFields<'de>) {
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
            _ => {}
        }
    }
}

impl<'de> Container<'de> for MessagesSummary<'de> {
    const IS_LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        let mut message = Lenient(None);
        if !read_element(&mut message, list)? {
            return Ok(false);
        }
        self.count += 1;
        if let Lenient(Some(message)) = &message {
            self.add(message);
        }
        Ok(true)
    }
}

/// Adds a count to a sum, which stays `None` until there is one.
fn add(sum: &mut Option<u64>, count: RawJson<'_>) {
    if let Some(count) = count.number() {
        *sum = Some(sum.unwrap_or(0).saturating_add(count));
    }
}

/// The members of a message for the summary. Those of a constructor record are in its `kwargs`.
#[derive(Debug, Default)]
struct MessageSummary<'de> {
    lc: RawJson<'de>,
    id: Lenient<ClassPath<'de>>,
    kwargs: Lenient<SummaryFields<'de>>,
    fields: SummaryFields<'de>,
}

impl<'de> Container<'de> for MessageSummary<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "lc" => read_member(&mut self.lc, map),
            "id" => read_member(&mut self.id, map),
            "kwargs" => read_member(&mut self.kwargs, map),
            _ => self.fields.member(name, map),
        }
    }
}

lenient_object! {
    #[derive(Debug, Default)]
    struct SummaryFields<'de> {
        type_name: RawJson<'de> = "type",
        role: RawJson<'de> = "role",
        usage_metadata: Lenient<UsageMetadata<'de>> = "usage_metadata",
        tool_calls: Lenient<CallIds<'de>> = "tool_calls",
        tool_call_id: RawJson<'de> = "tool_call_id",
    }
}

/// The `id` of a constructor record, a list of names of which the last one is the class.
#[derive(Debug, Default)]
struct ClassPath<'de> {
    last: RawJson<'de>,
}

impl<'de> Container<'de> for ClassPath<'de> {
    const IS_LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        read_element(&mut self.last, list)
    }
}

/// The ids in `tool_calls`; none if there are more than `CALLS_MAX` calls.
#[derive(Debug, Default)]
struct CallIds<'de> {
    count: usize,
    ids: Vec<RawJson<'de>>,
}

impl<'de> Container<'de> for CallIds<'de> {
    const IS_LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        if self.count == CALLS_MAX {
            let is_more = list.next_element::<IgnoredAny>()?.is_some();
            if is_more {
                self.ids.clear();
            }
            return Ok(is_more);
        }
        let mut call = Lenient::<CallId<'de>>(None);
        if !read_element(&mut call, list)? {
            return Ok(false);
        }
        self.count += 1;
        let id = call.0.map(|call| call.id);
        self.ids.extend(id.filter(|id| id.is_present()));
        Ok(true)
    }
}

lenient_object! {
    #[derive(Debug, Default)]
    struct CallId<'de> {
        id: RawJson<'de> = "id",
    }
}

lenient_object! {
    #[derive(Debug, Default)]
    struct UsageMetadata<'de> {
        input: RawJson<'de> = "input_tokens",
        output: RawJson<'de> = "output_tokens",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sums(messages: &Value) -> Option<(u64, bool, Option<u64>, Option<u64>)> {
        let json = messages.to_string();
        let Lenient(sums) = serde_json::from_str::<Lenient<MessagesSummary<'_>>>(&json).unwrap();
        sums.map(|sums| {
            (
                sums.count,
                sums.has_constructors,
                sums.input_tokens,
                sums.output_tokens,
            )
        })
    }

    #[test]
    fn messages_and_tokens_are_counted_in_every_form() {
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
        let Lenient(messages) =
            serde_json::from_str::<Lenient<MessagesSummary<'_>>>(&json).unwrap();
        messages.unwrap_or_default().unanswered.len()
    }

    #[test]
    fn calls_of_the_last_ai_message_await_results() {
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
    fn too_many_calls_are_skipped() {
        let calls = |count: usize| {
            (0..count)
                .map(|id| json!({"id": id.to_string()}))
                .collect::<Value>()
        };
        let asks = |count| unanswered(&json!([{"type": "ai", "tool_calls": calls(count)}]));
        assert_eq!([999, 1000, 1001, 5000].map(asks), [999, 1000, 0, 0]);
    }

    #[test]
    fn no_usage_no_sum_no_list_no_count() {
        assert_eq!(sums(&json!([])), Some((0, false, None, None)));
        assert_eq!(
            sums(&json!([{"type": "ai", "usage_metadata": null}])),
            Some((1, false, None, None))
        );
        assert_eq!(sums(&json!({"0": {}})), None);
        assert_eq!(sums(&json!("text")), None);
    }

    #[test]
    fn values_are_null_empty_or_present() {
        let state = |json: &str| {
            serde_json::from_str::<StateSummary<'_>>(json)
                .unwrap()
                .values
        };
        assert_eq!(state("null"), ValuesState::Null);
        for empty in ["{}", "[]", "\"\""] {
            assert_eq!(state(empty), ValuesState::Empty, "{empty}");
        }
        for present in ["{\"a\":null}", "[null]", "\"a\"", "false", "0", "-1", "0.0"] {
            assert_eq!(state(present), ValuesState::Present, "{present}");
        }
    }
}
