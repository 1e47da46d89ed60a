//! SQL of the position in the response statuses of an endpoint, for requests that are not runs.
//!
//! **Invariant:** a position is read and moved within the transaction that inserts the delivery, so that two deliveries never get the same
//! position, and a stored delivery has taken its position.

use rusqlite::{Connection, OptionalExtension, params};

use super::endpoints::{from_column, position};
use crate::domain::ids::EndpointId;
use crate::domain::reply::{FIRST_POSITION, ReplyPlan};

/// The plan and the position of the endpoint with this number; no plan if its settings cannot be read.
pub(super) fn current(
    connection: &Connection,
    number: i64,
) -> rusqlite::Result<(Option<ReplyPlan>, u32)> {
    let sql = "select reply_position, settings from endpoint where number = ?1";
    connection
        .prepare_cached(sql)?
        .query_row(params![number], |row| {
            let settings = from_column(row.get_ref(1)?);
            Ok((settings.map(|settings| settings.reply), position(row, 0)?))
        })
}

/// Moves the endpoint with this number to this position.
pub(super) fn move_to(connection: &Connection, number: i64, position: u32) -> rusqlite::Result<()> {
    connection
        .prepare_cached("update endpoint set reply_position = ?2 where number = ?1")?
        .execute(params![number, position])?;
    Ok(())
}

/// Moves an endpoint to the first position. False if it does not exist.
pub(super) fn reset(connection: &Connection, id: EndpointId) -> rusqlite::Result<bool> {
    let sql = "update endpoint set reply_position = ?2 where id = ?1 and deleted = 0";
    let reset = connection
        .prepare_cached(sql)?
        .execute(params![id.0, FIRST_POSITION])?;
    Ok(reset > 0)
}

/// The position of an endpoint; `None` if it does not exist.
pub(super) fn find(connection: &Connection, id: EndpointId) -> rusqlite::Result<Option<u32>> {
    connection
        .prepare_cached("select reply_position from endpoint where id = ?1 and deleted = 0")?
        .query_row(params![id.0], |row| position(row, 0))
        .optional()
}
