//! The Conversation tab: the messages of a run's state, or the state itself if it has none. A page shows the last messages, the beginnings
//! of long texts and the small parts of large values, with links to the rest. With JavaScript, the content replaces the link; without it,
//! the link opens a page.
//!
//! **Invariant:** received text never becomes part of a URL, and the size of a page does not depend on the size of the state.

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

/// The tab's label; `None` if the delivery has no state.
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
    /// The path of the shown part, if it is not the complete state.
    crumbs: Vec<Crumb>,
    /// Its size, as text.
    facts: String,
    /// URL of the last message.
    last_href: Option<String>,
    download_href: String,
    part: Part,
    /// URL of the messages after the shown ones.
    later_href: Option<String>,
    /// The state's values besides the messages.
    rest: Option<Branch>,
}

impl ConversationTab {
    /// The tab, at the part that a view selects.
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

/// Number of messages and tokens.
fn facts(count: u64, usage: TokenUsage) -> String {
    let messages = format::count(count, "message", "messages");
    match message::usage(usage) {
        tokens if tokens.is_empty() => messages,
        tokens => format!("{messages}, {tokens}"),
    }
}
