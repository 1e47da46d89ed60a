//! The values of fields that take one of a few names.
//!
//! **Invariant:** the names are those of the API. A variant that is added to one of these types does not compile here until it has a name.

use crate::domain::body::BodyKind;
use crate::domain::counts::RunStatus;
use crate::domain::run::{ReadingKind, SenderKind};
use crate::domain::token_check::TokenResult;
use crate::langgraph::findings::{Code, Level};

const TOKENS: [TokenResult; 5] = [
    TokenResult::Match,
    TokenResult::Missing,
    TokenResult::Wrong,
    TokenResult::Repeated,
    TokenResult::NotAsked,
];
const SENDERS: [SenderKind; 4] = [
    SenderKind::LanggraphPython,
    SenderKind::LanggraphJs,
    SenderKind::Compatible,
    SenderKind::Unknown,
];
const BODIES: [BodyKind; 9] = [
    BodyKind::Json,
    BodyKind::Ndjson,
    BodyKind::Form,
    BodyKind::Multipart,
    BodyKind::Xml,
    BodyKind::Text,
    BodyKind::Image,
    BodyKind::Binary,
    BodyKind::Empty,
];
const READINGS: [ReadingKind; 6] = [
    ReadingKind::Run,
    ReadingKind::Json,
    ReadingKind::Text,
    ReadingKind::Binary,
    ReadingKind::Empty,
    ReadingKind::Unreadable,
];
const LEVELS: [Level; 3] = [Level::Note, Level::Warning, Level::Problem];

pub(super) fn statuses() -> Vec<&'static str> {
    RunStatus::ALL.map(RunStatus::word).to_vec()
}

pub(super) fn tokens() -> Vec<&'static str> {
    TOKENS.into_iter().filter_map(token).collect()
}

pub(super) fn senders() -> Vec<&'static str> {
    SENDERS.map(sender).to_vec()
}

/// The kinds of bodies and readings, each name once.
pub(super) fn kinds() -> Vec<&'static str> {
    let bodies = BODIES.into_iter().filter_map(body_kind);
    let mut names: Vec<_> = READINGS.into_iter().filter_map(reading_kind).collect();
    for name in bodies {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

pub(super) fn http_versions() -> Vec<&'static str> {
    vec!["1.0", "1.1", "2"]
}

pub(super) fn findings() -> Vec<&'static str> {
    let codes = Code::ALL.iter().map(|code| code.name());
    LEVELS.map(Level::name).into_iter().chain(codes).collect()
}

/// The token result with this name.
pub(super) fn token_named(name: &str) -> Option<TokenResult> {
    TOKENS.into_iter().find(|one| token(*one) == Some(name))
}

/// The code of a finding with this name; `None` for a level.
pub(super) fn finding_code(name: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.name() == name)
}

pub(super) fn token(result: TokenResult) -> Option<&'static str> {
    match result {
        TokenResult::NotAsked => Some("not_asked"),
        TokenResult::Match => Some("match"),
        TokenResult::Missing => Some("missing"),
        TokenResult::Wrong => Some("wrong"),
        TokenResult::Repeated => Some("repeated"),
        TokenResult::Unknown => None,
    }
}

pub(super) fn sender(kind: SenderKind) -> &'static str {
    match kind {
        SenderKind::LanggraphPython => "langgraph_python",
        SenderKind::LanggraphJs => "langgraph_js",
        SenderKind::Compatible => "compatible",
        SenderKind::Unknown => "unknown",
    }
}

pub(super) fn body_kind(kind: BodyKind) -> Option<&'static str> {
    (kind != BodyKind::Unknown).then(|| kind.name())
}

pub(super) fn reading_kind(kind: ReadingKind) -> Option<&'static str> {
    match kind {
        ReadingKind::Run => Some("run"),
        ReadingKind::Json => Some("json"),
        ReadingKind::Text => Some("text"),
        ReadingKind::Binary => Some("binary"),
        ReadingKind::Empty => Some("empty"),
        ReadingKind::Unreadable => Some("unreadable"),
        ReadingKind::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    fn is_named<T: Serialize>(value: T, name: Option<&str>) {
        assert_eq!(serde_json::to_value(value).unwrap().as_str(), name);
    }

    #[test]
    fn names_are_those_of_the_api() {
        for one in TOKENS {
            is_named(one, token(one));
        }
        for one in SENDERS {
            is_named(one, Some(sender(one)));
        }
        for one in BODIES {
            is_named(one, body_kind(one));
        }
        for one in READINGS {
            is_named(one, reading_kind(one));
        }
    }

    #[test]
    fn each_name_is_there_once() {
        for names in [kinds(), tokens(), senders(), statuses(), findings()] {
            let mut sorted = names.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), names.len(), "{names:?}");
        }
    }
}
