//! SQL that tells attempts: which deliveries of a run are the same one sent again.
//!
//! **Invariant:** it is asked within the transaction that inserts, so that two attempts never get the same number.

use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::keys::{key_range, seq_of};
use crate::domain::delivery::{Attempt, Summary};
use crate::domain::ids::Seq;
use crate::domain::reply::is_success;
use crate::domain::time::Time;

/// How many of the newest deliveries of a run are looked at, so that one run that is sent for ever costs no more than others.
pub(super) const LOOKS_BACK: i64 = 16;

/// What is to be known of an earlier delivery of the same run.
struct Earlier {
    seq: Seq,
    received_at: Time,
    sha256: [u8; 32],
    reply_status: Option<u16>,
    attempt: Attempt,
}

/// Which attempt this delivery is when it is kept now, as `seq`.
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
    let is_same = |earlier: &&Earlier| earlier.sha256 == summary.body.sha256;
    let other_bytes = earlier
        .iter()
        .find(|earlier| !is_same(earlier))
        .map(|other| other.seq);
    Ok(match earlier.iter().find(is_same) {
        None => Attempt {
            other_bytes,
            ..first
        },
        Some(before) => Attempt {
            number: before.attempt.number.saturating_add(1),
            first_seq: before.attempt.first_seq,
            gap_ms: Some(summary.received_at.millis_since(before.received_at)),
            after_success: before.reply_status.is_some_and(is_success),
            other_bytes,
        },
    })
}

fn earlier(row: &Row<'_>) -> rusqlite::Result<Earlier> {
    let seq = seq_of(row.get(0)?);
    Ok(Earlier {
        seq,
        received_at: Time::from_micros(row.get(1)?),
        sha256: row.get(2)?,
        reply_status: row.get(3)?,
        attempt: from_column(seq, row, 4)?,
    })
}

/// What stands in the column `attempt`: nothing for a first attempt of a run that was not delivered before.
pub(super) fn to_column(attempt: &Attempt) -> Option<String> {
    let ordinary = *attempt == Attempt::first(attempt.first_seq);
    (!ordinary).then(|| serde_json::to_string(attempt).ok())?
}

/// The attempt of the delivery at `seq`.
pub(super) fn from_column(seq: Seq, row: &Row<'_>, column: usize) -> rusqlite::Result<Attempt> {
    let json: Option<String> = row.get(column)?;
    let kept = json.and_then(|json| serde_json::from_str(&json).ok());
    Ok(kept.unwrap_or_else(|| Attempt::first(seq)))
}
