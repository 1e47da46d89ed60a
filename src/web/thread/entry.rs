//! One delivery of a thread, and what its run changed in the state.
//!
//! **Invariant:** changes are shown only against a state that was read; otherwise the complete state is shown, and the entry says why.

use std::borrow::Cow;
use std::hash::RandomState;

use crate::content;
use crate::diff::{self, JsonDiff};
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::ids::Seq;
use crate::domain::rich_text::RichText;
use crate::domain::time::Time;
use crate::json::{HashedNode, HashedTree, JsonType};
use crate::langgraph;
use crate::langgraph::findings::{Code, findings};
use crate::web::compare::changes::{self, ChangeRow};
use crate::web::delivery::badge::Badge;
use crate::web::links;
use crate::web::render::format::{self, Moment};
use crate::web::render::rich_text::Prose;
use crate::web::thread::message_change::MessageChange;

/// Most changes listed per run.
const CHANGES_MAX: usize = 25;

/// What a run is compared with.
pub(crate) enum Before {
    /// There is no earlier delivery.
    Nothing,
    /// Earlier deliveries were not read.
    NotLookedAt,
    /// The last delivery with values.
    State(Box<Delivery>),
}

/// A delivery of the thread.
pub(crate) struct ThreadEntry {
    pub(crate) seq: Seq,
    pub(crate) href: String,
    pub(crate) badge: Badge,
    pub(crate) headline: Prose,
    pub(crate) received: Moment,
    /// Time since the previous one.
    pub(crate) gap: Option<String>,
    pub(crate) resumed: bool,
    /// A sentence about the change of the state.
    pub(crate) summary: Prose,
    pub(crate) messages: Vec<MessageChange>,
    pub(crate) rows: Vec<ChangeRow>,
    /// Number of further changes, as text.
    pub(crate) rest: Option<String>,
    /// The delivery that it is compared with, and a link to all differences.
    pub(crate) since: Option<(Seq, String)>,
    /// Whether the complete state is shown, because there is none to compare with.
    pub(crate) is_first: bool,
    /// Whether the same bytes arrived before.
    pub(crate) is_again: bool,
    /// What is shown where there is no state.
    stateless: RichText,
}

/// The state in a payload.
fn state<'t>(tree: Option<&'t HashedTree<'t>>) -> Option<HashedNode<'t>> {
    let values = tree?.root().member("values")?;
    (values.text() != "null").then_some(values)
}

fn tree<'t>(body: &'t [u8], keys: &RandomState) -> Option<HashedTree<'t>> {
    HashedTree::read(std::str::from_utf8(body).ok()?, keys)
}

/// The body for readers of JSON.
fn plain(delivery: &Delivery) -> Cow<'_, [u8]> {
    content::plain(&delivery.head, &delivery.body)
}

impl ThreadEntry {
    pub(crate) fn new(delivery: &Summary, gap_ms: Option<i64>, now: Time) -> Self {
        let run = delivery.reading.run.as_deref();
        Self {
            seq: delivery.seq,
            href: links::delivery(delivery.endpoint_id, delivery.seq),
            badge: Badge::of(delivery),
            headline: langgraph::headline(delivery).into(),
            received: Moment::new(delivery.received_at, now),
            gap: gap_ms.map(format::duration),
            resumed: run.is_some_and(|run| run.resumed == Some(true)),
            summary: Prose::default(),
            messages: Vec::new(),
            rows: Vec::new(),
            rest: None,
            since: None,
            is_first: false,
            is_again: false,
            stateless: no_state(delivery),
        }
    }

    /// Whether it has a state; finds it without parsing its content.
    pub(crate) fn has_state(delivery: &Delivery) -> bool {
        langgraph::RunBody::parse(&plain(delivery))
            .state()
            .is_some()
    }

    /// A repeat of the same bytes.
    pub(crate) fn again(mut self, first: Seq) -> Self {
        self.is_again = true;
        self.summary = RichText::default()
            .and(format!("Same bytes as #{first}."))
            .into();
        self
    }

