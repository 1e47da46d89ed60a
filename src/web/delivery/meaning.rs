//! Sentences about a delivery that only pages show.

use crate::domain::delivery::Summary;
use crate::domain::rich_text::RichText;
use crate::domain::run::{ReadingKind, Run, SenderKind};
use crate::web::render::rich_text::Prose;

/// What there is to say of a delivery that is no run.
pub(crate) fn of_no_run(delivery: &Summary) -> Option<Prose> {
    let reading = &delivery.reading;
    Some(Prose::written(match reading.kind {
        ReadingKind::Run => return None,
        ReadingKind::Json if reading.observations.langsmith.is_some() => return None,
        ReadingKind::Json => "It lacks the fields by which creel knows a run delivery.",
        ReadingKind::Empty if delivery.method == "GET" => return None,
        ReadingKind::Empty => "A run delivery always has a body, so this is none.",
        ReadingKind::Text | ReadingKind::Binary => "Run deliveries are JSON.",
        ReadingKind::Unreadable | ReadingKind::Unknown => "The bytes are kept as they came.",
    }))
}

/// Who sent it, as far as the request tells.
pub(crate) fn sender(run: &Run) -> Prose {
    let name = RichText::plain(match run.sender.kind {
        SenderKind::LanggraphPython => "LangGraph’s Python server",
        SenderKind::LanggraphJs => "LangGraph’s JavaScript server",
        SenderKind::Compatible => {
            "A server that sends what LangGraph sends, without the marks of either of its servers"
        }
        SenderKind::Unknown => "Too little came to tell",
    });
    Prose::from(match &run.sender.version {
        Some(version) => name.and(", version ").code(version),
        None => name,
    })
}
