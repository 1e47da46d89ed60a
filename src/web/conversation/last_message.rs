//! The last message of a conversation in a few words, for the Run tab, with the last one of a person before it.

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

/// How much of a message is shown.
const EXCERPT_WEIGHT_MAX: usize = 400;
const EXCERPT_LINES_MAX: usize = 4;

/// The end of a conversation.
#[derive(Debug, Template)]
#[template(path = "_last_message.html")]
pub(crate) struct LastMessage {
    /// The last message of a person, if it is not the last of all; then the last of all.
    excerpts: Vec<Excerpt>,
    href: String,
    count: u64,
}

impl HtmlSafe for LastMessage {}

#[derive(Debug)]
struct Excerpt {
    speaker: Speaker,
    /// What is said, as far as it fits in.
    text: Option<String>,
    /// Type of what is said without words.
    block: Option<Line>,
    /// The tool that is called first.
    calls: Option<Line>,
}

impl LastMessage {
    /// `None` where there is no message.
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

/// What a block that is no text calls itself.
fn kind<'a>(block: &ContentBlock<'a>) -> Option<Cow<'a, str>> {
    match block {
        ContentBlock::Text(_) => None,
        ContentBlock::Media(media) => Some(media.kind.clone()),
        ContentBlock::Other(kind, place) => Some(kind.clone().unwrap_or(place.value.json().into())),
    }
}

/// The text of a block that holds more than blanks.
fn text<'a>(block: &ContentBlock<'a>) -> Option<Cow<'a, str>> {
    let ContentBlock::Text(place) = block else {
        return None;
    };
    place.value.text().filter(|text| !text.trim().is_empty())
}
