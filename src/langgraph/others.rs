//! Top-level names that are not of a run: those that neither server is known to send, and those by which other webhooks of LangChain's
//! products are known. Which these are is documented by LangSmith under "Configure webhook notifications for rules", "… for alerts",
//! "Trigger a webhook on prompt commit" and "LangSmith Engine webhook events".
//!
//! **Invariant:** a name costs the same however many came before it.

use crate::domain::facts::{Facts, Langsmith};

/// Longest name that is kept, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// What was seen of other names.
#[derive(Debug, Default)]
pub(super) struct Others {
    pub(super) unknown: Vec<String>,
    marks: u16,
}

const RULE: u16 = 0b1111;
const ALERT: u16 = 0b11 << 4;
const PROMPT: u16 = 0b111 << 6;
const ENGINE: u16 = 0b1_1111 << 9;

impl Others {
    /// Takes note of a name.
    pub(super) fn see(&mut self, name: &str) {
        self.marks |= mark(name);
        if self.unknown.len() < Facts::UNKNOWN_MAX && !self.has(name) {
            let end = name.floor_char_boundary(NAME_BYTES_MAX);
            self.unknown.push(name[..end].to_owned());
        }
    }

    /// Lengths first: to compare nothing with nothing a million times takes longer than it should.
    fn has(&self, name: &str) -> bool {
        let same = |seen: &String| seen.len() == name.len() && (name.is_empty() || seen == name);
        self.unknown.iter().any(same)
    }

    /// The webhook that these names make, if they make one. `kind` is the text of `type`.
    pub(super) fn langsmith(&self, kind: Option<&str>) -> Option<Langsmith> {
        let came = |marks: u16| self.marks & marks == marks;
        let is_issue = kind.is_some_and(|kind| kind.starts_with("issue."));
        if came(RULE) {
            Some(Langsmith::Rule)
        } else if came(ALERT) {
            Some(Langsmith::Alert)
        } else if came(PROMPT) {
            Some(Langsmith::Prompt)
        } else if came(ENGINE) && is_issue {
            Some(Langsmith::Engine)
        } else {
            None
        }
    }
}

/// The bit that a name stands for.
fn mark(name: &str) -> u16 {
    let bit = match name {
        "rule_id" => 0,
        "start_time" => 1,
        "end_time" => 2,
        "runs" => 3,
        "alert_rule_id" => 4,
        // An alert's body is a template that its owner may change; the names of what triggered it are added to it.
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

    fn seen(names: &[&str]) -> Others {
        let mut others = Others::default();
        for name in names {
            others.see(name);
        }
        others
    }

    #[test]
    fn webhooks_of_langsmith_are_known_by_all_of_their_names_and_by_no_fewer() {
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
            let of = |names: &[&str]| seen(names).langsmith(Some("issue.created"));
            assert_eq!(of(names), Some(kind));
            for left_out in 0..names.len() {
                let mut fewer = names.to_vec();
                fewer.remove(left_out);
                assert_eq!(of(&fewer), None, "{fewer:?}");
            }
        }
        let engine = seen(&["id", "type", "created", "request_id", "data"]);
        assert_eq!(engine.langsmith(Some("invoice.paid")), None);
        assert_eq!(engine.langsmith(None), None);
    }

    #[test]
    fn few_names_are_kept_each_once_and_short() {
        let names: Vec<String> = (0..20).map(|number| format!("n{}", number / 2)).collect();
        let mut others = Others::default();
        others.see(&"é".repeat(100));
        for name in &names {
            others.see(name);
        }
        assert_eq!(others.unknown.len(), Facts::UNKNOWN_MAX);
        assert_eq!(others.unknown[0], "é".repeat(32));
        assert_eq!(others.unknown[1..3], ["n0", "n1"]);
    }
}
