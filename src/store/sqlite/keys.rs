//! The key of a delivery: its endpoint's number and its seq in one integer, so the rows of an endpoint are adjacent and in order.
//!
//! **Invariant:** the newest row of an endpoint has its last seq. Rows are only deleted with their endpoint, so no seq is used twice.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;

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

/// The seq of the newest delivery, 0 before the first.
pub(super) fn last_seq(connection: &Connection, number: i64) -> rusqlite::Result<Seq> {
    let newest: Option<i64> = connection
        .prepare_cached(concat!(
            "select ",
            newest_key!(),
            " from endpoint where number = ?1"
        ))?
        .query_row(params![number], |row| row.get(0))?;
    Ok(newest.map_or(Seq(0), seq_of))
}

/// The number of the endpoint and its next seq; `None` if it does not exist or all seqs are used.
pub(super) fn next_seq(
    connection: &Connection,
    endpoint: EndpointId,
) -> rusqlite::Result<Option<(i64, Seq)>> {
    let sql = concat!(
        "select number, ",
        newest_key!(),
        " from endpoint where id = ?1 and deleted = 0"
    );
    let found: Option<(i64, Option<i64>)> = connection
        .prepare_cached(sql)?
        .query_row(params![endpoint.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let next = found.map(|(number, newest)| {
        let last = newest.map_or(Seq(0), seq_of);
        (number, Seq(last.0 + 1))
    });
    // The highest seq is never used: it bounds the lists.
    Ok(next.filter(|(_, seq)| seq.0 < SEQ_MAX))
}
