//! Heads and bodies, read through incremental blob I/O: straight into the memory of who asked, in whole or in pieces. A query would first
//! load all of one into memory of SQLite's own, also to answer `substr`, and the allocator may keep that for the thread.
//!
//! **Invariant:** a read holds the bytes that it gives out and no more, and no transaction outlives it.

use bytes::Bytes;
use rusqlite::blob::Blob;
use rusqlite::{Connection, Error, MAIN_DB};

use super::keys::{SEQ_MAX, key};
use crate::domain::ids::Seq;

/// Which of the two.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Head,
    Body,
}

/// At most `len` bytes of a body from `offset` on; `None` when there is no such delivery.
pub(super) fn piece(
    connection: &Connection,
    number: i64,
    seq: Seq,
    offset: u64,
    len: usize,
) -> rusqlite::Result<Option<Bytes>> {
    if !(1..SEQ_MAX).contains(&seq.0) {
        return Ok(None);
    }
    let Some(blob) = open(connection, Column::Body, key(number, seq))? else {
        return Ok(None);
    };
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    read(&blob, offset, len).map(Some)
}

/// The whole head or body; `None` when there is no such row.
pub(super) fn whole(
    connection: &Connection,
    column: Column,
    key: i64,
) -> rusqlite::Result<Option<Bytes>> {
    let Some(blob) = open(connection, column, key)? else {
        return Ok(None);
    };
    read(&blob, 0, blob.len()).map(Some)
}

fn read(blob: &Blob<'_>, offset: usize, len: usize) -> rusqlite::Result<Bytes> {
    let len = len.min(blob.len().saturating_sub(offset));
    let mut bytes = vec![0; len];
    if len > 0 {
        blob.read_at_exact(&mut bytes, offset)?;
    }
    Ok(bytes.into())
}

/// The head or body at this key. For a row that is not there SQLite has a text and no code of its own.
fn open(connection: &Connection, column: Column, key: i64) -> rusqlite::Result<Option<Blob<'_>>> {
    let name = match column {
        Column::Head => "head",
        Column::Body => "body",
    };
    match connection.blob_open(MAIN_DB, "delivery", name, key, true) {
        Ok(blob) => Ok(Some(blob)),
        Err(Error::SqliteFailure(_, Some(why))) if why.starts_with("no such rowid") => Ok(None),
        Err(error) => Err(error),
    }
}
