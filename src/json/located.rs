//! A value with the path to it.
//!
//! **Invariant:** from the root of the text, `path` leads to `value`, or to the last of its ancestors that a path can reach.

use super::node::Child;
use super::path::JsonPath;
use super::raw::RawJson;

/// A value and the path to it, from the root of its text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Located<'a> {
    pub(crate) path: JsonPath,
    pub(crate) value: RawJson<'a>,
}

impl<'a> Located<'a> {
    #[must_use]
    pub(crate) fn child(self, child: &Child<'a>) -> Self {
        Self {
            path: self.path.child(child.position),
            value: child.value,
        }
    }
}
