//! The URL doctor: whether a LangGraph server accepts a webhook URL, whether it delivers to it, and what to change if not.
//!
//! **Invariant:** the result depends only on the URL, the server's version, its policy and what is known about its host name. No host name
//! is looked up.
//!
//! It covers the Python server only: the JavaScript server has no URL policy.
//!
//! | file | what it holds |
//! |---|---|
//! | `version` | which versions check what |
//! | `policy` | the webhook settings of a `langgraph.json` |
//! | `types` | the types of their values |
//! | `keys` | their keys, and what ignored keys stand for |
//! | `startup` | settings with which the server does not start |
//! | `address` | a URL, parsed as the server parses it |
//! | `ranges` | names and address ranges |
//! | `question` | the input of the doctor |
//! | `checks` | the checks of the server, in its order |
//! | `texts` | the texts of the results, the server's and creel's |
//! | `advice` | what to change, and what else to know |

mod address;
mod advice;
mod checks;
mod keys;
mod policy;
mod question;
mod ranges;
mod startup;
#[cfg(test)]
mod tests;
mod texts;
mod types;
mod version;

use serde::{Serialize, Serializer};

pub use advice::Advice;
pub use policy::Policy;
pub use question::{Name, Question};
pub use version::Version;

use checks::CheckResult;

/// The result for a URL.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one answer, with a name in the JSON"
)]
pub struct Diagnosis {
    /// The version that was checked.
    pub langgraph: Version,
    /// Whether the server starts with these settings.
    pub starts: bool,
    /// Whether a run can be created with this webhook.
    pub accepted: bool,
    /// Status of the response to the run's creation: 200, 422, or 400 for some URLs that cannot be parsed. 0, in JSON null, if the server
    /// does not start.
    #[serde(serialize_with = "status_or_null")]
    pub status: u16,
    /// If the server does not start, its text. For a refused URL, the server's text (`detail`), without the part that repeats the URL. For
    /// an accepted URL to which nothing is delivered, the reason.
    pub reason: Option<String>,
    /// Whether the server then sends to it, over the network.
    pub delivered: bool,
    /// Whether this is so only if the name resolves on LangGraph's machine, to an address that it accepts.
    pub if_resolved: bool,
    /// What to change, and what else to know, in this order.
    pub advice: Vec<Advice>,
}

/// Examines a URL.
///
/// ```
/// use creel::langgraph::doctor::{Name, Policy, Question, Version, examine};
///
/// let found = examine(&Question {
///     url: "http://127.0.0.1:8080/hook",
///     version: Version::NEWEST,
///     policy: &Policy::default(),
///     name: Name::Unknown,
/// });
/// assert_eq!(found.reason.as_deref(), Some("Webhook host blocked: loopback IP range"));
/// ```
pub fn examine(question: &Question<'_>) -> Diagnosis {
    let result = checks::check_url(question);
    let (status, reason) = match &result {
        CheckResult::Refused(refusal) => (
            refusal.status(),
            Some(refusal.detail(question.version.era())),
        ),
        CheckResult::NotStarted(failure) => (0, Some(failure.detail())),
        CheckResult::Lost(loss) => (200, Some(loss.reason(question.version.era()))),
        CheckResult::DependsOnDns | CheckResult::Delivered => (200, None),
    };
    Diagnosis {
        langgraph: question.version,
        starts: !matches!(result, CheckResult::NotStarted(_)),
        accepted: status == 200,
        status,
        reason,
        delivered: matches!(result, CheckResult::DependsOnDns | CheckResult::Delivered),
        if_resolved: matches!(result, CheckResult::DependsOnDns),
        advice: advice::advise(question, &result),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn status_or_null<S: Serializer>(status: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    Some(status)
        .filter(|status| **status != 0)
        .serialize(serializer)
}

/// The policy with as few settings as possible under which the newest known version takes a URL.
pub(crate) fn policy_for(url: &str) -> Policy {
    let policy = Policy::default();
    let question = Question {
        url,
        version: Version::NEWEST,
        policy: &policy,
        name: Name::Unknown,
    };
    advice::allow(&question).unwrap_or(policy)
}

impl Diagnosis {
    /// The diagnosis as a sentence without a full stop.
    pub fn sentence(&self) -> String {
        let server = format!("LangGraph {}", self.langgraph.without_patch());
        if !self.starts {
            return format!("{server}: the server will not start with these settings");
        }
        match (self.accepted, self.delivered, self.if_resolved) {
            (false, ..) => format!("{server} rejects this URL"),
            (true, false, _) => {
                format!("{server} accepts this URL, but creel will not receive the delivery")
            }
            (true, true, true) => format!("{server} accepts this URL if its host name resolves"),
            (true, true, false) => format!("{server} accepts this URL and delivers to it"),
        }
    }
}
