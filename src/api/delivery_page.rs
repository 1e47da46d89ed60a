//! A page of deliveries, bounded by count and by memory.
//!
//! **Invariant:** a page has at least one delivery if there is one, so that a client that follows `next` reaches the end.

use crate::contract::delivery::summary_bytes;
use crate::domain::delivery::Summary;
use crate::domain::ids::EndpointId;
use crate::store::{Order, Page, Store, StoreError, split_page};

/// Deliveries that are read at a time.
const READ: usize = 50;
/// Bytes of the summaries of a page: those of some hundred ordinary ones. Summaries with long targets are fewer.
const BYTES_MAX: usize = 1024 * 1024;
/// Bytes of an ordinary summary, rather more than less.
const ORDINARY_BYTES: usize = 2 * 1024;

/// A page of deliveries.
pub(super) struct DeliveryPage {
    pub(super) items: Vec<Summary>,
    /// Whether there are more.
    pub(super) more: bool,
    /// The size of the summaries.
    pub(super) bytes: usize,
}

impl DeliveryPage {
    /// Bytes of a page of ordinary deliveries.
    pub(super) fn ordinary_bytes(page: Page) -> usize {
        BYTES_MAX.min(page.limit * ORDINARY_BYTES)
    }

    /// Reads at most `page.limit` deliveries, and no more than fit.
    pub(super) async fn read(
        store: &dyn Store,
        id: EndpointId,
        mut page: Page,
    ) -> Result<Self, StoreError> {
        let mut read = Self {
            items: Vec::new(),
            more: true,
            bytes: 0,
        };
        let limit = page.limit;
        while read.more && read.items.len() < limit {
            let count = READ.min(limit - read.items.len());
            page.limit = count + 1;
            let (found, more) = split_page(store.deliveries(id, page).await?, count);
            read.more = more;
            for summary in found {
                read.bytes += summary_bytes(&summary);
                if read.bytes > BYTES_MAX && !read.items.is_empty() {
                    read.more = true;
                    return Ok(read);
                }
                match page.order {
                    Order::NewestFirst => page.before = Some(summary.seq),
                    Order::OldestFirst => page.after = summary.seq,
                }
                read.items.push(summary);
            }
        }
        Ok(read)
    }
}
