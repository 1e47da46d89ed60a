//! The conversation in a state, read a window at a time: who said what, which tools were called, and which result belongs to which call.
//!
//! **Invariant:** however long the list is, what is kept of it is its window.

mod block;
mod fields;
mod message;
mod pairs;
#[cfg(test)]
mod tests;

use super::lenient::{Hoped, without_surrogates};
use super::messages::Messages;
use super::tree::{Child, Node, Path, Shape};
use fields::Fields;
use pairs::Pairs;

pub use block::{Block, Blocks, Media, Source};
pub use message::{Call, Kind, Message, Place, Usage};
pub use pairs::{Answers, Asked};

/// A list of messages.
#[derive(Clone, Copy, Debug)]
pub struct Conversation<'a> {
    /// Which member of the state it is.
    pub position: usize,
    list: Place<'a>,
}

/// Messages that stand side by side.
#[derive(Debug, Default)]
pub struct Window<'a> {
    /// The messages.
    pub messages: Vec<Message<'a>>,
    pairs: Pairs,
}

/// One message by itself.
#[must_use]
pub fn message(json: &str) -> Message<'_> {
    let whole = Place {
        path: Path::default(),
        node: Node::new(json),
    };
    Message::read(whole, 0)
}

impl Window<'_> {
    /// The results of a call, by the places of message and call.
    #[must_use]
    pub fn answers(&self, message: usize, call: usize) -> Answers {
        let found = self.pairs.answers.get(&(message, call));
        found.cloned().unwrap_or_default()
    }

    /// Where the call of a message is, should the message be a result.
    #[must_use]
    pub fn asked(&self, message: usize) -> Asked {
        self.pairs.asked.get(&message).copied().unwrap_or_default()
    }
}

impl<'a> Conversation<'a> {
    pub(super) fn new(messages: &Child<'a>) -> Self {
        let root = Place::default();
        Self {
            position: messages.position,
            list: root.child(messages),
        }
    }

    /// How many messages there are, and the sums of the tokens that they tell. They are those of the run.
    #[must_use]
    pub fn sums(self) -> (u64, Usage) {
        let json = self.list.node.json();
        let read = |json: &str| {
            let Hoped(sums) = serde_json::from_str::<Hoped<Messages<'_>>>(json).ok()?;
            let sums = sums.unwrap_or_default();
            let usage = Usage {
                input: sums.input_tokens,
                output: sums.output_tokens,
                total: sums.total_tokens,
            };
            Some((sums.count, usage))
        };
        let sums = read(json).or_else(|| read(&without_surrogates(json)));
        sums.unwrap_or_default()
    }

    /// How many messages there are.
    #[must_use]
    pub fn count(self) -> usize {
        self.list.node.count()
    }

    /// Up to `max` messages from that position on.
    #[must_use]
    pub fn window(self, from: usize, max: usize) -> Window<'a> {
        self.read(&self.list.node.children(from, max).0)
    }

    /// The last message, and the last one of a person, which may be the same.
    #[must_use]
    pub fn last(self) -> (Option<Message<'a>>, Option<Message<'a>>) {
        let (mut last, mut human) = (None, None);
        self.list.node.each(|child| {
            // A list may hold millions of what is no message at all.
            let is_message = child.node.shape() == Shape::Object;
            if is_message && Fields::of(self.list.child(&child)).kind() == Kind::Human {
                human = Some(child);
            }
            last = Some(child);
        });
        let read = |child: Child<'a>| Message::read(self.list.child(&child), child.position);
        (last.map(read), human.map(read))
    }

    fn read(self, children: &[Child<'a>]) -> Window<'a> {
        let message = |child: &Child<'a>| Message::read(self.list.child(child), child.position);
        let messages: Vec<_> = children.iter().map(message).collect();
        let pairs = Pairs::find(self.list.node, &messages);
        Window { messages, pairs }
    }
}
