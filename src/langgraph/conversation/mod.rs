//! The conversation in a state, read a page at a time: messages, tool calls, and which result belongs to which call.
//!
//! | file | what it reads |
//! |---|---|
//! | `role` | who wrote a message |
//! | `fields` | the fields of a message, in any of its forms |
//! | `message` | a message |
//! | `content` | its text, pictures, sounds and files |
//! | `tool_calls`, `tool_results` | its tool calls, and which messages are their results |
//! | `message_id` | the id by which a message is matched in another state |
//!
//! **Invariant:** at most one page of the list is kept, however long it is.

mod content;
mod fields;
mod message;
mod message_id;
pub(super) mod role;
#[cfg(test)]
mod tests;
mod tool_calls;
mod tool_results;

use crate::json::{Child, JsonType, Located};
use fields::MessageFields;
use tool_results::Matches;

pub(crate) use content::{ContentBlock, MediaBlock, MediaSource};
pub(crate) use message::Message;
pub(crate) use message_id::message_id;
pub(crate) use role::Role;
pub(crate) use tool_calls::ToolCall;
pub(crate) use tool_results::{CallOf, ToolResults};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Conversation<'a> {
    /// The position of the list among the members of the state.
    pub(crate) position: usize,
    list: Located<'a>,
}

/// Consecutive messages of a conversation.
#[derive(Debug, Default)]
pub(crate) struct MessagePage<'a> {
    pub(crate) messages: Vec<Message<'a>>,
    matches: Matches,
}

impl MessagePage<'_> {
    /// The results of a call, by the index of its message on this page and its own index in the message.
    #[must_use]
    pub(crate) fn results(&self, message: usize, call: usize) -> ToolResults {
        let found = self.matches.results.get(&(message, call));
        found.cloned().unwrap_or_default()
    }

    /// The place of the call that a message, by its index on this page, is the result of.
    #[must_use]
    pub(crate) fn call_of(&self, message: usize) -> CallOf {
        let found = self.matches.calls.get(&message);
        found.copied().unwrap_or_default()
    }
}

impl<'a> Conversation<'a> {
    /// The conversation in a member of the state; `None` if it is not an array.
    pub(super) fn new(messages: &Child<'a>) -> Option<Self> {
        let is_list = messages.value.json_type() == JsonType::Array;
        is_list.then(|| Self {
            position: messages.position,
            list: Located::default().child(messages),
        })
    }

    #[must_use]
    pub(crate) fn count(self) -> usize {
        self.list.value.count()
    }

    /// Up to `max` messages from this position on.
    #[must_use]
    pub(crate) fn page(self, from: usize, max: usize) -> MessagePage<'a> {
        let (children, _) = self.list.value.children(from, max);
        let messages: Vec<_> = children.iter().map(|child| self.message(child)).collect();
        let matches = Matches::find(self.list.value, &messages);
        MessagePage { messages, matches }
    }

    /// The last message and the last human message, which may be the same one.
    #[must_use]
    pub(crate) fn last(self) -> (Option<Message<'a>>, Option<Message<'a>>) {
        let (mut last, mut human) = (None, None);
        self.list.value.each(|child| {
            // Skips elements without fields, because an array may have millions of numbers.
            let is_object = child.value.json_type() == JsonType::Object;
            if is_object && MessageFields::of(self.list.child(&child)).role() == Role::Human {
                human = Some(child);
            }
            last = Some(child);
        });
        (
            last.map(|child| self.message(&child)),
            human.map(|child| self.message(&child)),
        )
    }

    fn message(self, child: &Child<'a>) -> Message<'a> {
        Message::read(self.list.child(child), child.position)
    }
}
