//! What kinds of bodies and their views are called.
//!
//! **Invariant:** one word per kind, everywhere on the pages.

use crate::content::ContentKind;

/// What a kind of body is called.
pub(super) fn name(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Json => "JSON",
        ContentKind::Ndjson => "JSON lines",
        ContentKind::Form => "Form",
        ContentKind::Multipart => "Multipart",
        ContentKind::Xml => "XML",
        ContentKind::Text => "Text",
        ContentKind::Image => "Picture",
        ContentKind::Binary => "Binary",
        ContentKind::Empty => "Empty",
    }
}

/// What the decoded view of a kind is called.
pub(super) fn label(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Json | ContentKind::Xml => "Indented",
        ContentKind::Ndjson => "Records",
        ContentKind::Form => "Fields",
        ContentKind::Multipart => "Parts",
        ContentKind::Text | ContentKind::Empty => "Text",
        ContentKind::Image => "Picture",
        ContentKind::Binary => "Hex",
    }
}
