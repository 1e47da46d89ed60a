//! SQL that recognises attempts: deliveries of the same run with the same bytes.
//!
//! **Invariant:** it runs in the transaction that inserts, so two attempts never get the same number.

use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::deliveries::unwritable;
use super::keys::{key_range, seq_of};
use crate::domain::delivery::{Attempt, Summary};
use crate::domain::ids::Seq;
use crate::domain::reply::is_success;
use crate::domain::time::Time;

/// How many of the newest deliveries of a run are checked, so that a run that is sent forever costs no more than others.
pub(super) const LOOKS_BACK: i64 = 16;

/// The data of an earlier delivery of the same run; empty if its row cannot be read.
struct Earlier {
    seq: Seq,
    received_at: Option<Time>,
    sha256: Option<[u8; 32]>,
    reply_status: Option<u16>,
    attempt: Option<Attempt>,
}

/// The attempt of this delivery if it is stored now, as `seq`.
pub(super) fn next(
    connection: &Connection,
    number: i64,
    seq: Seq,
    run_id: Option<Uuid>,
    summary: &Summary,
) -> rusqlite::Result<Attempt> {
    let first = Attempt::first(seq);
    let Some(run_id) = run_id else {
        return Ok(first);
    };
    let sql = "select key, received_at_us, body_sha256, reply_status, attempt from delivery
               where run_id = ?1 and key between ?2 and ?3 order by key desc limit ?4";
    let keys = key_range(number);
    let mut statement = connection.prepare_cached(sql)?;
    let among = params![run_id, keys.start(), keys.end(), LOOKS_BACK];
    let earlier: Vec<Earlier> = statement
        .query_map(among, earlier)?
        .collect::<rusqlite::Result<_>>()?;
    let (same, others): (Vec<_>, Vec<_>) = earlier
        .iter()
        .partition(|earlier| earlier.sha256 == summary.body.sha256);
    let other_bytes = others
        .iter()
        .find(|other| other.sha256.is_some())
        .map(|other| other.seq);
    Ok(match same.first() {
        None => Attempt {
            other_bytes,
            ..first
        },
        Some(before) => {
            let (number, first_seq) = follows(&same);
            Attempt {
                number,
                first_seq,
                gap_ms: before
                    .received_at
                    .map(|before| summary.received_at.millis_since(before)),
                after_success: before.reply_status.is_some_and(is_success),
                other_bytes,
            }
        }
    })
}

/// The number after these attempts of one delivery, newest first, and the seq of the first. An attempt whose number cannot be read is
/// counted from the previous one.
fn follows(same: &[&Earlier]) -> (u32, Seq) {
    let numbered = (1_u32..)
        .zip(same)
        .find_map(|(distance, earlier)| Some((distance, earlier.attempt?)));
    match numbered {
        Some((distance, known)) => (known.number.saturating_add(distance), known.first_seq),
        None => (
            u32::try_from(same.len() + 1).unwrap_or(u32::MAX),
            same.last().map_or(Seq(0), |oldest| oldest.seq),
        ),
    }
}

fn earlier(row: &Row<'_>) -> rusqlite::Result<Earlier> {
    let seq = seq_of(row.get(0)?);
    Ok(Earlier {
        seq,
        received_at: Time::checked(row.get(1)?),
        sha256: FromSql::column_result(row.get_ref(2)?).ok(),
        reply_status: FromSql::column_result(row.get_ref(3)?).ok(),
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
