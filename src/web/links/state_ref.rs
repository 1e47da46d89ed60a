//! Which part of a state is looked at. It is made of numbers alone, so that no address holds what was received.

use actix_web::HttpRequest;

use crate::json::JsonPath;
use crate::web::layout::page;

/// A part of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateRef {
    /// The value at the end of this path; the conversation if there is none.
    pub(crate) at: Option<JsonPath>,
    /// Which message, which child or which byte of a text it begins with.
    pub(crate) from: Option<usize>,
}

impl StateRef {
    /// All of it.
    pub(crate) const WHOLE: Self = Self {
        at: None,
        from: None,
    };

    /// What the query of a request asks for; what is no path and no number counts as not given.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self {
            at: page::parsed_param(request, "at"),
            from: page::parsed_param(request, "from"),
        }
    }

    /// The messages from that one on.
    pub(crate) fn message(from: usize) -> Self {
        Self {
            at: None,
            from: Some(from),
        }
    }

    pub(crate) fn value(path: JsonPath) -> Self {
        Self {
            at: Some(path),
            from: None,
        }
    }

    /// A value from that child or byte on.
    pub(crate) fn value_from(path: JsonPath, from: usize) -> Self {
        Self {
            at: Some(path),
            from: Some(from),
        }
    }

    /// Its part of the query of an address.
    pub(crate) fn query(self) -> String {
        let at = self.at.map_or(String::new(), |path| format!("&at={path}"));
        let from = self
            .from
            .map_or(String::new(), |from| format!("&from={from}"));
        format!("tab=conversation{at}{from}")
    }
}
