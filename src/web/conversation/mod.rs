//! The Conversation tab: the messages of a run's state, or the state itself where it holds none. A page shows the last messages, the
//! beginnings of long texts and the small parts of large values; whatever else there is has a link. With a script, such a link is
//! replaced by what it leads to, without one it is a page.
//!
//! **Invariant:** nothing that was received becomes an address, and what a page comes to does not depend on the size of the state.

mod cut;
mod last;
mod message;
mod sight;
mod spot;
mod tree;

use askama::Template;
use askama::filters::HtmlSafe;

use super::body;
use super::human;
use super::text::Line;
use super::view::{Tab, View};
use crate::domain::delivery::Delivery;
use crate::langgraph::RunBody;
use crate::langgraph::conversation::{Conversation, TokenUsage};
use cut::Cut;
use message::MessageView;
use sight::Sight;
use tree::Branch;

pub(super) use last::LastMessage;
pub(super) use spot::Spot;

/// What the tab of a delivery is called; `None` where it has no state.
pub(super) fn label(delivery: &Delivery) -> Option<&'static str> {
    let run = delivery.summary.reading.run.as_deref()?;
    if run.messages.is_some() {
        return Some("Conversation");
    }
    RunBody::parse(&delivery.body).state().map(|_| "State")
}

/// The Conversation tab.
#[derive(Debug, Template)]
#[template(path = "_conversation.html")]
pub(super) struct ConversationTab {
    /// The way to the part that is shown, if it is not the whole.
    crumbs: Vec<Crumb>,
    /// How much there is.
    facts: String,
    /// Address of the last message.
    last_href: Option<String>,
    download_href: String,
    part: Part,
    /// Address of the messages behind those that are shown.
    later_href: Option<String>,
    /// What the state holds beside its messages.
    rest: Option<Branch>,
}

/// A place on the way to another.
#[derive(Debug)]
struct Crumb {
    label: Line,
    href: String,
}

/// A part of a state; alone, it is what takes the place of the link to it.
#[derive(Debug, Template)]
#[template(path = "_part.html")]
pub(super) enum Part {
    /// Messages.
    Messages {
        earlier: Option<Earlier>,
        messages: Vec<MessageView>,
    },
    /// A text from some byte on.
    Text(Cut),
    /// Children of a value, or a value that has none.
    Branch(Branch),
    /// An address that leads nowhere.
    Nothing,
}

impl HtmlSafe for Part {}

/// The messages before those that are shown.
#[derive(Debug)]
pub(super) struct Earlier {
    href: String,
    first: usize,
    last: usize,
}

impl ConversationTab {
    /// The tab, at the part that a view asks for.
    pub(super) fn new(delivery: &Delivery, view: View, spot: Spot) -> Self {
        let download_href = body::download_href(delivery);
        let Some(sight) = Sight::of(delivery, view, spot) else {
            return Self {
                crumbs: Vec::new(),
                facts: String::new(),
                last_href: None,
                download_href,
                part: Part::Nothing,
                later_href: None,
                rest: None,
            };
        };
        let sums = sight.messages.map(Conversation::sums);
        let count = sums.map_or(0, |(count, _)| count);
        let later = sight.later(count).map(|spot| link(view, spot));
        let last_page = later
            .as_ref()
            .map(|_| link(view, Spot::WHOLE))
            .unwrap_or_default();
        Self {
            crumbs: sight.crumbs(),
            facts: sums.map_or_else(|| sight.size(), |(count, usage)| facts(count, usage)),
            last_href: (count > 1).then(|| format!("{last_page}#m{count}")),
            download_href,
            part: sight.part(),
            later_href: later,
            rest: sight.rest(),
        }
    }
}

impl Part {
    /// The part of a delivery's state that a view asks for.
    pub(super) fn of(delivery: &Delivery, view: View, spot: Spot) -> Self {
        Sight::of(delivery, view, spot).map_or(Self::Nothing, |sight| sight.part())
    }
}

/// Address of a part of the state.
fn link(view: View, spot: Spot) -> String {
    view.tab(Tab::Conversation(spot)).href()
}

/// How many messages there are, and their tokens.
fn facts(count: u64, usage: TokenUsage) -> String {
    let messages = human::count(count, "message", "messages");
    match message::usage(usage) {
        tokens if tokens.is_empty() => messages,
        tokens => format!("{messages}, {tokens}"),
    }
}
