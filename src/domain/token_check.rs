//! The token check of a delivery.
//!
//! **Invariant:** the check never rejects a delivery: one with a wrong token is stored with the result. Tokens are compared in constant
//! time.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::head::Head;
use super::secret::{self, same};
use super::target::path_and_query;

/// Longest token of an endpoint, in bytes.
pub(crate) const TOKEN_BYTES_MAX: usize = 256;

/// Whether an endpoint expects a token. What is stored says either, so that a value that is missing does not switch the check off.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenRule {
    /// No token is expected.
    #[default]
    NotAsked,
    /// This token is expected.
    Secret(String),
}

impl TokenRule {
    pub(crate) fn random() -> Self {
        Self::Secret(secret::random_token())
    }

    /// A token that a user chose.
    ///
    /// # Errors
    /// What is wrong with the token.
    pub(crate) fn chosen(token: &str) -> Result<Self, String> {
        if token.is_empty() {
            return Err("the token must have at least one character".to_owned());
        }
        if token.len() > TOKEN_BYTES_MAX {
            let bytes = token.len();
            return Err(format!(
                "the token must have at most {TOKEN_BYTES_MAX} bytes, not {bytes}"
            ));
        }
        if token.chars().any(char::is_control) {
            return Err("the token must not contain control characters".to_owned());
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

/// The result of a token check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TokenResult)]
pub enum TokenResult {
    /// The endpoint expects no token.
    NotAsked,
    /// The token matches.
    Match,
    /// No token.
    Missing,
    /// Another token.
    Wrong,
    /// More than one `?token=`; receivers differ in which one they use.
    Repeated,
    /// The stored result cannot be read.
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
    /// `Authorization: Basic`, which senders create from `http://user:token@host/`.
    Basic,
    /// The stored place cannot be read.
    Unknown,
}

/// The token check of one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TokenCheck)]
pub struct TokenCheck {
    /// The result.
    #[serde(rename = "token")]
    pub result: TokenResult,
    /// Where the token was found.
    #[serde(rename = "where")]
    pub place: Option<TokenPlace>,
}

impl TokenCheck {
    /// The check of an endpoint that expects no token.
    pub const NOT_ASKED: Self = Self {
        result: TokenResult::NotAsked,
        place: None,
    };

    fn at(place: TokenPlace, matches: bool) -> Self {
        let result = if matches {
            TokenResult::Match
        } else {
            TokenResult::Wrong
        };
        Self {
            result,
            place: Some(place),
        }
    }
}

/// Looks for the token where LangGraph can be configured to send it: in the query, in any header line (`webhooks.headers`), or in the URL's
/// userinfo, which is sent as `Authorization: Basic`. The first place with a token decides. Tokens are compared in constant time.
#[must_use]
pub fn check_token(rule: &TokenRule, head: &Head) -> TokenCheck {
    let TokenRule::Secret(expected) = rule else {
        return TokenCheck::NOT_ASKED;
    };
    let expected = expected.as_bytes();
    let target = head.target();
    let (_, query) = path_and_query(&target);
    in_query(query.unwrap_or_default(), expected)
        .or_else(|| in_headers(head, expected))
        .unwrap_or(TokenCheck {
            result: TokenResult::Missing,
            place: None,
        })
}

fn in_query(query: &str, expected: &[u8]) -> Option<TokenCheck> {
    let mut tokens = query.split('&').filter_map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (name == "token").then_some(value)
    });
    let token = tokens.next()?;
    if tokens.next().is_some() {
        return Some(TokenCheck {
            result: TokenResult::Repeated,
            place: Some(TokenPlace::Query),
        });
    }
    let is_expected = |token: &str| same(&Cow::from(percent_decode_str(token)), expected);
    // Some receivers decode a plus as a space and others do not; either may be meant.
    let as_form = || token.contains('+') && is_expected(&token.replace('+', " "));
    Some(TokenCheck::at(
        TokenPlace::Query,
        is_expected(token) || as_form(),
    ))
}

fn in_headers(head: &Head, expected: &[u8]) -> Option<TokenCheck> {
    let mut wrong = None;
    for (name, value) in head.header_bytes() {
        if same(value, expected) {
            return Some(TokenCheck::at(TokenPlace::Header, true));
        }
        if name.eq_ignore_ascii_case(b"authorization") {
            wrong = Some(in_authorization(value, expected));
            if let Some(TokenCheck {
                result: TokenResult::Match,
                ..
            }) = wrong
            {
                return wrong;
            }
        }
    }
    wrong
}

fn in_authorization(value: &[u8], expected: &[u8]) -> TokenCheck {
    let blank = value
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(value.len());
    let (scheme, credentials) = (&value[..blank], value[blank..].trim_ascii());
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return TokenCheck::at(TokenPlace::Header, same(credentials, expected));
    }
    let pair = STANDARD.decode(credentials).unwrap_or_default();
    let colon = pair
        .iter()
        .position(|byte| *byte == b':')
        .unwrap_or(pair.len());
    let (user, password) = (&pair[..colon], pair.get(colon + 1..).unwrap_or_default());
    TokenCheck::at(
        TokenPlace::Basic,
        same(user, expected) | same(password, expected),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A target, a header line, the expected token, the result and its place.
    const CHECKS: [(&str, &str, &str, TokenResult, Option<TokenPlace>); 16] = {
        use TokenPlace::{Basic, Header, Query};
        use TokenResult::{Match, Missing, Repeated, Wrong};
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
    fn tokens_are_checked_in_query_header_and_userinfo() {
        for (target, line, expected, result, place) in CHECKS {
            let raw = format!("POST {target} HTTP/1.1\r\nHost: h\r\n{line}\r\n\r\n").into();
            let found = check_token(
                &TokenRule::Secret(expected.to_owned()),
                &Head { raw, exact: true },
            );
            assert_eq!(found, TokenCheck { result, place }, "{target} {line}");
        }
    }

    #[test]
    fn no_expected_token_means_not_asked() {
        let raw = "POST /hook/x?token=a&token=b HTTP/1.1\r\n\r\n".into();
        assert_eq!(
            check_token(&TokenRule::NotAsked, &Head { raw, exact: true }),
            TokenCheck::NOT_ASKED
        );
    }
}
