//! Search: the rows of a page that match a query, in slices of time.
//!
//! **Invariant:** SQL only leaves out rows that a query cannot match; whether one matches is decided by the query. A row is looked at in the
//! order of the page, and none is skipped.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rusqlite::{Connection, params};

use super::blobs::{Column, ColumnReader};
use super::counts::DELIVERY_FACTS;
use super::deliveries::among;
use super::keys::{SEQ_MAX, key, seq_of};
use super::narrowing;
use super::row;
use crate::domain::delivery::Summary;
use crate::domain::head::Head;
use crate::domain::ids::{EndpointId, Seq};
use crate::query::{Candidate, Narrowing, Query};
use crate::store::{Filter, Order, Page, SearchPage};

/// How long a read may take.
pub(super) const SLICE: Duration = Duration::from_millis(20);
/// Keys that one statement looks at: SQLite passes over rows that it leaves out without checking the time. These take a few
/// milliseconds.
const KEYS: i64 = 50_000;

/// The next rows that match, until there are enough or the time is up.
pub(super) fn slice(
    connection: &Connection,
    (endpoint, number): (EndpointId, i64),
    query: &Query,
    page: Page,
    until: Instant,
) -> rusqlite::Result<SearchPage> {
    let narrowing = query.narrowing();
    let mut found = Found {
        page: SearchPage {
            items: Vec::new(),
            scanned_through: end_of(page, None),
            more: false,
        },
        limit: page.limit,
        until,
    };
    let Some(keys) = keys(connection, number, page)? else {
        return Ok(found.page);
    };
    found.page.scanned_through = end_of(page, Some(seq_of(*keys.end())));
    let (filter, sql) = statement(page, &narrowing);
    let mut statement = connection.prepare(&sql)?;
    let mut scan = Scan {
        query,
        heads: ColumnReader::new(connection, Column::Head),
        bodies: ColumnReader::new(connection, Column::Body),
    };
    let wanted = narrowing::keys(&narrowing, number);
    let (first, last) = (*keys.start(), *keys.end());
    let end = match page.order {
        Order::NewestFirst => first,
        Order::OldestFirst => last,
    };
    let keys = first.max(*wanted.start())..=last.min(*wanted.end());
    for window in Windows::new(keys, filter, page.order) {
        statement.raw_bind_parameter(1, window.start() - 1)?;
        statement.raw_bind_parameter(2, window.end() + 1)?;
        if let Filter::Run(id) | Filter::Thread(id) = filter {
            statement.raw_bind_parameter(4, id)?;
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let summary = row::summary(endpoint, row)?;
            let key = row.get(0)?;
            let matches = scan.matches(key, &summary)?;
            found.page.items.extend(matches.then_some(summary));
            if found.is_over() && key != end {
                return Ok(found.stop(seq_of(key)));
            }
        }
        let edge = match page.order {
            Order::NewestFirst => *window.start(),
            Order::OldestFirst => *window.end(),
        };
        if found.is_over() && edge != end {
            return Ok(found.stop(seq_of(edge)));
        }
    }
    Ok(found.page)
}

/// What was found so far, and when it is enough.
struct Found {
    page: SearchPage,
    limit: usize,
    until: Instant,
}

impl Found {
    fn is_over(&self) -> bool {
        self.page.items.len() >= self.limit || Instant::now() >= self.until
    }

    fn stop(self, scanned_through: Seq) -> SearchPage {
        SearchPage {
            scanned_through,
            more: true,
            ..self.page
        }
    }
}

/// How far a search looked that reached the end of its page; `newest` is the newest row there.
fn end_of(page: Page, newest: Option<Seq>) -> Seq {
    match page.order {
        Order::NewestFirst => Seq(page.after.0.saturating_add(1)),
        Order::OldestFirst => newest.unwrap_or(page.after),
    }
}

/// The first and the last key of a page; `None` if it has no rows.
fn keys(
    connection: &Connection,
    number: i64,
    page: Page,
) -> rusqlite::Result<Option<RangeInclusive<i64>>> {
    let before = page.before.unwrap_or(Seq(SEQ_MAX));
    let edge = |sql: &str| -> rusqlite::Result<Option<i64>> {
        let mut statement = connection.prepare_cached(sql)?;
        statement.query_row(
            params![key(number, page.after), key(number, before)],
            |row| row.get(0),
        )
    };
    let first = edge("select min(key) from delivery where key > ?1 and key < ?2")?;
    let last = edge("select max(key) from delivery where key > ?1 and key < ?2")?;
    Ok(first.zip(last).map(|(first, last)| first..=last))
}

