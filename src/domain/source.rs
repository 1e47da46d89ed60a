//! The service that sent a request, and the event that it reports.
//!
//! **Invariant:** both are texts from the request or names from a table of well-known services, never guessed.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The service that sent a request, and the event that it reports. At least one of them is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The service, such as `GitHub`, by header lines or members that only it sends.
    pub service: Option<String>,
    /// The event as the sender names it, such as `push` or `invoice.paid`; for LangSmith, the kind of webhook.
    pub event: Option<String>,
}

/// `GitHub push`, or only the known part.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.service, &self.event) {
            (Some(service), Some(event)) => write!(f, "{service} {event}"),
            (Some(known), None) | (None, Some(known)) => f.write_str(known),
            (None, None) => Ok(()),
        }
    }
}
