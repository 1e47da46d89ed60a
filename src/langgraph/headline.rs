//! A delivery in one sentence.
//!
//! **Invariant:** it says what the delivery proves and no more: `success` does not distinguish a finished run from a paused one, and no
//! duration is given where the clocks contradict each other.

use super::findings::{is_cancelled, is_stopped_js, superseded_by};
use crate::domain::delivery::Summary;
use crate::domain::observations::Langsmith;
use crate::domain::response::Response;
use crate::domain::rich_text::RichText;
use crate::domain::run::{ReadingKind, Run};
use crate::domain::time::duration;

/// A delivery in one sentence without a full stop.
#[must_use]
pub fn headline(delivery: &Summary) -> RichText {
    let reading = &delivery.reading;
    match (reading.kind, &reading.run) {
        (ReadingKind::Run, Some(run)) => of_run(run, delivery),
        (ReadingKind::Run | ReadingKind::Json, _) => match reading.observations.langsmith {
            Some(kind) => RichText::plain(of_langsmith(kind)),
            None => RichText::plain("JSON that is not a LangGraph run"),
        },
        (ReadingKind::Text, _) => RichText::plain("Text, not a LangGraph run"),
        (ReadingKind::Binary, _) => RichText::plain("Binary data, not a LangGraph run"),
        (ReadingKind::Empty, _) => {
            let bodyless = RichText::plain("A ")
                .code(&delivery.method)
                .and(" without a body");
            match reading.observations.bodyless_get_by {
                Some(_) => bodyless.and(", as a redirect makes of a delivery"),
                None => bodyless,
            }
        }
        (ReadingKind::Unknown, _) => {
            RichText::plain("What was understood of it when it arrived cannot be read any more")
        }
        (ReadingKind::Unreadable, _) => {
            RichText::plain("Meant to be JSON, but it cannot be read as such")
        }
    }
}

fn of_langsmith(kind: Langsmith) -> &'static str {
    match kind {
        Langsmith::Rule => "JSON such as LangSmith’s automation rules send, not a LangGraph run",
        Langsmith::Alert => "JSON such as LangSmith’s alerts send, not a LangGraph run",
        Langsmith::Prompt => "JSON such as LangSmith sends of a prompt, not a LangGraph run",
        Langsmith::Engine => "JSON such as LangSmith Engine sends, not a LangGraph run",
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
        Some("timeout") => subject.and(" was stopped by its server’s time limit"),
        Some(other) => return subject.and(" was delivered with the status ").code(other),
        None => return subject.and(" was delivered without a status"),
    };
    ended.and(spans(run, delivery))
}

/// ` after 24 ms, delivered 8 ms later`: how long it ran, and how long after its end it arrived, as far as both are known. Without a
/// 2xx the sender does not count it as delivered: it arrived.
fn spans(run: &Run, delivery: &Summary) -> String {
    let known = |ms: Option<i64>| ms.filter(|ms| *ms >= 0).map(duration);
    let ran = known(run.run_ms).map(|ms| format!(" after {ms}"));
    let clocks_agree = run.lag_ms.is_none_or(|ms| ms >= 0);
    let ended = run.ended_at.filter(|_| clocks_agree);
    let since_end = ended.map(|ended| delivery.received_at.millis_since(ended));
    let later = known(since_end).map(|ms| format!(" {ms} later"));
    let later = later.or_else(|| known(run.lag_ms).map(|ms| format!(" {ms} after it was sent")));
    let attempt = delivery.attempt.number;
    let again = (attempt > 1).then(|| format!(" by attempt {attempt}"));
    let delivered = later.is_some() || again.is_some();
    let taken = delivery.response.is_some_and(Response::is_success);
    let word = if taken { ", delivered" } else { ", arrived" };
    let delivered = delivered.then(|| word.to_owned());
    [ran, delivered, later, again]
        .into_iter()
        .flatten()
        .collect()
}
