//! What kinds of bodies and their views are called.
//!
//! **Invariant:** one word per kind, everywhere on the pages.

use crate::domain::body::BodyKind;

/// What a kind of body is called.
pub(super) fn name(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "JSON",
        BodyKind::Ndjson => "JSON lines",
        BodyKind::Form => "Form",
        BodyKind::Multipart => "Multipart",
        BodyKind::Xml => "XML",
        BodyKind::Text => "Text",
        BodyKind::Image => "Picture",
        BodyKind::Binary => "Binary",
        BodyKind::Empty => "Empty",
        BodyKind::Unknown => "Unknown",
    }
}

/// What the decoded view of a kind is called.
pub(super) fn label(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json | BodyKind::Xml => "Indented",
        BodyKind::Ndjson => "Records",
        BodyKind::Form => "Fields",
        BodyKind::Multipart => "Parts",
        BodyKind::Text | BodyKind::Empty => "Text",
        BodyKind::Image => "Picture",
        BodyKind::Binary | BodyKind::Unknown => "Hex",
    }
}
