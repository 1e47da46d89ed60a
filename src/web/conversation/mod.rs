//! The Conversation tab: the messages of a run's state, or the state itself if it has none. A page shows the last messages, the beginnings
//! of long texts and the small parts of large values, with links to the rest. With JavaScript, the content replaces the link; without it,
//! the link opens a page.
//!
//! **Invariant:** received text never becomes part of a URL, and the size of a page does not depend on the size of the state.

pub(super) mod last_message;
mod long_text;
mod message;
pub(super) mod message_excerpt;
pub(super) mod state_page;
mod tree;

use askama::Template;

use crate::domain::delivery::Delivery;
use crate::domain::run::Run;
use crate::langgraph::RunBody;
use crate::web::conversation::state_page::{Crumb, StatePage, StatePart};
use crate::web::conversation::tree::Branch;
use crate::web::links;
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::format;

/// What the tab of a run is called; `None` where it has no state, which is asked only of a run without messages.
pub(super) fn label(run: &Run, has_state: impl FnOnce() -> bool) -> Option<&'static str> {
    if run.messages.is_some() {
        return Some("Conversation");
    }
    has_state().then_some("State")
}

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
    part: StatePart,
    /// URL of the messages after the shown ones.
    later_href: Option<String>,
    /// The state's values besides the messages.
    rest: Option<Branch>,
}

impl ConversationTab {
    /// The tab, at the part that a view selects.
    pub(super) fn new(
        delivery: &Delivery,
        body: &RunBody<'_>,
        view: View,
        state_ref: StateRef,
    ) -> Self {
        let download_href = links::download(&delivery.summary);
        let Some(page) = StatePage::of(body, view, state_ref) else {
            return Self {
                crumbs: Vec::new(),
                facts: String::new(),
                last_href: None,
                download_href,
                part: StatePart::Nothing,
                later_href: None,
                rest: None,
            };
        };
        let run = delivery.summary.reading.run.as_deref();
        let run = run.filter(|_| page.messages.is_some());
        let count = run.and_then(|run| run.messages);
        let later = count.and_then(|count| page.later(count));
        let later = later.map(|state_ref| view.state_href(state_ref));
        let last_page = later
            .as_ref()
            .map(|_| view.state_href(StateRef::WHOLE))
            .unwrap_or_default();
        Self {
            crumbs: page.crumbs(),
            facts: run.and_then(facts).unwrap_or_else(|| page.size()),
            last_href: count
                .filter(|count| *count > 1)
                .map(|count| format!("{last_page}#m{count}")),
            download_href,
            part: page.part(),
            later_href: later,
            rest: page.rest(),
        }
    }
}

/// How many messages a run has, and their tokens.
fn facts(run: &Run) -> Option<String> {
    let messages = format::count(run.messages?, "message", "messages");
    Some(match format::tokens(run.input_tokens, run.output_tokens) {
        Some(tokens) => format!("{messages}, {tokens}"),
        None => messages,
    })
}
