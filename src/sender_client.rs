//! The HTTP client of a sender that creel plays, for samples.
//!
//! **Invariant:** header spelling and time limits are those of the server that is played.

use std::time::Duration;

use url::Url;

use crate::domain::run::SenderKind;
use crate::http::{Call, Client, Spelling};
use crate::langgraph::retry;
use crate::langgraph::samples::Sending;

/// Node's own limits: the JavaScript server sets none.
const NODE_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const NODE_READ_TIMEOUT: Duration = Duration::from_mins(5);

/// A client that sends as a server of this kind does.
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
