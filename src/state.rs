//! What every handler shares. It is built once, before the first connection, and never changes.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::live::Bell;
use crate::store::Store;

/// What every handler shares.
pub struct App {
    /// What `serve` was told.
    pub config: Config,
    /// The memory.
    pub store: Arc<dyn Store>,
    /// Rings at every commit.
    pub bell: Arc<Bell>,
    /// Cancelled when the server is to end; open streams end with it.
    pub stop: CancellationToken,
    /// Under which people reach the pages when the request does not say it better.
    pub page_origin: String,
    /// Under which senders reach `/hook/*`, if it is not where the pages are.
    pub capture_origin: Option<String>,
}
