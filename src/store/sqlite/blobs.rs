//! Reads heads and bodies with incremental blob I/O, directly into the caller's memory, completely or in pieces. A query, even with
//! `substr`, would first load the complete value into SQLite's own memory, which the allocator may keep for the thread.
//!
//! **Invariant:** a read allocates only the bytes that it returns, and leaves no transaction open.

use bytes::Bytes;
use rusqlite::blob::Blob;
use rusqlite::{Connection, Error, MAIN_DB};

use super::keys::{SEQ_MAX, key};
use crate::domain::ids::Seq;

/// The column.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Head,
    Body,
}

/// At most `len` bytes of a body from `offset` on; `None` if the delivery does not exist.
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

/// The complete head or body; `None` if the row does not exist.
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

/// Reads the same column of many rows, into one buffer.
pub(super) struct ColumnReader<'c> {
    connection: &'c Connection,
    column: Column,
    blob: Option<Blob<'c>>,
    buffer: Vec<u8>,
}

/// Bytes of a buffer that are kept for the next row.
const BUFFER_BYTES_MAX: usize = 1024 * 1024;

impl<'c> ColumnReader<'c> {
    pub(super) fn new(connection: &'c Connection, column: Column) -> Self {
        Self {
            connection,
            column,
            blob: None,
            buffer: Vec::new(),
        }
    }

    /// The value of a row that exists.
    pub(super) fn read(&mut self, key: i64) -> rusqlite::Result<&[u8]> {
        let blob = match &mut self.blob {
            Some(blob) => {
                blob.reopen(key)?;
                blob
            }
            none => none.insert(open_column(self.connection, self.column, key)?),
        };
        self.buffer.clear();
        self.buffer.shrink_to(BUFFER_BYTES_MAX);
        self.buffer.resize(blob.len(), 0);
        if !self.buffer.is_empty() {
            blob.read_at_exact(&mut self.buffer, 0)?;
        }
        Ok(&self.buffer)
    }
}

fn read(blob: &Blob<'_>, offset: usize, len: usize) -> rusqlite::Result<Bytes> {
    let len = len.min(blob.len().saturating_sub(offset));
    let mut bytes = vec![0; len];
    if len > 0 {
        blob.read_at_exact(&mut bytes, offset)?;
    }
    Ok(bytes.into())
}

/// The head or body at this key. SQLite reports a missing row only by its error text, not by a separate code.
fn open(connection: &Connection, column: Column, key: i64) -> rusqlite::Result<Option<Blob<'_>>> {
    match open_column(connection, column, key) {
        Ok(blob) => Ok(Some(blob)),
        Err(Error::SqliteFailure(_, Some(why))) if why.starts_with("no such rowid") => Ok(None),
        Err(error) => Err(error),
    }
}

fn open_column(connection: &Connection, column: Column, key: i64) -> rusqlite::Result<Blob<'_>> {
    let name = match column {
        Column::Head => "head",
        Column::Body => "body",
    };
    connection.blob_open(MAIN_DB, "delivery", name, key, true)
}
