//! What the token check found. It judges and never refuses: a wrong token is a fact about a delivery, not a reason to lose it.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::head::Head;
use super::secret::{self, same};
use super::target::path_and_query;

/// Longest token of an endpoint, in bytes.
pub const TOKEN_BYTES_MAX: usize = 256;

/// Whether an endpoint expects a token.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRule {
    /// No token is expected.
    NotAsked,
    /// This token is expected.
    Secret(String),
}

impl TokenRule {
    /// A new random token.
    #[must_use]
    pub fn random() -> Self {
        Self::Secret(secret::random_token())
    }

    /// A token that somebody chose.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn chosen(token: &str) -> Result<Self, String> {
        if token.is_empty() {
            return Err("a token has at least one character".to_owned());
        }
        if token.len() > TOKEN_BYTES_MAX {
            let bytes = token.len();
            return Err(format!(
                "a token has at most {TOKEN_BYTES_MAX} bytes, this one has {bytes}"
            ));
        }
        if token.chars().any(char::is_control) {
            return Err("a token holds no control characters".to_owned());
        }
        Ok(Self::Secret(token.to_owned()))
    }
}

impl std::fmt::Debug for TokenRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotAsked => "NotAsked",
            Self::Secret(_) => "Secret(..)",
        })
    }
}

/// What the token check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenVerdict {
    /// The endpoint asks for none.
    NotAsked,
    /// The expected token came.
    Match,
    /// None came.
    Missing,
    /// Another one came.
    Wrong,
    /// `?token=` came more than once: receivers differ in which one they read.
    Repeated,
    /// What the check found was stored and cannot be read.
    Unknown,
}

/// Where the token was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// `?token=` in the target.
    Query,
    /// A header line.
    Header,
    /// `Authorization: Basic`, which is what a sender makes of `http://user:token@host/`.
    Basic,
    /// What is stored of it cannot be read.
    Unknown,
}

/// The verdict on one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// What was found.
    pub token: TokenVerdict,
    /// Where.
    #[serde(rename = "where")]
    pub place: Option<TokenPlace>,
}

impl Verdict {
    /// The verdict of an endpoint that asks for no token.
    pub const NOT_ASKED: Self = Self {
        token: TokenVerdict::NotAsked,
        place: None,
    };

    fn at(place: TokenPlace, matches: bool) -> Self {
        let token = if matches {
            TokenVerdict::Match
        } else {
            TokenVerdict::Wrong
        };
        Self {
            token,
            place: Some(place),
        }
    }
}

/// Looks for the token where LangGraph can be told to put it: in the query, in any header line (`webhooks.headers`), in the URL's
/// userinfo, which arrives as `Authorization: Basic`. The first place that has one decides. Tokens are compared in constant time.
#[must_use]
pub fn judge(rule: &TokenRule, head: &Head) -> Verdict {
    let TokenRule::Secret(expected) = rule else {
        return Verdict::NOT_ASKED;
    };
    let expected = expected.as_bytes();
    let target = head.target();
    let (_, query) = path_and_query(&target);
    in_query(query.unwrap_or_default(), expected)
        .or_else(|| in_headers(head, expected))
        .unwrap_or(Verdict {
            token: TokenVerdict::Missing,
            place: None,
        })
}

fn in_query(query: &str, expected: &[u8]) -> Option<Verdict> {
    let mut tokens = query.split('&').filter_map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (name == "token").then_some(value)
    });
    let token = tokens.next()?;
    if tokens.next().is_some() {
        return Some(Verdict {
            token: TokenVerdict::Repeated,
            place: Some(TokenPlace::Query),
        });
    }
    let is_expected = |token: &str| same(&Cow::from(percent_decode_str(token)), expected);
    // A plus is a blank to some receivers and a plus to others; both readings are the sender's token.
    let as_form = || token.contains('+') && is_expected(&token.replace('+', " "));
    Some(Verdict::at(
        TokenPlace::Query,
        is_expected(token) || as_form(),
    ))
}

