//! What a reader of a delivery should know and may not see: one table of findings, each with what it means and what to do.
//!
//! **Invariants:** findings are derived when they are read, from what was kept, so that better rules hold for older deliveries too. They
//! say what the bytes prove, and never more.

mod code;
mod request;
mod sender;
mod status;
mod table;
mod values;

pub use code::{Code, Level};
pub use status::superseded_by;
pub(super) use status::{is_cancelled, is_stopped_js};
pub use table::TABLE;

use crate::domain::delivery::Summary;
use crate::domain::rich_text::RichText;
use crate::domain::run::Run;

/// Something that a delivery shows.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// The finding in one sentence or two, with the details of this delivery.
    pub text: RichText,
    /// What the table says of it.
    pub entry: &'static Entry,
}

impl Finding {
    /// What it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.entry.code
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Entry {
    /// What it is.
    pub code: Code,
    /// What it is, in a few words for people.
    pub title: &'static str,
    /// How much it matters.
    pub level: Level,
    /// The level that it has at times, and when.
    pub at_times: Option<(Level, &'static str)>,
    /// The finding in one sentence; code stands between backticks, here and below.
    pub text: &'static str,
    /// How it comes about, and in which versions.
    pub why: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    rule: fn(&Summary) -> Option<Told>,
}

/// What a rule says beyond that it holds.
#[derive(Debug, Default)]
struct Told {
    level: Option<Level>,
    text: Option<RichText>,
}

impl Told {
    /// In the words of the table, if it holds.
    fn if_so(holds: bool) -> Option<Self> {
        holds.then(Self::default)
    }

    /// In these words.
    fn so(text: RichText) -> Self {
        Self {
            level: None,
            text: Some(text),
        }
    }

    /// In these words, in which code stands between backticks.
    fn written(text: &'static str) -> Self {
        Self::so(RichText::parse(text))
    }

    /// At another level than that of the table.
    fn at(self, level: Level) -> Self {
        Self {
            level: Some(level),
            ..self
        }
    }
}

/// All findings on a delivery, those that matter most first.
///
/// ```
/// use creel::langgraph::findings::{Code, TABLE};
///
/// assert!(TABLE.iter().any(|entry| entry.code == Code::SuccessMayBePaused));
/// ```
#[must_use]
pub fn findings(delivery: &Summary) -> Vec<Finding> {
    let found = TABLE.iter().filter_map(|entry| {
        let told = (entry.rule)(delivery)?;
        Some(Finding {
            level: told.level.unwrap_or(entry.level),
            text: told.text.unwrap_or_else(|| RichText::parse(entry.text)),
            entry,
        })
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    found
}

/// The run of a delivery, where it is one.
fn run(delivery: &Summary) -> Option<&Run> {
    delivery.reading.run.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_row_in_the_order_of_the_codes() {
        let rows: Vec<_> = TABLE.iter().map(|entry| entry.code).collect();
        assert_eq!(rows, Code::ALL);
    }

    #[test]
    fn what_the_table_says_is_whole_sentences_whose_code_is_closed() {
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
