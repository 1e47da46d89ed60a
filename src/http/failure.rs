//! Why a request of creel got no response.
//!
//! **Invariant:** every kind of failure has a variant, and no caller sees reqwest's own errors.

use std::error::Error as _;
use std::io::ErrorKind;

/// Why there was no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection: refused, no such host, or TLS failed.
    #[error("no connection: {0}")]
    NotConnected(String),
    /// No response in time.
    #[error("no response in time")]
    TimedOut,
    /// The connection was reset.
    #[error("the connection was reset")]
    Reset,
    /// The connection was closed normally.
    #[error("the connection was closed without a response")]
    Closed,
    /// A response that is not HTTP.
    #[error("the response is not HTTP: {0}")]
    NotHttp(String),
}

impl Failure {
    /// The variant for an error of reqwest.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut causes = vec![];
        let mut cause = error.source();
        while let Some(found) = cause {
            causes.push(found);
            cause = found.source();
        }
        let deepest = causes.last().map_or(error.to_string(), ToString::to_string);
        if error.is_connect() || error.is_builder() {
            return Self::NotConnected(deepest);
        }
        if error.is_timeout() {
            return Self::TimedOut;
        }
        let io = causes
            .iter()
            .find_map(|cause| cause.downcast_ref::<std::io::Error>());
        match io.map(std::io::Error::kind) {
            Some(
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted,
            ) => Self::Reset,
            Some(ErrorKind::UnexpectedEof) => Self::Closed,
            // hyper distinguishes this case, but reqwest does not expose it.
            _ if deepest.contains("closed before message completed") => Self::Closed,
            _ => Self::NotHttp(deepest),
        }
    }
}
