//! Why a payload has no state: `values` is null for one of three reasons, or absent.
//!
//! **Invariant:** there is no finding about `values` that is present. The JavaScript server is not known to send null, so a null from it is not explained.

use super::{RuleMatch, run};
use crate::domain::delivery::Summary;
use crate::domain::observations::ValuesState;
use crate::domain::run::{Run, SenderKind};

/// The error class of a run whose input was null.
const EMPTY_INPUT: &str = "EmptyInputError";

/// The run, if its `values` is null and its sender is not the JavaScript server.
fn of_null(delivery: &Summary) -> Option<&Run> {
    let run = run(delivery)?;
    let is_null = delivery.reading.observations.values == ValuesState::Null;
    (is_null && run.sender.kind != SenderKind::LanggraphJs).then_some(run)
}

fn was_rolled_back(run: &Run) -> bool {
    run.status.as_deref() == Some("rollback")
}

pub(super) fn null_rolled_back(delivery: &Summary) -> Option<RuleMatch> {
    RuleMatch::when(was_rolled_back(of_null(delivery)?))
}

pub(super) fn null_stateless(delivery: &Summary) -> Option<RuleMatch> {
    let run = of_null(delivery)?;
    RuleMatch::when(run.stateless == Some(true) && !was_rolled_back(run))
}

/// A run on a thread without a state. If `temporary` is absent, only the error distinguishes it from a stateless run.
pub(super) fn null_no_checkpoint(delivery: &Summary) -> Option<RuleMatch> {
    let run = of_null(delivery)?;
    let class = run.error.as_ref().and_then(|error| error.class.as_deref());
    let on_a_thread = run.stateless == Some(false);
    let had_no_input = run.stateless.is_none() && class == Some(EMPTY_INPUT);
    RuleMatch::when((on_a_thread || had_no_input) && !was_rolled_back(run))
}

pub(super) fn absent(delivery: &Summary) -> Option<RuleMatch> {
    let run = run(delivery)?;
    if delivery.reading.observations.values != ValuesState::Absent {
        return None;
    }
    Some(match (run.sender.kind, run.stateless) {
        (SenderKind::LanggraphJs, Some(true)) => RuleMatch::with_markup(
            "The payload has no `values`: the JavaScript server leaves it out for stateless runs.",
        ),
        (SenderKind::LanggraphPython, _) => RuleMatch::with_markup(
            "The payload has no `values`: the Python server always sends it, unless `webhooks.allowed_fields` excludes it.",
        ),
        _ => RuleMatch::default(),
    })
}
