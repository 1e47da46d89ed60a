//! Which service sent a request, and what event it reports.
//!
//! **Invariant:** both are texts of the request or names from a table of well-known services, never a guess.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which service sent a request, and what event it reports. At least one of the two is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The service, such as `GitHub`, by header lines or members that only it sends.
    pub service: Option<String>,
    /// The event as the sender names it, such as `push` or `invoice.paid`; of LangSmith, which of its webhooks it is.
    pub event: Option<String>,
}

/// `GitHub push`, or the one of the two that is known.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.service, &self.event) {
            (Some(service), Some(event)) => write!(f, "{service} {event}"),
            (Some(known), None) | (None, Some(known)) => f.write_str(known),
            (None, None) => Ok(()),
        }
    }
}
