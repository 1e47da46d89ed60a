//! Sentences about a delivery that only the pages show.
//!
//! **Invariant:** a sentence claims no more than the request shows: a server that was not recognised is called unknown.

use crate::domain::rich_text::RichText;
use crate::domain::run::{Run, SenderKind};
use crate::web::render::rich_text::Prose;

/// The sender, as far as the request shows.
pub(crate) fn sender(run: &Run) -> Prose {
    let name = RichText::plain(match run.sender.kind {
        SenderKind::LanggraphPython => "LangGraph’s Python server",
        SenderKind::LanggraphJs => "LangGraph’s JavaScript server",
        SenderKind::Compatible => "Unknown server with LangGraph’s payload format",
        SenderKind::Unknown => "Unknown: the payload has too few fields",
    });
    Prose::from(match &run.sender.version {
        Some(version) => name.and(", version ").code(version),
        None => name,
    })
}
