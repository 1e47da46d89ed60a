//! One delivery of a thread, and what its run changed in the state.

use std::hash::RandomState;

use crate::domain::delivery::{Delivery, Seq, Summary};
use crate::domain::diff::{self, Change, Changes, Node, Shape, Step, Tree};
use crate::domain::run::Run;
use crate::domain::sentence::Sentence;
use crate::domain::time::Time;
use crate::langgraph::{self, Brief};
use crate::web::compare;
use crate::web::compare::changes::{self, Fate, Row};
use crate::web::human::{self, Moment};
use crate::web::row::Badge;
use crate::web::sentence::Prose;
use crate::web::text::Line;

/// So many changes of a run are told.
const CHANGES_MAX: usize = 40;

/// What a run is compared with.
pub(super) enum Before {
    /// Nothing came before it.
    Nothing,
    /// What came before it was not looked at.
    NotLookedAt,
    /// The last delivery that had values.
    State(Box<Delivery>),
}

/// A delivery of the thread.
pub(super) struct Turn {
    pub(super) seq: Seq,
    pub(super) href: String,
    pub(super) badge: Badge,
    pub(super) headline: Prose,
    pub(super) received: Moment,
    /// Time since the one before.
    pub(super) gap: Option<String>,
    pub(super) resumed: bool,
    /// What it did to the state.
    pub(super) told: Prose,
    pub(super) messages: Vec<Said>,
    pub(super) rows: Vec<Row>,
    /// How much more it changed.
    pub(super) rest: Option<String>,
    /// The delivery that it is compared with, and what leads to all that differs from it.
    pub(super) since: Option<(Seq, String)>,
    /// Whether all of the state is told, as there is none to compare it with.
    pub(super) is_first: bool,
    /// Whether the same bytes came before.
    pub(super) is_again: bool,
    run: Option<Run>,
}

/// A message that came or went.
pub(super) struct Said {
    pub(super) fate: Fate,
    /// Which one it is, from 1 up.
    pub(super) number: usize,
    pub(super) role: Line,
    pub(super) text: String,
    pub(super) goes_on: bool,
    pub(super) calls: Vec<Line>,
}

/// What a payload says of the state.
enum Values<'t> {
    Absent,
    Null,
    Here(Node<'t>),
}

impl<'t> Values<'t> {
    fn of(tree: Option<&'t Tree<'t>>) -> Self {
        match tree.and_then(|tree| tree.root().member("values")) {
            None => Self::Absent,
            Some(values) if values.text() == "null" => Self::Null,
            Some(values) => Self::Here(values),
        }
    }
}

fn tree<'t>(delivery: &'t Delivery, keys: &RandomState) -> Option<Tree<'t>> {
    Tree::read(std::str::from_utf8(&delivery.body).ok()?, keys)
}

impl Turn {
    pub(super) fn new(delivery: &Summary, gap_ms: Option<i64>, now: Time) -> Self {
        let run = delivery.reading.run.as_deref();
        Self {
            seq: delivery.seq,
            href: format!("/inspect/{}/{}", delivery.endpoint_id, delivery.seq),
            badge: Badge::of(delivery),
            headline: langgraph::headline(delivery).into(),
            received: Moment::new(delivery.received_at, now),
            gap: gap_ms.map(human::duration),
            resumed: run.is_some_and(|run| run.resumed == Some(true)),
            told: Prose::default(),
            messages: Vec::new(),
            rows: Vec::new(),
            rest: None,
            since: None,
            is_first: false,
            is_again: false,
            run: run.cloned(),
        }
    }

    /// Whether there is a state in it.
    pub(super) fn has_values(delivery: &Delivery) -> bool {
        let tree = tree(delivery, &RandomState::new());
        matches!(Values::of(tree.as_ref()), Values::Here(_))
    }

    /// The same bytes once more.
    pub(super) fn again(mut self, first: Seq) -> Self {
        self.is_again = true;
        self.told = Sentence::default()
            .told(format!("The bytes of #{first} once more."))
            .into();
        self
    }

    pub(super) fn too_large(mut self) -> Self {
        self.told = Sentence::said("Its body is too large to be looked at here.").into();
        self
    }

