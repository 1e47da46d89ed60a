//! The bell and those who follow it. The bell carries no data: whoever hears it reads the store after the last seq it has, so a
//! reconnect, a slow reader and a missed ring are one case.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::domain::delivery::{Seq, Summary};
use crate::domain::endpoint::EndpointId;
use crate::store::{Page, Store, StoreError};

/// How many deliveries a follower reads at a time.
const PAGE: usize = 25;
/// A follower looks into the store this often even when no bell rings.
const TICK: Duration = Duration::from_secs(15);

/// Rings for an endpoint when something was committed there.
#[derive(Default)]
pub struct Bell {
    ropes: Mutex<HashMap<EndpointId, watch::Sender<()>>>,
}

impl Bell {
    /// Wakes whoever follows these endpoints. Costs a look-up where nobody does.
    pub fn ring(&self, endpoints: &[EndpointId]) {
        let mut ropes = self.ropes();
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
    pub fn listen(&self, endpoint: EndpointId) -> watch::Receiver<()> {
        let mut ropes = self.ropes();
        ropes.retain(|_, rope| rope.receiver_count() > 0);
        ropes
            .entry(endpoint)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }

    fn ropes(&self) -> MutexGuard<'_, HashMap<EndpointId, watch::Sender<()>>> {
        self.ropes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a follower is told.
#[derive(Debug)]
pub enum News {
    /// The next delivery.
    Delivery(Box<Summary>),
    /// Deliveries that this follower had not seen are gone.
    Gap {
        /// The first seq that is gone.
        from: Seq,
        /// The last seq that is gone.
        through: Seq,
    },
}

/// Every delivery of `endpoint` after `after`, once and in order: those that are there, then those that come, until `stop`.
///
/// # Errors
/// The stream ends with the store's error, `NotFound` when the endpoint is deleted.
pub fn follow(
    store: Arc<dyn Store>,
    bell: &Bell,
    endpoint: EndpointId,
    after: Seq,
    stop: CancellationToken,
) -> impl Stream<Item = Result<News, StoreError>> + use<> {
    let follower = Follower {
        store,
        rings: bell.listen(endpoint),
        endpoint,
        after,
        page: VecDeque::new(),
        ended: false,
    };
    futures_util::stream::unfold((follower, stop), |(mut follower, stop)| async move {
        let news = tokio::select! {
            biased;
            () = stop.cancelled() => None,
            news = follower.next() => news,
        };
        news.map(|news| (news, (follower, stop)))
    })
}

struct Follower {
    store: Arc<dyn Store>,
    rings: watch::Receiver<()>,
    endpoint: EndpointId,
    after: Seq,
    page: VecDeque<Summary>,
    ended: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<Result<News, StoreError>> {
        if self.ended {
            return None;
        }
        while self.page.is_empty() {
            self.rings.mark_unchanged();
            match self
                .store
                .deliveries(self.endpoint, Page::following(self.after, PAGE))
                .await
            {
                Ok(page) if page.is_empty() => self.wait().await,
                Ok(page) => self.page = page.into(),
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        self.step().map(Ok)
    }

    /// The bell rings, or the tick is over; a bell that is gone leaves the tick.
    async fn wait(&mut self) {
        let ring = async {
            if self.rings.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let _ = tokio::time::timeout(TICK, ring).await;
    }

    fn step(&mut self) -> Option<News> {
        let expected = Seq(self.after.0 + 1);
        let found = self.page.front()?.seq;
        if found > expected {
            let through = Seq(found.0 - 1);
            self.after = through;
            return Some(News::Gap {
                from: expected,
                through,
            });
        }
        self.after = found;
        self.page
            .pop_front()
            .map(|summary| News::Delivery(Box::new(summary)))
    }
}
