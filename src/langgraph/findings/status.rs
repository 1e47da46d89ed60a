//! Findings about the status of a run.
//!
//! **Invariant:** `success` never says that a run finished; the reason for a cancellation is always the one that the server gave.

use super::{Level, RuleMatch, run};
use crate::domain::delivery::Summary;
use crate::domain::rich_text::RichText;
use crate::domain::run::{Run, RunError, SenderKind};

/// The statuses that deliveries are known to have.
const KNOWN: [&str; 5] = ["success", "error", "interrupted", "timeout", "rollback"];

/// Why a run was cancelled, from `error.message`.
enum Reason<'a> {
    /// `interrupt requested via POST ...` or `rollback requested via POST ...`.
    Requested(&'a str),
    /// `client disconnected from the run stream (on_disconnect=cancel)`.
    ClientLeft,
    /// Older versions give no reason.
    NotGiven,
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
        None => Reason::NotGiven,
    }
}

fn is(run: &Run, status: &str) -> bool {
    run.status.as_deref() == Some(status)
}

pub(super) fn success(delivery: &Summary) -> Option<RuleMatch> {
    let run = run(delivery).filter(|run| is(run, "success"))?;
    let observations = &delivery.reading.observations;
    if observations.unanswered_calls > 0 {
        let (calls, them) = match observations.unanswered_calls {
            1 => ("1 tool call".to_owned(), "it"),
            count => (format!("{count} tool calls"), "them"),
        };
        let text = RichText::plain("The run may have paused: the last AI message has ")
            .and(calls)
            .and(", and no tool message after it answers ")
            .and(them)
            .and(".");
        return Some(RuleMatch::with_text(text).at_level(Level::Warning));
    }
    Some(RuleMatch::with_markup(
        match (observations.pause_requested, run.stateless) {
            (true, _) => {
                "The run finished, or it paused: it was created with `interrupt_before` or `interrupt_after`, and the payload is the same for both."
            }
            (false, Some(true)) => {
                "The run finished, or it paused at an interrupt: the payload is the same for both, and its temporary thread cannot be checked."
            }
            (false, _) => {
                "The run finished, or it paused at an interrupt: the payload is the same for both. Only the thread’s status in LangGraph’s API shows which."
            }
        },
    ))
}

pub(super) fn cancelled(delivery: &Summary) -> Option<RuleMatch> {
    let run = run(delivery)?;
    if is_stopped_js(run) {
        let word = run.error.as_ref().map_or("", |error| &*error.message);
        let text = "The run was cancelled, or superseded on its thread. The JavaScript server reports both as an error with the text ";
        return Some(RuleMatch::with_text(
            RichText::plain(text).code(word).and("."),
        ));
    }
    if !is(run, "interrupted") || run.superseded_by.is_some() {
        return None;
    }
    Some(match reason(run) {
        Reason::Requested(by) => RuleMatch::with_text(
            RichText::plain("The run was cancelled by ")
                .code(by)
                .and("."),
        ),
        Reason::ClientLeft => RuleMatch::with_markup(
            "The client that streamed the run disconnected, and the run was created with `on_disconnect=cancel`.",
        ),
        Reason::NotGiven => RuleMatch::with_markup(
            "The run was cancelled, or superseded on its thread, or the client that streamed it disconnected: the payload does not say which.",
        ),
    })
}

/// Whether the JavaScript server reports a stopped run with this error.
pub(in crate::langgraph) fn is_stopped_js(run: &Run) -> bool {
    let is_reason = matches!(&run.error, Some(RunError { class: None, message, .. }) if ["interrupt", "rollback"].contains(&message.as_str()));
    run.sender.kind == SenderKind::LanggraphJs && is(run, "error") && is_reason
}

/// Whether the server gives a reason for a cancellation; without one, the run may have been superseded.
pub(in crate::langgraph) fn is_cancelled(run: &Run) -> bool {
    is(run, "interrupted") && !matches!(reason(run), Reason::NotGiven)
}

/// The run that superseded this one. A failing node may raise an error with the same text, so the status is checked too.
#[must_use]
pub fn superseded_by(run: &Run) -> Option<&str> {
    let stopped = is(run, "interrupted") || is(run, "rollback");
    run.superseded_by.as_deref().filter(|_| stopped)
}

pub(super) fn superseded(delivery: &Summary) -> Option<RuleMatch> {
    let run = run(delivery)?;
    let by = superseded_by(run)?;
    let message = run.error.as_ref().map_or("", |error| &*error.message);
    let strategy = message
        .split_once("(multitask_strategy=")
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(strategy, _)| strategy);
    let text = RichText::plain("Run ")
        .code(by)
        .and(" on the same thread superseded this one");
    Some(RuleMatch::with_text(match strategy {
        Some(strategy) => text
            .and(", with the multitask strategy ")
            .code(strategy)
            .and("."),
        None => text.and("."),
    }))
}

pub(super) fn rolled_back(delivery: &Summary) -> Option<RuleMatch> {
    let run = run(delivery).filter(|run| is(run, "rollback"))?;
    Some(match reason(run) {
        Reason::Requested(by) => RuleMatch::with_text(
            RichText::plain("The server deleted this run, as requested by ")
                .code(by)
                .and(": LangGraph’s API answers 404 for it."),
        ),
        Reason::ClientLeft | Reason::NotGiven => RuleMatch::default(),
    })
}

pub(super) fn timed_out(delivery: &Summary) -> Option<RuleMatch> {
    RuleMatch::when(is(run(delivery)?, "timeout"))
}

pub(super) fn unknown(delivery: &Summary) -> Option<RuleMatch> {
    let status = run(delivery)?.status.as_deref()?;
    let text = RichText::plain("creel does not know the status ")
        .code(status)
        .and(".");
    (!KNOWN.contains(&status)).then(|| RuleMatch::with_text(text))
}

pub(super) fn error_masked(delivery: &Summary) -> Option<RuleMatch> {
    let error = run(delivery)?.error.as_ref()?;
    RuleMatch::when(error.masked)
}
