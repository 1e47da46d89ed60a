//! The URL doctor: would a LangGraph server take this webhook URL, would it deliver to it, and what to change if not.
//!
//! A pure function of the URL, the server's version, its policy and what is known of the host's name; nothing is looked up. It is about
//! the Python server alone: the JavaScript one has no policy for URLs.
//!
//! | file | knows |
//! |---|---|
//! | `version` | which versions check what |
//! | `policy` | what a `langgraph.json` says about webhooks |
//! | `address` | a URL taken apart as the server does it |
//! | `ranges` | names and address ranges |
//! | `judge` | the checks in their order |
//! | `words` | what each outcome is called, by the server and by creel |
//! | `advice` | what to change, and what else to know |

mod address;
mod advice;
mod judge;
mod policy;
mod ranges;
#[cfg(test)]
mod tests;
mod version;
mod words;

use std::net::IpAddr;

use serde::Serialize;

pub use advice::Advice;
pub use policy::Policy;
pub use version::Version;

use judge::Fate;

/// What is known of the name in a URL, as the machine sees it on which LangGraph runs.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// Nothing: it was not looked up.
    Unknown,
    /// It stands for nothing.
    Unresolved,
    /// It stands for these.
    Resolved(&'a [IpAddr]),
}

/// What the doctor is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is given as `webhook`.
    pub url: &'a str,
    /// The server's version.
    pub version: Version,
    /// What the server's `langgraph.json` says.
    pub policy: &'a Policy,
    /// What is known of the URL's name.
    pub name: Name<'a>,
}

/// What the doctor found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The version that was asked about.
    pub langgraph: Version,
    /// Whether a run can be created with this webhook.
    pub accepted: bool,
    /// What the creation of the run is answered with: 200, 422, or 400 for some URLs that cannot be read.
    pub status: u16,
    /// The text (`detail`) of a refusal as the server gives it, of its schema's texts the part that does not repeat the URL; of an
    /// accepted URL to which nothing is delivered, why.
    pub reason: Option<String>,
    /// Whether the server then sends to it, over the network.
    pub delivered: bool,
    /// Whether that holds only if the name resolves where LangGraph runs, to an address that it takes.
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
    let fate = judge::check_token(question);
    let (status, reason) = match &fate {
        Fate::Refused(refusal) => (
            refusal.status(),
            Some(refusal.detail(question.version.era())),
        ),
        Fate::Lost(loss) => (200, Some(loss.reason(question.version.era()))),
        Fate::DependsOnName | Fate::Delivered => (200, None),
    };
    Diagnosis {
        langgraph: question.version,
        accepted: status == 200,
        status,
        reason,
        delivered: matches!(fate, Fate::DependsOnName | Fate::Delivered),
        if_resolved: matches!(fate, Fate::DependsOnName),
        advice: advice::advise(question, &fate),
    }
}

impl Diagnosis {
    /// All of it in a sentence without a full stop.
    pub fn sentence(&self) -> String {
        let server = format!("LangGraph {}", self.langgraph.without_patch());
        match (self.accepted, self.delivered, self.if_resolved) {
            (false, ..) => format!("{server} refuses this URL"),
            (true, false, _) => {
                format!("{server} accepts this URL, but creel will not get the delivery")
            }
            (true, true, true) => format!("{server} accepts this URL if its name resolves"),
            (true, true, false) => format!("{server} accepts this URL and delivers to it"),
        }
    }
}
