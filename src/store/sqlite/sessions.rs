//! SQL of the installation's identity and of the operator's sessions.
//!
//! **Invariant:** only the hash of a session's secret is stored.

use rusqlite::{Connection, Error, OptionalExtension, Row, params};

use crate::domain::secret::SecretHash;
use crate::domain::time::Time;
use crate::store::{Instance, Session};

/// Creates the single row of `instance` if there is none yet.
pub(super) fn make_instance(connection: &Connection) -> rusqlite::Result<()> {
    let id = format!("{:08x}", rand::random::<u32>());
    let mac_key: [u8; 32] = rand::random();
    connection.execute(
        "insert into instance (id, mac_key) select ?1, ?2 where not exists (select 1 from instance)",
        params![id, mac_key],
    )?;
    Ok(())
}

pub(super) fn instance(connection: &Connection) -> rusqlite::Result<Instance> {
    connection.query_row("select id, mac_key from instance", [], |row| {
        Ok(Instance {
            id: row.get(0)?,
            mac_key: row.get(1)?,
        })
    })
}

pub(super) fn insert(
    connection: &Connection,
    session: &Session,
    now: Time,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("delete from session where expires_at_us <= ?1")?
        .execute(params![now.micros()])?;
    let sql = "insert into session (hash, operator_token, expires_at_us) values (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![
        session.hash.0,
        session.operator_token.0,
        session.expires_at.micros()
    ])?;
    Ok(())
}

pub(super) fn find(connection: &Connection, hash: SecretHash) -> rusqlite::Result<Option<Session>> {
    let sql = "select hash, operator_token, expires_at_us from session where hash = ?1";
    let session = |row: &Row<'_>| {
        let ends: i64 = row.get(2)?;
        Ok(Session {
            hash: SecretHash(row.get(0)?),
            operator_token: SecretHash(row.get(1)?),
            expires_at: Time::checked(ends).ok_or(Error::IntegralValueOutOfRange(2, ends))?,
        })
    };
    connection
        .prepare_cached(sql)?
        .query_row(params![hash.0], session)
        .optional()
}

pub(super) fn delete(connection: &Connection, hash: SecretHash) -> rusqlite::Result<()> {
    connection
        .prepare_cached("delete from session where hash = ?1")?
        .execute(params![hash.0])?;
    Ok(())
}

pub(super) fn delete_of_other_tokens(
    connection: &Connection,
    token: SecretHash,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("delete from session where operator_token <> ?1")?
        .execute(params![token.0])?;
    Ok(())
}
