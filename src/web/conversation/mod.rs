//! The Conversation tab: the messages of a run's state, or the state itself where it holds none. A page shows the last messages, the
//! beginnings of long texts and the small parts of large values; whatever else there is has a link. With a script, such a link is
//! replaced by what it leads to, without one it is a page.
//!
//! **Invariant:** nothing that was received becomes an address, and what a page comes to does not depend on the size of the state.

pub(super) mod last_message;
mod long_text;
mod message;
pub(super) mod state_page;
mod tree;

use askama::Template;

use crate::domain::delivery::Delivery;
use crate::langgraph::RunBody;
use crate::langgraph::conversation::{Conversation, TokenUsage};
use crate::web::conversation::state_page::{Crumb, Part, StatePage};
use crate::web::conversation::tree::Branch;
use crate::web::links;
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::format;

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
    /// What the state holds in addition to its messages.
    rest: Option<Branch>,
}

impl ConversationTab {
    /// The tab, at the part that a view asks for.
    pub(super) fn new(delivery: &Delivery, view: View, state_ref: StateRef) -> Self {
        let download_href = links::download(&delivery.summary);
        let Some(page) = StatePage::of(delivery, view, state_ref) else {
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
        let sums = page.messages.map(Conversation::sums);
        let count = sums.map_or(0, |(count, _)| count);
        let later = page
            .later(count)
            .map(|state_ref| view.state_href(state_ref));
        let last_page = later
            .as_ref()
            .map(|_| view.state_href(StateRef::WHOLE))
            .unwrap_or_default();
        Self {
            crumbs: page.crumbs(),
            facts: sums.map_or_else(|| page.size(), |(count, usage)| facts(count, usage)),
            last_href: (count > 1).then(|| format!("{last_page}#m{count}")),
            download_href,
            part: page.part(),
            later_href: later,
            rest: page.rest(),
        }
    }
}

/// How many messages there are, and their tokens.
fn facts(count: u64, usage: TokenUsage) -> String {
    let messages = format::count(count, "message", "messages");
    match message::usage(usage) {
        tokens if tokens.is_empty() => messages,
        tokens => format!("{messages}, {tokens}"),
    }
}
