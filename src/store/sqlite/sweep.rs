//! Clears away the deliveries of deleted endpoints, a little at a time and only while nothing waits, so that a large endpoint does not hold up
//! captures. Deleted endpoints answer 404 from the moment they are marked; this is about space, and about secrets in the files.
//!
//! **Invariant:** in the end, no file contains a byte of the deleted data: SQLite overwrites it in the database (`secure_delete`), and the
//! log, which has older copies of the pages, is emptied.

use std::ops::RangeInclusive;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::keys::key_range;

/// Most rows removed in one step: a capture that arrives meanwhile waits for the step.
const ROWS: i64 = 64;
/// How long the connection otherwise waits for a lock: the default of `rusqlite`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of heads and bodies removed in one step, unless a single row has more.
const BYTES: i64 = 1024 * 1024;

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Look for rows of deleted endpoints.
    Rows,
    /// Empty the log.
    Log,
    /// Nothing until the next write.
    Nothing,
}

/// The state of the sweep.
#[derive(Debug)]
pub(super) struct Sweep {
    next: Next,
    /// Whether the log may have copies of removed rows.
    log_is_due: bool,
}

impl Sweep {
    /// The previous process may have ended during a sweep.
    pub(super) fn new() -> Self {
        Self {
            next: Next::Rows,
            log_is_due: true,
        }
    }

    /// To be called after each write, which may have deleted an endpoint.
    pub(super) fn look_again(&mut self) {
        self.next = Next::Rows;
    }

    /// How long to wait for other work before the next step; `None` if there is no next step. Emptying the log waits longer, because current
    /// readers prevent it.
    pub(super) fn pause(&self) -> Option<Duration> {
        match self.next {
            Next::Rows => Some(Duration::from_millis(2)),
            Next::Log => Some(Duration::from_millis(50)),
            Next::Nothing => None,
        }
    }

    /// Runs one step. After an error it continues after the next write.
    pub(super) fn step(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Rows if rows(connection)? => {
                self.log_is_due = true;
                self.next = Next::Rows;
            }
            Next::Rows if self.log_is_due => self.next = Next::Log,
            Next::Log if empty_log(connection)? => self.log_is_due = false,
            Next::Log => self.next = Next::Log,
            Next::Rows | Next::Nothing => {}
        }
        Ok(())
    }
}

/// Moves the log into the database and empties it; false if a reader uses it. It never waits for readers, because captures would wait too.
fn empty_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let busy = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| {
        row.get::<_, bool>(0)
    });
    connection.busy_timeout(BUSY_TIMEOUT)?;
    busy.map(|busy| !busy)
}

/// Removes some rows; false if there are none left.
fn rows(connection: &Connection) -> rusqlite::Result<bool> {
    let Some(number) = next_deleted(connection)? else {
        return Ok(false);
    };
    let transaction = connection.unchecked_transaction()?;
    let range = key_range(number);
    let upto = last_of_step(&transaction, &range)?;
    if let Some(upto) = upto {
        transaction
            .prepare_cached("delete from delivery where key between ?1 and ?2")?
            .execute(params![range.start(), upto])?;
    } else {
        transaction
            .prepare_cached("update endpoint set deleted = 2 where number = ?1")?
            .execute(params![number])?;
    }
    transaction.commit()?;
    Ok(true)
}

/// The last key of a step from the start of the range: rows up to the limits, at least one; `None` if there are none. Lengths are measured,
/// because columns may be damaged.
fn last_of_step(
    connection: &Connection,
    range: &RangeInclusive<i64>,
) -> rusqlite::Result<Option<i64>> {
    let sql = "select key, length(head) + length(body) from delivery
               where key between ?1 and ?2 order by key limit ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![range.start(), range.end(), ROWS])?;
    let (mut last, mut bytes) = (None, 0_i64);
    while let Some(row) = rows.next()? {
        bytes = bytes.saturating_add(row.get(1)?);
        if last.is_some() && bytes > BYTES {
            break;
        }
        last = Some(row.get(0)?);
    }
    Ok(last)
}

fn next_deleted(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("select number from endpoint where deleted = 1 limit 1")?
        .query_row([], |row| row.get(0))
        .optional()
}
