//! Functions that migrations call from SQL.
//!
//! **Invariant:** they only compute; a value that cannot be read stays as it is.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

use crate::content;
use crate::domain::head::Head;
use crate::domain::own_cookies;
use crate::domain::run::Reading;

/// Adds them to a connection.
pub(super) fn add(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("without_own_cookies", 1, flags, |call| {
        let head: Vec<u8> = call.get(0)?;
        Ok(own_cookies::without_values(&head).unwrap_or(head))
    })?;
    connection.create_scalar_function("is_coded", 1, flags, |call| {
        Ok(content::is_coded(&head(call, 0)?, b""))
    })?;
    connection.create_scalar_function("body_kind", 2, flags, |call| {
        let (head, body) = (head(call, 0)?, body(call, 1)?);
        Ok(content::examine(&head, body).kind.name())
    })?;
    // Null where nothing is to be stored.
    connection.create_scalar_function("with_coding", 3, flags, |call| {
        let (head, body) = (head(call, 1)?, body(call, 2)?);
        let reading = call.get_raw(0).as_str().ok();
        Ok(reading.and_then(|reading| with_coding(reading, &head, body)))
    })
}

fn head(call: &Context<'_>, at: usize) -> rusqlite::Result<Head> {
    let raw: Vec<u8> = call.get(at)?;
    Ok(Head {
        raw: raw.into(),
        exact: true,
    })
}

fn body<'c>(call: &'c Context<'_>, at: usize) -> rusqlite::Result<&'c [u8]> {
    Ok(call.get_raw(at).as_blob()?)
}

/// A stored reading with how its body was coded; `None` if that is nothing to store, or the reading cannot be read.
fn with_coding(reading: &str, head: &Head, body: &[u8]) -> Option<String> {
    let coding = content::examine(head, body).coding?;
    let mut reading: Reading = serde_json::from_str(reading).ok()?;
    reading.observations.coding = Some(coding);
    serde_json::to_string(&reading).ok()
}
