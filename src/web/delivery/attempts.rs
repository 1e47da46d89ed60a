//! The attempts of a delivery: when each arrived, how it was answered, what the sender was predicted to do next, and what it did.
//!
//! **Invariant:** a prediction depends on the stored response. For an attempt whose stored number cannot be read, there is none.

use std::time::Duration;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::delivery::Summary;
use crate::domain::ids::Seq;
use crate::domain::run::{Run, Sender};
use crate::domain::time::Time;
use crate::langgraph::retry::{RetryOutcome, attempts_max, predict, retry_outcome};
use crate::web::links::view::View;
use crate::web::render::format::{self, Exact};

/// The attempts as shown.
#[derive(Template)]
#[template(path = "_attempts.html")]
pub(crate) struct Attempts {
    title: String,
    attempts: Vec<Attempt>,
}

impl HtmlSafe for Attempts {}

struct Attempt {
    number: u32,
    /// Whether the stored number can be read.
    is_known: bool,
    seq: Seq,
    href: String,
    current: bool,
    received: Exact,
    gap: Option<String>,
    answered: Option<u16>,
    /// What the sender is predicted to do next.
    predicted: Option<String>,
    /// What it did.
    outcome: Option<&'static str>,
}

impl Attempts {
    /// The attempts of a run, as of `now`.
    pub(crate) fn new(all: &[Summary], run: &Run, view: View, now: Time) -> Self {
        let attempt = |(index, one): (usize, &Summary)| {
            let next = all.get(index + 1);
            Attempt::new(one, next, &run.sender, view, now)
        };
        let most = attempts_max(&run.sender);
        Self {
            title: title(all, most),
            attempts: all.iter().enumerate().map(attempt).collect(),
        }
    }
}

/// `Attempt 1 of at most 3`, or the number of attempts.
fn title(all: &[Summary], most: Option<u32>) -> String {
    let last = all.last().map_or(1, |last| last.attempt.number);
    match most {
        _ if last == 0 => "An attempt whose number cannot be read".to_owned(),
        _ if last > 1 => format!("{last} identical attempts"),
        Some(1) => "Only attempt (this sender does not retry)".to_owned(),
        Some(most) => format!("Attempt 1 of at most {most}"),
        None => "Attempt 1".to_owned(),
    }
}

impl Attempt {
    fn new(one: &Summary, next: Option<&Summary>, sender: &Sender, view: View, now: Time) -> Self {
        let step = one
            .response
            .filter(|_| one.attempt.is_known())
            .and_then(|response| predict(sender, one.attempt.number, response.status));
        let since = |from: Time, to: Time| {
            Duration::from_millis(to.millis_since(from).max(0).unsigned_abs())
        };
        let gap = next.map(|next| since(one.received_at, next.received_at));
        let passed = since(one.received_at, now);
        Self {
            number: one.attempt.number,
            is_known: one.attempt.is_known(),
            seq: one.seq,
            href: view.select(one.seq).href(),
            current: view.selected == Some(one.seq),
            received: Exact(one.received_at),
            gap: one.attempt.gap_ms.map(format::duration),
            answered: one.response.map(|response| response.status),
            outcome: step
                .as_ref()
                .and_then(|step| outcome_text(retry_outcome(step.next, gap, passed))),
            predicted: step.map(|step| as_a_sentence(&step.why)),
        }
    }
}

/// Begins with a capital letter.
fn as_a_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    first + letters.as_str()
}

/// `None` if no retry was predicted and none arrived.
fn outcome_text(outcome: RetryOutcome) -> Option<&'static str> {
    match outcome {
        RetryOutcome::AsPredicted => Some("Retried as predicted."),
        RetryOutcome::AtAnotherTime => Some("Retried, but not at the predicted time."),
        RetryOutcome::Unexpected => Some("Retried unexpectedly."),
        RetryOutcome::Pending => Some("The retry has not arrived yet."),
        RetryOutcome::Missing => Some("The retry did not arrive."),
        RetryOutcome::NoRetry => None,
    }
}
