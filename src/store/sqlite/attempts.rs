//! SQL of attempts: the earlier deliveries of a run, and the column that holds which attempt each is.
//!
//! **Invariant:** they are read within the transaction that inserts, so that two attempts never get the same number.

use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::errors::unwritable;
use super::keys::{key_range, seq_of};
use crate::domain::attempt::{Attempt, EARLIER_MAX, EarlierDelivery};
use crate::domain::ids::Seq;
use crate::domain::response::Response;
use crate::domain::time::Time;

/// The newest deliveries of a run at the endpoint with this number, newest first.
pub(super) fn earlier(
    connection: &Connection,
    number: i64,
    run_id: Uuid,
) -> rusqlite::Result<Vec<EarlierDelivery>> {
    let sql = "select key, received_at_us, body_sha256, reply_status, attempt from delivery
               where run_id = ?1 and key between ?2 and ?3 order by key desc limit ?4";
    let keys = key_range(number);
    let mut statement = connection.prepare_cached(sql)?;
    let among = params![run_id, keys.start(), keys.end(), EARLIER_MAX];
    statement.query_map(among, from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<EarlierDelivery> {
    let seq = seq_of(row.get(0)?);
    let status = FromSql::column_result(row.get_ref(3)?).ok();
    Ok(EarlierDelivery {
        seq,
        received_at: Time::checked(row.get(1)?),
        sha256: FromSql::column_result(row.get_ref(2)?).ok(),
        response: status.map(|status| Response { status }),
        attempt: from_column(seq, row.get_ref(4)?),
    })
}

/// The value of the column `attempt`: null for the first delivery of a run.
pub(super) fn to_column(attempt: &Attempt) -> rusqlite::Result<Option<String>> {
    let ordinary = *attempt == Attempt::first(attempt.first_seq);
    let json = (!ordinary).then(|| serde_json::to_string(attempt));
    json.transpose().map_err(unwritable)
}

/// The attempt of the delivery at `seq`; `None` if the column cannot be read.
pub(super) fn from_column(seq: Seq, column: ValueRef<'_>) -> Option<Attempt> {
    if column == ValueRef::Null {
        return Some(Attempt::first(seq));
    }
    let read: Option<Attempt> = serde_json::from_str(column.as_str().ok()?).ok();
    read.filter(Attempt::is_known)
}
