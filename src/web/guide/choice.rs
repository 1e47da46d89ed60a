//! Which snippet is chosen: a call that starts a run, and a language. The address of the page names both.

use actix_web::HttpRequest;

use crate::domain::ids::EndpointId;
use crate::langgraph::guide::start_calls::{Language, START_CALLS, StartCall};
use crate::web::layout::page;

/// Which snippet is shown.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) call: &'static StartCall,
    pub(crate) language: Language,
}

impl Choice {
    /// The snippet of these names; what there is not counts as not said.
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

    /// Its address on the page of an endpoint.
    pub(crate) fn href(self, id: EndpointId) -> String {
        let (call, language) = (self.call.name, self.language.name());
        format!("/inspect/{id}?how&way={call}&in={language}#start")
    }
}
