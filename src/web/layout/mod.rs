//! The parts that all pages share: rendering, protecting headers, errors, forms and static files.
//!
//! **Invariant:** of the folders of `web`, this one imports only `render`, so every page can use it.

pub(super) mod assets;
pub(super) mod compression;
pub(super) mod error;
pub(super) mod form;
pub(super) mod headers;
pub(super) mod menu;
pub(super) mod page;
pub(super) mod tabs;
