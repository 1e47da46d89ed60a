//! What one delivery was answered.
//!
//! **Invariant:** what is stored with a delivery and what is sent to its sender are made of the same value.

/// The answer to one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
}

impl Response {
    /// Request Timeout: the body did not arrive in time, and the connection ends with the answer (RFC 9110 section 15.5.9).
    pub(crate) const TIMEOUT: Self = Self { status: 408 };

    /// Whether it is a 2xx: then a sender takes its delivery for delivered.
    pub(crate) fn is_success(self) -> bool {
        (200..300).contains(&self.status)
    }
}
