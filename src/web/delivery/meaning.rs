//! Sentences about a delivery that only the pages show.
//!
//! **Invariant:** a sentence claims no more than the request shows: a server that was not recognised is called unknown.

use crate::domain::delivery::Summary;
use crate::domain::rich_text::RichText;
use crate::domain::run::{ReadingKind, Run, SenderKind};
use crate::web::render::rich_text::Prose;

/// A sentence about a delivery that is not a run.
pub(crate) fn of_no_run(delivery: &Summary) -> Option<Prose> {
    let reading = &delivery.reading;
    Some(Prose::written(match reading.kind {
        ReadingKind::Run => return None,
        ReadingKind::Json if reading.observations.langsmith.is_some() => return None,
        ReadingKind::Json => "The fields of a LangGraph run are missing.",
        ReadingKind::Empty if delivery.method == "GET" => return None,
        ReadingKind::Empty => "A LangGraph run always has a body.",
        ReadingKind::Text | ReadingKind::Binary => "LangGraph runs are JSON.",
        ReadingKind::Unreadable | ReadingKind::Unknown => "The original bytes are stored.",
    }))
}

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
