//! The operator's sign-in: a link that works once, or the operator token; both are traded for a session.
//!
//! **Invariant:** the operator token is in no URL and no cookie. What a browser holds is a random secret, of which only a hash is stored.

use std::sync::Mutex;
use std::sync::PoisonError;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;

use super::cookies::SESSION_DAYS;
use super::{Access, Right};
use crate::domain::secret::{self, SecretHash};
use crate::domain::time::Time;
use crate::error::AppError;
use crate::store::{Session, StoreError};

/// The code of a sign-in link, until it is used.
#[derive(Default)]
pub(super) struct SignInCode(Mutex<Option<SecretHash>>);

impl SignInCode {
    /// A new code in place of the one before.
    pub(super) fn renew(&self) -> String {
        let code = secret::random_token();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(SecretHash::of(&code));
        code
    }

    /// Whether this is the code; then it is none any more.
    fn take(&self, code: &str) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = *kept == Some(SecretHash::of(code));
        if is_right {
            *kept = None;
        }
        is_right
    }
}

impl Access {
    /// A code for a link that signs one browser in, once.
    #[must_use]
    pub fn sign_in_code(&self) -> String {
        self.code.renew()
    }

    /// Signs in with the code of a link.
    ///
    /// # Errors
    /// `NotFound` for a code that is wrong or was used.
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
    /// `NotFound` for a token that is wrong.
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

    /// Ends the sessions that this browser holds; the cookie to answer with.
    ///
    /// # Errors
    /// As the store.
    pub async fn sign_out(&self, request: &HttpRequest) -> Result<Cookie<'static>, AppError> {
        for secret in self.cookies.sessions_of(request) {
            self.store.end_session(SecretHash::of(&secret)).await?;
        }
        self.changes.notify();
        Ok(self.cookies.no_session())
    }

    /// A session that is open, by the hash of its secret.
    pub(super) async fn session(&self, hash: SecretHash) -> Result<Option<Session>, StoreError> {
        let session = self.store.session(hash).await?;
        Ok(session.filter(|session| {
            session.expires_at > Time::now() && session.operator_token == self.operator_token_hash()
        }))
    }

    /// The right of a browser in which the operator signed in.
    pub(super) async fn session_right(
        &self,
        request: &HttpRequest,
    ) -> Result<Option<Right>, StoreError> {
        for secret in self.cookies.sessions_of(request) {
            let hash = SecretHash::of(&secret);
            if self.session(hash).await?.is_some() {
                return Ok(Some(Right::Session(hash)));
            }
        }
        Ok(None)
    }

    async fn refuse<T>(&self, request: &HttpRequest) -> Result<T, AppError> {
        self.wrong_token(request).await;
        Err(AppError::NotFound)
    }

    /// A new session, and a new owner secret in place of the one that the browser came with: somebody else may have put that there.
    async fn open_session(&self, request: &HttpRequest) -> Result<Vec<Cookie<'static>>, AppError> {
        const MICROS_A_DAY: i64 = 86_400_000_000;
        let (secret, now) = (secret::random(), Time::now());
        let session = Session {
            hash: SecretHash::of(&secret),
            operator_token: self.operator_token_hash(),
            expires_at: Time::from_micros(now.micros() + SESSION_DAYS * MICROS_A_DAY),
        };
        self.store.add_session(session, now).await?;
        // The browser forgets these now: they would stay open for nobody, or for somebody else.
        for secret in self.cookies.sessions_of(request) {
            self.store.end_session(SecretHash::of(&secret)).await?;
        }
        let mut cookies = vec![self.cookies.session(secret)];
        cookies.extend(self.renew_owner(request).await?);
        Ok(cookies)
    }

    async fn renew_owner(
        &self,
        request: &HttpRequest,
    ) -> Result<Option<Cookie<'static>>, AppError> {
        // Of several, nobody can tell which is this browser's own.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_works_once() {
        let codes = SignInCode::default();
        assert!(!codes.take(""));
        let code = codes.renew();
        assert!(!codes.take("other"));
        assert!(codes.take(&code));
        assert!(!codes.take(&code));
    }
}
