//! The failure of an export.
//!
//! **Invariant:** received data cannot cause it.

/// A delivery could not be written in a form, which is a bug.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
}
