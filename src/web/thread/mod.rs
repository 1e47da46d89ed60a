//! All deliveries of one thread, in the order of arrival: what each run changed in the state.
//!
//! **Invariant:** a page reads a bounded number of bodies and bytes, and says what it did not read.

mod entry;
mod message_change;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use crate::app::App;
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::observations::ValuesState;
use crate::domain::time::Time;
use crate::error::AppError;
use crate::response_memory::{self, PAGE};
use crate::store::{Filter, Page, Store, StoreError, split_page};
use crate::web::compare::body::BODY_BYTES_MAX;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links;
use crate::web::render::format;
use crate::web::thread::entry::{Before, ThreadEntry};

/// Most deliveries on a page.
const ENTRIES_PAGE: usize = 20;
/// Most earlier deliveries that are searched for the state before the first one on the page.
const LOOKS_BACK: usize = 5;
/// Most bytes of bodies that are read for a page.
const PAGE_BYTES_MAX: u64 = 32 * 1024 * 1024;

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    id: String,
    title: String,
    thread_id: String,
    short_id: String,
    entries: Vec<ThreadEntry>,
    /// The two deliveries that are preselected.
    chosen: [Option<Seq>; 2],
    earlier: Option<String>,
    later: Option<String>,
}

/// `GET /inspect/{endpoint}/thread/{thread}`: the newest deliveries, or those before the one in `before`.
pub(super) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    let thread: Uuid = page::path_part(&request, "thread")?;
    let (endpoint, _) = app.access.reader(&request, id).await?;
    let before = page::seq_param(&request, "before");
    let query = Page {
        before,
        ..Page::newest(ENTRIES_PAGE + 1).filter(Filter::Thread(thread))
    };
    let (mut found, more) = split_page(app.store.deliveries(id, query).await?, ENTRIES_PAGE);
    found.reverse();
    let Some(first) = found.first().map(|first| first.seq) else {
        return Err(AppError::NotFound.into());
    };
    let mut reader = EntryReader::new(app.store.as_ref());
    let earlier = if more {
        earlier(app.store.as_ref(), id, thread, first).await?
    } else {
        Vec::new()
    };
    // At most two states are in memory at a time: the current and the previous one.
    let read = earlier.iter().chain(&found);
    let read = read.filter(|one| one.plain_bytes() <= BODY_BYTES_MAX);
    let largest = read.map(Summary::loaded_bytes).max().unwrap_or(0);
    let both = largest.saturating_mul(2);
    let reserved = response_memory::reserve(&request, &app, both, PAGE).await?;
    if more {
        reader.look_back(earlier).await?;
    }
    let entries = reader.read_all(found).await?;
    let here = links::thread(id, thread);
    let shown = ThreadPage {
        id: id.to_string(),
        title: endpoint.title(),
        thread_id: thread.to_string(),
        short_id: format::short_id(&thread.to_string()),
        chosen: chosen(&entries),
        entries,
        earlier: more.then(|| format!("{here}?before={first}")),
        later: before.map(|_| here),
    };
    page::kept_html(&shown, reserved)
}

impl ThreadPage {
    /// Whether an entry is the first or the second of the chosen.
    fn is_chosen(&self, nth: usize, entry: &ThreadEntry) -> bool {
        self.chosen[nth] == Some(entry.seq)
    }
}

/// The deliveries before the page that may have a state, newest first.
async fn earlier(
    store: &dyn Store,
    id: EndpointId,
    thread: Uuid,
    first: Seq,
) -> Result<Vec<Summary>, StoreError> {
    let page = Page {
        before: Some(first),
        ..Page::newest(LOOKS_BACK).filter(Filter::Thread(thread))
    };
    let mut found = store.deliveries(id, page).await?;
    found.retain(|summary| !lacks_state(summary));
    Ok(found)
}

/// The last delivery that changed the state and the one before that change; otherwise the last two.
fn chosen(entries: &[ThreadEntry]) -> [Option<Seq>; 2] {
    let changed = |entry: &ThreadEntry| Some((entry.since.as_ref()?.0, entry.seq));
    let here = |pair: &(Seq, Seq)| entries.iter().any(|entry| entry.seq == pair.0);
    let last = |nth| entries.iter().rev().nth(nth).map(|entry| entry.seq);
    let pair = entries.iter().rev().find_map(changed).filter(here);
    pair.map_or_else(|| [last(1), last(0)], |(a, b)| [Some(a), Some(b)])
}

/// Whether a delivery is known to have no state, without reading its body.
fn lacks_state(delivery: &Summary) -> bool {
    let values = delivery.reading.observations.values;
    matches!(values, ValuesState::Null | ValuesState::Absent)
}

/// Reads the deliveries in order, and keeps the last state.
struct EntryReader<'s> {
    store: &'s dyn Store,
    before: Before,
    bytes_left: u64,
}

impl<'s> EntryReader<'s> {
    fn new(store: &'s dyn Store) -> Self {
        Self {
            store,
            before: Before::Nothing,
            bytes_left: PAGE_BYTES_MAX,
        }
    }

    /// Searches these for the last state, newest first.
    async fn look_back(&mut self, earlier: Vec<Summary>) -> Result<(), PageError> {
        self.before = Before::NotLookedAt;
        for summary in &earlier {
            let Some(delivery) = self.read(summary).await? else {
                return Ok(());
            };
            // Parsing megabytes would delay the captures on this thread.
            let looked = web::block(move || ThreadEntry::has_state(&delivery).then_some(delivery));
            let found = looked.await.map_err(|error| PageError::internal(&error))?;
            if let Some(found) = found {
                self.before = Before::State(Box::new(found));
                return Ok(());
            }
        }
        Ok(())
    }

    async fn read_all(mut self, found: Vec<Summary>) -> Result<Vec<ThreadEntry>, PageError> {
        let mut entries = Vec::new();
        let mut received = None;
        for summary in found {
            let gap = received.map(|earlier| summary.received_at.millis_since(earlier));
            received = Some(summary.received_at);
            let entry = ThreadEntry::new(&summary, gap, Time::now());
            let entry = if summary.attempt.number > 1 {
                entry.again(summary.attempt.first_seq)
            } else if lacks_state(&summary) {
                entry.without_state()
            } else {
                self.changed(entry, &summary).await?
            };
            entries.push(entry);
        }
        Ok(entries)
    }

    async fn changed(
        &mut self,
        entry: ThreadEntry,
        summary: &Summary,
    ) -> Result<ThreadEntry, PageError> {
        let Some(delivery) = self.read(summary).await? else {
            self.before = Before::NotLookedAt;
            return Ok(entry.too_large());
        };
        let before = std::mem::replace(&mut self.before, Before::Nothing);
        // Parsing megabytes would delay the captures on this thread.
        let changed = web::block(move || entry.changed(before, delivery)).await;
        let (entry, before) = changed.map_err(|error| PageError::internal(&error))?;
        self.before = before;
        Ok(entry)
    }

    /// The delivery, unless it is too large to read here.
    async fn read(&mut self, summary: &Summary) -> Result<Option<Delivery>, StoreError> {
        let bytes = summary.plain_bytes();
        if bytes > BODY_BYTES_MAX || bytes > self.bytes_left {
            return Ok(None);
        }
        self.bytes_left -= bytes;
        let read = self.store.delivery(summary.endpoint_id, summary.seq);
        read.await.map(Some)
    }
}
