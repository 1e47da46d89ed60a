//! Clears away what deleted endpoints caught, a little at a time and only while nothing waits, so that a large endpoint does not hold up
//! captures. Deleted endpoints answer 404 from the moment they are marked; this is only about space.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, params};

use super::keys::key_range;

/// Rows cleared in one step, at most: a capture that comes meanwhile waits for the step.
const ROWS: i64 = 64;
/// Bytes of bodies cleared in one step, at most, unless one body alone is larger.
const BYTES: i64 = 1024 * 1024;

/// Clears one step; false when there is nothing left to clear.
pub(super) fn step(connection: &Connection) -> rusqlite::Result<bool> {
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

/// The last key of a step from the start of the range: rows up to the limits, one at least; `None` when there are none.
fn last_of_step(
    connection: &Connection,
    range: &RangeInclusive<i64>,
) -> rusqlite::Result<Option<i64>> {
    let sql =
        "select key, body_bytes from delivery where key between ?1 and ?2 order by key limit ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![range.start(), range.end(), ROWS])?;
    let (mut last, mut bytes) = (None, 0);
    while let Some(row) = rows.next()? {
        bytes += row.get::<_, i64>(1)?;
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
