//! The bell and those who follow it. The bell carries no data: the crier of an endpoint hears it and reads the store after the last seq
//! it has, so a reconnect, a slow reader and a missed ring are one case.
//!
//! **Invariant:** of an endpoint that is followed the store is read once a ring, by its crier, however many follow; who is too late for
//! what the crier shows reads for itself and delays nobody. Where nobody follows, nothing is read and nothing is kept.

mod crier;
mod follower;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use futures_util::Stream;
use tokio::sync::watch;

use crate::domain::delivery::Summary;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::store::{Store, StoreError};

use crier::Crier;
use follower::Follower;

/// How many deliveries are read at a time.
const PAGE: usize = 25;

/// Rings for an endpoint when something was committed there.
#[derive(Default)]
pub struct Bell {
    ropes: Mutex<HashMap<EndpointId, watch::Sender<()>>>,
}

impl Bell {
    /// Wakes whoever listens for these endpoints. Costs a look-up where nobody does.
    pub fn ring(&self, endpoints: &[EndpointId]) {
        let mut ropes = locked(&self.ropes);
        for endpoint in endpoints {
            if ropes
                .get(endpoint)
                .is_some_and(|rope| rope.send(()).is_err())
            {
                ropes.remove(endpoint);
            }
        }
    }

    /// Hears every ring from now on; several between two looks count as one.
    fn listen(&self, endpoint: EndpointId) -> watch::Receiver<()> {
        let mut ropes = locked(&self.ropes);
        ropes.retain(|_, rope| rope.receiver_count() > 0);
        ropes
            .entry(endpoint)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }
}

/// A delivery as followers are told of it. A copy costs nothing: all who follow share the words.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its seq.
    pub seq: Seq,
    /// What is said of it, in one line.
    pub words: Arc<str>,
}

/// What a follower is told.
#[derive(Clone, Debug)]
pub enum News {
    /// The next delivery.
    Delivery(Line),
    /// Deliveries that this follower had not seen are gone.
    Gap {
        /// The first seq that is gone.
        from: Seq,
        /// The last seq that is gone.
        through: Seq,
    },
}

/// Where lines come from.
#[derive(Clone)]
struct Source {
    store: Arc<dyn Store>,
    /// Says a delivery in one line.
    say: fn(&Summary) -> String,
}

impl Source {
    /// The lines of the page that follows `after`.
    async fn lines(&self, endpoint: EndpointId, after: Seq) -> Result<Vec<Line>, StoreError> {
        let page = crate::store::Page::following(after, PAGE);
        let found = self.store.deliveries(endpoint, page).await?;
        let line = |summary: &Summary| Line {
            seq: summary.seq,
            words: (self.say)(summary).into(),
        };
        Ok(found.iter().map(line).collect())
    }
}

/// Lets endpoints be followed.
pub struct Live {
    source: Source,
    bell: Arc<Bell>,
    criers: Mutex<HashMap<EndpointId, Weak<Crier>>>,
}

impl Live {
    /// Follows what `store` has; `bell` rings at its commits, and `say` says a delivery in one line.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, bell: Arc<Bell>, say: fn(&Summary) -> String) -> Self {
        Self {
            source: Source { store, say },
            bell,
            criers: Mutex::default(),
        }
    }

    /// Every delivery of `endpoint` after `after`, once and in order: those that are there, then those that come. To be called inside a
    /// tokio runtime.
    ///
    /// # Errors
    /// The stream ends with the store's error, `NotFound` when the endpoint is deleted.
    pub fn follow(
        &self,
        endpoint: EndpointId,
        after: Seq,
    ) -> impl Stream<Item = Result<News, StoreError>> + use<> {
        let crier = self.crier(endpoint);
        Follower::new(self.source.clone(), crier, endpoint, after).stream()
    }

    /// The one that is at work for this endpoint, or else a new one. It goes when its last follower goes.
    fn crier(&self, endpoint: EndpointId) -> Arc<Crier> {
        let mut criers = locked(&self.criers);
        let found = criers.get(&endpoint).and_then(Weak::upgrade);
        if let Some(crier) = found.filter(|crier| crier.is_at_work()) {
            return crier;
        }
        criers.retain(|_, crier| crier.strong_count() > 0);
        let rings = self.bell.listen(endpoint);
        let crier = Arc::new(Crier::start(self.source.clone(), endpoint, rings));
        criers.insert(endpoint, Arc::downgrade(&crier));
        crier
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
