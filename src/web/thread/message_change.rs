//! A message that was added to or removed from a state, in a few lines.

use crate::diff::{JsonChange, PathStep};
use crate::langgraph::conversation::{ContentBlock, Message, Role};
use crate::web::compare::changes::ChangeKind;
use crate::web::render::escape::{Line, fitting};

/// So much of the text is shown, in bytes of HTML.
const TEXT_HTML_BYTES_MAX: usize = 400;
/// Longest name shown, in bytes of HTML.
const NAME_HTML_BYTES_MAX: usize = 120;
/// Most tool calls named per message.
const CALLS_MAX: usize = 8;

/// An added or removed message.
pub(crate) struct MessageChange {
    pub(crate) kind: ChangeKind,
    /// Its position, starting at 1.
    pub(crate) number: usize,
    pub(crate) speaker: &'static str,
    /// Name of the speaker or the tool, or the received role if it is unknown.
    pub(crate) name: Option<Line>,
    pub(crate) text: String,
    /// Tools that it calls.
    pub(crate) calls: Vec<Line>,
    /// Number of further tools.
    pub(crate) more_calls: usize,
}

impl MessageChange {
    /// `None`, unless a complete message was added or removed.
    pub(crate) fn of(change: &JsonChange<'_>) -> Option<Self> {
        let [PathStep::Member(list), PathStep::Element { a, b }] = change.path.as_slice() else {
            return None;
        };
        let (kind, node, at) = match (change.a, change.b) {
            (None, Some(node)) => (ChangeKind::Added, node, (*b)?),
            (Some(node), None) => (ChangeKind::Removed, node, (*a)?),
            _ => return None,
        };
        let message = Message::new(node.text());
        let is_one = list.as_str() == "messages" && message.role != Role::Unknown;
        is_one.then(|| Self::new(kind, at + 1, &message))
    }

    fn new(kind: ChangeKind, number: usize, message: &Message<'_>) -> Self {
        let shortened = |name: &str| Line(fitting(name, NAME_HTML_BYTES_MAX).to_string());
        let word = match &message.role {
            Role::Other(word) => Some(word),
            _ => message.name.as_ref(),
        };
        let calls = message.calls.iter().take(CALLS_MAX);
        let calls = calls.map(|call| shortened(call.name.as_deref().unwrap_or("a tool")));
        Self {
            kind,
            number,
            speaker: message.role.label(),
            name: word.map(|word| shortened(word)),
            text: text(message),
            calls: calls.collect(),
            more_calls: message.calls_count.saturating_sub(CALLS_MAX),
        }
    }
}

/// The beginning of what is text in a message.
fn text(message: &Message<'_>) -> String {
    let texts = message
        .content
        .first
        .iter()
        .filter_map(|block| match block {
            ContentBlock::Text(place) => place.value.text(),
            _ => None,
        });
    let all = texts.collect::<Vec<_>>().join("\n");
    fitting(&all, TEXT_HTML_BYTES_MAX).to_string()
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;
    use crate::diff::{by_id, json};
    use crate::json::HashedTree;

    /// What is shown of a state that had nothing before.
    fn shown(state: &str) -> Vec<String> {
        let keys = RandomState::new();
        let nothing = HashedTree::read(r#"{"messages":[],"other":[]}"#, &keys).unwrap();
        let state = HashedTree::read(state, &keys).unwrap();
        let found = json(nothing.root(), state.root(), by_id, 99);
        let show = |change: MessageChange| {
            let name = change
                .name
                .map_or(String::new(), |name| format!(" {}", name.raw()));
            let calls: Vec<_> = change.calls.iter().map(Line::raw).collect();
            format!(
                "{} {}{name}: {} {calls:?}",
                change.number, change.speaker, change.text
            )
        };
        let change = found.list.iter().filter_map(MessageChange::of);
        change.map(show).collect()
    }

    #[test]
    fn every_form_of_message_is_summarised() {
        let state = r#"{"messages":[
            {"type":"human","id":"1","content":"Oslo"},
            {"type":"ai","id":"2","content":"","tool_calls":[{"name":"get_weather"},{"args":{}}]},
            {"lc":1,"type":"constructor","id":["langchain_core","messages","ToolMessage"],"kwargs":{"content":"sunny","name":"w"}},
            {"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"},{"type":"text","text":"b"}]},
            {"type":"remove","id":"5"},
            {"id":"6","content":"nobody"}
        ],"other":[{"type":"human","content":"elsewhere"}]}"#;
        let expected = [
            "1 Human: Oslo []",
            "2 AI:  [\"get_weather\", \"a tool\"]",
            "3 Tool w: sunny []",
            "4 Human: a\nb []",
            "5 Message remove:  []",
        ];
        assert_eq!(shown(state), expected);
    }

    #[test]
    fn a_long_message_is_shortened() {
        for long in ["ü", "<", "\u{200b}"] {
            let state = format!(
                r#"{{"messages":[{{"type":"ai","content":"{}"}}]}}"#,
                long.repeat(9_000)
            );
            let shown = shown(&state).concat();
            assert!(shown.ends_with("… []") && shown.len() < 500, "{shown}");
        }
    }
}
