//! SQL of endpoints and read keys.
//!
//! **Invariant:** the row of a deleted endpoint remains, so its id is never given out again, but it is never found and has no secrets.

use std::sync::Arc;

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::ids::EndpointId;
use crate::domain::reply::FIRST_POSITION;
use crate::domain::secret::SecretHash;
use crate::domain::settings::Settings;
use crate::domain::time::Time;
use crate::store::{EndpointFilter, StoreError};

use super::errors::unwritable;
use super::job::Outcome;
use super::keys::{self, NUMBER_MAX, last_seq_sql, newest_key};
use super::{preflights, refused};

/// An endpoint with its number, the first part of its deliveries' keys.
#[derive(Clone, Debug)]
pub(super) struct StoredEndpoint {
    pub(super) number: i64,
    pub(super) endpoint: Arc<Endpoint>,
}

/// Keeps a new endpoint and gives out its number.
pub(super) fn insert(connection: &Connection, endpoint: &Endpoint) -> Outcome<i64> {
    let sql = "insert into endpoint (id, settings, created_at_us, owner)
               select ?1, ?2, ?3, ?4
               where coalesce((select seq from sqlite_sequence where name = 'endpoint'), 0) < ?5
               on conflict (id) do nothing returning number";
    let row = params![
        endpoint.id.0,
        to_column(&endpoint.settings)?,
        endpoint.created_at.micros(),
        endpoint.owner.map(|hash| hash.0),
        NUMBER_MAX,
    ];
    let number = connection
        .prepare_cached(sql)?
        .query_row(row, |row| row.get(0))
        .optional()?;
    Ok(match number {
        Some(number) => Ok(number),
        None if is_taken(connection, endpoint.id)? => Err(StoreError::IdTaken),
        None => Err(StoreError::UsedUp("endpoints")),
    })
}

/// Whether the id was given out, also to an endpoint that is deleted.
fn is_taken(connection: &Connection, id: EndpointId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("select 1 from endpoint where id = ?1")?
        .exists(params![id.0])
}

pub(super) fn find(
    connection: &Connection,
    id: EndpointId,
) -> rusqlite::Result<Option<StoredEndpoint>> {
    let sql = "select id, settings, created_at_us, owner, number from endpoint where id = ?1 and deleted = 0";
    connection
        .prepare_cached(sql)?
        .query_row(params![id.0], |row| {
            Ok(StoredEndpoint {
                number: row.get(4)?,
                endpoint: Arc::new(from_row(row)?),
            })
        })
        .optional()
}

pub(super) fn update(connection: &Connection, endpoint: &Endpoint) -> rusqlite::Result<()> {
    connection
        .prepare_cached("update endpoint set settings = ?2 where id = ?1")?
        .execute(params![endpoint.id.0, to_column(&endpoint.settings)?])?;
    Ok(())
}

/// Transfers the endpoints of one owner to another.
pub(super) fn change_owner(
    connection: &Connection,
    from: SecretHash,
    to: SecretHash,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("update endpoint set owner = ?2 where owner = ?1")?
        .execute(params![from.0, to.0])?;
    Ok(())
}

/// Marks it deleted and removes its secrets; `sweep` removes the rest. False if it does not exist. Other columns are not read, so a damaged
/// row can still be deleted.
pub(super) fn delete(connection: &Connection, id: EndpointId) -> rusqlite::Result<bool> {
    let number: Option<i64> = connection
        .prepare_cached("select number from endpoint where id = ?1 and deleted = 0")?
        .query_row(params![id.0], |row| row.get(0))
        .optional()?;
    let Some(number) = number else {
        return Ok(false);
    };
    let sql = "update endpoint set deleted = 1, settings = null, owner = null where number = ?1";
    connection.prepare_cached(sql)?.execute(params![number])?;
    delete_read_keys(connection, number)?;
    refused::delete_all(connection, number)?;
    Ok(true)
}

/// Whether the endpoint with this number still exists.
pub(super) fn exists(connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("select 1 from endpoint where number = ?1 and deleted = 0")?
        .exists(params![number])
}

/// The endpoints of a list, and those left out because their rows cannot be read.
pub(super) struct Listed {
    pub(super) found: Vec<EndpointStats>,
    pub(super) unreadable: Vec<rusqlite::Error>,
}

