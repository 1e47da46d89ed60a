//! Messages for the page, with each tool result below its call.
//!
//! **Invariant:** all received text is taken from the budget, which bounds the page, and every message links to its complete JSON.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::json::{JsonType, Located};
use crate::langgraph::conversation::{
    CallOf, ContentBlock, MediaBlock, MediaSource, MessagePage, Role, ToolCall,
};
use crate::web::conversation::long_text::{Budget, LongText};
use crate::web::conversation::tree::Branch;
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::escape::Line;
use crate::web::render::format;

/// Longest name, id or URL shown.
const LINE_WEIGHT_MAX: usize = 240;
/// Weight of a message without its texts.
const MARKUP_WEIGHT: usize = 800;

#[derive(Debug, Template)]
#[template(path = "_message.html")]
pub(crate) struct MessageView {
    /// Starting at 1.
    number: usize,
    /// Whether it is shown below the call that it answers.
    result: bool,
    speaker: Speaker,
    name: Option<Line>,
    id: Option<Line>,
    status: Option<Line>,
    failed: bool,
    /// Link to the call that it answers, if it is elsewhere.
    call_link: Option<MessageLink>,
    /// Whether it is the result of an unknown call.
    has_no_call: bool,
    blocks: Vec<BlockView>,
    calls: Vec<CallView>,
    /// Number of blocks and calls that are only in the JSON.
    left_out: usize,
    usage: Option<String>,
    json_href: String,
    json_size: String,
}

impl HtmlSafe for MessageView {}

/// The role: creel's name for it, and the received word if creel has no name.
#[derive(Debug)]
struct Speaker {
    class: &'static str,
    label: &'static str,
    received: Option<Line>,
}

/// A message that is not on this page.
#[derive(Debug)]
struct MessageLink {
    number: usize,
    href: String,
}

#[derive(Debug)]
enum BlockView {
    Text(LongText),
    Media(MediaView),
    Other { kind: Option<Line>, branch: Branch },
}

#[derive(Debug)]
struct MediaView {
    kind: Line,
    media_type: Option<Line>,
    name: Option<Line>,
    address: Option<Line>,
    size: Option<String>,
}

#[derive(Debug)]
struct CallView {
    name: Option<Line>,
    id: Option<Line>,
    invalid: bool,
    error: Option<Line>,
    args: Option<ArgsView>,
    results: Vec<MessageView>,
    elsewhere: Option<MessageLink>,
}

#[derive(Debug)]
enum ArgsView {
    Text(LongText),
    Tree(Branch),
}

impl Speaker {
    fn of(kind: &Role<'_>, budget: &mut Budget) -> Self {
        let class = match kind {
            Role::Human => "speaker-human",
            Role::Ai => "speaker-ai",
            Role::Tool => "speaker-tool",
            Role::System => "speaker-system",
            Role::Other(_) | Role::Unknown => "speaker-other",
        };
        let received = match kind {
            Role::Other(word) => Some(Line(budget.line(word, LINE_WEIGHT_MAX))),
            _ => None,
        };
        Self {
            class,
            label: kind.label(),
            received,
        }
    }
}

/// The messages of a page, except those shown below their calls.
pub(super) fn messages(
    page: &MessagePage<'_>,
    view: View,
    budget: &mut Budget,
) -> Vec<MessageView> {
    let is_own = |index: &usize| page.call_of(*index) != CallOf::OnPage;
    let indices: Vec<usize> = (0..page.messages.len()).filter(is_own).collect();
    let mut writer = Writer { page, view, budget };
    // Readers look for the last messages most, so these get the weight first.
    let mut shown: Vec<_> = indices
        .iter()
        .rev()
        .filter_map(|index| writer.message(*index))
        .collect();
    shown.reverse();
    shown
}

struct Writer<'w, 'a> {
    page: &'w MessagePage<'a>,
    view: View,
    budget: &'w mut Budget,
}

