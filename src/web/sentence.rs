//! What creel says of a delivery, in a sentence. What was received stands in it as code, what follows from it as plain words, so that
//! a reader can always tell one from the other.
//!
//! **Invariant:** it says what the delivery proves and no more. Above all, `success` does not tell a finished run from a paused one.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;

use super::text::{Line, Shown};
use crate::domain::delivery::Summary;
use crate::domain::run::{ReadingKind, Run, RunError, SenderKind};

/// Words of creel's own and words that were received.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentence(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Said(Cow<'static, str>),
    Received(Line),
}

impl Sentence {
    /// A sentence that begins with words of creel's own.
    pub(super) fn said(words: &'static str) -> Self {
        Self(Vec::new()).and(words)
    }

    /// Goes on in creel's own words.
    pub(super) fn and(mut self, words: &'static str) -> Self {
        self.0.push(Part::Said(words.into()));
        self
    }

    /// Goes on with words of creel's own that hold a number.
    pub(super) fn told(mut self, words: String) -> Self {
        self.0.push(Part::Said(words.into()));
        self
    }

    /// Goes on with what was received, at most so much of it as a headline bears.
    pub(super) fn quote(mut self, received: &str) -> Self {
        const CHARS_MAX: usize = 80;
        let mut text: String = received.chars().take(CHARS_MAX).collect();
        if text.len() < received.len() {
            text.push('\u{2026}');
        }
        self.0.push(Part::Received(Line(text)));
        self
    }
}

impl Display for Sentence {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Said(words) => Shown::line(words).fmt(f),
            Part::Received(text) => write!(f, "<code>{text}</code>"),
        })
    }
}

impl HtmlSafe for Sentence {}

/// What came, in one sentence.
pub(super) fn headline(delivery: &Summary) -> Sentence {
    let reading = &delivery.reading;
    match (reading.kind, &reading.run) {
        (ReadingKind::Run, Some(run)) => of_run(run),
        (ReadingKind::Run | ReadingKind::Json, _) => {
            Sentence::said("JSON that is not a LangGraph run")
        }
        (ReadingKind::Text, _) => Sentence::said("Text, not a LangGraph run"),
        (ReadingKind::Binary, _) => Sentence::said("Binary data, not a LangGraph run"),
        (ReadingKind::Empty, _) => Sentence::said("A ")
            .quote(&delivery.method)
            .and(" without a body"),
        (ReadingKind::Unreadable, _) => {
            Sentence::said("Meant to be JSON, but it cannot be read as such")
        }
    }
}

fn of_run(run: &Run) -> Sentence {
    let subject = match &run.graph_id {
        Some(graph) => Sentence::said("A run of ").quote(graph),
        None => Sentence::said("A run"),
    };
    match run.status.as_deref() {
        Some("success") => subject.and(" ended with ").quote("success"),
        Some("error") => match run.error.as_ref().and_then(|error| error.class.as_ref()) {
            Some(class) => subject.and(" failed with ").quote(class),
            None => subject.and(" failed"),
        },
        Some("interrupted") if run.superseded_by.is_some() => {
            subject.and(" was superseded by another run")
        }
        Some("interrupted") => subject.and(" was cancelled"),
        Some("rollback") => subject.and(" was rolled back"),
        Some("timeout") => subject.and(" took longer than its server allows"),
        Some(other) => subject.and(" was delivered with the status ").quote(other),
        None => subject.and(" was delivered without a status"),
    }
}

/// What follows from it and what does not, where that needs saying.
pub(super) fn meaning(delivery: &Summary) -> Vec<Sentence> {
    let reading = &delivery.reading;
    match (reading.kind, &reading.run) {
        (ReadingKind::Run, Some(run)) => of_status(run).into_iter().chain(of_error(run)).collect(),
        (ReadingKind::Empty, _) if delivery.method == "GET" => vec![Sentence::said(
            "LangGraph delivers runs with POST. A GET without a body is what its sender makes of a 301, 302 or 303: if this came \
                 from LangGraph, something in front of this URL redirects, and the run was lost on the way. Give LangGraph the URL \
                 that the redirect leads to.",
        )],
        (ReadingKind::Empty, _) => vec![Sentence::said(
            "A run delivery always has a body, so this is none.",
        )],
        (ReadingKind::Json | ReadingKind::Run, _) => vec![Sentence::said(
            "It lacks the fields by which creel knows a run delivery.",
        )],
        (ReadingKind::Text | ReadingKind::Binary, _) => {
            vec![Sentence::said("Run deliveries are JSON.")]
        }
        (ReadingKind::Unreadable, _) => {
            vec![Sentence::said("The bytes are kept as they came.")]
        }
    }
}

fn of_status(run: &Run) -> Option<Sentence> {
    let stateless = run.stateless == Some(true);
    Some(match run.status.as_deref()? {
        "success" if stateless => Sentence::said(
            "It finished, or it paused at an interrupt: the payload is the same for both.",
        ),
        "success" => Sentence::said(
            "It finished, or it paused at an interrupt: the payload is the same for both. Only the thread\u{2019}s status in \
             LangGraph\u{2019}s API tells.",
        ),
        "error" if is_js_cancel(run) => Sentence::said(
            "The JavaScript server reports a cancelled run in this way: as an error with the text ",
        )
        .quote("interrupt")
        .and("."),
        "interrupted" => match &run.superseded_by {
            Some(by) => Sentence::said("Run ").quote(by).and(
                " was created on the same thread and took its place. The state is that of the last checkpoint.",
            ),
            None => Sentence::default().quote("interrupted").and(
                " means that somebody cancelled it, or that the client that streamed it left. A graph that pauses at an interrupt \
                 reports success instead.",
            ),
        },
        "rollback" => Sentence::said(
            "Its server deleted the run: asking LangGraph\u{2019}s API for it answers 404, and the payload has no values.",
        ),
        "timeout" => Sentence::said("The limit is ")
            .quote("BG_JOB_TIMEOUT_SECS")
            .and(" on its server."),
        "error" => return None,
        _ => Sentence::said("creel does not know this status; the payload is kept as it came."),
    })
}

fn of_error(run: &Run) -> Option<Sentence> {
    run.error.as_ref().filter(|error| error.masked).map(|_| {
        Sentence::said(
            "LangGraph passes on the text of well-known exceptions only. The text of this one is in its server\u{2019}s log.",
        )
    })
}

fn is_js_cancel(run: &Run) -> bool {
    run.sender.kind == SenderKind::LanggraphJs
        && matches!(&run.error, Some(RunError { class: None, message, .. }) if message == "interrupt")
}

/// Who sent it, as far as the request tells.
pub(super) fn sender(run: &Run) -> Sentence {
    let name = match run.sender.kind {
        SenderKind::LanggraphPython => "LangGraph\u{2019}s Python server",
        SenderKind::LanggraphJs => "LangGraph\u{2019}s JavaScript server",
        SenderKind::Compatible => {
            "A server that sends what LangGraph sends, without the marks of either of its servers"
        }
        SenderKind::Unknown => "Too little came to tell",
    };
    match &run.sender.version {
        Some(version) => Sentence::said(name).and(", version ").quote(version),
        None => Sentence::said(name),
    }
}
