//! The deliveries that one can be compared with, where the URL does not name both.
//!
//! **Invariant:** each choice is a link to the comparison, so no number has to be remembered or typed.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::counts::Rows;
use crate::domain::delivery::Summary;
use crate::domain::ids::{EndpointId, Seq};
use crate::domain::time::Time;
use crate::langgraph;
use crate::store::{Filter, Page, Store, StoreError, split_page};
use crate::web::delivery::badge::Badge;
use crate::web::links;
use crate::web::render::format::Moment;
use crate::web::render::rich_text::Prose;

/// Choices per page.
const CHOICES_PAGE: usize = 50;

/// The deliveries to choose from: those that are likely to be meant first.
#[derive(Template)]
#[template(path = "_choices.html")]
pub(super) struct Choices {
    question: String,
    others: Vec<Choice>,
    older: Option<String>,
}

impl HtmlSafe for Choices {}

struct Choice {
    seq: Seq,
    href: String,
    badge: Badge,
    headline: Prose,
    received: Moment,
}

impl Choices {
    /// For the delivery `b`, or for none yet, from those before a seq.
    pub(super) async fn read(
        store: &dyn Store,
        id: EndpointId,
        b: Option<&Summary>,
        before: Option<Seq>,
    ) -> Result<Self, StoreError> {
        let page = Page {
            before,
            ..Page::newest(CHOICES_PAGE + 1).filter(Filter::LatestAttempts(Rows::All))
        };
        let (found, more) = split_page(store.deliveries(id, page).await?, CHOICES_PAGE);
        let chosen = b.map(|b| b.seq);
        let older = found.last().filter(|_| more);
        let older = older.map(|last| links::compare_choice(id, chosen, Some(last.seq)));
        let now = Time::now();
        let mut others: Vec<_> = found.iter().filter(|one| Some(one.seq) != chosen).collect();
        if let Some(b) = b {
            // A stable sort: the newest of each kind stays in front.
            others.sort_by_key(|one| distance(one, b));
        }
        Ok(Self {
            question: match chosen {
                Some(seq) => format!("Compare #{seq} with"),
                None => "Choose the first delivery".to_owned(),
            },
            others: others
                .into_iter()
                .map(|one| Choice::new(one, chosen, now))
                .collect(),
            older,
        })
    }
}

/// How far a delivery is from another one: of the same thread, of the same graph or source, of the same kind, or none of these.
fn distance(one: &Summary, other: &Summary) -> u8 {
    let thread = links::thread_id(one);
    let graph = |delivery: &Summary| delivery.reading.run.as_ref()?.graph_id.clone();
    let source = &one.reading.source;
    if thread.is_some() && thread == links::thread_id(other) {
        0
    } else if graph(one).is_some() && graph(one) == graph(other)
        || source.is_some() && *source == other.reading.source
    {
        1
    } else if one.reading.kind == other.reading.kind {
        2
    } else {
        3
    }
}

impl Choice {
    fn new(one: &Summary, chosen: Option<Seq>, now: Time) -> Self {
        let id = one.endpoint_id;
        Self {
            seq: one.seq,
            href: match chosen {
                Some(b) => links::compare(id, one.seq, b),
                None => links::compare_choice(id, Some(one.seq), None),
            },
            badge: Badge::of(one),
            headline: langgraph::headline(one).into(),
            received: Moment::new(one.received_at, now),
        }
    }
}