    /// Tells what the run changed, and what the next one is to be compared with.
    pub(super) fn changed(mut self, before: Before, delivery: Delivery) -> (Self, Before) {
        let keys = RandomState::new();
        let here = tree(&delivery, &keys);
        let values = match Values::of(here.as_ref()) {
            Values::Here(values) => values,
            Values::Null => return (self.without_values(" is null"), before),
            Values::Absent => return (self.without_values(" did not come"), before),
        };
        match &before {
            Before::State(earlier) => self.since(earlier, values, &keys),
            Before::Nothing => {
                self.whole(values, &keys);
                self.told = Sentence::said("The first state that came of this thread:").into();
            }
            Before::NotLookedAt => {
                self.whole(values, &keys);
                self.told = Sentence::said(
                    "What it changed is not known, as what came before was not looked at. Its state:",
                )
                .into();
            }
        }
        drop(here);
        (self, Before::State(Box::new(delivery)))
    }

    /// What changed since an earlier state.
    fn since(&mut self, earlier: &Delivery, values: Node<'_>, keys: &RandomState) {
        let summary = &earlier.summary;
        let since = summary.seq;
        let earlier = tree(earlier, keys);
        if let Values::Here(old) = Values::of(earlier.as_ref()) {
            self.compare(old, values);
        }
        let is_same = self.messages.is_empty() && self.rows.is_empty();
        self.told = Sentence::default()
            .quote("values")
            .told(if is_same {
                format!(" is as in #{since}.")
            } else {
                format!(" changed since #{since}:")
            })
            .into();
        let href = compare::href(summary.endpoint_id, since, self.seq);
        self.since = Some((since, href));
    }

    /// Held against a state without anything, all of it came.
    fn whole(&mut self, values: Node<'_>, keys: &RandomState) {
        self.is_first = true;
        let messages = values.member("messages");
        let is_list = messages.is_some_and(|messages| messages.shape() == Shape::List);
        let nothing = if is_list { r#"{"messages":[]}"# } else { "{}" };
        if let Some(nothing) = Tree::read(nothing, keys) {
            self.compare(nothing.root(), values);
        }
    }

    fn compare(&mut self, a: Node<'_>, b: Node<'_>) {
        let found: Changes<'_> = diff::json(a, b, langgraph::identity, CHANGES_MAX);
        self.rest = changes::rest(&found);
        for change in &found.list {
            match Said::of(change) {
                Some(said) => self.messages.push(said),
                None => self.rows.push(Row::new(change)),
            }
        }
    }

    /// Why there is no state, as far as the payload tells.
    fn without_values(mut self, how: &'static str) -> Self {
        let run = self.run.as_ref();
        let is = |test: fn(&Run) -> bool| run.is_some_and(test);
        let why = if is(|run| run.stateless == Some(true)) {
            ": the run was stateless."
        } else if is(|run| run.status.as_deref() == Some("rollback")) {
            ": the run was rolled back."
        } else if is(|run| class(run) == Some("EmptyInputError")) {
            ": nothing was checkpointed."
        } else {
            "."
        };
        self.told = Sentence::default().quote("values").and(how).and(why).into();
        self
    }
}

fn class(run: &Run) -> Option<&str> {
    run.error.as_ref()?.class.as_deref()
}

impl Said {
    /// Nothing, unless a message came or went as a whole.
    fn of(change: &Change<'_>) -> Option<Self> {
        let [Step::Member(list), Step::Element { a, b }] = change.path.as_slice() else {
            return None;
        };
        let (fate, node, at) = match (change.a, change.b) {
            (None, Some(node)) => (Fate::Added, node, (*b)?),
            (Some(node), None) => (Fate::Removed, node, (*a)?),
            _ => return None,
        };
        let brief = Brief::of(node).filter(|_| list.shown() == "messages")?;
        Some(Self {
            fate,
            number: at + 1,
            role: Line(brief.role),
            text: brief.text,
            goes_on: brief.goes_on,
            calls: brief.calls.into_iter().map(Line).collect(),
        })
    }
}
