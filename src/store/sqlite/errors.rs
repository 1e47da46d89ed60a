//! Errors of this backend: why a database cannot be opened, and why a value cannot be written.
//!
//! **Invariant:** callers of the store see the errors of its contract; those of SQLite are their sources.

use std::path::PathBuf;
use std::sync::Arc;

use crate::store::StoreError;

/// Why a data folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be created or written.
    #[error("the data folder {folder} cannot be written; choose another one with --data-dir")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The error of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// Another process uses it.
    #[error(
        "the data folder {0} is in use by another creel; stop it or choose another folder with --data-dir"
    )]
    InUse(PathBuf),
    /// A file of the database is a link.
    #[error(
        "{path} is a symbolic link, which creel does not follow; set --data-dir to the folder that it points to"
    )]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A newer creel wrote it.
    #[error(
        "the database {path} has schema version {found}, which is newer than {known}; use the newer creel that wrote it, or another --data-dir"
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its schema version.
        found: usize,
        /// The newest version known here.
        known: usize,
    },
    /// The operating system cannot start a thread.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
    /// The database is read-only.
    #[error(
        "the database {0} is read-only; give this user write permission, or choose another --data-dir"
    )]
    ReadOnly(PathBuf),
    /// It could not be brought to the schema version that this creel knows.
    #[error(
        "the database {path} has an older schema version and could not be migrated; it is as it was. A migration takes twice its size in free space, for a while"
    )]
    Older {
        /// The database file.
        path: PathBuf,
        /// The error of SQLite.
        #[source]
        source: rusqlite::Error,
    },
    /// SQLite cannot open it.
    #[error("the database {path} cannot be opened; move it away or choose another --data-dir")]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// The error of SQLite.
        #[source]
        source: rusqlite::Error,
    },
}

/// The error of the contract for a failure of this backend.
pub(super) fn unavailable(
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StoreError {
    StoreError::Unavailable(Arc::from(error.into()))
}

/// A value that SQL cannot represent.
pub(super) fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}
