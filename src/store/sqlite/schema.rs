//! Opening the database: who may, with which settings, in which schema version.
//!
//! **Invariant:** only one process uses a data folder at a time, and the database of a newer creel is not changed.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::errors::OpenError;
use super::{files, functions};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use super::sessions;

/// What each schema version does to the one before; append-only.
const MIGRATIONS: [&str; 11] = [
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_attempts.sql"),
    include_str!("migrations/0003_one_row.sql"),
    include_str!("migrations/0004_sessions.sql"),
    include_str!("migrations/0005_settings.sql"),
    include_str!("migrations/0006_facts.sql"),
    include_str!("migrations/0007_reply_position.sql"),
    include_str!("migrations/0008_preflights.sql"),
    include_str!("migrations/0009_body_kind.sql"),
    include_str!("migrations/0010_refused.sql"),
    include_str!("migrations/0011_query_facts.sql"),
];

/// Locks the folder for this process, creating it if necessary. The lock lasts as long as the file. Returns the resolved path.
pub(super) fn lock(folder: &Path) -> Result<(PathBuf, File), OpenError> {
    let wrong = |source| OpenError::Folder {
        folder: folder.to_owned(),
        source,
    };
    make_private(folder).map_err(wrong)?;
    // The folder may be reached through a link, but the files must not be links: the target of a link has its own log and lock.
    let folder = folder.canonicalize().map_err(wrong)?;
    files::refuse_links(&folder)?;
    let database = folder.join(files::FILE_NAME);
    if !database.exists() {
        open_private(&database).map_err(wrong)?;
    }
    let file = open_private(&folder.join(files::LOCK)).map_err(wrong)?;
    match file.try_lock() {
        Ok(()) => Ok((folder, file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(folder)),
        Err(std::fs::TryLockError::Error(source)) => Err(wrong(source)),
    }
}

/// Creates a folder that only its user can read, because deliveries contain secrets.
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Creates a file that only its user can read, whatever the folder allows; the database's log inherits its mode. A link is not followed, and
/// an existing file is not changed.
fn open_private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
}

/// The connection that writes, in the newest schema version.
pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    let wrong = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    // Only the writing thread uses this connection, so SQLite need not lock it at every call.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags).map_err(wrong)?;
    // SQLite also opens a read-only file, and would fail at the first capture.
    if connection.is_readonly(MAIN_DB).map_err(wrong)? {
        return Err(OpenError::ReadOnly(path.to_owned()));
    }
    let found = version(&connection).map_err(wrong)?;
    if found > MIGRATIONS.len() {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known: MIGRATIONS.len(),
        });
    }
    tune(&connection).map_err(wrong)?;
    functions::add(&connection).map_err(wrong)?;
    migrate(&connection, found).map_err(|source| match found {
        0 => wrong(source),
        _ => OpenError::Older {
            path: path.to_owned(),
            source,
        },
    })?;
    sessions::make_instance(&connection).map_err(wrong)?;
    Ok(connection)
}

/// A reading connection.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Writes the pages that a capture writes, and nothing that stays: fails when nothing can be captured. One page less would still find
/// space where a capture does not.
pub(super) fn touch(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "user_version", version_of(MIGRATIONS.len()))?;
    connection.execute_batch(
        "insert into delivery (key, id, received_at_us, http_version, method, target, headers_exact, body_bytes, body_sha256, body_kind,
                               token, reading, reply_status, run_id, thread_id, head, body, run_status, attempt_number)
         values (9223372036854775807, x'', 0, '', '', '', 0, 0, x'', '', '', '', 0, zeroblob(16), zeroblob(16), x'', x'', '', 1);
         delete from delivery where key = 9223372036854775807;",
    )
}

fn version_of(steps: usize) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map(|version: u32| version as usize)
}

fn tune(connection: &Connection) -> rusqlite::Result<()> {
    // Large pages: several runs of 6 KB fit into one, so a group of them changes fewer pages. Takes effect only for a new file.
    connection.pragma_update(None, "page_size", 32 * 1024)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A commit is on disk before it is answered; group commit makes this cheap.
    connection.pragma_update(None, "synchronous", "full")?;
    // In pages of 32 KiB: 8 MiB of log between checkpoints. During a checkpoint nothing is answered. With four times as much, the slowest
    // responses take twice as long, and throughput is the same (`cargo bench --bench load`).
    connection.pragma_update(None, "wal_autocheckpoint", 250)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    // Deleted data is overwritten, so no file contains it after `sweep` has finished.
    connection.pragma_update(None, "secure_delete", true)?;
    // Query plans do not depend on values. Otherwise each new run id causes a new plan, which costs more than the query.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

fn migrate(connection: &Connection, found: usize) -> rusqlite::Result<()> {
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(found) {
        if found > 0 {
            tracing::info!(
                "migrating the database to schema version {}; a large one takes a while",
                step + 1
            );
        }
        let transaction = connection.unchecked_transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version_of(step + 1))?;
        transaction.commit()?;
    }
    Ok(())
}
