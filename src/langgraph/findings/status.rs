//! What a status means, and what it does not tell.
//!
//! **Invariant:** `success` never says that a run finished; the reason of a cancelled run is the one that its server gave.

use super::{Level, Told, run};
use crate::domain::delivery::Summary;
use crate::domain::rich_text::RichText;
use crate::domain::run::{Run, RunError, SenderKind};

/// The states that deliveries are known to have.
const KNOWN: [&str; 5] = ["success", "error", "interrupted", "timeout", "rollback"];

/// Why a run was cancelled, by its server's words in `error.message`.
enum Reason<'a> {
    /// `interrupt requested via POST ...`, and the same of a rollback.
    Requested(&'a str),
    /// `client disconnected from the run stream (on_disconnect=cancel)`.
    ClientLeft,
    /// Older versions only say that it was.
    NotTold,
}

fn reason(run: &Run) -> Reason<'_> {
    let message = run.error.as_ref().map_or("", |error| &*error.message);
    let requested = ["interrupt requested via ", "rollback requested via "];
    let by = requested
        .iter()
        .find_map(|start| message.strip_prefix(start));
    match by {
        Some(by) => Reason::Requested(by),
        None if message.starts_with("client disconnected from the run stream") => {
            Reason::ClientLeft
        }
        None => Reason::NotTold,
    }
}

fn is(run: &Run, status: &str) -> bool {
    run.status.as_deref() == Some(status)
}

pub(super) fn success(delivery: &Summary) -> Option<Told> {
    let run = run(delivery).filter(|run| is(run, "success"))?;
    let facts = &delivery.reading.observations;
    if facts.unanswered_calls > 0 {
        let (calls, them) = match facts.unanswered_calls {
            1 => ("1 tool call".to_owned(), "it"),
            count => (format!("{count} tool calls"), "them"),
        };
        let text = RichText::plain("It may have paused: the last AI message asks for ")
            .and(calls)
            .and(", and no tool message behind it answers ")
            .and(them)
            .and(".");
        return Some(Told::so(text).at(Level::Warning));
    }
    Some(Told::written(
        match (facts.pause_requested, run.stateless) {
            (true, _) => {
                "It finished, or it paused: it was created with `interrupt_before` or `interrupt_after`, and the payload is the same for both."
            }
            (false, Some(true)) => {
                "It finished, or it paused at an interrupt: the payload is the same for both, and the thread that could tell is temporary."
            }
            (false, _) => {
                "It finished, or it paused at an interrupt: the payload is the same for both. Only the thread’s status in LangGraph’s API tells."
            }
        },
    ))
}

pub(super) fn cancelled(delivery: &Summary) -> Option<Told> {
    let run = run(delivery)?;
    if is_stopped_js(run) {
        let word = run.error.as_ref().map_or("", |error| &*error.message);
        let text = "The JavaScript server reports a run that was cancelled, or superseded on its thread, in this way: as an error with the text ";
        return Some(Told::so(RichText::plain(text).code(word).and(".")));
    }
    if !is(run, "interrupted") || run.superseded_by.is_some() {
        return None;
    }
    Some(match reason(run) {
        Reason::Requested(by) => {
            Told::so(RichText::plain("It was cancelled by ").code(by).and("."))
        }
        Reason::ClientLeft => Told::written(
            "The client that streamed it left, and it was created with `on_disconnect=cancel`.",
        ),
        Reason::NotTold => Told::written(
            "It was cancelled, or superseded on its thread, or the client that streamed it left: the payload does not tell which.",
        ),
    })
}

/// Whether it is the error by which the JavaScript server reports a run that was stopped.
pub(in crate::langgraph) fn is_stopped_js(run: &Run) -> bool {
    let says_so = matches!(&run.error, Some(RunError { class: None, message, .. }) if ["interrupt", "rollback"].contains(&message.as_str()));
    run.sender.kind == SenderKind::LanggraphJs && is(run, "error") && says_so
}

/// Whether its server says that somebody or something cancelled it; else another run may have taken its place.
pub(in crate::langgraph) fn is_cancelled(run: &Run) -> bool {
    is(run, "interrupted") && !matches!(reason(run), Reason::NotTold)
}

/// The run that took this one's place. A node that fails may write the same words, so the status counts too.
#[must_use]
pub fn superseded_by(run: &Run) -> Option<&str> {
    let stopped = is(run, "interrupted") || is(run, "rollback");
    run.superseded_by.as_deref().filter(|_| stopped)
}

pub(super) fn superseded(delivery: &Summary) -> Option<Told> {
    let run = run(delivery)?;
    let by = superseded_by(run)?;
    let message = run.error.as_ref().map_or("", |error| &*error.message);
    let strategy = message
        .split_once("(multitask_strategy=")
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(strategy, _)| strategy);
    let text = RichText::plain("Run ")
        .code(by)
        .and(" was created on the same thread and took its place");
    Some(Told::so(match strategy {
        Some(strategy) => text
            .and(", by the multitask strategy ")
            .code(strategy)
            .and("."),
        None => text.and("."),
    }))
}

pub(super) fn rolled_back(delivery: &Summary) -> Option<Told> {
    let run = run(delivery).filter(|run| is(run, "rollback"))?;
    Some(match reason(run) {
        Reason::Requested(by) => Told::so(
            RichText::plain("Its server deleted the run, as ")
                .code(by)
                .and(" asked: LangGraph’s API answers 404 for it."),
        ),
        Reason::ClientLeft | Reason::NotTold => Told::default(),
    })
}

pub(super) fn timed_out(delivery: &Summary) -> Option<Told> {
    Told::if_so(is(run(delivery)?, "timeout"))
}

pub(super) fn unknown(delivery: &Summary) -> Option<Told> {
    let status = run(delivery)?.status.as_deref()?;
    let text = RichText::plain("creel does not know the status ")
        .code(status)
        .and(".");
    (!KNOWN.contains(&status)).then(|| Told::so(text))
}

pub(super) fn error_masked(delivery: &Summary) -> Option<Told> {
    let error = run(delivery)?.error.as_ref()?;
    Told::if_so(error.masked)
}