impl Writer<'_, '_> {
    fn message(&mut self, index: usize) -> Option<MessageView> {
        let page = self.page;
        let message = page.messages.get(index)?;
        self.budget.spend(MARKUP_WEIGHT);
        let call_of = page.call_of(index);
        let blocks = message
            .content
            .first
            .iter()
            .map(|block| self.block(block))
            .collect();
        let calls = message.calls.iter().enumerate();
        let left_out = (message.content.count + message.calls_count)
            .saturating_sub(message.content.first.len() + message.calls.len());
        Some(MessageView {
            number: message.position + 1,
            result: false,
            speaker: Speaker::of(&message.role, self.budget),
            name: self.line(message.name.as_deref()),
            id: self.line(message.id.as_deref()),
            status: self.line(
                message
                    .status
                    .as_deref()
                    .filter(|status| *status != "success"),
            ),
            failed: message.status.as_deref() == Some("error"),
            call_link: match call_of {
                CallOf::Elsewhere(position) => Some(self.link(position)),
                _ => None,
            },
            has_no_call: call_of == CallOf::NoCall,
            blocks,
            calls: calls
                .map(|(nth, call)| self.call(call, (index, nth)))
                .collect(),
            left_out,
            usage: message
                .usage
                .and_then(|usage| format::tokens(usage.input, usage.output)),
            json_href: self.view.state_href(StateRef::value(message.whole.path)),
            json_size: format::bytes(message.whole.value.json().len() as u64),
        })
    }

    /// A message below the call that it answers; it does not repeat the name.
    fn result(&mut self, index: usize, call: &ToolCall<'_>) -> Option<MessageView> {
        let name = self.page.messages.get(index)?.name.as_deref();
        let same = name == call.name.as_deref();
        let message = self.message(index)?;
        Some(MessageView {
            result: true,
            name: message.name.filter(|_| !same),
            ..message
        })
    }

    fn line(&mut self, text: Option<&str>) -> Option<Line> {
        text.map(|text| Line(self.budget.line(text, LINE_WEIGHT_MAX)))
    }

    fn link(&self, position: usize) -> MessageLink {
        let number = position + 1;
        let href = self.view.state_href(StateRef::message(position));
        MessageLink {
            number,
            href: format!("{href}#m{number}"),
        }
    }

    fn block(&mut self, block: &ContentBlock<'_>) -> BlockView {
        match block {
            ContentBlock::Text(located) => {
                BlockView::Text(LongText::first(*located, self.view, self.budget))
            }
            ContentBlock::Media(media) => BlockView::Media(self.media(media)),
            ContentBlock::Other(kind, located) => BlockView::Other {
                kind: self.line(kind.as_deref()),
                branch: Branch::alone(*located, self.view, self.budget),
            },
        }
    }

    fn media(&mut self, media: &MediaBlock<'_>) -> MediaView {
        let (address, size) = match &media.source {
            MediaSource::Inline(bytes) => (None, Some(format::bytes(*bytes as u64))),
            MediaSource::Address(address) => (self.line(Some(address)), None),
            MediaSource::NotGiven => (None, None),
        };
        MediaView {
            kind: Line(self.budget.line(&media.kind, LINE_WEIGHT_MAX)),
            media_type: self.line(media.media_type.as_deref()),
            name: self.line(media.name.as_deref()),
            address,
            size,
        }
    }

    fn call(&mut self, call: &ToolCall<'_>, position: (usize, usize)) -> CallView {
        self.budget.spend(MARKUP_WEIGHT);
        let answers = self.page.results(position.0, position.1);
        CallView {
            name: self.line(call.name.as_deref()),
            id: self.line(call.id.as_deref()),
            invalid: call.is_invalid,
            error: self.line(call.error.as_deref()),
            args: call.args.map(|args| self.args(args)),
            results: answers
                .on_page
                .iter()
                .filter_map(|result| self.result(*result, call))
                .collect(),
            elsewhere: answers.elsewhere.map(|position| self.link(position)),
        }
    }

    fn args(&mut self, args: Located<'_>) -> ArgsView {
        match args.value.json_type() {
            JsonType::String => ArgsView::Text(LongText::first(args, self.view, self.budget)),
            JsonType::Object | JsonType::Array if self.budget.left() > args.value.json().len() => {
                ArgsView::Tree(Branch::new(args, self.view, (0, None), self.budget))
            }
            // Also messages that no longer fit on the page: they become links.
            JsonType::Object | JsonType::Array | JsonType::Number | JsonType::Literal => {
                ArgsView::Tree(Branch::alone(args, self.view, self.budget))
            }
        }
    }
}
