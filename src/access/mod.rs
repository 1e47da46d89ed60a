//! Access control. Credentials: the owner's cookie, a read key, the operator token, an operator's session.
//!
//! **Invariant:** a capture URL grants no access, and without access the response is the same as for an endpoint that does not exist.

mod changes;
pub mod cookies;
pub mod guard;
mod right;
mod sessions;
mod sign_in;
mod sign_in_code;
mod streams;
mod wrong_tokens;

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::header;

use crate::config::{BaseUrl, Config};
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::secret::{self, SecretHash};
use crate::error::AppError;
use crate::limits::client;
use crate::store::{EndpointFilter, Store, StoreError};
use crate::urls::Urls;

use changes::Changes;
use cookies::Cookies;
pub use right::Right;
use sessions::Sessions;
use sign_in_code::SignInCode;
use wrong_tokens::WrongTokens;

/// Decides who may do what.
pub struct Access {
    store: Arc<dyn Store>,
    config: Config,
    urls: Urls,
    /// Creates and reads the cookies of this installation.
    pub cookies: Cookies,
    sessions: Sessions,
    code: SignInCode,
    changes: Changes,
    wrong_tokens: WrongTokens,
}

impl Access {
    /// Access control for this installation. Ends sessions that were opened with another operator token.
    ///
    /// # Errors
    /// As the store.
    pub async fn new(
        store: Arc<dyn Store>,
        config: Config,
        urls: Urls,
    ) -> Result<Arc<Self>, StoreError> {
        let https = config.public_url.as_ref().is_some_and(BaseUrl::is_https);
        let base = urls.base_path().to_owned();
        let operator_token = SecretHash::of(&config.operator_token.0);
        let access = Self {
            sessions: Sessions::new(Arc::clone(&store), operator_token).await?,
            cookies: Cookies::new(store.instance().await?, https, base),
            wrong_tokens: WrongTokens::new(config.wrong_tokens_per_minute),
            code: SignInCode::default(),
            changes: Changes::default(),
            store,
            config,
            urls,
        };
        Ok(Arc::new(access))
    }

    /// The endpoint, if the request may read it.
    ///
    /// # Errors
    /// `NotFound` both for an unknown id and without access.
    pub async fn reader(
        &self,
        request: &HttpRequest,
        id: EndpointId,
    ) -> Result<(Arc<Endpoint>, Right), AppError> {
        let endpoint = match self.store.endpoint(id).await {
            Ok(endpoint) => Some(endpoint),
            Err(StoreError::NotFound(_)) => None,
            Err(error) => return Err(error.into()),
        };
        if let Some(endpoint) = endpoint
            && let Some(right) = self.right(request, &endpoint).await?
        {
            return Ok((endpoint, right));
        }
        if bearer(request).is_some() || !self.cookies.keys_of(request).is_empty() {
            self.wrong_token(request).await;
        }
        Err(AppError::NotFound)
    }

