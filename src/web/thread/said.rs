//! A message that came into a state or went from it, in a few lines.

use crate::domain::diff::{Change, Step};
use crate::langgraph::conversation::{self, Block, Kind, Message};
use crate::web::compare::changes::Fate;
use crate::web::text::Line;

/// So much of what is said is told, in characters.
const TEXT_CHARS_MAX: usize = 280;
/// So much of a name is shown, in characters.
const NAME_CHARS_MAX: usize = 80;

/// A message that came or went.
pub(super) struct Said {
    pub(super) fate: Fate,
    /// Which one it is, from 1 up.
    pub(super) number: usize,
    pub(super) speaker: &'static str,
    /// Name of the speaker or of the tool, or the word for who speaks where that is an unknown one.
    pub(super) name: Option<Line>,
    pub(super) text: String,
    /// Whether the text goes on.
    pub(super) goes_on: bool,
    /// Tools that it calls.
    pub(super) calls: Vec<Line>,
    /// How many more of them there are.
    pub(super) more_calls: usize,
}

impl Said {
    /// Nothing, unless a message came or went as a whole.
    pub(super) fn of(change: &Change<'_>) -> Option<Self> {
        let [Step::Member(list), Step::Element { a, b }] = change.path.as_slice() else {
            return None;
        };
        let (fate, node, at) = match (change.a, change.b) {
            (None, Some(node)) => (Fate::Added, node, (*b)?),
            (Some(node), None) => (Fate::Removed, node, (*a)?),
            _ => return None,
        };
        let message = conversation::message(node.text());
        let is_one = list.shown() == "messages" && message.kind != Kind::Unknown;
        is_one.then(|| Self::new(fate, at + 1, &message))
    }

    fn new(fate: Fate, number: usize, message: &Message<'_>) -> Self {
        let shortened = |name: &str| Line(name.chars().take(NAME_CHARS_MAX).collect());
        let word = match &message.kind {
            Kind::Other(word) => Some(word),
            _ => message.name.as_ref(),
        };
        let calls = message.calls.iter();
        let calls = calls.map(|call| shortened(call.name.as_deref().unwrap_or("a tool")));
        let (text, goes_on) = text(message);
        Self {
            fate,
            number,
            speaker: message.kind.label(),
            name: word.map(|word| shortened(word)),
            text,
            goes_on,
            calls: calls.collect(),
            more_calls: message.calls_count - message.calls.len(),
        }
    }
}

/// The beginning of what is text in a message, and whether that goes on.
fn text(message: &Message<'_>) -> (String, bool) {
    let texts = message.blocks.first.iter().filter_map(|block| match block {
        Block::Text(place) => place.node.text(),
        _ => None,
    });
    let all = texts.collect::<Vec<_>>().join("\n");
    let shown: String = all.chars().take(TEXT_CHARS_MAX).collect();
    let goes_on = shown.len() < all.len();
    (shown, goes_on)
}
