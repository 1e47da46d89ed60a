//! Messages for the page, with each result below its call.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::human;
use super::super::text::Line;
use super::super::view::View;
use super::cut::{Budget, Cut};
use super::tree::Branch;
use super::{Spot, link};
use crate::langgraph::conversation::{
    Asked, Block, Call, Kind, Media, Place, Source, Usage, Window,
};
use crate::langgraph::tree::Shape;

/// Names, ids and addresses are shortened to this.
const LINE_WEIGHT_MAX: usize = 240;
/// What a message weighs beside its texts.
const MARKUP_WEIGHT: usize = 800;

/// A message.
#[derive(Debug, Template)]
#[template(path = "_message.html")]
pub(in crate::web) struct MessageView {
    /// From 1 up.
    number: usize,
    /// Whether it stands below the call that it answers.
    result: bool,
    speaker: Speaker,
    name: Option<Line>,
    id: Option<Line>,
    status: Option<Line>,
    failed: bool,
    /// Where the call is that this answers, if not above it.
    asked: Option<Elsewhere>,
    /// Whether it is the result of a call that did not come.
    uncalled: bool,
    blocks: Vec<BlockView>,
    calls: Vec<CallView>,
    /// How many blocks and calls are in the JSON alone.
    left_out: usize,
    usage: Option<String>,
    json_href: String,
    json_size: String,
}

impl HtmlSafe for MessageView {}

/// Who speaks: a name of creel's own, and the word that came where it has none.
#[derive(Debug)]
pub(super) struct Speaker {
    pub(super) class: &'static str,
    pub(super) label: &'static str,
    pub(super) received: Option<Line>,
}

/// A message that is not on this page.
#[derive(Debug)]
struct Elsewhere {
    number: usize,
    href: String,
}

#[derive(Debug)]
enum BlockView {
    Text(Cut),
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
    elsewhere: Option<Elsewhere>,
}

#[derive(Debug)]
enum ArgsView {
    Text(Cut),
    Tree(Branch),
}

impl Speaker {
    pub(super) fn of(kind: &Kind<'_>, budget: &mut Budget) -> Self {
        let class = match kind {
            Kind::Human => "speaker-human",
            Kind::Ai => "speaker-ai",
            Kind::Tool => "speaker-tool",
            Kind::System => "speaker-system",
            Kind::Other(_) | Kind::Unknown => "speaker-other",
        };
        let received = match kind {
            Kind::Other(word) => Some(Line(budget.line(word, LINE_WEIGHT_MAX))),
            _ => None,
        };
        Self {
            class,
            label: kind.label(),
            received,
        }
    }
}

/// The messages of a window, but for those that stand below their calls.
pub(super) fn messages(window: &Window<'_>, view: View, budget: &mut Budget) -> Vec<MessageView> {
    let own = |place: &usize| window.asked(*place) != Asked::Here;
    let places: Vec<usize> = (0..window.messages.len()).filter(own).collect();
    let mut writer = Writer {
        window,
        view,
        budget,
    };
    // What comes last is looked for most, so that it is the first to be served.
    let mut shown: Vec<_> = places
        .iter()
        .rev()
        .filter_map(|place| writer.message(*place))
        .collect();
    shown.reverse();
    shown
}

struct Writer<'w, 'a> {
    window: &'w Window<'a>,
    view: View,
    budget: &'w mut Budget,
}

impl Writer<'_, '_> {
    fn message(&mut self, place: usize) -> Option<MessageView> {
        let window = self.window;
        let message = window.messages.get(place)?;
        self.budget.spend(MARKUP_WEIGHT);
        let asked = window.asked(place);
        let blocks = message
            .blocks
            .first
            .iter()
            .map(|block| self.block(block))
            .collect();
        let calls = message.calls.iter().enumerate();
        let left_out = (message.blocks.count + message.calls_count)
            .saturating_sub(message.blocks.first.len() + message.calls.len());
        Some(MessageView {
            number: message.position + 1,
            result: false,
            speaker: Speaker::of(&message.kind, self.budget),
            name: self.line(message.name.as_deref()),
            id: self.line(message.id.as_deref()),
            status: self.line(
                message
                    .status
                    .as_deref()
                    .filter(|status| *status != "success"),
            ),
            failed: message.status.as_deref() == Some("error"),
            asked: match asked {
                Asked::Elsewhere(position) => Some(self.elsewhere(position)),
                _ => None,
            },
            uncalled: asked == Asked::Nowhere,
            blocks,
            calls: calls
                .map(|(index, call)| self.call(call, (place, index)))
                .collect(),
            left_out,
            usage: message.usage.map(|tokens| {
                usage(Usage {
                    total: None,
                    ..tokens
                })
            }),
            json_href: link(self.view, Spot::value(message.whole.path)),
            json_size: human::bytes(message.whole.node.json().len() as u64),
        })
    }

