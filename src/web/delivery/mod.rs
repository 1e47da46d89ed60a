//! One delivery: a line of facts, a sentence, and tabs. The tabs are links; each view has its own URL.

mod attempts;
pub(super) mod badge;
mod body;
mod compare_with;
mod fields;
pub(super) mod findings;
pub(super) mod follow_up;
mod headers;
mod meaning;
mod query;
pub(super) mod related;
mod run;
mod run_inputs;
mod timeline;

use std::cell::LazyCell;
use std::fmt::{self, Display, Formatter};

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::delivery::{Delivery, Summary};
use crate::domain::target;
use crate::domain::time::Time;
use crate::langgraph::findings::cut;
use crate::langgraph::{self, RunBody};
use crate::web::conversation::{self, ConversationTab};
use crate::web::delivery::badge::{Badge, TokenChip};
use crate::web::delivery::body::BodyTab;
use crate::web::delivery::compare_with::CompareWith;
use crate::web::delivery::fields::FieldsTab;
use crate::web::delivery::follow_up::Reader;
use crate::web::delivery::headers::HeadersTab;
use crate::web::delivery::query::QueryTab;
use crate::web::delivery::related::Related;
use crate::web::delivery::run::RunTab;
use crate::web::links::view::{Tab, View};
use crate::web::render::escape::Line;
use crate::web::render::format::{self, Moment};
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
    received_exact: String,
    size: String,
    /// A note that the body is truncated. On the Run tab, a finding says so.
    cut: Option<&'static str>,
    token: Option<TokenChip>,
    /// Status of the response; `None` if the sender had disconnected.
    reply_status: Option<u16>,
    compare_with: CompareWith,
    tabs: Vec<TabLink>,
    content: Content,
}

impl HtmlSafe for DeliveryView {}

struct TabLink {
    label: &'static str,
    key: usize,
    href: String,
    current: bool,
    count: Option<usize>,
}

enum Content {
    Run(Box<RunTab>),
    Conversation(Box<ConversationTab>),
    Body(BodyTab),
    Headers(HeadersTab),
    Query(QueryTab),
    Fields(FieldsTab),
}

impl Display for Content {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(tab) => tab.fmt(f),
            Self::Conversation(tab) => tab.fmt(f),
            Self::Body(tab) => tab.fmt(f),
            Self::Headers(tab) => tab.fmt(f),
            Self::Query(tab) => tab.fmt(f),
            Self::Fields(tab) => tab.fmt(f),
        }
    }
}

impl HtmlSafe for Content {}

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
        let body = LazyCell::new(|| RunBody::parse(&delivery.body));
        let state_label = run.and_then(|run| conversation::label(run, || body.state().is_some()));
        let view = match view.tab {
            // The tab stays open when another delivery is selected. If that delivery has no state, the first tab is shown.
            Tab::Conversation(_) if state_label.is_none() => view.tab(Tab::Run),
            _ => view,
        };
        Self {
            seq: summary.seq.0,
            group: summary.attempt.first_seq.0,
            attempts: seqs(&related.attempts),
            list_href: view.list().href(),
            method: Line(summary.method.clone()),
            path: Line(target::sub_path(&summary.target).to_owned()),
            badge: run.map(Badge::of_run),
            headline: langgraph::headline(summary).into(),
            received: Moment::new(summary.received_at, now),
            received_exact: format::exact(summary.received_at),
            size: format::bytes(summary.body.bytes),
            cut: summary.body.cut.filter(|_| view.tab != Tab::Run).map(cut),
            token: TokenChip::of(summary.token_check),
            reply_status: summary.response.map(|response| response.status),
            tabs: tab_links(delivery, view, state_label),
            compare_with: CompareWith::new(summary),
            content: match view.tab {
                Tab::Run => {
                    let run = run.map(|run| (run, &*body));
                    Content::Run(Box::new(RunTab::new(
                        delivery, run, related, reader, view, now,
                    )))
                }
                Tab::Conversation(state_ref) => {
                    let tab = ConversationTab::new(delivery, &body, view, state_ref);
                    Content::Conversation(Box::new(tab))
                }
                Tab::Body { raw } => Content::Body(BodyTab::new(delivery, view, raw)),
                Tab::Headers => Content::Headers(HeadersTab::new(delivery)),
                Tab::Query => Content::Query(QueryTab::new(summary)),
                Tab::Fields => Content::Fields(FieldsTab::new(run.map(|run| (run, &*body)))),
            },
        }
    }
}

/// `41 42 45`
fn seqs(all: &[Summary]) -> String {
    let seqs: Vec<String> = all.iter().map(|one| one.seq.to_string()).collect();
    seqs.join(" ")
}

fn tab_links(delivery: &Delivery, view: View, state: Option<&'static str>) -> Vec<TabLink> {
    let current = std::mem::discriminant(&view.tab);
    // Only runs have a Fields tab. It stays for other deliveries too if it is the current tab, so that moving through the list keeps it.
    let is_run = delivery.summary.reading.run.is_some();
    let has = |tab: &Tab| match tab {
        Tab::Conversation(_) => state.is_some(),
        Tab::Fields => is_run || view.tab == *tab,
        _ => true,
    };
    let messages = delivery
        .summary
        .reading
        .run
        .as_deref()
        .and_then(|run| run.messages);
    let link = |(index, tab): (usize, Tab)| TabLink {
        label: match tab {
            Tab::Conversation(_) => state.unwrap_or_else(|| tab.label()),
            _ => tab.label(),
        },
        key: index + 1,
        href: view.tab(tab).href(),
        current: std::mem::discriminant(&tab) == current,
        count: match tab {
            Tab::Headers => Some(delivery.head.headers().count()),
            Tab::Query => Some(target::query_pairs(&delivery.summary.target).len()),
            Tab::Conversation(_) => messages.and_then(|count| count.try_into().ok()),
            Tab::Run | Tab::Body { .. } | Tab::Fields => None,
        },
    };
    Tab::ALL
        .into_iter()
        .filter(has)
        .enumerate()
        .map(link)
        .collect()
}
