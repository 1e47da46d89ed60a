//! Strings of a payload as ids, names and times.
//!
//! **Invariant:** an id, a name or a status has at most `NAME_BYTES_MAX` bytes, so lists and streams stay small whatever a sender sends.

use std::borrow::Cow;

use uuid::Uuid;

use crate::domain::time::Time;
use crate::json::RawJson;

/// Longest id, name or status that is kept, so that lists and streams stay small whatever a sender sends.
pub(super) const NAME_BYTES_MAX: usize = 4096;

/// Longest JSON of a keyword, a time or a UUID, if every character is escaped. Longer strings are not unescaped.
const KEYWORD_JSON_BYTES_MAX: usize = 512;

/// An id, a name or a status, shortened if it is too long.
pub(super) fn name(json: RawJson<'_>) -> Option<String> {
    json.text().map(|text| shortened(&text, NAME_BYTES_MAX))
}

pub(super) fn shortened(text: &str, bytes_max: usize) -> String {
    text[..text.floor_char_boundary(bytes_max)].to_owned()
}

/// A time as the servers send it.
pub(super) fn time(json: RawJson<'_>) -> Option<Time> {
    keyword(json).and_then(|text| Time::parse(&text))
}

/// Whether a value is a time, with or without a time zone.
pub(super) fn is_time(json: RawJson<'_>) -> bool {
    keyword(json).is_some_and(|text| Time::parse(&text).is_some() || Time::lacks_zone(&text))
}

/// A UUID in hyphenated form, the only one that the servers send.
pub(in crate::langgraph) fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok())?
}

pub(super) fn is_uuid(json: RawJson<'_>) -> bool {
    keyword(json).as_deref().and_then(uuid).is_some()
}

pub(super) fn is_one_of(json: RawJson<'_>, keywords: &[&str]) -> bool {
    keyword(json).is_some_and(|text| keywords.contains(&&*text))
}

fn keyword(json: RawJson<'_>) -> Option<Cow<'_, str>> {
    (json.json().len() <= KEYWORD_JSON_BYTES_MAX).then(|| json.text())?
}
