//! The Overview tab of a run: how creel interprets it.
//!
//! **Invariant:** received values are separate from derived ones.

use askama::Template;

use crate::domain::delivery::{Delivery, Summary};
use crate::domain::ids::Seq;
use crate::domain::rich_text::RichText;
use crate::domain::run::Run;
use crate::domain::time::Time;
use crate::langgraph::{self, RunBody};
use crate::web::conversation::last_message::LastMessage;
use crate::web::delivery::attempts::Attempts;
use crate::web::delivery::findings::Findings;
use crate::web::delivery::follow_up::{FollowUpView, Reader};
use crate::web::delivery::meaning;
use crate::web::delivery::related::Related;
use crate::web::delivery::run_inputs::RunInputsView;
use crate::web::delivery::timeline::Timeline;
use crate::web::links;
use crate::web::links::view::{Tab, View};
use crate::web::render::escape::Line;
use crate::web::render::format;
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "_overview.html")]
pub(crate) struct OverviewTab {
    error: Option<ErrorView>,
    findings: Option<Findings>,
    timeline: Timeline,
    attempts: Attempts,
    payload: Vec<PayloadValue>,
    follows: Vec<Follows>,
    inputs: Option<RunInputsView>,
    last_message: Option<LastMessage>,
    /// Commands that query LangGraph.
    follow_up: Option<FollowUpView>,
}

struct ErrorView {
    /// Whether it is a failure. A cancelled run has its reason in the same field.
    failed: bool,
    class: Option<Line>,
    message: String,
}

/// A received value.
struct PayloadValue {
    label: &'static str,
    value: Line,
    copies: bool,
    /// Link to all deliveries of the thread.
    href: Option<String>,
}

/// A derived fact.
struct Follows {
    label: &'static str,
    sentence: Prose,
    /// The delivery that the sentence is about.
    link: Option<DeliveryLink>,
}

/// A link to another delivery.
struct DeliveryLink {
    href: String,
    seq: Seq,
}

impl OverviewTab {
    /// A run with its delivery and body, and those that are related to it, for a reader, seen from `now`.
    pub(crate) fn new(
        delivery: &Delivery,
        (run, body): (&Run, &RunBody<'_>),
        related: &Related,
        reader: &Reader,
        view: View,
        now: Time,
    ) -> Self {
        let summary = &delivery.summary;
        let link = related.successor.map(|seq| DeliveryLink {
            href: view.select(seq).tab(Tab::Overview).href(),
            seq,
        });
        Self {
            error: error(run),
            findings: Findings::of(summary),
            attempts: Attempts::new(&related.attempts, run, view, now),
            last_message: LastMessage::of(run, body, view),
            timeline: Timeline::new(run, summary),
            payload: payload(run, summary),
            follows: follows(run, link),
            inputs: RunInputsView::of(body, view),
            follow_up: FollowUpView::of(delivery, run, body, reader),
        }
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

fn payload(run: &Run, delivery: &Summary) -> Vec<PayloadValue> {
    let thread = links::thread_id(delivery).map(|id| links::thread(delivery.endpoint_id, id));
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
        value.clone().map(|value| PayloadValue {
            label,
            value: Line(value),
            copies,
            href: thread.clone().filter(|_| label == "Thread"),
        })
    };
    values.into_iter().filter_map(value).collect()
}

fn follows(run: &Run, successor: Option<DeliveryLink>) -> Vec<Follows> {
    let mut all = vec![("Sender", meaning::sender(run), None)];
    let mut add = |label, sentence: RichText| all.push((label, sentence.into(), None));
    let graph = run.graph_id.as_deref();
    if let Some(graph) = graph.filter(|_| langgraph::is_default_assistant(run)) {
        add(
            "Assistant",
            RichText::plain("Default assistant of ").code(graph),
        );
    }
    match run.stateless {
        Some(true) => add(
            "Thread",
            RichText::plain("Temporary: deleted with the stateless run"),
        ),
        Some(false) => add("Thread", RichText::plain("Persistent")),
        None => {}
    }
    if run.resumed == Some(true) {
        add(
            "Input",
            RichText::parse("Resumed after an interrupt (`kwargs.command.resume` is set)"),
        );
    }
    if run.cron_id.is_some() {
        add("Started by", RichText::plain("A cron"));
    }
    if let Some(sentence) = messages(run) {
        add("Messages", sentence);
    }
    if successor.is_some() {
        all.push(("Successor", Prose::default(), successor));
    }
    let row = |(label, sentence, link)| Follows {
        label,
        sentence,
        link,
    };
    all.into_iter().map(row).collect()
}

fn messages(run: &Run) -> Option<RichText> {
    let messages = format::count(run.messages?, "message", "messages");
    let sentence = RichText::default().and(format!("{messages} in the state"));
    Some(match format::tokens(run.input_tokens, run.output_tokens) {
        Some(tokens) => sentence.and(format!(", {tokens}")),
        None => sentence,
    })
}
