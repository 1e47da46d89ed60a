//! A page of deliveries, bounded by count, by memory and, where a query is asked, by time.
//!
//! **Invariant:** a client that follows `next` gets each delivery that matches once, and reaches the end: each page looks at one at least.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::contract::delivery::summary_bytes;
use crate::domain::delivery::Summary;
use crate::domain::ids::{EndpointId, Seq};
use crate::query::Query;
use crate::store::{Order, Page, SearchPage, Store, StoreError, split_page};

/// Deliveries that are read at a time.
const READ: usize = 50;
/// Bytes of the summaries of a page: those of some hundred ordinary ones. Summaries with long targets are fewer.
const BYTES_MAX: usize = 1024 * 1024;
/// Bytes of an ordinary summary, rather more than less.
const ORDINARY_BYTES: usize = 2 * 1024;
/// How long a page is searched for.
const BUDGET: Duration = Duration::from_millis(200);

/// A page of deliveries.
pub(super) struct DeliveryPage {
    pub(super) items: Vec<Summary>,
    /// Where the next page begins, if this one is not the last.
    pub(super) next: Option<Seq>,
    /// How far was looked.
    pub(super) scanned_through: Seq,
    /// The size of the summaries.
    pub(super) bytes: usize,
}

impl DeliveryPage {
    /// Bytes to expect: those of ordinary deliveries, but for a search the most, because it is not to be done twice.
    pub(super) fn expected_bytes(page: Page, is_search: bool) -> usize {
        if is_search {
            BYTES_MAX
        } else {
            BYTES_MAX.min(page.limit * ORDINARY_BYTES)
        }
    }

    /// Reads at most `page.limit` deliveries that match, and no more than fit.
    pub(super) async fn read(
        store: &dyn Store,
        id: EndpointId,
        mut page: Page,
        query: Option<&Arc<Query>>,
    ) -> Result<Self, StoreError> {
        let (end, limit) = (Instant::now() + BUDGET, page.limit);
        let mut read = Self {
            items: Vec::new(),
            next: None,
            scanned_through: page.after,
            bytes: 0,
        };
        loop {
            page.limit = READ.min(limit - read.items.len());
            let step = match query {
                Some(query) => {
                    let left = end.saturating_duration_since(Instant::now());
                    store.search(id, Arc::clone(query), page, left).await?
                }
                None => list(store, id, page).await?,
            };
            for summary in step.items {
                let bytes = summary_bytes(&summary);
                if read.bytes + bytes > BYTES_MAX && !read.items.is_empty() {
                    return Ok(read.up_to_last());
                }
                read.bytes += bytes;
                read.items.push(summary);
            }
            read.scanned_through = step.scanned_through;
            if !step.more {
                return Ok(read);
            }
            let is_late = query.is_some() && Instant::now() >= end;
            if read.items.len() >= limit || is_late {
                read.next = Some(step.scanned_through);
                return Ok(read);
            }
            page = page.beyond(step.scanned_through);
        }
    }

    /// Ends with the last delivery that was taken.
    fn up_to_last(mut self) -> Self {
        if let Some(last) = self.items.last() {
            self.scanned_through = last.seq;
            self.next = Some(last.seq);
        }
        self
    }
}

/// A page of all deliveries, as a search gives it.
async fn list(store: &dyn Store, id: EndpointId, page: Page) -> Result<SearchPage, StoreError> {
    let with_next = Page {
        limit: page.limit + 1,
        ..page
    };
    let (items, more) = split_page(store.deliveries(id, with_next).await?, page.limit);
    let last = items.last().map(|last| last.seq);
    let scanned_through = match page.order {
        Order::NewestFirst if !more => Seq(page.after.0.saturating_add(1)),
        _ => last.unwrap_or(page.after),
    };
    Ok(SearchPage {
        items,
        scanned_through,
        more,
    })
}
