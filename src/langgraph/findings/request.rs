//! Findings about the request: header lines, token, truncation, attempts.
//!
//! **Invariant:** a finding about a secret names its path and never its value.

use super::{Level, RuleMatch, run};
use crate::domain::body::BodyKind;
use crate::domain::delivery::{Summary, Truncation};
use crate::domain::observations::{HttpClient, Observations};
use crate::domain::rich_text::RichText;
use crate::domain::run::ReadingKind;
use crate::domain::size::bytes;
use crate::domain::time::duration;
use crate::domain::token_check::TokenResult;

/// How many paths of secrets a finding names.
const PATHS_SHOWN: usize = 4;

pub(super) fn content_type_text(delivery: &Summary) -> Option<RuleMatch> {
    let is_json = delivery.body.kind == BodyKind::Json;
    RuleMatch::when(is_json && delivery.reading.observations.content_type_text)
}

pub(super) fn content_type_repeated(delivery: &Summary) -> Option<RuleMatch> {
    let count = delivery.reading.observations.content_types;
    let text = || {
        RichText::default().and(format!(
            "There are {count} Content-Type headers; receivers differ in which one they use."
        ))
    };
    (count > 1).then(|| RuleMatch::with_text(text()))
}

pub(super) fn body_cut(delivery: &Summary) -> Option<RuleMatch> {
    Some(RuleMatch::with_markup(cut(delivery.body.cut?)))
}

pub(super) fn body_compressed(delivery: &Summary) -> Option<RuleMatch> {
    let coding = delivery.reading.observations.coding.as_ref()?;
    let encoding = Some(coding.encoding.join(", ")).filter(|names| !names.is_empty())?;
    let sent = RichText::plain("The body was sent as ").code(&encoding);
    let received = bytes(delivery.body.bytes);
    let Some(problem) = &coding.problem else {
        let sizes = format!(
            ", {received}, and decoded for reading, {}.",
            bytes(coding.bytes)
        );
        return Some(RuleMatch::with_text(sent.and(sizes)));
    };
    let text = sent.and(format!(
        ", {received}, and could not be decoded as that. {problem}"
    ));
    Some(RuleMatch::with_text(text).at_level(Level::Warning))
}

pub(super) fn charset_not_utf8(delivery: &Summary) -> Option<RuleMatch> {
    let is_json = matches!(delivery.body.kind, BodyKind::Json | BodyKind::Ndjson);
    let charset = delivery.charset().filter(|charset| *charset != "utf-8")?;
    let text = RichText::plain("The JSON was sent as ").code(charset);
    let text = text.and(" and not in UTF-8, which JSON must be in.");
    is_json.then(|| RuleMatch::with_text(text))
}

/// What is missing of a truncated body, and why.
pub(crate) fn cut(why: Truncation) -> &'static str {
    match why {
        Truncation::TooLong => "The body was longer than creel stores; these are its first bytes.",
        Truncation::Disconnected => {
            "The sender disconnected before the end of the body; these are the bytes received."
        }
        Truncation::TimedOut => {
            "The rest of the body did not arrive in time; these are the bytes received."
        }
        Truncation::Unknown => {
            "These are the first bytes of the body; the stored reason for the truncation cannot be read."
        }
    }
}

pub(super) fn row_damaged(delivery: &Summary) -> Option<RuleMatch> {
    let (first, rest) = delivery.damaged.split_first()?;
    let named = rest
        .iter()
        .fold(RichText::default().code(first), |text, column| {
            text.and(", ").code(column)
        });
    let text = named.and(" cannot be read from the database. The rest is shown as stored.");
    Some(RuleMatch::with_text(text))
}

pub(super) fn token_missing(delivery: &Summary) -> Option<RuleMatch> {
    RuleMatch::when(delivery.token_check.result == TokenResult::Missing)
}

pub(super) fn token_wrong(delivery: &Summary) -> Option<RuleMatch> {
    RuleMatch::when(delivery.token_check.result == TokenResult::Wrong)
}

pub(super) fn token_repeated(delivery: &Summary) -> Option<RuleMatch> {
    RuleMatch::when(delivery.token_check.result == TokenResult::Repeated)
}

pub(super) fn token_in_body(delivery: &Summary) -> Option<RuleMatch> {
    RuleMatch::when(delivery.reading.observations.token_in_webhook)
}

