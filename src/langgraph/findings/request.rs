//! What the request shows: its header lines, its token, whether all of it came, and whether it came before.
//!
//! **Invariant:** a finding on a secret says where it stands and never what it is.

use super::{Level, Told, run};
use crate::domain::delivery::{BodyKind, Summary, Truncation};
use crate::domain::observations::{HttpClient, Observations};
use crate::domain::rich_text::RichText;
use crate::domain::run::ReadingKind;
use crate::domain::time::duration;
use crate::domain::token_check::TokenResult;

/// How many paths of secrets a finding names.
const PATHS_SHOWN: usize = 4;

pub(super) fn content_type_text(delivery: &Summary) -> Option<Told> {
    let is_json = delivery.body.kind == BodyKind::Json;
    Told::if_so(is_json && delivery.reading.observations.content_type_text)
}

pub(super) fn content_type_repeated(delivery: &Summary) -> Option<Told> {
    let count = delivery.reading.observations.content_types;
    let text = || {
        RichText::default().and(format!(
            "{count} Content-Type lines came: receivers differ in which one they read."
        ))
    };
    (count > 1).then(|| Told::so(text()))
}

pub(super) fn body_cut(delivery: &Summary) -> Option<Told> {
    Some(Told::written(match delivery.body.cut? {
        Truncation::TooLong => "The body is longer than creel keeps; these are its first bytes.",
        Truncation::Disconnected => {
            "The sender went away before the body’s end; these are the bytes that came."
        }
        Truncation::TimedOut => {
            "The body’s end did not come in time; these are the bytes that came."
        }
    }))
}

pub(super) fn token_missing(delivery: &Summary) -> Option<Told> {
    Told::if_so(delivery.verdict.result == TokenResult::Missing)
}

pub(super) fn token_wrong(delivery: &Summary) -> Option<Told> {
    Told::if_so(delivery.verdict.result == TokenResult::Wrong)
}

pub(super) fn token_repeated(delivery: &Summary) -> Option<Told> {
    Told::if_so(delivery.verdict.result == TokenResult::Repeated)
}

pub(super) fn token_in_body(delivery: &Summary) -> Option<Told> {
    Told::if_so(delivery.reading.observations.token_in_webhook)
}

pub(super) fn secrets_in_body(delivery: &Summary) -> Option<Told> {
    let paths = &delivery.reading.observations.secrets;
    let is_user = |path: &String| path.ends_with(".langgraph_auth_user");
    let shown = paths.iter().take(PATHS_SHOWN).map(String::as_str);
    let text = RichText::plain("What look like secrets stand in the body: ").codes(shown);
    let text = match paths.len() {
        0 => return None,
        1..=PATHS_SHOWN => text.and("."),
        Observations::SECRETS_MAX.. => text.and(" and more."),
        count => text.and(format!(" and {} more.", count - PATHS_SHOWN)),
    };
    if paths.iter().all(is_user) {
        let told = Told::written(
            "The record of the user who called stands in the body: `kwargs.config.configurable.langgraph_auth_user`.",
        );
        return Some(told.at(Level::Note));
    }
    Some(Told::so(text))
}

pub(super) fn own_cookies_removed(delivery: &Summary) -> Option<Told> {
    Told::if_so(delivery.reading.observations.own_cookies_removed)
}

pub(super) fn redirected_get(delivery: &Summary) -> Option<Told> {
    let is_bodyless_get = delivery.reading.kind == ReadingKind::Empty && delivery.method == "GET";
    let from_python = || {
        RichText::plain("A GET without a body from ").code("python-httpx").and(
            ", as LangGraph’s server makes of a delivery when it follows a 301, 302 or 303: something in front of this URL seems to \
             redirect, and the run was lost on the way.",
        )
    };
    is_bodyless_get.then(|| match delivery.reading.observations.bodyless_get_by {
        Some(HttpClient::Httpx) => Told::so(from_python()),
        Some(HttpClient::Node) | None => Told::default().at(Level::Note),
    })
}

pub(super) fn same_run_other_bytes(delivery: &Summary) -> Option<Told> {
    let other = delivery.attempt.other_bytes?;
    let text = RichText::default().and(format!(
        "#{other} is of the same run, and its body is another."
    ));
    Some(Told::so(text))
}

pub(super) fn delivered_again(delivery: &Summary) -> Option<Told> {
    let attempt = delivery.attempt;
    if attempt.number < 2 {
        return None;
    }
    let gap = match attempt.gap_ms {
        Some(ms) if ms >= 0 => format!(", {} after the one before", duration(ms)),
        _ => String::new(),
    };
    let text = RichText::default().and(format!(
        "Attempt {}{gap}: the same bytes came first as #{}.",
        attempt.number, attempt.first_seq
    ));
    Some(if attempt.after_success {
        let why = RichText::plain(
            "The one before was answered with a 2xx, after which no LangGraph server sends again, unless it did not get the answer.",
        );
        Told::so(text.then(why)).at(Level::Warning)
    } else {
        Told::so(text)
    })
}

pub(super) fn clock_skew(delivery: &Summary) -> Option<Told> {
    let run = run(delivery)?;
    let is_before = |ms: &Option<i64>| ms.is_some_and(|ms| ms < 0);
    let text = |what: &str, ms: i64, than: &str| {
        let by = duration(ms.saturating_neg());
        Told::so(RichText::default().and(format!("{what} {by} before {than}.")))
    };
    let spans = [
        (
            "It was received",
            run.lag_ms,
            "it was sent: the sender’s clock and this one disagree",
        ),
        ("By the sender’s times, it ended", run.run_ms, "it started"),
        (
            "By the sender’s times, it started",
            run.queue_ms,
            "it was created",
        ),
    ];
    let (what, ms, than) = spans.into_iter().find(|(_, ms, _)| is_before(ms))?;
    Some(text(what, ms?, than))
}