    pub(crate) fn too_large(mut self) -> Self {
        self.summary = RichText::plain("The body is too large to compare here.").into();
        self
    }

    /// Adds what the run changed; also returns what to compare the next run with.
    pub(crate) fn changed(mut self, before: Before, delivery: Delivery) -> (Self, Before) {
        let keys = RandomState::new();
        let body = plain(&delivery);
        let here = tree(&body, &keys);
        let Some(state) = state(here.as_ref()) else {
            // It has too many values to compare, or none.
            return if Self::has_state(&delivery) {
                (self.too_large(), Before::NotLookedAt)
            } else {
                (self.without_state(), before)
            };
        };
        match &before {
            Before::State(earlier) => self.since(earlier, state, &keys),
            Before::Nothing => self.whole(state, "First state received", &keys),
            Before::NotLookedAt => self.unknown(state, &keys),
        }
        drop(here);
        drop(body);
        (self, Before::State(Box::new(delivery)))
    }

    /// The changes since an earlier state, unless that has too many values to compare.
    fn since(&mut self, earlier: &Delivery, now: HashedNode<'_>, keys: &RandomState) {
        let summary = &earlier.summary;
        let since = summary.seq;
        let body = plain(earlier);
        let earlier = tree(&body, keys);
        let Some(then) = state(earlier.as_ref()) else {
            return self.unknown(now, keys);
        };
        self.compare(then, now);
        let is_same = self.messages.is_empty() && self.rows.is_empty();
        self.summary = RichText::default()
            .code("values")
            .and(if is_same {
                format!(" is unchanged since #{since}.")
            } else {
                format!(" changed since #{since}:")
            })
            .into();
        let href = links::compare(summary.endpoint_id, since, self.seq);
        self.since = Some((since, href));
    }

    /// Shows the complete state, because the changes are unknown.
    fn unknown(&mut self, state: HashedNode<'_>, keys: &RandomState) {
        let unknown = "Changes unknown: the earlier deliveries were not read. The state";
        self.whole(state, unknown, keys);
    }

    /// Shows the complete state, by comparing it with an empty one.
    fn whole(&mut self, state: HashedNode<'_>, what: &'static str, keys: &RandomState) {
        self.is_first = true;
        let messages = state.member("messages");
        let is_list = messages.is_some_and(|messages| messages.json_type() == JsonType::Array);
        let nothing = if is_list { r#"{"messages":[]}"# } else { "{}" };
        if let Some(nothing) = HashedTree::read(nothing, keys) {
            self.compare(nothing.root(), state);
        }
        let is_empty = self.messages.is_empty() && self.rows.is_empty();
        let end = if is_empty { " is empty." } else { ":" };
        self.summary = RichText::plain(what).and(end).into();
    }

    fn compare(&mut self, a: HashedNode<'_>, b: HashedNode<'_>) {
        let found: JsonDiff<'_> =
            diff::json(a, b, langgraph::conversation::message_id, CHANGES_MAX);
        self.rest = changes::rest(&found);
        for change in &found.list {
            match MessageChange::of(change) {
                Some(message) => self.messages.push(message),
                None => self.rows.push(ChangeRow::new(change)),
            }
        }
    }

    /// Explains why there is no state, as far as the payload shows.
    pub(crate) fn without_state(mut self) -> Self {
        self.summary = std::mem::take(&mut self.stateless).into();
        self
    }
}

/// The finding's text about values that are null or absent.
fn no_state(delivery: &Summary) -> RichText {
    let of_values = [
        Code::ValuesNullStateless,
        Code::ValuesNullRolledBack,
        Code::ValuesNullNoCheckpoint,
        Code::ValuesAbsent,
    ];
    let mut found = findings(delivery).into_iter();
    let found = found.find(|finding| of_values.contains(&finding.code()));
    found.map_or(RichText::plain("No state was sent."), |finding| {
        finding.text
    })
}
