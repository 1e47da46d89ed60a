//! The operator's sign-in, with a link that works once or with the operator token. Both are exchanged for a session.
//!
//! **Invariant:** the operator token is in no URL and no cookie. The browser gets a random secret, of which only a hash is stored.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;

use super::Access;
use crate::domain::secret::{self, SecretHash};
use crate::error::AppError;

impl Access {
    /// A code for a sign-in link that works once.
    #[must_use]
    pub fn sign_in_code(&self) -> String {
        self.code.renew()
    }

    /// Signs in with the code of a link.
    ///
    /// # Errors
    /// `NotFound` for a code that is wrong or already used.
    pub async fn sign_in_with_code(
        &self,
        request: &HttpRequest,
        code: &str,
    ) -> Result<Vec<Cookie<'static>>, AppError> {
        if !self.code.take(code) {
            return self.refuse(request).await;
        }
        self.open_session(request).await
    }

    /// Signs in with the operator token.
    ///
    /// # Errors
    /// `NotFound` for a wrong token.
    pub async fn sign_in_with_token(
        &self,
        request: &HttpRequest,
        token: &str,
    ) -> Result<Vec<Cookie<'static>>, AppError> {
        if !self.is_operator_token(token) {
            return self.refuse(request).await;
        }
        self.open_session(request).await
    }

    /// Ends this browser's sessions; returns the cookie for the response.
    ///
    /// # Errors
    /// As the store.
    pub async fn sign_out(&self, request: &HttpRequest) -> Result<Cookie<'static>, AppError> {
        for secret in self.cookies.sessions_of(request) {
            self.sessions.end(&secret).await?;
        }
        self.changes.notify();
        Ok(self.cookies.no_session())
    }

    async fn refuse<T>(&self, request: &HttpRequest) -> Result<T, AppError> {
        self.wrong_token(request).await;
        Err(AppError::NotFound)
    }

    /// A new session, and a new owner secret instead of the one that the browser sent, which someone else may have set.
    async fn open_session(&self, request: &HttpRequest) -> Result<Vec<Cookie<'static>>, AppError> {
        let secret = self.sessions.open().await?;
        // The browser loses these cookies now. Their sessions would stay open for no one, or for someone else.
        for secret in self.cookies.sessions_of(request) {
            self.sessions.end(&secret).await?;
        }
        self.changes.notify();
        let mut cookies = vec![self.cookies.session(&secret)];
        cookies.extend(self.renew_owner(request).await?);
        Ok(cookies)
    }

    async fn renew_owner(
        &self,
        request: &HttpRequest,
    ) -> Result<Option<Cookie<'static>>, AppError> {
        // If there are several, it is unknown which one is this browser's own.
        let owners = self.cookies.owners_of(request);
        let [old] = owners.as_slice() else {
            return Ok(None);
        };
        let new = secret::random();
        let (from, to) = (SecretHash::of(old), SecretHash::of(&new));
        self.store.change_owner(from, to).await?;
        self.changes.notify();
        Ok(Some(self.cookies.owner(&new)))
    }
}
