//! A finding, as programs see it.
//!
//! **Invariant:** codes may be added; none changes what it means.

use serde::Serialize;
use utoipa::ToSchema;

use crate::langgraph::findings::{Code, Finding, Level};

/// Something that a delivery shows; `/findings` explains each.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
pub(super) struct FindingJson {
    /// What it is. Codes may be added; none changes what it means.
    code: Code,
    /// How much it matters.
    level: Level,
    /// A sentence or two, in which code and what was received stand between backticks.
    text: String,
}

impl From<Finding> for FindingJson {
    fn from(finding: Finding) -> Self {
        Self {
            code: finding.code(),
            level: finding.level,
            text: finding.text.to_string(),
        }
    }
}
