//! SQL of the numbers of deliveries, and of the rows that a list is filtered by.
//!
//! **Invariant:** only the index `delivery_facts` is read: the columns behind it stand at the end of a row, after the body.

use rusqlite::{Connection, params};

use super::keys::key_range;
use crate::domain::counts::{Counts, Rows, RunStatus};

/// The index with the facts that lists filter by.
pub(super) const DELIVERY_FACTS: &str = "delivery_facts";

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

/// The numbers of deliveries of an endpoint, each counted once with all its attempts.
pub(super) fn of(connection: &Connection, number: i64) -> rusqlite::Result<Counts> {
    let sql = format!(
        "select run_status, count(*), count(*) filter (where {}) from delivery indexed by {DELIVERY_FACTS}
         where key between ?1 and ?2 and attempt_number = 1 group by run_status",
        condition(Rows::Token)
    );
    let keys = key_range(number);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![keys.start(), keys.end()])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        let status: Option<String> = row.get(0)?;
        let count = row.get::<_, i64>(1)?.cast_unsigned();
        counts.all += count;
        counts.token += row.get::<_, i64>(2)?.cast_unsigned();
        if let Some(status) = status {
            let known = RunStatus::ALL.into_iter().find(|one| one.word() == status);
            counts.runs.push((known.unwrap_or(RunStatus::Other), count));
        }
    }
    let place = |status| RunStatus::ALL.iter().position(|one| *one == status);
    counts.runs.sort_by_key(|(status, _)| place(*status));
    Ok(counts)
}
