//! What every handler shares. It is built once, before the first connection, and never changes.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::domain::endpoint::{Endpoint, EndpointId};
use crate::domain::verdict::TokenRule;
use crate::limits::memory::BodyMemory;
use crate::live::Live;
use crate::store::Store;

/// What is escaped in a query value: all but the unreserved characters of RFC 3986.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

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
    /// The memory.
    pub store: Arc<dyn Store>,
    /// Lets endpoints be followed.
    pub live: Live,
    /// Cancelled when the server is to end; open streams end with it.
    pub stop: CancellationToken,
    /// Memory for the bodies that are being read or written.
    pub body_memory: BodyMemory,
    /// The open connections.
    pub connections: TaskTracker,
    /// Where creel itself reaches them: `http://ADDR` of the listener for captures.
    pub captures_at: String,
    /// Turns to send a sample from a page; there are few, see [`samples`].
    pub samples: Semaphore,
    /// Turns to compare two deliveries; there are few, see [`comparisons`].
    pub comparisons: Arc<Semaphore>,
    /// Where captures are served when it is not where the pages are: `http://ADDR` of the second listener.
    pub capture_origin: Option<String>,
}

impl App {
    /// The URL to give to senders, with the token in it. `authority` is host and port that the asking request was sent to: whoever
    /// reached the pages there reaches the captures there, unless an option says better.
    #[must_use]
    pub fn capture_url(&self, authority: &str, endpoint: &Endpoint) -> String {
        let configured = self
            .config
            .capture_url
            .as_ref()
            .map(crate::config::BaseUrl::origin);
        let origin = configured
            .or_else(|| self.capture_origin.clone())
            .unwrap_or_else(|| self.page_origin(authority));
        let query = match &endpoint.token_rule {
            TokenRule::NotAsked => String::new(),
            TokenRule::Secret(token) => {
                format!("?token={}", utf8_percent_encode(token, QUERY_VALUE))
            }
        };
        format!("{origin}/hook/{}{query}", endpoint.id)
    }

    /// The URL of an endpoint's page.
    #[must_use]
    pub fn inspect_url(&self, authority: &str, id: EndpointId) -> String {
        format!("{}/inspect/{id}", self.page_origin(authority))
    }

    fn page_origin(&self, authority: &str) -> String {
        let configured = self
            .config
            .public_url
            .as_ref()
            .map(crate::config::BaseUrl::origin);
        configured.unwrap_or_else(|| format!("http://{authority}"))
    }
}
