//! The right by which a request reads an endpoint.
//!
//! **Invariant:** a right identifies its credential, so it can be checked again later.

use crate::domain::secret::SecretHash;

/// The right by which a request reads an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// The operator token.
    OperatorToken,
    /// An operator's session; the hash of its secret.
    Session(SecretHash),
    /// The browser that created the endpoint; the hash of its owner secret.
    Owner(SecretHash),
    /// This read key.
    ReadKey(SecretHash),
}

impl Right {
    /// Whether it allows changing settings and deleting the endpoint.
    #[must_use]
    pub fn manages(self) -> bool {
        !matches!(self, Self::ReadKey(_))
    }
}
