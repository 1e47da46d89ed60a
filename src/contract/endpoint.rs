//! An endpoint, as programs see it.
//!
//! **Invariant:** the token is only for callers that manage the endpoint.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::endpoint::Endpoint;
use crate::domain::ids::Seq;
use crate::domain::time::Time;
use crate::domain::token_check::TokenRule;

/// A capture URL with its settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Endpoint)]
pub(crate) struct EndpointJson {
    /// Its id.
    id: String,
    /// What people call it.
    name: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The token that senders are to carry; null when none is asked for. Only for who manages the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    token: Option<TokenJson>,
    /// Statuses that its senders are answered: the first to the first attempt of a run, and so on; the last one to all that follow.
    reply: Vec<u16>,
    /// Where senders deliver; with the token in it only for who manages the endpoint.
    capture_url: String,
    /// Where people look.
    inspect_url: String,
    /// Seq of the newest delivery; 0 before the first.
    last_seq: Seq,
}

/// The token of an endpoint; null when none is asked for.
#[derive(Serialize)]
struct TokenJson(Option<String>);

/// The URLs of an endpoint, as a caller gets them.
pub(crate) struct EndpointUrls {
    pub(crate) capture: String,
    pub(crate) inspect: String,
}

impl EndpointJson {
    pub(crate) fn new(
        endpoint: &Endpoint,
        last_seq: Seq,
        urls: EndpointUrls,
        manages: bool,
    ) -> Self {
        let token = || match &endpoint.settings.token {
            TokenRule::NotAsked => TokenJson(None),
            TokenRule::Secret(token) => TokenJson(Some(token.clone())),
        };
        Self {
            id: endpoint.id.to_string(),
            name: endpoint.settings.name.clone(),
            created_at: endpoint.created_at,
            token: manages.then(token),
            reply: endpoint.settings.reply.statuses().to_vec(),
            capture_url: urls.capture,
            inspect_url: urls.inspect,
            last_seq,
        }
    }
}

/// A new endpoint with its first read key, which is shown only here.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedEndpoint {
    #[serde(flatten)]
    pub(crate) endpoint: EndpointJson,
    /// Gives the right to read this endpoint. `inspect_url` carries it here, so that it opens in any browser.
    pub(crate) read_key: String,
}

/// A page of endpoints.
#[derive(Serialize, ToSchema)]
#[schema(as = EndpointPage)]
pub(crate) struct EndpointPageJson {
    /// The endpoints, newest first.
    pub(crate) items: Vec<EndpointJson>,
    /// What to give as `before` for the next page; null on the last.
    pub(crate) next: Option<String>,
}