fn in_headers(head: &Head, expected: &[u8]) -> Option<Verdict> {
    let mut wrong = None;
    for (name, value) in head.header_bytes() {
        if same(value, expected) {
            return Some(Verdict::at(TokenPlace::Header, true));
        }
        if name.eq_ignore_ascii_case(b"authorization") {
            wrong = Some(in_authorization(value, expected));
            if let Some(Verdict {
                token: TokenVerdict::Match,
                ..
            }) = wrong
            {
                return wrong;
            }
        }
    }
    wrong
}

fn in_authorization(value: &[u8], expected: &[u8]) -> Verdict {
    let blank = value
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(value.len());
    let (scheme, credentials) = (&value[..blank], value[blank..].trim_ascii());
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return Verdict::at(TokenPlace::Header, same(credentials, expected));
    }
    let pair = STANDARD.decode(credentials).unwrap_or_default();
    let colon = pair
        .iter()
        .position(|byte| *byte == b':')
        .unwrap_or(pair.len());
    let (user, password) = (&pair[..colon], pair.get(colon + 1..).unwrap_or_default());
    Verdict::at(
        TokenPlace::Basic,
        same(user, expected) | same(password, expected),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes in the target and one header line, what is expected, and the verdict.
    const VERDICTS: [(&str, &str, &str, TokenVerdict, Option<TokenPlace>); 16] = {
        use TokenPlace::{Basic, Header, Query};
        use TokenVerdict::{Match, Missing, Repeated, Wrong};
        [
            ("/hook/x?token=s3cret", "X: y", "s3cret", Match, Some(Query)),
            (
                "/hook/x?a=b&token=s3cret&c",
                "X: y",
                "s3cret",
                Match,
                Some(Query),
            ),
            (
                "/hook/x?token=s%2Bcr%20et",
                "X: y",
                "s+cr et",
                Match,
                Some(Query),
            ),
            ("/hook/x?token=a+b", "X: y", "a b", Match, Some(Query)),
            ("/hook/x?token=a+b", "X: y", "a+b", Match, Some(Query)),
            ("/hook/x?token=S3CRET", "X: y", "s3cret", Wrong, Some(Query)),
            ("/hook/x?token=", "X: y", "s3cret", Wrong, Some(Query)),
            ("/hook/x?token", "X: y", "s3cret", Wrong, Some(Query)),
            (
                "/hook/x?token=s3cret&token=s3cret",
                "X: y",
                "s3cret",
                Repeated,
                Some(Query),
            ),
            ("/hook/x?Token=s3cret", "X: y", "s3cret", Missing, None),
            (
                "/hook/x",
                "X-Any-Name: s3cret",
                "s3cret",
                Match,
                Some(Header),
            ),
            (
                "/hook/x",
                "Authorization: Bearer s3cret",
                "s3cret",
                Match,
                Some(Header),
            ),
            (
                "/hook/x",
                "authorization: bearer other",
                "s3cret",
                Wrong,
                Some(Header),
            ),
            (
                "/hook/x",
                "Authorization: Basic dXNlcjpzM2NyZXQ=",
                "s3cret",
                Match,
                Some(Basic),
            ),
            (
                "/hook/x",
                "Authorization: Basic czNjcmV0Og==",
                "s3cret",
                Match,
                Some(Basic),
            ),
            (
                "/hook/x",
                "Authorization: Basic !!!",
                "s3cret",
                Wrong,
                Some(Basic),
            ),
        ]
    };

    #[test]
    fn a_token_is_found_in_query_header_and_userinfo_and_judged() {
        for (target, line, expected, token, place) in VERDICTS {
            let raw = format!("POST {target} HTTP/1.1\r\nHost: h\r\n{line}\r\n\r\n").into();
            let found = judge(
                &TokenRule::Secret(expected.to_owned()),
                &Head { raw, exact: true },
            );
            assert_eq!(found, Verdict { token, place }, "{target} {line}");
        }
    }

    #[test]
    fn an_endpoint_without_a_token_asks_for_none_whatever_comes() {
        let raw = "POST /hook/x?token=a&token=b HTTP/1.1\r\n\r\n".into();
        assert_eq!(
            judge(&TokenRule::NotAsked, &Head { raw, exact: true }),
            Verdict::NOT_ASKED
        );
    }
}
