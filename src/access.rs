//! Who may read. Three proofs: the owner's cookie, a read key, the operator token.
//!
//! **Invariant:** knowing a capture URL proves nothing, and whoever has no right gets the answer of an endpoint that does not exist.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;

use crate::domain::endpoint::{Endpoint, EndpointId};
use crate::domain::secret::{self, SecretHash};
use crate::error::AppError;
use crate::state::App;
use crate::store::Whose;

const OWNER_COOKIE: &str = "creel_owner";
const OPERATOR_COOKIE: &str = "creel_operator";
const KEY_COOKIE: &str = "creel_key";
const COOKIE_DAYS: i64 = 365;

/// By what right somebody reads an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Holds the operator token.
    Operator,
    /// Minted it with this browser.
    Owner,
    /// Holds a read key.
    ReadKey,
}

impl Right {
    /// Whether settings may be changed and the endpoint deleted.
    #[must_use]
    pub fn manages(self) -> bool {
        matches!(self, Self::Operator | Self::Owner)
    }
}

/// The endpoint, if the request proves a right to read it.
///
/// # Errors
/// `NotFound` both for an id that does not exist and for a missing right.
pub async fn reader(
    request: &HttpRequest,
    app: &App,
    id: EndpointId,
) -> Result<(Arc<Endpoint>, Right), AppError> {
    let endpoint = app.store.endpoint(id).await?;
    if is_operator(request, app) {
        return Ok((endpoint, Right::Operator));
    }
    let owner = owner(request);
    if owner.is_some() && owner == endpoint.owner {
        return Ok((endpoint, Right::Owner));
    }
    let cookie = request.cookie(KEY_COOKIE);
    for key in bearer(request)
        .into_iter()
        .chain(cookie.as_ref().map(Cookie::value))
    {
        if app.store.has_read_key(id, SecretHash::of(key)).await? {
            return Ok((endpoint, Right::ReadKey));
        }
    }
    Err(AppError::NotFound)
}

/// The endpoint, if the request proves a right to change and delete it: the owner or the operator.
///
/// # Errors
/// `NotFound` as [`reader`]; a read key alone is not enough.
pub async fn manager(
    request: &HttpRequest,
    app: &App,
    id: EndpointId,
) -> Result<Arc<Endpoint>, AppError> {
    let (endpoint, right) = reader(request, app, id).await?;
    if right.manages() {
        Ok(endpoint)
    } else {
        Err(AppError::NotFound)
    }
}

/// Whose endpoints this request may list; `None` for a stranger.
#[must_use]
pub fn lists(request: &HttpRequest, app: &App) -> Option<Whose> {
    if is_operator(request, app) {
        Some(Whose::Everyone)
    } else {
        owner(request).map(Whose::Owner)
    }
}

/// Whether the request may make endpoints.
#[must_use]
pub fn may_mint(request: &HttpRequest, app: &App) -> bool {
    !app.config.operator_mints || is_operator(request, app)
}

/// Whether the request carries the operator token.
#[must_use]
pub fn is_operator(request: &HttpRequest, app: &App) -> bool {
    let cookie = request.cookie(OPERATOR_COOKIE);
    let mut shown = bearer(request)
        .into_iter()
        .chain(cookie.as_ref().map(Cookie::value));
    shown.any(|token| is_operator_token(app, token))
}

/// Whether this is the operator token.
#[must_use]
pub fn is_operator_token(app: &App, token: &str) -> bool {
    secret::same(token.as_bytes(), app.config.operator_token.0.as_bytes())
}

/// Hash of the owner secret that this browser carries.
#[must_use]
pub fn owner(request: &HttpRequest) -> Option<SecretHash> {
    let cookie = request.cookie(OWNER_COOKIE)?;
    secret::is_minted(cookie.value()).then(|| SecretHash::of(cookie.value()))
}

/// The cookie that makes a browser an owner.
#[must_use]
pub fn owner_cookie(app: &App, secret: String) -> Cookie<'static> {
    cookie(app, OWNER_COOKIE, secret, "/".to_owned())
}

/// The cookie that makes a browser the operator.
#[must_use]
pub fn operator_cookie(app: &App, token: String) -> Cookie<'static> {
    cookie(app, OPERATOR_COOKIE, token, "/".to_owned())
}

/// The cookies that let a browser read one endpoint: for its pages, and for its part of the API where the live stream is.
#[must_use]
pub fn key_cookies(app: &App, id: EndpointId, key: &str) -> [Cookie<'static>; 2] {
    [format!("/inspect/{id}"), format!("/api/v1/endpoints/{id}")]
        .map(|path| cookie(app, KEY_COOKIE, key.to_owned(), path))
}

/// A cookie that lasts, and that neither scripts nor requests of other sites get.
#[must_use]
pub fn cookie(app: &App, name: &'static str, value: String, path: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path(path)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(
            app.config
                .public_url
                .as_ref()
                .is_some_and(crate::config::BaseUrl::is_https),
        )
        .max_age(Duration::days(COOKIE_DAYS))
        .finish()
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
