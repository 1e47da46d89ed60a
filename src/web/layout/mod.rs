//! What all pages share: how they are answered, the headers that protect them, errors, forms and static files.

pub(super) mod assets;
pub(super) mod error;
pub(super) mod form;
pub(super) mod headers;
pub(super) mod page;
