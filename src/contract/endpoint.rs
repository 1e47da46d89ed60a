//! The JSON of an endpoint.
//!
//! **Invariant:** only owner and operator get the token.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::cors::CorsInput;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::Seq;
use crate::domain::reply::FIRST_POSITION;
use crate::domain::time::Time;
use crate::domain::token_check::TokenRule;

/// A capture URL with its settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Endpoint)]
pub(crate) struct EndpointJson {
    /// Its id.
    id: String,
    /// Display name.
    name: Option<String>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The token that senders must have; null if none is expected. Only for owner and operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    token: Option<TokenJson>,
    /// Response statuses: the first for the first attempt of a run, the second for the second, and so on; the last one repeats. Requests that are not runs are
    /// counted together for the endpoint.
    reply: Vec<u16>,
    /// Position in `reply` of the next request that is not a run: 1 for the first status; it stays at the last one.
    reply_position: u32,
    /// Which web pages may send from a browser and read the response: `any`, `off`, or a list of origins.
    cors: CorsInput,
    /// CORS preflights of browsers so far. They are answered, but are not deliveries. Up to date within about a second.
    preflights: u64,
    /// URL for senders; with the token only for owner and operator.
    capture_url: String,
    /// URL of the endpoint's page.
    inspect_url: String,
    /// Seq of the newest delivery; 0 before the first.
    last_seq: Seq,
}

/// The token of an endpoint; null if none is expected.
#[derive(Serialize)]
struct TokenJson(Option<String>);

/// What changes with the deliveries of an endpoint.
#[derive(Clone, Copy)]
pub(crate) struct EndpointCounts {
    pub(crate) reply_position: u32,
    pub(crate) last_seq: Seq,
    pub(crate) preflights: u64,
}

impl EndpointCounts {
    /// Before the first delivery.
    pub(crate) const NEW: Self = Self {
        reply_position: FIRST_POSITION,
        last_seq: Seq(0),
        preflights: 0,
    };
}

/// The URLs of an endpoint, depending on the caller's access.
pub(crate) struct EndpointUrls {
    pub(crate) capture: String,
    pub(crate) inspect: String,
}

impl EndpointJson {
    pub(crate) fn new(
        endpoint: &Endpoint,
        counts: EndpointCounts,
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
            reply_position: counts.reply_position,
            cors: endpoint.settings.cors.clone().into(),
            preflights: counts.preflights,
            capture_url: urls.capture,
            inspect_url: urls.inspect,
            last_seq: counts.last_seq,
        }
    }
}

/// A new endpoint with its first read key, which is returned only here.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedEndpoint {
    #[serde(flatten)]
    pub(crate) endpoint: EndpointJson,
    /// Grants read access to this endpoint. `inspect_url` contains it here, so it works in any browser.
    pub(crate) read_key: String,
}

/// A page of endpoints.
#[derive(Serialize, ToSchema)]
#[schema(as = EndpointPage)]
pub(crate) struct EndpointPageJson {
    /// The endpoints, newest first.
    pub(crate) items: Vec<EndpointJson>,
    /// The `before` of the next page; null on the last page.
    pub(crate) next: Option<String>,
}
