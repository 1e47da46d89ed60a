//! What the token check found. It judges and never refuses: a wrong token is a fact about a delivery, not a reason to lose it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether an endpoint expects a token.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRule {
    /// No token is expected.
    NotAsked,
    /// This token is expected.
    Secret(String),
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
