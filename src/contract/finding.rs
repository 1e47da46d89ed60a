//! The JSON of a finding.
//!
//! **Invariant:** codes may be added; existing ones never change their meaning.

use serde::Serialize;
use utoipa::ToSchema;

use crate::langgraph::findings::{Code, Finding, Level};

/// A fact about a delivery that you might miss. `/findings` explains each code.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
pub(super) struct FindingJson {
    /// Identifies the finding. New codes may be added; existing ones never change their meaning.
    code: Code,
    /// How much it matters.
    level: Level,
    /// One or two sentences. Code and received values are between backticks.
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
