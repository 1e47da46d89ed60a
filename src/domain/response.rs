//! The response to one delivery.
//!
//! **Invariant:** the stored response and the sent response are created from the same value.

/// The response to one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
}

impl Response {
    /// Request Timeout: the body did not arrive in time, and the connection ends after the response (RFC 9110 section 15.5.9).
    pub(crate) const TIMEOUT: Self = Self { status: 408 };

    /// Whether it is a 2xx, which senders accept as delivered.
    pub(crate) fn is_success(self) -> bool {
        (200..300).contains(&self.status)
    }
}
