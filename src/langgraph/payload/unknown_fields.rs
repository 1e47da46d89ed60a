//! Top-level names that a run does not have: those that neither server is known to send, and those by which webhooks of LangSmith are
//! recognised. LangSmith documents the latter under "Configure webhook notifications for rules", "… for alerts",
//! "Trigger a webhook on prompt commit" and "LangSmith Engine webhook events".
//!
//! **Invariant:** the cost of a name does not depend on the number of names before it.

use crate::domain::observations::{Langsmith, Observations};

/// Longest name that is kept, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// The names of a body that a run does not have.
#[derive(Debug, Default)]
pub(super) struct UnknownFields {
    pub(super) names: Vec<String>,
    /// A bit for each name of a LangSmith webhook.
    marks: u16,
}

const RULE: u16 = 0b1111;
const ALERT: u16 = 0b11 << 4;
const PROMPT: u16 = 0b111 << 6;
const ENGINE: u16 = 0b1_1111 << 9;

impl UnknownFields {
    pub(super) fn add(&mut self, name: &str) {
        self.marks |= mark(name);
        if self.names.len() < Observations::UNKNOWN_MAX && !self.has(name) {
            let end = name.floor_char_boundary(NAME_BYTES_MAX);
            self.names.push(name[..end].to_owned());
        }
    }

    /// Compares lengths first: a hostile body of a million empty names would call `memcmp` for each.
    fn has(&self, name: &str) -> bool {
        let same = |kept: &String| kept.len() == name.len() && (name.is_empty() || kept == name);
        self.names.iter().any(same)
    }

    /// The webhook of LangSmith that has these names. `kind` is its member `type`.
    pub(super) fn langsmith(&self, kind: Option<&str>) -> Option<Langsmith> {
        let has_all = |marks: u16| self.marks & marks == marks;
        let is_issue = kind.is_some_and(|kind| kind.starts_with("issue."));
        if has_all(RULE) {
            Some(Langsmith::Rule)
        } else if has_all(ALERT) {
            Some(Langsmith::Alert)
        } else if has_all(PROMPT) {
            Some(Langsmith::Prompt)
        } else if has_all(ENGINE) && is_issue {
            Some(Langsmith::Engine)
        } else {
            None
        }
    }
}

/// The bit of a name in `marks`.
fn mark(name: &str) -> u16 {
    let bit = match name {
        "rule_id" => 0,
        "start_time" => 1,
        "end_time" => 2,
        "runs" => 3,
        "alert_rule_id" => 4,
        // The owner of an alert may change the template of its body; LangSmith adds the names of the trigger.
        "alert_rule_attribute" | "triggered_metric_value" | "triggered_threshold" => 5,
        "prompt_id" => 6,
        "prompt_name" => 7,
        "commit_hash" => 8,
        "id" => 9,
        "type" => 10,
        "created" => 11,
        "request_id" => 12,
        "data" => 13,
        _ => return 0,
    };
    1 << bit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields_of(names: &[&str]) -> UnknownFields {
        let mut fields = UnknownFields::default();
        for name in names {
            fields.add(name);
        }
        fields
    }

    #[test]
    fn langsmith_webhooks_need_all_their_names() {
        let all: [(&[&str], Langsmith); 4] = [
            (
                &["rule_id", "start_time", "end_time", "runs"],
                Langsmith::Rule,
            ),
            (
                &["alert_rule_id", "triggered_metric_value"],
                Langsmith::Alert,
            ),
            (
                &["prompt_id", "prompt_name", "commit_hash"],
                Langsmith::Prompt,
            ),
            (
                &["id", "type", "created", "request_id", "data"],
                Langsmith::Engine,
            ),
        ];
        for (names, kind) in all {
            let of = |names: &[&str]| fields_of(names).langsmith(Some("issue.created"));
            assert_eq!(of(names), Some(kind));
            for left_out in 0..names.len() {
                let mut fewer = names.to_vec();
                fewer.remove(left_out);
                assert_eq!(of(&fewer), None, "{fewer:?}");
            }
        }
        let engine = fields_of(&["id", "type", "created", "request_id", "data"]);
        assert_eq!(engine.langsmith(Some("invoice.paid")), None);
        assert_eq!(engine.langsmith(None), None);
    }

    #[test]
    fn names_are_few_unique_and_short() {
        let names: Vec<String> = (0..20).map(|number| format!("n{}", number / 2)).collect();
        let mut fields = UnknownFields::default();
        fields.add(&"é".repeat(100));
        for name in &names {
            fields.add(name);
        }
        assert_eq!(fields.names.len(), Observations::UNKNOWN_MAX);
        assert_eq!(fields.names[0], "é".repeat(32));
        assert_eq!(fields.names[1..3], ["n0", "n1"]);
    }
}
