//! By what right somebody reads an endpoint.
//!
//! **Invariant:** a right names its proof, so that it can be checked again later.

use crate::domain::secret::SecretHash;

/// By what right somebody reads an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Sends the operator token.
    OperatorToken,
    /// Is signed in as the operator; the hash of the session's secret.
    Session(SecretHash),
    /// Created it with this browser; the hash of the owner's secret.
    Owner(SecretHash),
    /// Holds this read key.
    ReadKey(SecretHash),
}

impl Right {
    /// Whether settings may be changed and the endpoint deleted.
    #[must_use]
    pub fn manages(self) -> bool {
        !matches!(self, Self::ReadKey(_))
    }
}
