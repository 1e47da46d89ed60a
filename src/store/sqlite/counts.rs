//! SQL of the numbers of deliveries, and of the rows that a list is filtered by.
//!
//! **Invariant:** only the index `delivery_facts` is read: the columns behind it stand at the end of a row, after the body.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, params};

use super::keys::key_range;
use crate::domain::counts::{Counts, Rows, RunStatus};

/// The index with the facts that lists filter by.
pub(super) const DELIVERY_FACTS: &str = "delivery_facts";

/// Most endpoints whose numbers are kept. If more are read, all are forgotten and counted again.
const ENDPOINTS_MAX: usize = 1_000;

/// The condition for these rows.
pub(super) fn condition(rows: Rows) -> &'static str {
    match rows {
        Rows::All => "true",
        Rows::Failed => "run_status in ('error', 'timeout')",
        Rows::Runs => "run_status is not null",
        Rows::Other => "run_status is null",
        Rows::Token => "token not in ('match', 'not_asked')",
    }
}

/// The numbers of an endpoint's deliveries up to a key.
#[derive(Clone, Default)]
pub(super) struct CountsUpTo {
    key: i64,
    counts: Counts,
}

/// The numbers as they were read last, so that only what arrived since is counted: a page that is open asks again at every arrival.
/// Deliveries never change, and are deleted only with their endpoint; who deletes single ones must forget its numbers here.
#[derive(Default)]
pub(super) struct KnownCounts(Mutex<HashMap<i64, CountsUpTo>>);

impl KnownCounts {
    /// Those of the endpoint with this number.
    pub(super) fn get(&self, number: i64) -> CountsUpTo {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&number).cloned().unwrap_or_default()
    }

    /// Keeps them, unless another read got further.
    pub(super) fn put(&self, number: i64, counted: CountsUpTo) -> Counts {
        let counts = counted.counts.clone();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ENDPOINTS_MAX && !known.contains_key(&number) {
            known.clear();
        }
        let kept = known.entry(number).or_default();
        if kept.key < counted.key {
            *kept = counted;
        }
        counts
    }
}

/// The numbers of deliveries of an endpoint, each counted once with all its attempts, from those that are known.
pub(super) fn count(
    connection: &Connection,
    number: i64,
    known: CountsUpTo,
) -> rusqlite::Result<CountsUpTo> {
    let keys = key_range(number);
    let first = known.key.max(*keys.start());
    let last: Option<i64> = connection
        .prepare_cached("select max(key) from delivery where key > ?1 and key <= ?2")?
        .query_row(params![first, keys.end()], |row| row.get(0))?;
    let Some(last) = last else {
        return Ok(known);
    };
    let sql = format!(
        "select run_status, count(*) filter (where attempt_number = 1), count(*) filter (where attempt_number = 1 and {}), count(*)
         from delivery indexed by {DELIVERY_FACTS} where key > ?1 and key <= ?2 group by run_status",
        condition(Rows::Token)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![first, last])?;
    let mut counts = known.counts;
    while let Some(row) = rows.next()? {
        let status: Option<String> = row.get(0)?;
        let status = status.map(|word| RunStatus::named(&word));
        let (all, token, kept): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        counts.kept += kept.cast_unsigned();
        if all > 0 {
            counts.add(status, all.cast_unsigned(), token.cast_unsigned());
        }
    }
    Ok(CountsUpTo { key: last, counts })
}
