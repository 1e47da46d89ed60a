//! The Run tab: what was understood of a delivery. Received values stand apart from what follows from them.

use askama::Template;

use super::attempts::Attempts;
use super::body::BodyTab;
use super::follow_up::FollowUpView;
use super::human;
use super::sentence::{self, Sentence};
use super::text::Line;
use super::timeline::Timeline;
use super::view::View;
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::run::Run;
use crate::domain::time::Time;

/// The Run tab.
#[derive(Template)]
#[template(path = "_run.html")]
pub(super) struct RunTab {
    error: Option<ErrorView>,
    meaning: Vec<Sentence>,
    timeline: Option<Timeline>,
    attempts: Option<Attempts>,
    received: Vec<Received>,
    follows: Vec<Follows>,
    /// The body itself, where there is nothing else to show.
    body: Option<BodyTab>,
    /// What can be asked of LangGraph next.
    pub(super) follow_up: Option<FollowUpView>,
}

struct ErrorView {
    /// Whether it is a failure; a run that was cancelled gives its reason in the same place.
    failed: bool,
    class: Option<Line>,
    message: String,
}

/// A value of the payload.
struct Received {
    label: &'static str,
    value: Line,
    copies: bool,
}

/// What follows from the payload.
struct Follows {
    label: &'static str,
    sentence: Sentence,
}

impl RunTab {
    pub(super) fn new(delivery: &Delivery, view: View) -> Self {
        let nothing_else = delivery.summary.reading.run.is_none() && !delivery.body.is_empty();
        let body = nothing_else.then(|| BodyTab::new(delivery, view, false));
        let delivery = &delivery.summary;
        let run = delivery.reading.run.as_deref();
        Self {
            error: run.and_then(error),
            meaning: sentence::meaning(delivery),
            attempts: None,
            timeline: run.map(|run| Timeline::new(run, delivery.received_at)),
            received: run.map(received).unwrap_or_default(),
            follows: run.map(follows).unwrap_or_default(),
            body,
            follow_up: None,
        }
    }

    /// The same with what is known of the attempts of the delivery.
    pub(super) fn with_attempts(self, all: &[Summary], view: View, now: Time) -> Self {
        let run = all.last().and_then(|last| last.reading.run.as_deref());
        let attempts = run.map(|run| Attempts::new(all, run, view, now));
        Self { attempts, ..self }
    }
}

fn error(run: &Run) -> Option<ErrorView> {
    let error = run.error.as_ref()?;
    Some(ErrorView {
        failed: matches!(run.status.as_deref(), Some("error" | "timeout")),
        class: error.class.clone().map(Line),
        message: error.message.clone(),
    })
}

fn received(run: &Run) -> Vec<Received> {
    let values = [
        ("Status", &run.status, false),
        ("Run", &run.run_id, true),
        ("Thread", &run.thread_id, true),
        ("Assistant", &run.assistant_id, true),
        ("Graph", &run.graph_id, false),
        ("Cron", &run.cron_id, true),
        ("Multitask", &run.multitask_strategy, false),
    ];
    let value = |(label, value, copies): (_, &Option<String>, _)| {
        value.clone().map(|value| Received {
            label,
            value: Line(value),
            copies,
        })
    };
    values.into_iter().filter_map(value).collect()
}

fn follows(run: &Run) -> Vec<Follows> {
    let mut all = vec![("Sender", sentence::sender(run))];
    match run.stateless {
        Some(true) => all.push((
            "Thread",
            Sentence::said("Stateless: the thread is temporary and goes with the run"),
        )),
        Some(false) => all.push(("Thread", Sentence::said("Lasts beyond the run"))),
        None => {}
    }
    if run.resumed == Some(true) {
        let sentence = Sentence::said("Resumed after an interrupt: ")
            .quote("kwargs.command.resume")
            .and(" was given");
        all.push(("Input", sentence));
    }
    if run.cron_id.is_some() {
        all.push(("Started by", Sentence::said("A cron")));
    }
    if let Some(by) = &run.superseded_by {
        all.push(("Superseded by", Sentence::default().quote(by)));
    }
    all.extend(conversation(run).map(|sentence| ("Messages", sentence)));
    let row = |(label, sentence)| Follows { label, sentence };
    all.into_iter().map(row).collect()
}

fn conversation(run: &Run) -> Option<Sentence> {
    let messages = human::count(run.messages?, "message", "messages");
    let sentence = Sentence::default().told(messages);
    Some(match (run.input_tokens, run.output_tokens) {
        (None, None) => sentence.and(" in the state"),
        (input, output) => sentence.told(format!(
            " in the state, {} tokens in, {} out",
            input.unwrap_or(0),
            output.unwrap_or(0)
        )),
    })
}
