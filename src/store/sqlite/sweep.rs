//! Clears away what deleted endpoints caught, a little at a time and only while nothing waits, so that a large endpoint does not hold up
//! captures. Deleted endpoints answer 404 from the moment they are marked; this is only about space.

use rusqlite::{Connection, OptionalExtension, params};

use super::deliveries::key_range;

/// Rows cleared in one step.
const ROWS: i64 = 200;

/// Clears one step; false when there is nothing left to clear.
pub(super) fn step(connection: &Connection) -> rusqlite::Result<bool> {
    let Some(number) = next_deleted(connection)? else {
        return Ok(false);
    };
    let transaction = connection.unchecked_transaction()?;
    let range = key_range(number);
    let upto: Option<i64> = transaction
        .prepare_cached(
            "select max(key) from (select key from delivery where key between ?1 and ?2 order by key limit ?3)",
        )?
        .query_row(params![range.start(), range.end(), ROWS], |row| row.get(0))?;
    if let Some(upto) = upto {
        for sql in [
            "delete from content where key between ?1 and ?2",
            "delete from delivery where key between ?1 and ?2",
        ] {
            transaction
                .prepare_cached(sql)?
                .execute(params![range.start(), upto])?;
        }
    } else {
        transaction
            .prepare_cached("update endpoint set deleted = 2 where number = ?1")?
            .execute(params![number])?;
    }
    transaction.commit()?;
    Ok(true)
}

fn next_deleted(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("select number from endpoint where deleted = 1 limit 1")?
        .query_row([], |row| row.get(0))
        .optional()
}
