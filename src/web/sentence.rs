//! Sentences about a delivery as HTML: creel's own words as text, what was received as code. And those that only pages say.

use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;

use super::text::Shown;
use crate::domain::delivery::Summary;
use crate::domain::rich_text::{Fragment, RichText};
use crate::domain::run::{ReadingKind, Run, SenderKind};

/// A sentence as HTML.
#[derive(Clone, Debug, Default)]
pub(super) struct Prose(RichText);

impl From<RichText> for Prose {
    fn from(sentence: RichText) -> Self {
        Self(sentence)
    }
}

impl Prose {
    /// A text of creel's own in which code stands between backticks.
    pub(super) fn written(text: &'static str) -> Self {
        Self(RichText::parse(text))
    }
}

impl Display for Prose {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fragments().iter().try_for_each(|part| match part {
            Fragment::Plain(words) => Shown::line(words).fmt(f),
            Fragment::Code(words) => write!(f, "<code>{}</code>", Shown::line(words)),
        })
    }
}

impl HtmlSafe for Prose {}

/// What there is to say of a delivery that is no run.
pub(super) fn of_no_run(delivery: &Summary) -> Option<Prose> {
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
pub(super) fn sender(run: &Run) -> Prose {
    let name = RichText::plain(match run.sender.kind {
        SenderKind::LanggraphPython => "LangGraph’s Python server",
        SenderKind::LanggraphJs => "LangGraph’s JavaScript server",
        SenderKind::Compatible => {
            "A server that sends what LangGraph sends, without the marks of either of its servers"
        }
        SenderKind::Unknown => "Too little came to tell",
    });
    Prose(match &run.sender.version {
        Some(version) => name.and(", version ").code(version),
        None => name,
    })
}
