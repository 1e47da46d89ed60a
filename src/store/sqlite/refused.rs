//! SQL of refused requests.
//!
//! **Invariant:** an endpoint has at most the newest 50, however many there were; a row whose values cannot be read is still listed, with an
//! unknown reason, or in 1970.

use std::str::FromStr;

use bytes::Bytes;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::words::{self, word};
use crate::domain::refusal::{REFUSED_MAX, RefusalReason, RefusedRequest, RefusedRequests};
use crate::domain::time::Time;

pub(super) fn insert(
    connection: &Connection,
    number: i64,
    refused: &RefusedRequest,
) -> rusqlite::Result<()> {
    let sql = "insert into refused (endpoint, number, at_us, reason, peer, head_bytes, head)
               select ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6 from refused where endpoint = ?1";
    connection.prepare_cached(sql)?.execute(params![
        number,
        refused.at.micros(),
        word(&refused.reason)?,
        refused.peer.map(|peer| peer.to_string()),
        refused.head_bytes.cast_signed(),
        refused.head.as_ref(),
    ])?;
    let sql = "delete from refused where endpoint = ?1
               and number <= (select max(number) from refused where endpoint = ?1) - ?2";
    let kept = i64::try_from(REFUSED_MAX).unwrap_or(i64::MAX);
    connection
        .prepare_cached(sql)?
        .execute(params![number, kept])?;
    Ok(())
}

pub(super) fn list(connection: &Connection, number: i64) -> rusqlite::Result<RefusedRequests> {
    let sql = "select at_us, reason, peer, head_bytes, head from refused where endpoint = ?1 order by number desc";
    // Everything is read in one transaction, so that the total is that of the list.
    let transaction = connection.unchecked_transaction()?;
    let total = total(&transaction, number)?;
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map(params![number], from_row)?;
    Ok(RefusedRequests {
        total,
        newest: rows.collect::<rusqlite::Result<_>>()?,
    })
}

/// How many there were: the highest number.
pub(super) fn total(connection: &Connection, number: i64) -> rusqlite::Result<u64> {
    let sql = "select coalesce(max(number), 0) from refused where endpoint = ?1";
    let total: i64 = connection
        .prepare_cached(sql)?
        .query_row(params![number], |row| row.get(0))?;
    Ok(total.max(0).cast_unsigned())
}

pub(super) fn delete_all(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("delete from refused where endpoint = ?1")?
        .execute(params![number])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<RefusedRequest> {
    let text = |at: usize| -> rusqlite::Result<Option<&str>> { Ok(row.get_ref(at)?.as_str().ok()) };
    let head = match row.get_ref(4)? {
        ValueRef::Blob(head) => Bytes::copy_from_slice(head),
        _ => Bytes::new(),
    };
    Ok(RefusedRequest {
        at: Time::checked(row.get(0)?).unwrap_or(Time::from_micros(0)),
        reason: text(1)?
            .and_then(words::value)
            .unwrap_or(RefusalReason::Unknown),
        peer: text(2)?.and_then(|peer| FromStr::from_str(peer).ok()),
        head_bytes: row.get::<_, i64>(3)?.max(0).cast_unsigned(),
        head,
    })
}
