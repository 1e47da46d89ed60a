//! The deliveries related to one: its attempts, and the run that superseded it.
//!
//! **Invariant:** at most `LOOKS_AT` deliveries of a run are read, and the delivery itself is always among its attempts.

use uuid::Uuid;

use crate::domain::delivery::Summary;
use crate::domain::ids::Seq;
use crate::langgraph;
use crate::store::{Filter, Page, Store, StoreError};

/// Most deliveries of a run that are read, newest first.
const LOOKS_AT: usize = 100;

/// The deliveries related to one.
pub(crate) struct Related {
    /// The attempts of the same delivery among the newest of its run, oldest first. The delivery itself is always included.
    pub(crate) attempts: Vec<Summary>,
    /// The latest delivery of the run that superseded it, if this endpoint received it.
    pub(crate) successor: Option<Seq>,
}

impl Related {
    /// Of a delivery that has no others.
    pub(crate) fn none(delivery: &Summary) -> Self {
        Self {
            attempts: vec![delivery.clone()],
            successor: None,
        }
    }

    /// Reads the deliveries related to this one.
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
        // The oldest one, because the page begins with the newest.
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
