//! SQL of deliveries.
//!
//! **Invariant:** received data is inserted once and never updated, except by a migration.

use std::borrow::Cow;

use rusqlite::{Connection, OptionalExtension, ToSql, params};
use uuid::Uuid;

use super::attempts;
use super::blobs::{self, Column};
use super::counts::{DELIVERY_FACTS, condition};
use super::keys::{SEQ_MAX, key};
use super::positions;
use super::row::{self, COLUMNS};
use super::words::word;
use crate::domain::attempt::{Attempt, EARLIER_MAX};
use crate::domain::counts::{Rows, RunStatus};
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::head::Head;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::reply::{FIRST_POSITION, ReplyPlan};
use crate::domain::run::Run;
use crate::store::{Filter, Order, Page, Receipt};

/// A delivery with the values of its row that take time to make: they are made before the writing thread sees it.
pub(super) struct Prepared {
    pub(super) delivery: Delivery,
    reply: ReplyPlan,
    reading: String,
    run_id: Option<Uuid>,
    thread_id: Option<Uuid>,
    run_status: Option<RunStatus>,
}

impl Prepared {
    pub(super) fn new(delivery: Delivery, reply: ReplyPlan) -> serde_json::Result<Self> {
        let reading = &delivery.summary.reading;
        let run = reading.run.as_deref();
        let id = |id: &Option<String>| Uuid::try_parse(id.as_deref()?).ok();
        Ok(Self {
            reply,
            reading: serde_json::to_string(reading)?,
            run_id: run.and_then(|run| id(&run.run_id)),
            thread_id: run.and_then(|run| id(&run.thread_id)),
            run_status: run.map(RunStatus::of),
            delivery,
        })
    }

    /// The result of storing it.
    pub(super) fn receipt(&self) -> Receipt {
        Receipt {
            seq: self.delivery.summary.seq,
            response: self.delivery.summary.response,
        }
    }

    /// Bytes of head, body and trailers.
    pub(super) fn bytes(&self) -> usize {
        self.delivery.head.raw.len() + self.delivery.body.len() + self.delivery.trailers.len()
    }

    /// Assigns its seq and attempt, and with them the reply.
    pub(super) fn place(
        &mut self,
        connection: &Connection,
        number: i64,
        seq: Seq,
    ) -> rusqlite::Result<()> {
        let summary = &mut self.delivery.summary;
        let earlier = match self.run_id {
            Some(run_id) => attempts::earlier(connection, number, run_id)?,
            None => Vec::new(),
        };
        summary.seq = seq;
        summary.attempt = Attempt::after(&earlier, seq, summary.received_at, summary.body.sha256);
        let position = self.take_position(connection, number)?;
        self.delivery.summary.response = self.reply.resolve(&self.delivery, position);
        Ok(())
    }

    /// The position of the endpoint, which moves on if this delivery takes it.
    fn take_position(&mut self, connection: &Connection, number: i64) -> rusqlite::Result<u32> {
        if !self.reply.takes_position(&self.delivery) {
            return Ok(FIRST_POSITION);
        }
        let (plan, position) = positions::current(connection, number)?;
        // The reply may have changed since the delivery arrived. The position is one of the new plan, so its status must be too.
        if let Some(plan) = plan {
            self.reply = plan;
        }
        let next = self.reply.position_after(position);
        if next != position {
            positions::move_to(connection, number, next)?;
        }
        Ok(position)
    }
}

pub(super) fn insert(
    connection: &Connection,
    number: i64,
    prepared: &Prepared,
) -> rusqlite::Result<()> {
    let Prepared {
        delivery:
            Delivery {
                summary,
                head,
                body,
                trailers,
            },
        reading,
        run_id,
        thread_id,
        run_status,
        ..
    } = prepared;
    let key = key(number, summary.seq);
    let run = summary.reading.run.as_deref();
    let sql = "insert into delivery (key, id, received_at_us, peer, client, http_version, method, target, headers_exact, body_bytes,
                                     body_sha256, body_cut, body_kind, token, token_place, reading, reply_status, attempt,
                                     run_id, thread_id, head, body, run_status, attempt_number, graph_key)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)";
    connection.prepare_cached(sql)?.execute(params![
        key,
        summary.id,
        summary.received_at.micros(),
        summary.peer.map(|peer| peer.to_string()),
        summary.client.map(|client| client.to_string()),
        summary.http_version,
        summary.method,
        summary.target,
        summary.headers_exact,
        summary.body.bytes.cast_signed(),
        summary.body.sha256,
        summary.body.cut.as_ref().map(word).transpose()?,
        word(&summary.body.kind)?,
        word(&summary.token_check.result)?,
        summary.token_check.place.as_ref().map(word).transpose()?,
        reading,
        summary.response.map(|response| response.status),
        attempts::to_column(&summary.attempt)?,
        run_id,
        thread_id,
        head.raw.as_ref(),
        body.as_ref(),
        run_status.map(RunStatus::word),
        summary.attempt.number,
        run.and_then(graph_key),
    ])?;
    if !trailers.is_empty() {
        connection
            .prepare_cached("insert into trailers (key, lines) values (?1, ?2)")?
            .execute(params![key, trailers.as_ref()])?;
    }
    Ok(())
}