pub(super) fn secrets_in_body(delivery: &Summary) -> Option<RuleMatch> {
    let paths = &delivery.reading.observations.secrets;
    let is_user = |path: &String| path.ends_with(".langgraph_auth_user");
    let shown = paths.iter().take(PATHS_SHOWN).map(String::as_str);
    let text = RichText::plain("The body contains possible secrets: ").codes(shown);
    let text = match paths.len() {
        0 => return None,
        1..=PATHS_SHOWN => text.and("."),
        Observations::SECRETS_MAX.. => text.and(" and more."),
        count => text.and(format!(" and {} more.", count - PATHS_SHOWN)),
    };
    if paths.iter().all(is_user) {
        let matched = RuleMatch::with_markup(
            "The body contains the record of the authenticated user: `kwargs.config.configurable.langgraph_auth_user`.",
        );
        return Some(matched.at_level(Level::Note));
    }
    Some(RuleMatch::with_text(text))
}

pub(super) fn own_cookies_removed(delivery: &Summary) -> Option<RuleMatch> {
    RuleMatch::when(delivery.reading.observations.own_cookies_removed)
}

pub(super) fn not_strict_http(delivery: &Summary) -> Option<RuleMatch> {
    let observations = &delivery.reading.observations;
    let (raw, lines) = (observations.raw_target, observations.many_lines);
    let target =
        "The target has characters that must be percent-encoded: a strict server answers 400.";
    let many = format!("There are {lines} header lines: a strict server answers 431 or 400.");
    let text = match (raw, lines) {
        (false, 0) => return None,
        (true, 0) => target.to_owned(),
        (false, _) => many,
        (true, _) => format!("{target} {many}"),
    };
    Some(RuleMatch::with_text(RichText::default().and(text)))
}

pub(super) fn redirected_get(delivery: &Summary) -> Option<RuleMatch> {
    let is_bodyless_get = delivery.reading.kind == ReadingKind::Empty && delivery.method == "GET";
    let from_python = || {
        RichText::plain("A GET without a body from ").code("python-httpx").and(
            ", which LangGraph’s server sends when it follows a 301, 302 or 303: something in front of this URL seems to redirect, and \
             the run’s data was lost.",
        )
    };
    is_bodyless_get.then(|| match delivery.reading.observations.bodyless_get_by {
        Some(HttpClient::Httpx) => RuleMatch::with_text(from_python()),
        Some(HttpClient::Node) | None => RuleMatch::default().at_level(Level::Note),
    })
}

pub(super) fn same_run_other_bytes(delivery: &Summary) -> Option<RuleMatch> {
    let other = delivery.attempt.other_bytes?;
    let text = RichText::default().and(format!(
        "#{other} is of the same run, but has a different body."
    ));
    Some(RuleMatch::with_text(text))
}

pub(super) fn delivered_again(delivery: &Summary) -> Option<RuleMatch> {
    let attempt = delivery.attempt;
    if attempt.number < 2 {
        return None;
    }
    let gap = match attempt.gap_ms {
        Some(ms) if ms >= 0 => format!(", {} after the previous one", duration(ms)),
        _ => String::new(),
    };
    let text = RichText::default().and(format!(
        "Attempt {}{gap}: same bytes as #{}, the first attempt.",
        attempt.number, attempt.first_seq
    ));
    Some(if attempt.after_success {
        let why = RichText::plain(
            "The previous one was answered with a 2xx, after which LangGraph’s servers do not retry, unless they did not receive the response.",
        );
        RuleMatch::with_text(text.then(why)).at_level(Level::Warning)
    } else {
        RuleMatch::with_text(text)
    })
}

pub(super) fn time_without_zone(delivery: &Summary) -> Option<RuleMatch> {
    let unread = delivery.reading.observations.unread_times.iter();
    let names: Vec<_> = unread
        .filter(|time| time.lacks_zone())
        .map(|time| time.name.as_str())
        .collect();
    let text = RichText::plain("These times have no time zone: ").codes(names.iter().copied());
    let text = text.and(". They are shown as received, and no duration is computed from them.");
    (!names.is_empty()).then(|| RuleMatch::with_text(text))
}

pub(super) fn clock_skew(delivery: &Summary) -> Option<RuleMatch> {
    let run = run(delivery)?;
    let is_before = |ms: &Option<i64>| ms.is_some_and(|ms| ms < 0);
    let text = |what: &str, ms: i64, than: &str| {
        let by = duration(ms.saturating_neg());
        RuleMatch::with_text(RichText::default().and(format!("{what} {by} before {than}.")))
    };
    let spans = [
        (
            "It was received",
            run.lag_ms,
            "it was sent: the sender’s clock and creel’s disagree",
        ),
        ("By the sender’s clock, it ended", run.run_ms, "it started"),
        (
            "By the sender’s clock, it started",
            run.queue_ms,
            "it was created",
        ),
    ];
    let (what, ms, than) = spans.into_iter().find(|(_, ms, _)| is_before(ms))?;
    Some(text(what, ms?, than))
}
