//! Why a call of creel's API failed, and the exit code of it.
//!
//! **Invariant:** exit codes are part of the interface: 0 done, 1 failed, 2 wrong usage, 3 not reachable or not allowed.

use std::io;
use std::process::ExitCode;

use url::Url;

use crate::commands::terminal::escape_unprintable;
use crate::http::Failure;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientFailure {
    /// There was no response.
    #[error("{0}")]
    Unreachable(String),
    /// The server does not know the endpoint, or the key is not enough.
    #[error("{0}")]
    NotAllowed(String),
    /// The server does not take what it was asked.
    #[error("{0}")]
    WrongUsage(String),
    /// The response was cut off.
    #[error("the response was cut off: {0}")]
    Cut(#[from] Failure),
    /// The server failed; it may work later.
    #[error("{0}")]
    Failed(String),
    /// Anything else: the response is not that of creel, or a file cannot be written.
    #[error("{0}")]
    Other(String),
    /// Output cannot be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl ClientFailure {
    pub(super) fn unreachable(server: &Url, failure: &Failure) -> Self {
        Self::Unreachable(format!(
            "{}: {failure}",
            server.origin().ascii_serialization()
        ))
    }

    pub(crate) fn not_creel(error: &serde_json::Error) -> Self {
        Self::Other(format!("the response is not that of creel: {error}"))
    }

    pub(super) fn of_status(status: u16, detail: String) -> Self {
        match status {
            401 | 403 | 404 => Self::NotAllowed(detail),
            400 | 413 | 422 => Self::WrongUsage(detail),
            _ => Self::Failed(format!("{status}: {detail}")),
        }
    }

    /// Whether the same call may work later.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Cut(_) | Self::Failed(_))
    }

    fn code(&self) -> u8 {
        match self {
            Self::Cut(_) | Self::Failed(_) | Self::Other(_) | Self::Output(_) => 1,
            Self::WrongUsage(_) => 2,
            Self::Unreachable(_) | Self::NotAllowed(_) => 3,
        }
    }
}

/// Prints a failure on stderr and gives its exit code. A reader that closed our stdout has what it wanted.
pub(crate) fn report(result: Result<ExitCode, ClientFailure>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(ClientFailure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("creel: {}", escape_unprintable(&failure.to_string()));
            ExitCode::from(failure.code())
        }
    }
}
