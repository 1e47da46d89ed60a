//! One delivery: a line of facts, a sentence, what can be done with it, and tabs.
//!
//! **Invariant:** the tabs are links, and each view has its own URL. Which tabs there are follows from the kind of the delivery, and none is
//! shown that has nothing to say.

mod actions;
mod attempts;
pub(super) mod badge;
pub(super) mod body;
mod content;
pub(super) mod copy;
mod fields;
pub(super) mod findings;
pub(super) mod follow_up;
mod meaning;
mod overview;
pub(super) mod picture;
pub(super) mod related;
mod request;
mod run_inputs;
mod timeline;

use std::cell::LazyCell;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::content::plain;
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::run::ReadingKind;
use crate::domain::target;
use crate::domain::time::Time;
use crate::langgraph::findings::cut;
use crate::langgraph::{self, RunBody};
use crate::web::conversation;
use crate::web::delivery::badge::{Badge, TokenChip};
use crate::web::delivery::content::TabContent;
use crate::web::delivery::findings::{Findings, RowMark};
use crate::web::delivery::follow_up::Reader;
use crate::web::delivery::related::Related;
use crate::web::delivery::request::RequestTab;
use crate::web::layout::menu::Menu;
use crate::web::layout::tabs::{TabLink, Tabs};
use crate::web::links;
use crate::web::links::view::{Tab, View};
use crate::web::render::escape::Line;
use crate::web::render::format::{self, Exact, Moment};
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "_delivery.html")]
pub(crate) struct DeliveryView {
    seq: u64,
    /// Seq of its first attempt.
    group: u64,
    /// Seqs of its attempts, oldest first.
    attempts: String,
    list_href: String,
    method: Line,
    path: Line,
    badge: Option<Badge>,
    headline: Prose,
    received: Moment,
    received_exact: Exact,
    size: String,
    /// The most important finding's mark, and a link to the findings.
    mark: Option<RowMark>,
    findings_href: String,
    thread_href: Option<String>,
    /// A note that the body is truncated. On the Overview tab, a finding says so.
    cut: Option<&'static str>,
    token: Option<TokenChip>,
    /// Whether it is JSON of an unknown kind, in which one may have expected a run.
    is_other: bool,
    /// Status of the response; `None` if the sender had disconnected.
    reply_status: Option<u16>,
    copy: Menu,
    compare: Menu,
    tabs: Tabs,
    /// Of what is not a run: runs have them on their Overview tab.
    findings: Option<Findings>,
    content: TabContent,
}

impl HtmlSafe for DeliveryView {}

impl DeliveryView {
    /// A delivery with those that are related to it, for a reader, seen from `now`. Its body is parsed once for all tabs, and not at all
    /// where no tab needs it: it may have megabytes.
    pub(crate) fn new(
        delivery: &Delivery,
        related: &Related,
        reader: &Reader,
        view: View,
        now: Time,
    ) -> Self {
        let summary = &delivery.summary;
        let run = summary.reading.run.as_deref();
        let plain = LazyCell::new(|| plain(&delivery.head, &delivery.body));
        let body = LazyCell::new(|| RunBody::parse(&plain));
        let state_label = run.and_then(|run| conversation::label(run, || body.state().is_some()));
        let available = available(delivery, state_label.is_some());
        // The tab stays open when another delivery is selected. If that delivery does not have it, its first tab is shown.
        let tab = view
            .tab
            .filter(|tab| available.iter().any(|one| one.is(*tab)));
        let tab = tab.unwrap_or(available[0]);
        let is_first = tab.is(available[0]);
        Self {
            seq: summary.seq.0,
            group: summary.attempt.first_seq.0,
            attempts: seqs(&related.attempts),
            list_href: view.list().href(),
            method: Line(summary.method.clone()),
            path: Line(target::readable_path(target::sub_path(&summary.target)).into_owned()),
            badge: Badge::of_status(summary),
            headline: langgraph::headline(summary).into(),
            received: Moment::new(summary.received_at, now),
            received_exact: Exact(summary.received_at),
            size: format::bytes(summary.body.bytes),
            mark: RowMark::of(summary),
            findings_href: format!("{}#findings-title", view.tab(available[0]).href()),
            thread_href: links::thread_id(summary)
                .map(|thread| links::thread(summary.endpoint_id, thread)),
            cut: summary.body.cut.filter(|_| !tab.is(Tab::Overview)).map(cut),
            token: TokenChip::of(summary.token_check),
            is_other: is_other(summary),
            reply_status: summary.response.map(|response| response.status),
            copy: actions::copy_menu(delivery),
            compare: actions::compare_menu(delivery),
            tabs: tabs(delivery, &available, view.tab(tab), state_label),
            findings: Findings::of(summary).filter(|_| run.is_none() && is_first),
            content: TabContent::new(delivery, || &body, (related, reader), view.tab(tab), now),
        }
    }
}

/// The tabs of a delivery, the one that opens first in front.
fn available(delivery: &Delivery, has_state: bool) -> Vec<Tab> {
    let is_run = delivery.summary.reading.run.is_some();
    let has = |tab: &Tab| match tab {
        Tab::Overview | Tab::Fields => is_run,
        Tab::Conversation(_) => has_state,
        Tab::Body { .. } => is_run || !delivery.body.is_empty(),
        Tab::Request => true,
    };
    Tab::ALL.into_iter().filter(has).collect()
}

/// JSON that is neither a run nor from a known source.
fn is_other(delivery: &Summary) -> bool {
    let reading = &delivery.reading;
    reading.kind == ReadingKind::Json && reading.source.is_none()
}

/// `41 42 45`
fn seqs(all: &[Summary]) -> String {
    let seqs: Vec<String> = all.iter().map(|one| one.seq.to_string()).collect();
    seqs.join(" ")
}

/// Links to the tabs, of which the view selects one. A state without messages has another label.
fn tabs(delivery: &Delivery, available: &[Tab], view: View, state: Option<&'static str>) -> Tabs {
    let run = delivery.summary.reading.run.as_deref();
    let messages = run.and_then(|run| run.messages);
    let link = |tab: &Tab| TabLink {
        label: match tab {
            Tab::Conversation(_) => state.unwrap_or_else(|| tab.label()),
            _ => tab.label(),
        },
        letter: match tab {
            Tab::Overview => Some('o'),
            Tab::Conversation(_) => Some('v'),
            Tab::Body { .. } => Some('b'),
            Tab::Request => Some('h'),
            Tab::Fields => None,
        },
        href: view.tab(*tab).href(),
        current: view.tab.is_some_and(|selected| selected.is(*tab)),
        count: match tab {
            Tab::Request => Some(RequestTab::count(delivery)),
            Tab::Conversation(_) => messages.and_then(|count| count.try_into().ok()),
            Tab::Overview | Tab::Body { .. } | Tab::Fields => None,
        },
    };
    Tabs {
        label: "Parts of the delivery",
        tabs: available.iter().map(link).collect(),
    }
}
