//! Findings: facts about a delivery that a reader might miss, with their meaning and what to do. All of them are in one table.
//!
//! **Invariant:** findings are derived from stored data whenever a delivery is shown, so new rules apply to old deliveries too. A finding
//! never claims more than the bytes prove.

mod code;
mod request;
mod sender;
mod status;
mod table;
mod values;

pub use code::{Code, Level};
pub(crate) use request::cut;
pub use status::superseded_by;
pub(super) use status::{is_cancelled, is_stopped_js};
pub use table::TABLE;

use crate::domain::delivery::Summary;
use crate::domain::rich_text::RichText;
use crate::domain::run::Run;

/// A fact about a delivery.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// One or two sentences with the details of this delivery.
    pub text: RichText,
    /// Its row in the table.
    pub entry: &'static Entry,
}

impl Finding {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.entry.code
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Entry {
    /// Its code.
    pub code: Code,
    /// A short title.
    pub title: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Another level, and the cases in which it applies.
    pub at_times: Option<(Level, &'static str)>,
    /// The finding in one sentence. Code is between backticks, here and below.
    pub text: &'static str,
    /// The reason, and the versions that it applies to.
    pub why: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    rule: fn(&Summary) -> Option<RuleMatch>,
}

/// A rule that applies, with the text and level where they differ from the row.
#[derive(Debug, Default)]
struct RuleMatch {
    level: Option<Level>,
    text: Option<RichText>,
}

impl RuleMatch {
    /// The text and the level of the row, if the rule applies.
    fn when(applies: bool) -> Option<Self> {
        applies.then(Self::default)
    }

    /// Another text.
    fn with_text(text: RichText) -> Self {
        Self {
            level: None,
            text: Some(text),
        }
    }

    /// Another text, with code between backticks.
    fn with_markup(text: &'static str) -> Self {
        Self::with_text(RichText::parse(text))
    }

    /// Another level.
    fn at_level(self, level: Level) -> Self {
        Self {
            level: Some(level),
            ..self
        }
    }
}

/// All findings on a delivery, highest level first.
///
/// ```
/// use creel::langgraph::findings::{Code, TABLE};
///
/// assert!(TABLE.iter().any(|entry| entry.code == Code::SuccessMayBePaused));
/// ```
#[must_use]
pub fn findings(delivery: &Summary) -> Vec<Finding> {
    let found = TABLE.iter().filter_map(|entry| {
        let matched = (entry.rule)(delivery)?;
        Some(Finding {
            level: matched.level.unwrap_or(entry.level),
            text: matched.text.unwrap_or_else(|| RichText::parse(entry.text)),
            entry,
        })
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    found
}

/// The level of one finding, if it applies; none of the other rules is asked.
#[must_use]
pub fn level_of(delivery: &Summary, code: Code) -> Option<Level> {
    let entry = TABLE.iter().find(|entry| entry.code == code)?;
    let matched = (entry.rule)(delivery)?;
    Some(matched.level.unwrap_or(entry.level))
}

/// The run of a delivery, where it is one.
fn run(delivery: &Summary) -> Option<&Run> {
    delivery.reading.run.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_codes() {
        let rows: Vec<_> = TABLE.iter().map(|entry| entry.code).collect();
        assert_eq!(rows, Code::ALL);
    }

    #[test]
    fn texts_are_whole_sentences() {
        for entry in TABLE {
            let when = entry.at_times.map(|(_, when)| when);
            let texts = [entry.text, entry.why, entry.advice].into_iter();
            for text in texts {
                assert!(text.ends_with(['.', '?']), "{}: {text}", entry.code);
                assert!(text.len() > 20, "{}: {text}", entry.code);
            }
            for text in when
                .into_iter()
                .chain([entry.text, entry.why, entry.advice])
            {
                assert_eq!(text.matches('`').count() % 2, 0, "{}: {text}", entry.code);
                assert!(!text.contains("  "), "{}: {text}", entry.code);
            }
            assert_ne!(entry.at_times.map(|(level, _)| level), Some(entry.level));
        }
    }
}
