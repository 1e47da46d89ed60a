//! The members of an object, as they came. Of a name that comes twice the last one holds, as everywhere in creel.
//!
//! **Invariant:** at most `OTHERS_MAX` members are kept beside those of the table, however many come.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::MapAccess;

use super::table::is_known;
use crate::langgraph::lenient::{Hoped, Leaf, Part, keep, skip, without_surrogates};

/// How many members are kept whose names are not known.
const OTHERS_MAX: usize = 200;

/// The members of an object.
#[derive(Debug, Default)]
pub(super) struct Members<'de> {
    /// Each with its place in the order of arrival.
    kept: BTreeMap<String, (usize, Leaf<'de>)>,
    others: usize,
    more: usize,
}

impl<'de> Part<'de> for Members<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if let Some((_, leaf)) = self.kept.get_mut(name) {
            return keep(leaf, map);
        }
        let known = is_known(name);
        if !known && self.others == OTHERS_MAX {
            self.more += 1;
            return skip(map);
        }
        self.others += usize::from(!known);
        let mut leaf = Leaf::default();
        keep(&mut leaf, map)?;
        self.kept.insert(name.to_owned(), (self.kept.len(), leaf));
        Ok(())
    }
}

impl<'de> Members<'de> {
    /// The value of that name; what did not come has not come.
    pub(super) fn get(&self, name: &str) -> Leaf<'de> {
        self.kept
            .get(name)
            .map_or(Leaf::default(), |(_, leaf)| *leaf)
    }

    /// The members of the object of that name, if it is one.
    pub(super) fn inside(&self, name: &str) -> Option<Self> {
        let Hoped(members) = serde_json::from_str(self.get(name).json()).unwrap_or_default();
        members
    }

    /// All that are kept, in the order in which they came.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Leaf<'de>)> {
        let mut all: Vec<_> = self.kept.iter().collect();
        all.sort_by_key(|(_, (place, _))| *place);
        all.into_iter()
            .map(|(name, (_, leaf))| (name.as_str(), *leaf))
    }

    /// How many were not kept. One that comes twice counts twice.
    pub(super) fn more(&self) -> usize {
        self.more
    }
}

/// Shows the members of a body that is an object; of another, none. Only names and types count here, so that escapes which no Rust
/// string can hold may be replaced throughout.
pub(super) fn with_members(body: &[u8], show: impl FnOnce(&Members<'_>)) {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let mut json = Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text));
    if ["\\ud", "\\uD"].iter().any(|escape| json.contains(escape)) {
        json = Cow::Owned(without_surrogates(&json));
    }
    let Hoped(members) = serde_json::from_str(&json).unwrap_or_default();
    if let Some(members) = members {
        show(&members);
    }
}
