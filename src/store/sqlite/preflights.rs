//! SQL of the number of CORS preflights of an endpoint.
//!
//! **Invariant:** a number never goes back.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::ids::EndpointId;

/// Adds to the numbers of these endpoints; those that do not exist are skipped.
pub(super) fn add(connection: &Connection, counted: &[(EndpointId, u64)]) -> rusqlite::Result<()> {
    let sql = "update endpoint set preflights = preflights + ?2 where id = ?1 and deleted = 0";
    let mut statement = connection.prepare_cached(sql)?;
    for (id, more) in counted {
        statement.execute(params![id.0, i64::try_from(*more).unwrap_or(i64::MAX)])?;
    }
    Ok(())
}

/// The number of an endpoint; `None` if it does not exist.
pub(super) fn find(connection: &Connection, id: EndpointId) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("select preflights from endpoint where id = ?1 and deleted = 0")?
        .query_row(params![id.0], |row| number(row, 0))
        .optional()
}

/// A value of the column `preflights`.
pub(super) fn number(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(at)?;
    Ok(number.unsigned_abs())
}
