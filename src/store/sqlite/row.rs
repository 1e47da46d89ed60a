//! A row of the delivery table, read value by value.
//!
//! **Invariant:** a value that cannot be read is named, never replaced by a plausible one; the rest of the row and other rows are still
//! shown.

use rusqlite::Row;
use rusqlite::types::{FromSql, ValueRef};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::attempts;
use super::keys::seq_of;
use super::words;
use crate::domain::attempt::Attempt;
use crate::domain::body::BodyKind;
use crate::domain::delivery::{BodyFacts, Summary, Truncation};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::domain::response::Response;
use crate::domain::run::{Reading, ReadingKind};
use crate::domain::time::Time;
use crate::domain::token_check::{TokenCheck, TokenPlace, TokenResult};

/// The columns that [`summary`] reads, in this order. SQLite knows the lengths of head and body without reading them.
pub(super) const COLUMNS: &str =
    "key, id, received_at_us, peer, client, http_version, method, target, headers_exact, body_bytes, body_sha256,
     body_cut, body_kind, token, token_place, reading, reply_status, attempt, length(body), length(head)";

/// The delivery in a row of [`COLUMNS`].
pub(super) fn summary(endpoint_id: EndpointId, row: &Row<'_>) -> rusqlite::Result<Summary> {
    let seq = seq_of(row.get(0)?);
    let mut values = Values::new(row);
    let id = values.get(1, "id")?;
    Ok(Summary {
        endpoint_id,
        seq,
        id,
        received_at: values.time(2, "received_at_us", id)?,
        peer: values.parsed(3, "peer")?,
        client: values.parsed(4, "client")?,
        http_version: values.text(5, "http_version")?,
        method: values.text(6, "method")?,
        target: values.text(7, "target")?,
        headers_exact: row.get(8)?,
        head_bytes: row.get::<_, i64>(19)?.cast_unsigned(),
        body: BodyFacts {
            bytes: values.body_bytes(9, "body_bytes", 18)?,
            sha256: values.get(10, "body_sha256")?,
            cut: values.optional_word(11, "body_cut", Truncation::Unknown)?,
            kind: values.word(12, "body_kind", BodyKind::Unknown)?,
        },
        token_check: TokenCheck {
            result: values.word(13, "token", TokenResult::Unknown)?,
            place: values.optional_word(14, "token_place", TokenPlace::Unknown)?,
        },
        reading: values.reading(15, "reading")?,
        attempt: values.attempt(17, "attempt", seq)?,
        response: values
            .optional(16, "reply_status")?
            .map(|status| Response { status }),
        damaged: values.damaged,
    })
}

/// The values of a row, and the names of those that cannot be read.
struct Values<'r> {
    row: &'r Row<'r>,
    damaged: Vec<&'static str>,
}

impl<'r> Values<'r> {
    fn new(row: &'r Row<'r>) -> Self {
        Self {
            row,
            damaged: Vec::new(),
        }
    }

    /// Records the column's name if it cannot be read.
    fn known<T>(&mut self, name: &'static str, read: Option<T>) -> Option<T> {
        if read.is_none() {
            self.damaged.push(name);
        }
        read
    }

    fn get<T: FromSql>(&mut self, at: usize, name: &'static str) -> rusqlite::Result<Option<T>> {
        let read = T::column_result(self.row.get_ref(at)?).ok();
        Ok(self.known(name, read))
    }

    /// As [`Self::get`], for a column that may be null.
    fn optional<T: FromSql>(
        &mut self,
        at: usize,
        name: &'static str,
    ) -> rusqlite::Result<Option<T>> {
        match self.row.get_ref(at)? {
            ValueRef::Null => Ok(None),
            _ => self.get(at, name),
        }
    }

    /// Text, with U+FFFD for invalid UTF-8.
    fn text(&mut self, at: usize, name: &'static str) -> rusqlite::Result<String> {
        let ValueRef::Text(bytes) = self.row.get_ref(at)? else {
            self.damaged.push(name);
            return Ok(String::new());
        };
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.damaged.push(name);
        }
        Ok(text.into_owned())
    }

    fn parsed<T: std::str::FromStr>(
        &mut self,
        at: usize,
        name: &'static str,
    ) -> rusqlite::Result<Option<T>> {
        let value = self.row.get_ref(at)?;
        if value == ValueRef::Null {
            return Ok(None);
        }
        let read = value.as_str().ok().and_then(|text| text.parse().ok());
        Ok(self.known(name, read))
    }

    /// A value of an enumeration, or the variant that means "cannot be read", which is never stored.
    fn word<T: DeserializeOwned + PartialEq>(
        &mut self,
        at: usize,
        name: &'static str,
        unknown: T,
    ) -> rusqlite::Result<T> {
        let text = self.row.get_ref(at)?.as_str().ok();
        let read: Option<T> = text.and_then(words::value);
        let read = read.filter(|read| *read != unknown);
        Ok(self.known(name, read).unwrap_or(unknown))
    }

    fn optional_word<T: DeserializeOwned + PartialEq>(
        &mut self,
        at: usize,
        name: &'static str,
        unknown: T,
    ) -> rusqlite::Result<Option<T>> {
        match self.row.get_ref(at)? {
            ValueRef::Null => Ok(None),
            _ => self.word(at, name, unknown).map(Some),
        }
    }

    /// The time of arrival. If it is not a valid time, the one in the delivery's id, which was created from the same time.
    fn time(&mut self, at: usize, name: &'static str, id: Option<Uuid>) -> rusqlite::Result<Time> {
        let micros: Option<i64> = self.row.get_ref(at)?.as_i64().ok();
        let read = self.known(name, micros.and_then(Time::checked));
        Ok(read.unwrap_or_else(|| time_of(id)))
    }

    /// The measured length of the body, whatever its length column says.
    fn body_bytes(
        &mut self,
        at: usize,
        name: &'static str,
        length_at: usize,
    ) -> rusqlite::Result<u64> {
        let length: i64 = self.row.get(length_at)?;
        let stored = self.row.get_ref(at)?.as_i64().ok();
        self.known(name, stored.filter(|stored| *stored == length));
        Ok(length.cast_unsigned())
    }

    fn reading(&mut self, at: usize, name: &'static str) -> rusqlite::Result<Reading> {
        let text = self.row.get_ref(at)?.as_str().ok();
        let read: Option<Reading> = text.and_then(|text| serde_json::from_str(text).ok());
        let read = read.filter(|read| read.kind != ReadingKind::Unknown);
        let read = self.known(name, read);
        Ok(read.unwrap_or_else(|| Reading::plain(ReadingKind::Unknown)))
    }

    fn attempt(&mut self, at: usize, name: &'static str, seq: Seq) -> rusqlite::Result<Attempt> {
        let read = attempts::from_column(seq, self.row.get_ref(at)?);
        let read = self.known(name, read);
        Ok(read.unwrap_or_else(|| Attempt::unknown(seq)))
    }
}

/// The time in an id of version 7, to the millisecond; 1970 where there is none. The column is named as damaged.
fn time_of(id: Option<Uuid>) -> Time {
    let in_id = id.and_then(|id| id.get_timestamp()).map(|stamp| {
        let (seconds, nanos) = stamp.to_unix();
        let micros = seconds
            .saturating_mul(1_000_000)
            .saturating_add(u64::from(nanos / 1000));
        Time::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    });
    in_id.unwrap_or_else(|| Time::from_micros(0))
}