fn trailers(connection: &Connection, key: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("select lines from trailers where key = ?1")?
        .query_row(params![key], |row| row.get(0))
        .optional()
}

/// The name of the graph in lower case; `None` for one with other characters than ASCII, as the column says.
fn graph_key(run: &Run) -> Option<String> {
    let name = run.graph_id.as_deref()?;
    let is_plain = name.is_ascii() && !name.contains('\0');
    is_plain.then(|| name.to_ascii_lowercase())
}

pub(super) fn list(
    connection: &Connection,
    endpoint: EndpointId,
    number: i64,
    page: Page,
) -> rusqlite::Result<Vec<Summary>> {
    let direction = match page.order {
        Order::NewestFirst => "desc",
        Order::OldestFirst => "asc",
    };
    let (deliveries, among, id) = among(page.filter);
    let sql = format!(
        "{deliveries} where key > ?1 and key < ?2 and {among} order by key {direction} limit ?3"
    );
    let before = page.before.unwrap_or(Seq(SEQ_MAX));
    let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&sql)?;
    let (after, before) = (key(number, page.after), key(number, before));
    let mut bounds: Vec<&dyn ToSql> = vec![&after, &before, &limit];
    bounds.extend(id.as_ref().map(|id| -> &dyn ToSql { id }));
    let rows = statement.query_map(&*bounds, |row| row::summary(endpoint, row))?;
    rows.collect()
}

/// The `from` clause for these deliveries, the condition, and the id that is `?4` in both.
pub(super) fn among(filter: Filter) -> (String, Cow<'static, str>, Option<Uuid>) {
    let all = format!("select {COLUMNS} from delivery");
    match filter {
        Filter::All => (all, "true".into(), None),
        // The last key of an endpoint has all bits of the seq set. This looks as far ahead as a new delivery looks back for its previous
        // attempt.
        Filter::LatestAttempts(rows) => (
            match rows {
                Rows::All => all,
                _ => format!("{all} indexed by {DELIVERY_FACTS}"),
            },
            format!(
                "{} and not exists (select 1 from (
                   select later.body_sha256 as sha256 from delivery as later
                   where later.run_id = delivery.run_id and later.key > delivery.key and later.key <= (delivery.key | {SEQ_MAX})
                   order by later.key limit {EARLIER_MAX}
                 ) where sha256 = delivery.body_sha256)",
                condition(rows)
            )
            .into(),
            None,
        ),
        Filter::Run(id) => (all, "run_id = ?4".into(), Some(id)),
        // Threads are indexed by ranges of keys; `cross join` makes SQLite iterate over the ranges and not over the deliveries.
        Filter::Thread(id) => (
            format!(
                "with recursive stretch (number, last) as (
                   select min(key) >> 10, (select max(key) >> 10 from delivery where key < ?2) from delivery where key > ?1
                   union all select number + 1, last from stretch where number < last)
                 select {COLUMNS} from stretch cross join delivery on key >> 10 = number and thread_id = ?4"
            ),
            "thread_id is not null".into(),
            Some(id),
        ),
    }
}

pub(super) fn find(
    connection: &Connection,
    endpoint: EndpointId,
    number: i64,
    seq: Seq,
) -> rusqlite::Result<Option<Delivery>> {
    if !(1..SEQ_MAX).contains(&seq.0) {
        return Ok(None);
    }
    let key = key(number, seq);
    let sql = format!("select {COLUMNS} from delivery where key = ?1");
    // Everything is read in one transaction, so that it is complete or absent.
    let transaction = connection.unchecked_transaction()?;
    let summary = transaction
        .prepare_cached(&sql)?
        .query_row(params![key], |row| row::summary(endpoint, row))
        .optional()?;
    let head = blobs::whole(&transaction, Column::Head, key)?;
    let body = blobs::whole(&transaction, Column::Body, key)?;
    let trailers = trailers(&transaction, key)?.unwrap_or_default();
    let found = summary.zip(head).zip(body);
    Ok(found.map(|((summary, raw), body)| Delivery {
        head: Head {
            raw,
            exact: summary.headers_exact,
        },
        summary,
        body,
        trailers: trailers.into(),
    }))
}