    /// A message below the call that it answers, whose name it need not repeat.
    fn result(&mut self, place: usize, call: &Call<'_>) -> Option<MessageView> {
        let name = self.window.messages.get(place)?.name.as_deref();
        let same = name == call.name.as_deref();
        let message = self.message(place)?;
        Some(MessageView {
            result: true,
            name: message.name.filter(|_| !same),
            ..message
        })
    }

    fn line(&mut self, text: Option<&str>) -> Option<Line> {
        text.map(|text| Line(self.budget.line(text, LINE_WEIGHT_MAX)))
    }

    fn elsewhere(&self, position: usize) -> Elsewhere {
        let number = position + 1;
        let href = link(self.view, Spot::message(position));
        Elsewhere {
            number,
            href: format!("{href}#m{number}"),
        }
    }

    fn block(&mut self, block: &Block<'_>) -> BlockView {
        match block {
            Block::Text(place) => BlockView::Text(Cut::first(*place, self.view, self.budget)),
            Block::Media(media) => BlockView::Media(self.media(media)),
            Block::Other(kind, place) => BlockView::Other {
                kind: self.line(kind.as_deref()),
                branch: Branch::alone(*place, self.view, self.budget),
            },
        }
    }

    fn media(&mut self, media: &Media<'_>) -> MediaView {
        let (address, size) = match &media.source {
            Source::Here(bytes) => (None, Some(human::bytes(*bytes as u64))),
            Source::Address(address) => (self.line(Some(address)), None),
            Source::Untold => (None, None),
        };
        MediaView {
            kind: Line(self.budget.line(&media.kind, LINE_WEIGHT_MAX)),
            media_type: self.line(media.media_type.as_deref()),
            name: self.line(media.name.as_deref()),
            address,
            size,
        }
    }

    fn call(&mut self, call: &Call<'_>, place: (usize, usize)) -> CallView {
        self.budget.spend(MARKUP_WEIGHT);
        let answers = self.window.answers(place.0, place.1);
        CallView {
            name: self.line(call.name.as_deref()),
            id: self.line(call.id.as_deref()),
            invalid: call.invalid,
            error: self.line(call.error.as_deref()),
            args: call.args.map(|args| self.args(args)),
            results: answers
                .here
                .iter()
                .filter_map(|result| self.result(*result, call))
                .collect(),
            elsewhere: answers.elsewhere.map(|position| self.elsewhere(position)),
        }
    }

    fn args(&mut self, args: Place<'_>) -> ArgsView {
        match args.node.shape() {
            Shape::Text => ArgsView::Text(Cut::first(args, self.view, self.budget)),
            Shape::Object | Shape::List if self.budget.left() > args.node.json().len() => {
                ArgsView::Tree(Branch::new(args, self.view, (0, None), self.budget))
            }
            // Also what the page cannot bear any more: it becomes a link.
            Shape::Object | Shape::List | Shape::Number | Shape::Word => {
                ArgsView::Tree(Branch::alone(args, self.view, self.budget))
            }
        }
    }
}

/// `72 tokens in, 21 out, 93 in all`, as far as it is told.
pub(super) fn usage(usage: Usage) -> String {
    let parts = [
        (usage.input, "in"),
        (usage.output, "out"),
        (usage.total, "in all"),
    ];
    let told = parts
        .into_iter()
        .filter_map(|(count, word)| Some((count?, word)));
    let told = told.enumerate().map(|(index, (count, word))| {
        let tokens = if index == 0 { "tokens " } else { "" };
        format!("{count} {tokens}{word}")
    });
    told.collect::<Vec<_>>().join(", ")
}
