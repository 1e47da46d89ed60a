//! The content of the selected tab.
//!
//! **Invariant:** only the selected tab is rendered.

use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;

use crate::domain::delivery::Delivery;
use crate::domain::time::Time;
use crate::langgraph::RunBody;
use crate::web::conversation::ConversationTab;
use crate::web::delivery::body::BodyTab;
use crate::web::delivery::fields::FieldsTab;
use crate::web::delivery::follow_up::Reader;
use crate::web::delivery::overview::OverviewTab;
use crate::web::delivery::related::Related;
use crate::web::delivery::request::RequestTab;
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::{Tab, View};

/// A tab.
pub(super) enum TabContent {
    Overview(Box<OverviewTab>),
    Conversation(Box<ConversationTab>),
    Body(Box<BodyTab>),
    Request(RequestTab),
    Fields(FieldsTab),
}

impl TabContent {
    /// The tab that the view selects. Tabs of runs are selected only where there is one.
    pub(super) fn new<'b>(
        delivery: &Delivery,
        body: impl FnOnce() -> &'b RunBody<'b>,
        (related, reader): (&Related, &Reader),
        view: View,
        now: Time,
    ) -> Self {
        let run = delivery.summary.reading.run.as_deref();
        match (view.tab, run) {
            (Some(Tab::Overview), Some(run)) => Self::Overview(Box::new(OverviewTab::new(
                delivery,
                (run, body()),
                related,
                reader,
                view,
                now,
            ))),
            (Some(Tab::Conversation(state_ref)), _) => {
                Self::conversation(delivery, body(), view, state_ref)
            }
            (Some(Tab::Fields), Some(run)) => Self::Fields(FieldsTab::new(run, body())),
            (Some(Tab::Body { raw, charset }), _) => {
                Self::Body(Box::new(BodyTab::new(delivery, view, raw, charset)))
            }
            _ => Self::Request(RequestTab::new(delivery)),
        }
    }

    fn conversation(
        delivery: &Delivery,
        body: &RunBody<'_>,
        view: View,
        state_ref: StateRef,
    ) -> Self {
        let tab = ConversationTab::new(delivery, body, view, state_ref);
        Self::Conversation(Box::new(tab))
    }
}

impl Display for TabContent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overview(tab) => tab.fmt(f),
            Self::Conversation(tab) => tab.fmt(f),
            Self::Body(tab) => tab.fmt(f),
            Self::Request(tab) => tab.fmt(f),
            Self::Fields(tab) => tab.fmt(f),
        }
    }
}

impl HtmlSafe for TabContent {}
