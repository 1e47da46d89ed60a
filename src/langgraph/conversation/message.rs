//! One message in any form: that of langgraph-api (`{type: "ai", content, ..}`), the constructor record of @langchain/langgraph-api
//! (`{lc, type: "constructor", id: [.., "AIMessage"], kwargs: {..}}`), or as a caller wrote it (`{role, content}`). Any other value has only
//! its JSON.
//!
//! **Invariant:** any JSON value can be read as a message. At most `CALLS_MAX` tool calls are kept, and all are counted.

use std::borrow::Cow;

use super::content::Content;
use super::fields::MessageFields;
use super::role::Role;
use super::tool_calls::{CALLS_MAX, ToolCall};
use crate::json::{Located, RawJson};

#[derive(Clone, Debug)]
pub(crate) struct Message<'a> {
    /// 0 for the first of its conversation.
    pub(crate) position: usize,
    pub(crate) whole: Located<'a>,
    pub(crate) role: Role<'a>,
    /// The name of the author or of the tool.
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) content: Content<'a>,
    /// The first tool calls, the invalid ones last.
    pub(crate) calls: Vec<ToolCall<'a>>,
    /// The number of all tool calls.
    pub(crate) calls_count: usize,
    /// Which call this is the result of.
    pub(crate) tool_call_id: Option<Cow<'a, str>>,
    /// `success` or `error`, of a result.
    pub(crate) status: Option<Cow<'a, str>>,
    /// Tokens as the model counted them.
    pub(crate) usage: Option<TokenUsage>,
}

/// `usage_metadata` of a message, or the sum over several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TokenUsage {
    pub(crate) input: Option<u64>,
    pub(crate) output: Option<u64>,
}

impl<'a> Message<'a> {
    /// A single message.
    #[must_use]
    pub(crate) fn new(json: &'a str) -> Self {
        let whole = Located {
            value: RawJson::new(json),
            ..Located::default()
        };
        Self::read(whole, 0)
    }

    pub(super) fn read(whole: Located<'a>, position: usize) -> Self {
        let fields = MessageFields::of(whole);
        let role = fields.role();
        let content = match fields.content() {
            Some(content) => Content::read(content),
            // An element without any known field, such as a bare string, is its own content.
            None if role == Role::Unknown && !fields.has_tool_calls() => Content::read(whole),
            None => Content::default(),
        };
        let (mut calls, mut calls_count) = (Vec::new(), 0);
        fields.each_call(|found| {
            calls_count += 1;
            if calls.len() < CALLS_MAX {
                calls.push(ToolCall::read(found.call, found.is_invalid));
            }
        });
        Self {
            position,
            whole,
            role,
            name: fields.name.text(),
            id: fields.id.text(),
            content,
            calls,
            calls_count,
            tool_call_id: fields.tool_call_id(),
            status: fields.status.text(),
            usage: TokenUsage::read(fields.usage_metadata),
        }
    }
}

impl TokenUsage {
    /// `None` where there are no counts.
    fn read(json: RawJson<'_>) -> Option<Self> {
        let mut usage = Self::default();
        json.each(|child| match child.name().as_deref() {
            Some("input_tokens") => usage.input = child.value.number(),
            Some("output_tokens") => usage.output = child.value.number(),
            _ => {}
        });
        (usage != Self::default()).then_some(usage)
    }
}
