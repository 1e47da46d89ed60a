//! A delivery in one sentence.
//!
//! **Invariant:** the sentence claims only what the delivery proves: `success` can be a finished or a paused run, and there is no duration
//! if the clocks contradict each other.

use super::findings::{is_cancelled, is_stopped_js, superseded_by};
use crate::domain::delivery::Summary;
use crate::domain::observations::Langsmith;
use crate::domain::response::Response;
use crate::domain::rich_text::RichText;
use crate::domain::run::{ReadingKind, Run};
use crate::domain::size::bytes;
use crate::domain::target;
use crate::domain::time::duration;

/// A delivery in one sentence without a full stop.
#[must_use]
pub fn headline(delivery: &Summary) -> RichText {
    let reading = &delivery.reading;
    match (reading.kind, &reading.run) {
        (ReadingKind::Run, Some(run)) => of_run(run, delivery),
        (ReadingKind::Run | ReadingKind::Json, _) => match reading.observations.langsmith {
            Some(kind) => RichText::plain(of_langsmith(kind)),
            None => of_other(delivery.body.kind.noun(), delivery),
        },
        (ReadingKind::Text | ReadingKind::Binary, _) => {
            of_other(delivery.body.kind.noun(), delivery)
        }
        (ReadingKind::Empty, _) => {
            let article = if delivery.method.starts_with(['A', 'E', 'I', 'O', 'U']) {
                "An "
            } else {
                "A "
            };
            let bodyless = RichText::plain(article)
                .code(&delivery.method)
                .and(" without a body");
            match reading.observations.bodyless_get_by {
                Some(_) => bodyless.and(", possibly a redirected delivery"),
                None => bodyless,
            }
        }
        (ReadingKind::Unknown, _) => {
            RichText::plain("The stored reading of this delivery is damaged")
        }
        (ReadingKind::Unreadable, _) => of_other("invalid JSON", delivery),
    }
}

/// `GitHub push`, or `POST /path, JSON, 65 B` where the source is not known.
fn of_other(kind: &'static str, delivery: &Summary) -> RichText {
    match &delivery.reading.source {
        Some(source) => RichText::default().code(&source.to_string()),
        None => RichText::default()
            .code(&format!(
                "{} {}",
                delivery.method,
                target::readable_path(target::sub_path(&delivery.target))
            ))
            .and(format!(", {kind}, {}", bytes(delivery.body.bytes))),
    }
}

fn of_langsmith(kind: Langsmith) -> &'static str {
    match kind {
        Langsmith::Rule => "Looks like a LangSmith automation rule, not a LangGraph run",
        Langsmith::Alert => "Looks like a LangSmith alert, not a LangGraph run",
        Langsmith::Prompt => "Looks like a LangSmith prompt webhook, not a LangGraph run",
        Langsmith::Engine => "Looks like a LangSmith Engine webhook, not a LangGraph run",
    }
}

fn of_run(run: &Run, delivery: &Summary) -> RichText {
    let subject = match &run.graph_id {
        Some(graph) => RichText::plain("A run of ").code(graph),
        None => RichText::plain("A run"),
    };
    let ended = match run.status.as_deref() {
        Some("success") => subject.and(" ended with ").code("success"),
        Some("error") if is_stopped_js(run) => subject.and(" was stopped"),
        Some("error") => match run.error.as_ref().and_then(|error| error.class.as_ref()) {
            Some(class) => subject.and(" failed with ").code(class),
            None => subject.and(" failed"),
        },
        Some("interrupted") if superseded_by(run).is_some() => {
            subject.and(" was superseded by another run")
        }
        Some("interrupted") if is_cancelled(run) => subject.and(" was cancelled"),
        Some("interrupted") => subject.and(" was stopped"),
        Some("rollback") if superseded_by(run).is_some() => {
            subject.and(" was superseded by another run and rolled back")
        }
        Some("rollback") => subject.and(" was rolled back"),
        Some("timeout") => subject.and(" exceeded the server’s time limit"),
        Some(other) => return subject.and(" was delivered with the status ").code(other),
        None => return subject.and(" was delivered without a status"),
    };
    ended.and(spans(run, delivery))
}

/// ` after 24 ms, delivered 8 ms later`: the run's duration, and the time from its end to its arrival, as far as known. If the response was
/// not a 2xx, the sender does not count it as delivered, so the word is "arrived".
fn spans(run: &Run, delivery: &Summary) -> String {
    let known = |ms: Option<i64>| ms.filter(|ms| *ms >= 0).map(duration);
    let ran = known(run.run_ms).map(|ms| format!(" after {ms}"));
    let clocks_agree = run.lag_ms.is_none_or(|ms| ms >= 0);
    let ended = run.ended_at.filter(|_| clocks_agree);
    let since_end = ended.map(|ended| delivery.received_at.millis_since(ended));
    let later = known(since_end).map(|ms| format!(" {ms} later"));
    let later = later.or_else(|| known(run.lag_ms).map(|ms| format!(" {ms} after it was sent")));
    let attempt = delivery.attempt.number;
    let again = (attempt > 1).then(|| format!(" in attempt {attempt}"));
    let delivered = later.is_some() || again.is_some();
    let taken = delivery.response.is_some_and(Response::is_success);
    let word = if taken { ", delivered" } else { ", arrived" };
    let delivered = delivered.then(|| word.to_owned());
    [ran, delivered, later, again]
        .into_iter()
        .flatten()
        .collect()
}
