//! Values of enumerations, stored as their names in JSON.
//!
//! **Invariant:** what is written is read as the same value.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

use super::errors::unwritable;

/// The name of a value.
pub(super) fn word(value: &impl Serialize) -> rusqlite::Result<String> {
    let json = serde_json::to_string(value).map_err(unwritable)?;
    Ok(json.trim_matches('"').to_owned())
}

/// The value with this name.
pub(super) fn value<T: DeserializeOwned>(word: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<Error>::new(word)).ok()
}
