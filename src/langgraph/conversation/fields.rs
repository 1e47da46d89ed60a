//! Where the parts of a message stand, in either form.

use std::borrow::Cow;

use super::block::Blocks;
use super::message::{Kind, Place};
use crate::langgraph::tree::{Child, Node, Shape};

/// Where the parts of a message stand; the last one of a name holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    /// The message, or the `kwargs` of a constructor record.
    holder: Place<'a>,
    /// Name of the class of a constructor record.
    class: Option<Node<'a>>,
    kind: Option<Child<'a>>,
    role: Option<Child<'a>>,
    pub(super) name: Option<Child<'a>>,
    pub(super) id: Option<Child<'a>>,
    content: Option<Child<'a>>,
    tool_calls: Option<Child<'a>>,
    invalid_tool_calls: Option<Child<'a>>,
    tool_call_id: Option<Child<'a>>,
    pub(super) status: Option<Child<'a>>,
    pub(super) usage_metadata: Option<Child<'a>>,
}

/// Where a call stands.
pub(super) struct CallPlace<'a> {
    pub(super) place: Place<'a>,
    pub(super) invalid: bool,
    /// Which one it is among all calls of its message.
    pub(super) position: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: Place<'a>) -> Self {
        let (mut outer, mut lc, mut kwargs) = (Self::none(message), false, None);
        message.node.each(|child| match child.name().as_deref() {
            Some("lc") => lc = true,
            Some("kwargs") => kwargs = Some(message.child(&child)),
            _ => outer.note(child),
        });
        if !(lc && text(outer.kind).as_deref() == Some("constructor")) {
            return outer;
        }
        let kwargs = kwargs.unwrap_or_default();
        let mut inner = Self::none(kwargs);
        kwargs.node.each(|child| inner.note(child));
        if let Some(id) = outer.id {
            id.node.each(|child| inner.class = Some(child.node));
        }
        inner
    }

    fn none(holder: Place<'a>) -> Self {
        Self {
            holder,
            class: None,
            kind: None,
            role: None,
            name: None,
            id: None,
            content: None,
            tool_calls: None,
            invalid_tool_calls: None,
            tool_call_id: None,
            status: None,
            usage_metadata: None,
        }
    }

    fn note(&mut self, child: Child<'a>) {
        let field = match child.name().as_deref() {
            Some("type") => &mut self.kind,
            Some("role") => &mut self.role,
            Some("name") => &mut self.name,
            Some("id") => &mut self.id,
            Some("content") => &mut self.content,
            Some("tool_calls") => &mut self.tool_calls,
            Some("invalid_tool_calls") => &mut self.invalid_tool_calls,
            Some("tool_call_id") => &mut self.tool_call_id,
            Some("status") => &mut self.status,
            Some("usage_metadata") => &mut self.usage_metadata,
            _ => return,
        };
        *field = Some(child);
    }

    pub(super) fn kind(&self) -> Kind<'a> {
        let class = self.class.and_then(Node::text);
        let Some(word) = class
            .or_else(|| text(self.kind))
            .or_else(|| text(self.role))
        else {
            return Kind::Unknown;
        };
        match &*word {
            "human" | "user" | "HumanMessage" | "HumanMessageChunk" => Kind::Human,
            "ai" | "assistant" | "AIMessage" | "AIMessageChunk" => Kind::Ai,
            "tool" | "ToolMessage" | "ToolMessageChunk" => Kind::Tool,
            "system" | "SystemMessage" | "SystemMessageChunk" => Kind::System,
            _ => Kind::Other(word),
        }
    }

    /// What is said. A message without any part that is known is all that it says.
    pub(super) fn blocks(&self, whole: Place<'a>) -> Blocks<'a> {
        match &self.content {
            Some(content) => Blocks::read(self.holder.child(content)),
            None if self.kind() == Kind::Unknown && self.tool_calls.is_none() => {
                Blocks::read(whole)
            }
            None => Blocks::default(),
        }
    }

    /// The id of the call that this is the result of.
    pub(super) fn answers(&self) -> Option<Cow<'a, str>> {
        text(self.tool_call_id)
    }

    /// Shows every call, those that are invalid last.
    pub(super) fn each_call(&self, mut see: impl FnMut(CallPlace<'a>)) {
        let mut position = 0;
        for (list, invalid) in [(self.tool_calls, false), (self.invalid_tool_calls, true)] {
            let Some(list) = list.filter(|list| list.node.shape() == Shape::List) else {
                continue;
            };
            let list = self.holder.child(&list);
            list.node.each(|child| {
                let place = list.child(&child);
                see(CallPlace {
                    place,
                    invalid,
                    position,
                });
                position += 1;
            });
        }
    }

    pub(super) fn calls_count(&self) -> usize {
        let mut count = 0;
        self.each_call(|_| count += 1);
        count
    }
}

/// The string that a part holds.
pub(super) fn text(child: Option<Child<'_>>) -> Option<Cow<'_, str>> {
    child?.node.text()
}
