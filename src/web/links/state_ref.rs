//! A reference to a part of a state.
//!
//! **Invariant:** it consists of numbers only, so no URL contains received text.

use actix_web::HttpRequest;

use crate::json::JsonPath;
use crate::web::layout::page;

/// A reference to a part of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateRef {
    /// The path of a value; if empty, the conversation.
    pub(crate) at: Option<JsonPath>,
    /// Index of the first message or child, or offset in a text.
    pub(crate) from: Option<usize>,
}

impl StateRef {
    /// The complete state.
    pub(crate) const WHOLE: Self = Self {
        at: None,
        from: None,
    };

    /// Parses the query of a request; invalid parameters count as absent.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self {
            at: page::parsed_param(request, "at"),
            from: page::parsed_param(request, "from"),
        }
    }

    /// The messages from this one on.
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

    /// A value from this child or byte on.
    pub(crate) fn value_from(path: JsonPath, from: usize) -> Self {
        Self {
            at: Some(path),
            from: Some(from),
        }
    }

    /// Its query parameters.
    pub(crate) fn query(self) -> String {
        let at = self.at.map_or(String::new(), |path| format!("&at={path}"));
        let from = self
            .from
            .map_or(String::new(), |from| format!("&from={from}"));
        format!("tab=conversation{at}{from}")
    }
}
