//! How many CORS preflights an endpoint got: shown next to its deliveries, because they are not listed.
//!
//! **Invariant:** an endpoint without preflights has no note.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::cors::Cors;
use crate::domain::endpoint::Endpoint;
use crate::web::links;
use crate::web::render::format;

/// The note.
#[derive(Template)]
#[template(path = "_preflight_note.html")]
pub(super) struct PreflightNote {
    count: String,
    /// Whether some pages may not send.
    is_restricted: bool,
    /// Where that is changed, for who may.
    settings_href: Option<String>,
}

impl HtmlSafe for PreflightNote {}

impl PreflightNote {
    pub(super) fn new(endpoint: &Endpoint, preflights: u64, manages: bool) -> Option<Self> {
        (preflights > 0).then(|| Self {
            count: format::count(preflights, "CORS preflight", "CORS preflights"),
            is_restricted: endpoint.settings.cors != Cors::Any,
            settings_href: manages
                .then(|| links::below_endpoint(endpoint.id, "/settings#browsers")),
        })
    }
}
