//! The state that all handlers share. It is created in one function before the first connection, and never changes.
//!
//! **Invariant:** subscribers are notified of every commit, even if the request that committed is dropped.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Access;
use crate::config::Config;
use crate::domain::ids::EndpointId;
use crate::error::AppError;
use crate::limits::body_memory::BodyMemory;
use crate::limits::decoding_turns::DecodingTurns;
use crate::limits::response_memory::ResponseMemory;
use crate::live::{Live, Notifier};
use crate::preflights::Preflights;
use crate::store::{Store, StoreError};
use crate::urls::Urls;

/// Maximum samples that pages send at a time.
const SAMPLES_MAX: usize = 4;
/// Maximum concurrent comparisons: each has two bodies in memory, and much of them a second time.
const COMPARISONS_MAX: usize = 2;
/// Maximum refused requests that are being listed at a time: a flood of them must not delay captures.
const REFUSALS_MAX: usize = 4;

/// The state that all handlers share.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// Endpoints and deliveries.
    pub store: Arc<dyn Store>,
    /// Decides who may do what.
    pub access: Arc<Access>,
    /// The URLs that creel gives out.
    pub urls: Urls,
    /// Live streams.
    pub live: Live,
    notifier: Arc<Notifier>,
    /// Counts CORS preflights.
    pub preflights: Arc<Preflights>,
    /// Cancelled on shutdown, which ends open streams.
    pub stop: CancellationToken,
    /// Memory for bodies that are being read or written.
    pub body_memory: BodyMemory,
    /// Memory for responses that need complete bodies.
    pub response_memory: ResponseMemory,
    /// The open connections, and the tasks that a shutdown waits for.
    pub connections: TaskTracker,
    /// Permits to send a sample from a page.
    pub samples: Semaphore,
    /// Permits to compare two deliveries.
    pub comparisons: Arc<Semaphore>,
    /// Turns to decode bodies that arrive.
    pub decodings: DecodingTurns,
    /// Permits to list a refused request.
    pub refusals: Semaphore,
}

/// The addresses that the server listens on.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// Address of pages, API and (without `captures`) captures.
    pub main: SocketAddr,
    /// Address that serves only captures.
    pub captures: Option<SocketAddr>,
}

impl App {
    /// Creates the state.
    ///
    /// # Errors
    /// As the store.
    pub async fn new(
        config: Config,
        store: Arc<dyn Store>,
        addresses: Addresses,
    ) -> Result<Self, StoreError> {
        let urls = Urls::new(&config, addresses.main, addresses.captures);
        urls.set_link_base();
        let notifier = Arc::new(Notifier::default());
        let (connections, stop) = (TaskTracker::new(), CancellationToken::new());
        Ok(Self {
            access: Access::new(Arc::clone(&store), config.clone(), urls.clone()).await?,
            urls,
            live: Live::new(Arc::clone(&store), Arc::clone(&notifier)),
            notifier,
            preflights: Preflights::new(Arc::clone(&store), connections.clone(), stop.clone()),
            store,
            stop,
            body_memory: BodyMemory::new(config.limits.memory),
            response_memory: ResponseMemory::new(config.response_memory_bytes),
            connections,
            samples: Semaphore::new(SAMPLES_MAX),
            comparisons: Arc::new(Semaphore::new(COMPARISONS_MAX)),
            decodings: DecodingTurns::default(),
            refusals: Semaphore::new(REFUSALS_MAX),
            config,
        })
    }

    /// Commits a change of an endpoint and notifies its subscribers. If the client disconnects, its request is dropped at any `await`; this
    /// still runs to its end.
    ///
    /// # Errors
    /// As the store.
    pub async fn commit_and_notify<T, F>(
        &self,
        endpoint: EndpointId,
        write: impl FnOnce(Arc<dyn Store>) -> F,
    ) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let write = write(Arc::clone(&self.store));
        let notifier = Arc::clone(&self.notifier);
        let work = async move {
            let written = write.await;
            if written.is_ok() {
                notifier.notify(endpoint);
            }
            written
        };
        Ok(ToTheEnd(Some(Box::pin(work))).await?)
    }
}

/// A future that continues as a separate task if it is dropped before its end. Spawning it from the start would cost every capture a task switch.
struct ToTheEnd<F: Future<Output: Send + 'static> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send + 'static> + Send + 'static> Future for ToTheEnd<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else {
            return Poll::Pending; // Polled after completion.
        };
        let output = ready!(future.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(output)
    }
}

impl<F: Future<Output: Send + 'static> + Send + 'static> Drop for ToTheEnd<F> {
    fn drop(&mut self) {
        // Without a runtime the program is ending; the store still writes what it has received.
        if let (Some(future), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(future);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dropped_commit_runs_to_its_end() {
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = tokio::sync::oneshot::channel::<()>();
        let (ended, end) = tokio::sync::oneshot::channel();
        let mut work = ToTheEnd(Some(Box::pin(async move {
            begun.send(()).unwrap();
            may_go_on.await.unwrap();
            ended.send(()).unwrap();
        })));
        tokio::select! {
            () = &mut work => panic!("it is blocked"),
            first = has_begun => first.unwrap(),
        }
        drop(work);
        go_on.send(()).unwrap();
        end.await.unwrap();
    }
}
