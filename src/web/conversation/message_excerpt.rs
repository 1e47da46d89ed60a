//! A message in a few lines: the beginning of its text, and the tools that it calls.
//!
//! **Invariant:** no more of a message is read than its first blocks and calls, and no more of its text than is shown.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::langgraph::conversation::{ContentBlock, Message, Role};
use crate::web::conversation::long_text::Budget;
use crate::web::render::escape::{Line, fitting};

/// How much of the text is shown.
const TEXT_WEIGHT_MAX: usize = 400;
const TEXT_LINES_MAX: usize = 4;
/// How much of a name is shown.
const NAME_WEIGHT_MAX: usize = 120;
/// How many of its calls are named.
const CALLS_MAX: usize = 8;

/// A message in a few lines. The template is its content; who wrote it is shown elsewhere.
#[derive(Debug, Template)]
#[template(path = "_message_excerpt.html")]
pub(crate) struct MessageExcerpt {
    pub(crate) speaker: &'static str,
    /// The name of the author or of the tool, or the role where it is an unknown one.
    pub(crate) name: Option<Line>,
    text: String,
    /// The type of the first block, where there is no text.
    block: Option<Line>,
    calls: Vec<Line>,
    more_calls: usize,
}

impl HtmlSafe for MessageExcerpt {}

impl MessageExcerpt {
    pub(crate) fn of(message: &Message<'_>) -> Self {
        let name = match &message.role {
            Role::Other(role) => Some(role),
            _ => message.name.as_ref(),
        };
        let shortened = |text: &str| Line(fitting(text, NAME_WEIGHT_MAX).to_string());
        let text = text(message);
        let block = message.content.first.first().filter(|_| text.is_empty());
        let calls = message.calls.iter().take(CALLS_MAX);
        Self {
            speaker: message.role.label(),
            name: name.map(|name| shortened(name)),
            block: block.and_then(block_type).map(|name| shortened(&name)),
            calls: calls
                .map(|call| shortened(call.name.as_deref().unwrap_or("a tool")))
                .collect(),
            more_calls: message.calls_count.saturating_sub(CALLS_MAX),
            text,
        }
    }
}

/// The beginning of what is text in a message.
fn text(message: &Message<'_>) -> String {
    let mut all = String::new();
    for block in &message.content.first {
        let ContentBlock::Text(located) = block else {
            continue;
        };
        let text = located.value.text_or_json();
        if !all.is_empty() && !text.trim().is_empty() {
            all.push('\n');
        }
        all.push_str(text.trim());
        // No byte weighs less than 1: the rest would be cut off.
        if all.len() > TEXT_WEIGHT_MAX {
            break;
        }
    }
    Budget::new(TEXT_WEIGHT_MAX).excerpt(&all, TEXT_WEIGHT_MAX, TEXT_LINES_MAX)
}

/// The type of a block that is no text, or else its JSON.
fn block_type<'a>(block: &ContentBlock<'a>) -> Option<Cow<'a, str>> {
    match block {
        ContentBlock::Text(_) => None,
        ContentBlock::Media(media) => Some(media.kind.clone()),
        ContentBlock::Other(kind, located) => {
            Some(kind.clone().unwrap_or(located.value.json().into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: &str) -> String {
        let excerpt = MessageExcerpt::of(&Message::new(message));
        let name = excerpt.name.as_ref().map_or("-", Line::raw);
        format!(
            "{} {name}: {}",
            excerpt.speaker,
            excerpt.render().unwrap().trim()
        )
    }

    #[test]
    fn a_message_of_any_form_is_shown_in_a_few_lines() {
        for (message, expected) in [
            (
                r#"{"type":"human","content":"Oslo"}"#,
                "Human -: <code>Oslo</code>",
            ),
            (
                r#"{"type":"ai","content":"","tool_calls":[{"name":"get_weather"},{"args":{}}]}"#,
                "AI -: <span class=\"quiet small\">calls</span> <code>get_weather</code>, <code>a tool</code>",
            ),
            (
                r#"{"lc":1,"type":"constructor","id":["langchain_core","messages","ToolMessage"],"kwargs":{"content":"sunny","name":"w"}}"#,
                "Tool w: <code>sunny</code>",
            ),
            (
                r#"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":" "},{"type":"image_url"},{"type":"text","text":"b"}]}"#,
                "Human -: <code>a\nb</code>",
            ),
            (
                r#"{"role":"user","content":[{"type":"image_url"}]}"#,
                "Human -: <code>image_url</code>",
            ),
            (
                r#"{"type":"remove","id":"5"}"#,
                "Message remove: <span class=\"quiet\">no text</span>",
            ),
        ] {
            assert_eq!(shown(message), expected, "{message}");
        }
    }

    #[test]
    fn a_long_message_is_cut_whatever_it_is_made_of() {
        for long in ["ü", "<", "\u{200b}", "a\\n"] {
            let message = format!(r#"{{"type":"ai","content":"{}"}}"#, long.repeat(9_000));
            let shown = shown(&message);
            assert!(shown.ends_with("…</code>") && shown.len() < 600, "{shown}");
        }
    }
}
