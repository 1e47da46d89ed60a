//! Captured values as HTML: escaped, indented, shortened, rounded.

pub(super) mod escape;
pub(super) mod excerpt;
pub(super) mod format;
pub(crate) mod level;
pub(super) mod pretty;
pub(super) mod rich_text;
