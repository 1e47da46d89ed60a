//! The HTTP client of a simulated sender, for samples.
//!
//! **Invariant:** header spelling and timeouts are those of the simulated server.

use std::time::Duration;

use url::Url;

use crate::domain::run::SenderKind;
use crate::http::{Call, Client, Spelling};
use crate::langgraph::retry;
use crate::langgraph::samples::Sending;

/// Node's own timeouts: the JavaScript server sets none.
const NODE_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const NODE_READ_TIMEOUT: Duration = Duration::from_mins(5);

/// A client that behaves like a server of this kind.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client(kind: SenderKind) -> reqwest::Result<Client> {
    match kind {
        SenderKind::LanggraphJs => {
            Client::new(Spelling::Lower, NODE_CONNECT_TIMEOUT, NODE_READ_TIMEOUT)
        }
        _ => Client::new(Spelling::Title, retry::CONNECT_TIMEOUT, retry::READ_TIMEOUT),
    }
}

/// The request of a sample, sent to `url`.
#[must_use]
pub fn call(url: Url, sending: &Sending) -> Call<'_> {
    Call {
        method: sending.method,
        url,
        headers: sending.headers.clone(),
        body: sending.body.clone(),
    }
}
