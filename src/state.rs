//! What every handler shares. It is built once, before the first connection, and never changes.

pub mod answer_memory;

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::answer_memory::AnswerMemory;
use crate::access::Access;
use crate::config::Config;
use crate::limits::memory::BodyMemory;
use crate::live::Live;
use crate::store::Store;
use crate::urls::Urls;

/// Samples that may be on their way from the pages at a time.
const SAMPLES_MAX: usize = 4;

/// Turns to send a sample.
#[must_use]
pub fn samples() -> Semaphore {
    Semaphore::new(SAMPLES_MAX)
}

/// Comparisons of two deliveries that may be under way at a time: each holds two bodies, and much of them a second time.
const COMPARISONS_MAX: usize = 2;

/// Turns to compare two deliveries.
#[must_use]
pub fn comparisons() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(COMPARISONS_MAX))
}

/// What every handler shares.
pub struct App {
    /// What `serve` was told.
    pub config: Config,
    /// Endpoints and deliveries.
    pub store: Arc<dyn Store>,
    /// Decides who may do what.
    pub access: Arc<Access>,
    /// The URLs that are given out.
    pub urls: Urls,
    /// Lets endpoints be followed.
    pub live: Live,
    /// Cancelled when the server is to end; open streams end with it.
    pub stop: CancellationToken,
    /// Memory for the bodies that are being read or written.
    pub body_memory: BodyMemory,
    /// Memory for answers that are made from whole bodies.
    pub answers: AnswerMemory,
    /// The open connections.
    pub connections: TaskTracker,
    /// Turns to send a sample from a page; there are few, see [`samples`].
    pub samples: Semaphore,
    /// Turns to compare two deliveries; there are few, see [`comparisons`].
    pub comparisons: Arc<Semaphore>,
}
