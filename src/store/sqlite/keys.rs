//! The primary key of a delivery (not read keys, see `endpoints.rs`): its endpoint's number and its seq in one integer, so the rows of an
//! endpoint are adjacent and in order.
//!
//! **Invariant:** no seq is given out twice. The last one is that of the newest row, or the floor that is written when the newest row goes.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::store::StoreError;

use super::job::Outcome;

/// Bits of a key for the seq: 4,294,967,295 deliveries per endpoint. The number has the other 31.
const SEQ_BITS: u32 = 32;
pub(super) const SEQ_MAX: u64 = (1 << SEQ_BITS) - 1;
/// The highest number of an endpoint.
pub(super) const NUMBER_MAX: i64 = i64::MAX >> SEQ_BITS;

/// SQL for the key of the newest delivery of the endpoint with this `number`; null before the first.
macro_rules! newest_key {
    () => {
        "(select max(key) from delivery where key between number << 32 and (number << 32 | 4294967295))"
    };
}
pub(super) use newest_key;

/// SQL for the last seq of an endpoint whose newest delivery has the key `$newest`.
macro_rules! last_seq_sql {
    ($newest:expr) => {
        concat!(
            "max(coalesce(",
            $newest,
            " & 4294967295, 0), last_seq_floor)"
        )
    };
}
pub(super) use last_seq_sql;

/// Keys of all deliveries of an endpoint.
pub(super) fn key_range(number: i64) -> RangeInclusive<i64> {
    key(number, Seq(0))..=key(number, Seq(SEQ_MAX))
}

/// The seq in a key.
pub(super) fn seq_of(key: i64) -> Seq {
    Seq(key.cast_unsigned() & SEQ_MAX)
}

pub(super) fn key(number: i64, seq: Seq) -> i64 {
    (number << SEQ_BITS) | seq.0.min(SEQ_MAX).cast_signed()
}

/// The last seq that was given out, 0 before the first.
pub(super) fn last_seq(connection: &Connection, number: i64) -> rusqlite::Result<Seq> {
    let sql = concat!(
        "select ",
        last_seq_sql!(newest_key!()),
        " from endpoint where number = ?1"
    );
    connection
        .prepare_cached(sql)?
        .query_row(params![number], |row| seq(row, 0))
}

/// The number of the endpoint and its next seq.
pub(super) fn next_seq(connection: &Connection, endpoint: EndpointId) -> Outcome<(i64, Seq)> {
    let sql = concat!(
        "select number, ",
        last_seq_sql!(newest_key!()),
        " from endpoint where id = ?1 and deleted = 0"
    );
    let found: Option<(i64, Seq)> = connection
        .prepare_cached(sql)?
        .query_row(params![endpoint.0], |row| Ok((row.get(0)?, seq(row, 1)?)))
        .optional()?;
    Ok(match found {
        None => Err(StoreError::NotFound("endpoint")),
        // The highest seq is never used: it bounds the lists.
        Some((_, last)) if last.0 + 1 >= SEQ_MAX => Err(StoreError::UsedUp("deliveries")),
        Some((number, last)) => Ok((number, Seq(last.0 + 1))),
    })
}

/// A value of `last_seq_sql`: never negative, whatever the columns hold.
pub(super) fn seq(row: &Row<'_>, at: usize) -> rusqlite::Result<Seq> {
    let seq: i64 = row.get(at)?;
    Ok(Seq(seq.cast_unsigned()))
}
