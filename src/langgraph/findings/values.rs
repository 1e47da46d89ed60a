//! Why a payload has no state: `values` is null for one of three reasons, or absent. And values that receivers read differently: repeated
//! members, and numbers that are not JSON.
//!
//! **Invariant:** there is no finding about the content of `values`. The JavaScript server is not known to send null, so a null from it is not explained.

use super::{RuleMatch, run};
use crate::domain::delivery::Summary;
use crate::domain::observations::{Observations, ValuesState};
use crate::domain::rich_text::RichText;
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

pub(super) fn member_repeated(delivery: &Summary) -> Option<RuleMatch> {
    let names = &delivery.reading.observations.repeated;
    let occur = match names.len() {
        0 => return None,
        1 => " occurs more than once; creel reads the last one, as most parsers do.",
        _ => " occur more than once; creel reads the last of each, as most parsers do.",
    };
    let text = RichText::default().codes(names.iter().map(String::as_str));
    Some(RuleMatch::with_text(text.and(occur)))
}

pub(super) fn number_not_json(delivery: &Summary) -> Option<RuleMatch> {
    let numbers = &delivery.reading.observations.not_numbers;
    let (first, rest) = numbers.split_first()?;
    let named = |text: RichText, place: &str, word: &str| text.code(place).and(" is ").code(word);
    let text = rest.iter().fold(
        named(RichText::default(), &first.path, &first.text),
        |text, one| named(text.and(", "), &one.path, &one.text),
    );
    let text = if numbers.len() < Observations::NOT_NUMBERS_MAX {
        text
    } else {
        text.and(" and maybe more")
    };
    Some(RuleMatch::with_text(text.and(
        ", which JSON does not have: strict parsers refuse the whole body.",
    )))
}
