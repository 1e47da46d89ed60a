//! The last message of a conversation in brief, for the Run tab, after the last human message before it.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::run::Run;
use crate::langgraph::RunBody;
use crate::langgraph::conversation::{ContentBlock, Message};
use crate::web::conversation::long_text::Budget;
use crate::web::conversation::message::Speaker;
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::escape::Line;

/// Longest part of a message shown.
const EXCERPT_WEIGHT_MAX: usize = 400;
const EXCERPT_LINES_MAX: usize = 4;

/// The end of a conversation.
#[derive(Debug, Template)]
#[template(path = "_last_message.html")]
pub(crate) struct LastMessage {
    /// The last human message, if it is not the last message; then the last message.
    excerpts: Vec<Excerpt>,
    href: String,
    count: u64,
}

impl HtmlSafe for LastMessage {}

#[derive(Debug)]
struct Excerpt {
    speaker: Speaker,
    /// The text, shortened to fit.
    text: Option<String>,
    /// Type of the first block without text.
    block: Option<Line>,
    /// The first tool called.
    calls: Option<Line>,
}

impl LastMessage {
    /// `None` if there is no message.
    pub(crate) fn of(run: &Run, body: &RunBody<'_>, view: View) -> Option<Self> {
        let count = run.messages.filter(|count| *count > 0)?;
        let (last, human) = body.conversation()?.last();
        let last = last?;
        let human = human.filter(|human| human.position != last.position);
        let excerpts = human.iter().chain([&last]).map(Excerpt::of).collect();
        Some(Self {
            excerpts,
            href: format!("{}#m{count}", view.state_href(StateRef::WHOLE)),
            count,
        })
    }
}

impl Excerpt {
    fn of(message: &Message<'_>) -> Self {
        let mut budget = Budget::new(EXCERPT_WEIGHT_MAX * 4);
        let speaker = Speaker::of(&message.role, &mut budget);
        let text = message.content.first.iter().find_map(text);
        let text =
            text.map(|text| budget.excerpt(text.trim(), EXCERPT_WEIGHT_MAX, EXCERPT_LINES_MAX));
        let block = message.content.first.first().filter(|_| text.is_none());
        let mut line = |text: &str| Line(budget.line(text, EXCERPT_WEIGHT_MAX));
        Self {
            speaker,
            block: block.and_then(kind).map(|kind| line(&kind)),
            calls: message
                .calls
                .first()
                .map(|call| line(call.name.as_deref().unwrap_or("?"))),
            text,
        }
    }
}

/// The type that a block without text has.
fn kind<'a>(block: &ContentBlock<'a>) -> Option<Cow<'a, str>> {
    match block {
        ContentBlock::Text(_) => None,
        ContentBlock::Media(media) => Some(media.kind.clone()),
        ContentBlock::Other(kind, place) => Some(kind.clone().unwrap_or(place.value.json().into())),
    }
}

/// The text of a block, unless it is only whitespace.
fn text<'a>(block: &ContentBlock<'a>) -> Option<Cow<'a, str>> {
    let ContentBlock::Text(place) = block else {
        return None;
    };
    place.value.text().filter(|text| !text.trim().is_empty())
}
