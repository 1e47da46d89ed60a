//! The operator's sessions.
//!
//! **Invariant:** only the hash of a session's secret is stored, and a session ends when the operator token that opened it changes.

use std::sync::Arc;

use super::cookies::SESSION_DAYS;
use crate::domain::secret::{self, SecretHash};
use crate::domain::time::Time;
use crate::store::{Session, Store, StoreError};

const MICROS_A_DAY: i64 = 86_400_000_000;

/// Opens, finds and ends sessions.
pub(super) struct Sessions {
    store: Arc<dyn Store>,
    operator_token: SecretHash,
}

impl Sessions {
    /// The sessions of this operator token. Ends those of other tokens.
    pub(super) async fn new(
        store: Arc<dyn Store>,
        operator_token: SecretHash,
    ) -> Result<Self, StoreError> {
        store.end_sessions_of_other_tokens(operator_token).await?;
        Ok(Self {
            store,
            operator_token,
        })
    }

    /// Opens a session and returns its secret.
    pub(super) async fn open(&self) -> Result<String, StoreError> {
        let (secret, now) = (secret::random(), Time::now());
        let session = Session {
            hash: SecretHash::of(&secret),
            operator_token: self.operator_token,
            expires_at: Time::from_micros(now.micros() + SESSION_DAYS * MICROS_A_DAY),
        };
        self.store.add_session(session, now).await?;
        Ok(secret)
    }

    /// Whether the session with this hash is open.
    pub(super) async fn is_open(&self, hash: SecretHash) -> Result<bool, StoreError> {
        let session = self.store.session(hash).await?;
        Ok(session.is_some_and(|session| {
            session.expires_at > Time::now() && session.operator_token == self.operator_token
        }))
    }

    /// Ends the session of this secret. It is not an error if there is none.
    pub(super) async fn end(&self, secret: &str) -> Result<(), StoreError> {
        self.store.end_session(SecretHash::of(secret)).await
    }
}
