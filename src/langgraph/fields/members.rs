//! The members of an object, as received. If a name is repeated, the last value counts.
//!
//! **Invariant:** in addition to the members of the table, at most `OTHERS_MAX` are kept, however many there are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::table::is_known;
use crate::json::{Child, JsonType, RawJson};

/// Most members kept whose names are not in the table: the number that a page lists.
const OTHERS_MAX: usize = 200;

/// The members of an object.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    /// Each value with its position in the order received.
    kept: BTreeMap<Cow<'a, str>, (usize, RawJson<'a>)>,
    others: usize,
    left_out: usize,
}

impl<'a> Members<'a> {
    /// The members of an object; `None` for other values.
    pub(super) fn of(json: RawJson<'a>) -> Option<Self> {
        let mut members = Self::default();
        json.each(|child| members.keep(&child));
        (json.json_type() == JsonType::Object).then_some(members)
    }

    fn keep(&mut self, child: &Child<'a>) {
        let Some(name) = child.name() else {
            return;
        };
        if let Some((_, value)) = self.kept.get_mut(&name) {
            *value = child.value;
            return;
        }
        let is_known = is_known(&name);
        if !is_known && self.others == OTHERS_MAX {
            self.left_out += 1;
            return;
        }
        self.others += usize::from(!is_known);
        self.kept.insert(name, (self.kept.len(), child.value));
    }

    /// The value of that name, empty if it is absent.
    pub(super) fn get(&self, name: &str) -> RawJson<'a> {
        self.kept
            .get(name)
            .map_or(RawJson::default(), |(_, value)| *value)
    }

    /// The members of the object of that name, if it is one.
    pub(super) fn inside(&self, name: &str) -> Option<Self> {
        Self::of(self.get(name))
    }

    /// The kept members, in the order received.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, RawJson<'a>)> {
        let mut all: Vec<_> = self.kept.iter().collect();
        all.sort_by_key(|(_, (position, _))| *position);
        all.into_iter().map(|(name, (_, value))| (&**name, *value))
    }

    /// The number of members not kept. A repeated name counts each time.
    pub(super) fn left_out(&self) -> usize {
        self.left_out
    }
}