/// The SQL of a page, and the filter in it. Parameters are the keys before the first and after the last, and the id of the filter.
fn statement(page: Page, narrowing: &Narrowing) -> (Filter, String) {
    let filter = match page.filter {
        Filter::All => narrowing::filter(narrowing),
        other => other,
    };
    let (deliveries, among, _) = among(filter);
    let is_indexed = deliveries.contains(DELIVERY_FACTS);
    let by_row = matches!(filter, Filter::All | Filter::LatestAttempts(_));
    let index = if by_row && !is_indexed && narrowing::is_indexed(narrowing) {
        format!(" indexed by {DELIVERY_FACTS}")
    } else {
        String::new()
    };
    let direction = match page.order {
        Order::NewestFirst => "desc",
        Order::OldestFirst => "asc",
    };
    let condition = narrowing::sql(narrowing);
    let sql = format!(
        "{deliveries}{index} where key > ?1 and key < ?2 and {among} and {condition} order by key {direction}"
    );
    (filter, sql)
}

/// Ranges of keys, in the order of a page.
struct Windows {
    rest: RangeInclusive<i64>,
    length: i64,
    order: Order,
}

impl Windows {
    /// The rows of a run or a thread are few, and found by an index: one range has them all.
    fn new(keys: RangeInclusive<i64>, filter: Filter, order: Order) -> Self {
        let length = match filter {
            Filter::All | Filter::LatestAttempts(_) => KEYS,
            Filter::Run(_) | Filter::Thread(_) => i64::MAX,
        };
        Self {
            rest: keys,
            length,
            order,
        }
    }
}

impl Iterator for Windows {
    type Item = RangeInclusive<i64>;

    fn next(&mut self) -> Option<Self::Item> {
        let (first, last) = (*self.rest.start(), *self.rest.end());
        if first > last {
            return None;
        }
        Some(match self.order {
            Order::NewestFirst => {
                let start = first.max(last.saturating_sub(self.length - 1));
                self.rest = first..=start - 1;
                start..=last
            }
            Order::OldestFirst => {
                let end = last.min(first.saturating_add(self.length - 1));
                self.rest = end + 1..=last;
                first..=end
            }
        })
    }
}

/// Looks at rows, and at heads and bodies where the row alone does not decide.
struct Scan<'c> {
    query: &'c Query,
    heads: ColumnReader<'c>,
    bodies: ColumnReader<'c>,
}

impl Scan<'_> {
    fn matches(&mut self, key: i64, summary: &Summary) -> rusqlite::Result<bool> {
        if let Some(known) = self.query.matches_loaded(&Candidate::row(summary)) {
            return Ok(known);
        }
        let head = Head {
            raw: Bytes::copy_from_slice(self.heads.read(key)?),
            exact: summary.headers_exact,
        };
        let candidate = Candidate::row(summary).with_head(&head);
        if let Some(known) = self.query.matches_loaded(&candidate) {
            return Ok(known);
        }
        let body = self.bodies.read(key)?;
        let known = self.query.matches_loaded(&candidate.with_body(body));
        Ok(known == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_the_whole_range_in_its_order() {
        for (length, order, expected) in [
            (4, Order::NewestFirst, vec![7..=10, 3..=6, 1..=2]),
            (4, Order::OldestFirst, vec![1..=4, 5..=8, 9..=10]),
            (i64::MAX, Order::NewestFirst, vec![1..=10]),
            (i64::MAX, Order::OldestFirst, vec![1..=10]),
        ] {
            let windows = Windows {
                rest: 1..=10,
                length,
                order,
            };
            assert_eq!(windows.collect::<Vec<_>>(), expected);
        }
        let (first, last) = (5, 4);
        let none = Windows::new(first..=last, Filter::All, Order::NewestFirst);
        assert_eq!(none.count(), 0);
    }
}