pub(super) fn list(
    connection: &Connection,
    filter: &EndpointFilter,
    before: Option<EndpointId>,
    limit: usize,
) -> rusqlite::Result<Listed> {
    let sql = concat!(
        "select endpoint.id, settings, created_at_us, owner, ",
        last_seq_sql!("key"),
        ", received_at_us, reply_position, preflights
         from endpoint left join delivery as newest on key = ",
        newest_key!(),
        " where deleted = 0 and (?1 is null or owner = ?1)
         and number < coalesce((select number from endpoint where id = ?2), 9223372036854775807)
         order by number desc"
    );
    let owner = match filter {
        EndpointFilter::One(hash) => Some(hash.0),
        EndpointFilter::Any | EndpointFilter::Matching(_) => None,
    };
    // Not by SQL: in the database, the name is a part of a JSON text, with escapes and in upper and lower case.
    let is_listed = |endpoint: &Endpoint| match filter {
        EndpointFilter::Matching(text) => endpoint.matches(text),
        EndpointFilter::One(_) | EndpointFilter::Any => true,
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![owner, before.map(|id| id.0)])?;
    let mut listed = Listed {
        found: Vec::new(),
        unreadable: Vec::new(),
    };
    // Counted here and not by SQL, because rows that cannot be read must not end a page early.
    while listed.found.len() < limit {
        let Some(row) = rows.next()? else { break };
        let last_received_at: Option<i64> = row.get(5)?;
        match from_row(row) {
            Ok(endpoint) if !is_listed(&endpoint) => {}
            Ok(endpoint) => listed.found.push(EndpointStats {
                endpoint,
                reply_position: position(row, 6)?,
                preflights: preflights::number(row, 7)?,
                last_seq: keys::seq(row, 4)?,
                last_received_at: last_received_at.and_then(Time::checked),
            }),
            Err(error) => listed.unreadable.push(error),
        }
    }
    Ok(listed)
}

pub(super) fn insert_read_key(
    connection: &Connection,
    number: i64,
    key: SecretHash,
) -> rusqlite::Result<()> {
    let sql = "insert into read_key (endpoint, hash) values (?1, ?2) on conflict do nothing";
    connection
        .prepare_cached(sql)?
        .execute(params![number, key.0])?;
    Ok(())
}

pub(super) fn delete_read_keys(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("delete from read_key where endpoint = ?1")?
        .execute(params![number])?;
    Ok(())
}

pub(super) fn has_read_key(
    connection: &Connection,
    number: i64,
    key: SecretHash,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("select 1 from read_key where endpoint = ?1 and hash = ?2")?
        .exists(params![number, key.0])
}

/// A value of an endpoint's row that cannot be read. It is not guessed, because replies and access depend on it.
#[derive(Debug, thiserror::Error)]
#[error("the row of endpoint {endpoint} is damaged: {column} cannot be read")]
struct Damaged {
    endpoint: EndpointId,
    column: &'static str,
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Endpoint> {
    let id = EndpointId(row.get(0)?);
    let damaged = |at: usize, column: &'static str| {
        let error = Damaged {
            endpoint: id,
            column,
        };
        rusqlite::Error::FromSqlConversionFailure(at, Type::Text, error.into())
    };
    let settings = from_column(row.get_ref(1)?).ok_or_else(|| damaged(1, "settings"))?;
    let created_at = Time::checked(row.get(2)?).ok_or_else(|| damaged(2, "created_at_us"))?;
    let owner: Option<[u8; 32]> = row.get(3).map_err(|_| damaged(3, "owner"))?;
    Ok(Endpoint {
        id,
        settings,
        created_at,
        owner: owner.map(SecretHash),
    })
}

fn to_column(settings: &Settings) -> rusqlite::Result<String> {
    serde_json::to_string(settings).map_err(unwritable)
}

/// `None` where the value cannot be read. Why is not said: the reason could quote the token.
pub(super) fn from_column(column: ValueRef<'_>) -> Option<Settings> {
    serde_json::from_str(column.as_str().ok()?).ok()
}

/// A value of the column `reply_position`: at least the first position, whatever it holds.
pub(super) fn position(row: &Row<'_>, at: usize) -> rusqlite::Result<u32> {
    let position: i64 = row.get(at)?;
    Ok(u32::try_from(position)
        .unwrap_or(FIRST_POSITION)
        .max(FIRST_POSITION))
}
