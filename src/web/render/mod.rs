//! Captured values as HTML: escaped, indented, shortened, rounded.
//!
//! **Invariant:** nothing here knows a page: this folder imports no other folder of `web`.

pub(super) mod escape;
pub(super) mod exact;
pub(super) mod excerpt;
pub(super) mod format;
pub(crate) mod level;
pub(super) mod pretty;
pub(super) mod rich_text;
