//! Findings about the sender: missing fields, unknown fields, and webhooks of other products.
//!
//! **Invariant:** unknown fields are a finding only for the Python server: other servers may have fields of their own.

use super::{RuleMatch, run};
use crate::domain::delivery::Summary;
use crate::domain::observations::{Langsmith, ValuesState};
use crate::domain::rich_text::RichText;
use crate::domain::run::SenderKind;
use crate::langgraph::version::{ApiVersion, NEWEST};

pub(super) fn partial(delivery: &Summary) -> Option<RuleMatch> {
    let sender = &run(delivery)?.sender;
    let observations = &delivery.reading.observations;
    let is_python = sender.kind == SenderKind::LanggraphPython;
    let values = (is_python && observations.values == ValuesState::Absent).then_some("values");
    let missing: Vec<&str> = observations
        .missing
        .iter()
        .map(String::as_str)
        .chain(values)
        .collect();
    let text = RichText::plain(if is_python {
        "Missing fields that the Python server always sends: "
    } else {
        "Missing fields that both LangGraph servers always send: "
    });
    (!missing.is_empty()).then(|| RuleMatch::with_text(text.codes(missing).and(".")))
}

pub(super) fn newer(delivery: &Summary) -> Option<RuleMatch> {
    let sender = &run(delivery)?.sender;
    if let Some(version) = sender
        .version
        .as_deref()
        .filter(|version| is_newer(version))
    {
        let text = RichText::plain("Sent by version ")
            .code(version)
            .and(format!(
                "; the newest version that creel knows is {NEWEST}."
            ));
        return Some(RuleMatch::with_text(text));
    }
    let unknown = &delivery.reading.observations.unknown;
    let is_known = sender.kind != SenderKind::LanggraphPython || unknown.is_empty();
    let names = unknown.iter().map(String::as_str);
    let text = RichText::plain("The payload has fields that creel does not know: ").codes(names);
    (!is_known).then(|| RuleMatch::with_text(text.and(".")))
}

/// Whether a version is newer than the newest known one. False for a text that does not begin with a number.
fn is_newer(version: &str) -> bool {
    ApiVersion::read(version).is_some_and(|version| version > NEWEST)
}

pub(super) fn other(delivery: &Summary) -> Option<RuleMatch> {
    Some(RuleMatch::with_markup(
        match delivery.reading.observations.langsmith? {
            Langsmith::Rule => {
                "This looks like a LangSmith automation rule’s webhook: `runs` are traces that the rule matched."
            }
            Langsmith::Alert => {
                "This looks like a LangSmith alert’s webhook: `alert_rule_id` names the alert."
            }
            Langsmith::Prompt => {
                "This looks like a LangSmith prompt’s webhook: `commit_hash` names the commit."
            }
            Langsmith::Engine => {
                "This looks like a LangSmith Engine webhook: `type` names the event."
            }
        },
    ))
}