    /// Checks the key of a share link.
    ///
    /// # Errors
    /// `NotFound` if the key does not grant access to the endpoint.
    pub async fn check_key(
        &self,
        request: &HttpRequest,
        id: EndpointId,
        key: &str,
    ) -> Result<(), AppError> {
        match self.store.has_read_key(id, SecretHash::of(key)).await {
            Ok(true) => Ok(()),
            Ok(false) | Err(StoreError::NotFound(_)) => {
                self.wrong_token(request).await;
                Err(AppError::NotFound)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Checks that the request may delete the endpoint: from the owner or the operator. The operator may also delete one that cannot be
    /// read any more.
    ///
    /// # Errors
    /// `NotFound` as [`Self::manager`].
    pub async fn may_delete(&self, request: &HttpRequest, id: EndpointId) -> Result<(), AppError> {
        if self.operator_right(request).await?.is_none() {
            self.manager(request, id).await?;
        }
        Ok(())
    }

    /// The endpoint, if the request may change and delete it: from the owner or the operator.
    ///
    /// # Errors
    /// `NotFound` as [`Self::reader`]; a read key is not enough.
    pub async fn manager(
        &self,
        request: &HttpRequest,
        id: EndpointId,
    ) -> Result<Arc<Endpoint>, AppError> {
        let (endpoint, right) = self.reader(request, id).await?;
        if right.manages() {
            Ok(endpoint)
        } else {
            Err(AppError::NotFound)
        }
    }

    async fn right(
        &self,
        request: &HttpRequest,
        endpoint: &Endpoint,
    ) -> Result<Option<Right>, StoreError> {
        if let Some(right) = self.operator_right(request).await? {
            return Ok(Some(right));
        }
        let owners = self.cookies.owners_of(request);
        let mut owners = owners.iter().map(|secret| SecretHash::of(secret));
        if let Some(owner) = owners.find(|owner| endpoint.owner == Some(*owner)) {
            return Ok(Some(Right::Owner(owner)));
        }
        let keys = bearer(request).map(str::to_owned).into_iter();
        for key in keys.chain(self.cookies.keys_of(request)) {
            let key = SecretHash::of(&key);
            if self.store.has_read_key(endpoint.id, key).await? {
                return Ok(Some(Right::ReadKey(key)));
            }
        }
        Ok(None)
    }

    /// Whose endpoints this request may list; `None` for one without a session of an owner or of the operator.
    ///
    /// # Errors
    /// As the store.
    pub async fn lists(&self, request: &HttpRequest) -> Result<Option<EndpointFilter>, AppError> {
        if self.is_operator(request).await? {
            return Ok(Some(EndpointFilter::Any));
        }
        Ok(self.owner(request)?.map(EndpointFilter::One))
    }

    /// Whether the request may create endpoints.
    ///
    /// # Errors
    /// As the store.
    pub async fn may_create(&self, request: &HttpRequest) -> Result<bool, AppError> {
        Ok(!self.config.operator_creates || self.is_operator(request).await?)
    }

    /// Whether the request is the operator's.
    ///
    /// # Errors
    /// As the store.
    pub async fn is_operator(&self, request: &HttpRequest) -> Result<bool, AppError> {
        let is_operator = self.operator_right(request).await?.is_some();
        if !is_operator && bearer(request).is_some() {
            self.wrong_token(request).await;
        }
        Ok(is_operator)
    }

    /// Hash of this browser's owner secret.
    ///
    /// # Errors
    /// `Invalid` if it has several: its endpoints could then belong to someone else.
    pub fn owner(&self, request: &HttpRequest) -> Result<Option<SecretHash>, AppError> {
        let secret = self.one_owner(request)?;
        Ok(secret.map(|secret| SecretHash::of(&secret)))
    }

    /// This browser's owner secret, or a new one with its cookie.
    ///
    /// # Errors
    /// As [`Self::owner`].
    pub fn owner_or_new(
        &self,
        request: &HttpRequest,
    ) -> Result<(String, Option<Cookie<'static>>), AppError> {
        if let Some(secret) = self.one_owner(request)? {
            return Ok((secret, None));
        }
        let secret = secret::random();
        let cookie = self.cookies.owner(&secret);
        Ok((secret, Some(cookie)))
    }

    fn one_owner(&self, request: &HttpRequest) -> Result<Option<String>, AppError> {
        let mut owners = self.cookies.owners_of(request);
        if owners.len() > 1 {
            return Err(AppError::Invalid {
                field: "cookie",
                why: "this browser holds several owner cookies of creel, so another server on this host has set one; remove the \
                      cookies of this host in the browser and try again"
                    .to_owned(),
            });
        }
        Ok(owners.pop())
    }

    /// Notifies open streams that access to an endpoint may have ended. To be called after the change is stored.
    pub fn rights_changed(&self) {
        self.changes.notify();
    }

    async fn operator_right(&self, request: &HttpRequest) -> Result<Option<Right>, StoreError> {
        if bearer(request).is_some_and(|token| self.is_operator_token(token)) {
            return Ok(Some(Right::OperatorToken));
        }
        for secret in self.cookies.sessions_of(request) {
            let hash = SecretHash::of(&secret);
            if self.sessions.is_open(hash).await? {
                return Ok(Some(Right::Session(hash)));
            }
        }
        Ok(None)
    }

    fn is_operator_token(&self, token: &str) -> bool {
        let known = &self.config.operator_token.0;
        secret::same(token.as_bytes(), known.as_bytes())
    }

    /// To be called before answering a wrong token.
    async fn wrong_token(&self, request: &HttpRequest) {
        if let Some(client) = client::of_request(request, &self.config.trusted_proxies) {
            self.wrong_tokens.delay(client).await;
        }
    }
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
