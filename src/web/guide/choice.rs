//! The selected snippet: a call that starts a run, and a language. The URL of the page names both.
//!
//! **Invariant:** every URL selects a snippet: unknown names select the default.

use actix_web::HttpRequest;

use crate::domain::ids::EndpointId;
use crate::langgraph::guide::start_calls::{Language, START_CALLS, StartCall};
use crate::web::layout::page;
use crate::web::links;

/// The selected snippet.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) call: &'static StartCall,
    pub(crate) language: Language,
}

impl Choice {
    /// The snippet with these names; unknown names select the default.
    pub(crate) fn named(call: &str, language: &str) -> Self {
        Self {
            call: StartCall::find(call).unwrap_or(&START_CALLS[0]),
            language: Language::find(language).unwrap_or_default(),
        }
    }

    pub(crate) fn of(request: &HttpRequest) -> Self {
        let param = |name| page::param(request, name).unwrap_or_default();
        Self::named(&param("way"), &param("in"))
    }

    /// Its URL on the page of an endpoint.
    pub(crate) fn href(self, id: EndpointId) -> String {
        let (call, language) = (self.call.name, self.language.name());
        let query = format!("?how=langgraph&way={call}&in={language}#start");
        links::below_endpoint(id, &query)
    }
}
