//! The messages of a thread's state, summed up without keeping one. Two forms are known: that of langgraph-api (`{type: "ai", content,
//! usage_metadata, ..}`) and the constructor records of @langchain/langgraph-api (`{lc, type: "constructor", id, kwargs: {..}}`).

use serde::de::{MapAccess, SeqAccess};

use super::lenient::{Hoped, Leaf, Part, keep, skip};

/// `values.messages`, summed up.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) count: u64,
    /// Whether one of them is a constructor record, the form of the JavaScript server.
    pub(super) constructors: bool,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) total_tokens: Option<u64>,
}

impl<'de> Part<'de> for Messages {
    const LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        let Some(Hoped(message)) = list.next_element::<Hoped<Message<'de>>>()? else {
            return Ok(false);
        };
        self.count += 1;
        if let Some(message) = message {
            let constructor = message.is_constructor();
            self.constructors |= constructor;
            let fields = if constructor {
                message.kwargs.0.unwrap_or_default()
            } else {
                message.fields
            };
            if let Hoped(Some(usage)) = fields.usage_metadata {
                add(&mut self.input_tokens, usage.input_tokens);
                add(&mut self.output_tokens, usage.output_tokens);
                add(&mut self.total_tokens, usage.total_tokens);
            }
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

/// A message: its fields (Python), or `{lc, type: "constructor", id, kwargs}` with the fields in `kwargs` (JavaScript).
#[derive(Debug, Default)]
struct Message<'de> {
    lc: Leaf<'de>,
    kind: Leaf<'de>,
    kwargs: Hoped<MessageFields<'de>>,
    fields: MessageFields<'de>,
}

impl Message<'_> {
    fn is_constructor(&self) -> bool {
        self.lc.came() && self.kind.text().as_deref() == Some("constructor")
    }
}

impl<'de> Part<'de> for Message<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "lc" => keep(&mut self.lc, map),
            "type" => keep(&mut self.kind, map),
            "kwargs" => keep(&mut self.kwargs, map),
            _ => self.fields.member(name, map),
        }
    }
}

/// What is looked at in a message of either form.
#[derive(Debug, Default)]
struct MessageFields<'de> {
    usage_metadata: Hoped<Usage<'de>>,
}

impl<'de> Part<'de> for MessageFields<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "usage_metadata" => keep(&mut self.usage_metadata, map),
            _ => skip(map),
        }
    }
}

/// `usage_metadata` of a message.
#[derive(Debug, Default)]
struct Usage<'de> {
    input_tokens: Leaf<'de>,
    output_tokens: Leaf<'de>,
    total_tokens: Leaf<'de>,
}

impl<'de> Part<'de> for Usage<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "input_tokens" => keep(&mut self.input_tokens, map),
            "output_tokens" => keep(&mut self.output_tokens, map),
            "total_tokens" => keep(&mut self.total_tokens, map),
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
        let Hoped(sums) = serde_json::from_str::<Hoped<Messages>>(&json).unwrap();
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
