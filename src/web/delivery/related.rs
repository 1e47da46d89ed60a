//! What other deliveries of an endpoint say of one: its attempts, and the run that took its place.

use uuid::Uuid;

use crate::domain::delivery::Summary;
use crate::domain::ids::Seq;
use crate::langgraph;
use crate::store::{Filter, Page, Store, StoreError};

/// At most so many of the newest deliveries of a run are looked at.
const LOOKS_AT: usize = 100;

/// The deliveries that are related to one.
pub(crate) struct Related {
    /// Those among the newest of its run that are attempts of the same, oldest first; itself is always among them.
    pub(crate) attempts: Vec<Summary>,
    /// The latest delivery of the run that took its place, if it came to the same endpoint.
    pub(crate) successor: Option<Seq>,
}

impl Related {
    /// Those of this delivery.
    pub(crate) async fn read(store: &dyn Store, delivery: &Summary) -> Result<Self, StoreError> {
        Ok(Self {
            attempts: attempts(store, delivery).await?,
            successor: successor(store, delivery).await?,
        })
    }
}

async fn attempts(store: &dyn Store, delivery: &Summary) -> Result<Vec<Summary>, StoreError> {
    let run = delivery.reading.run.as_deref();
    let id = run.and_then(|run| Uuid::try_parse(run.run_id.as_deref()?).ok());
    let Some(id) = id else {
        return Ok(vec![delivery.clone()]);
    };
    let page = Page::newest(LOOKS_AT).filter(Filter::Run(id));
    let mut found = store.deliveries(delivery.endpoint_id, page).await?;
    found.retain(|other| other.attempt.first_seq == delivery.attempt.first_seq);
    if found.iter().all(|other| other.seq != delivery.seq) {
        // The oldest of them, since the page begins with the newest.
        found.push(delivery.clone());
    }
    found.reverse();
    Ok(found)
}

async fn successor(store: &dyn Store, delivery: &Summary) -> Result<Option<Seq>, StoreError> {
    let run = delivery.reading.run.as_deref();
    let by = run.and_then(langgraph::superseded_by);
    let Some(by) = by.and_then(|by| Uuid::try_parse(by).ok()) else {
        return Ok(None);
    };
    let page = Page::newest(1).filter(Filter::Run(by));
    let found = store.deliveries(delivery.endpoint_id, page).await?;
    Ok(found.first().map(|found| found.seq))
}
