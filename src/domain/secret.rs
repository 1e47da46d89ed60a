//! Secrets: owner secrets and read keys, of which only a SHA-256 is stored, and webhook tokens, which are part of every capture URL and
//! stored as plain text.
//!
//! **Invariant:** secrets are compared in constant time. A plain hash is enough for generated secrets, which have 256 random bits. A chosen
//! read key or operator token should be as hard to guess.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Shortest secret that a user may choose, in bytes.
pub(crate) const CHOSEN_BYTES_MIN: usize = 16;

/// SHA-256 of a secret.
#[derive(Clone, Copy, Eq, Debug)]
pub struct SecretHash(pub [u8; 32]);

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl SecretHash {
    /// The hash of a secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

/// A new secret of 256 random bits, 43 characters that need no escaping in a URL, a header, a cookie or a shell.
#[must_use]
pub fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A new webhook token: 128 random bits, 22 characters, short enough to read in a URL.
pub(crate) fn random_token() -> String {
    // The first character is not `-`, so a command cannot interpret the token as an option.
    loop {
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        if token.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return token;
        }
    }
}

/// Whether two byte strings are equal, in a time that depends only on their lengths.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_need_no_escaping() {
        let (a, b) = (random(), random());
        assert_ne!(a, b);
        assert_eq!(a.len(), 43);
        let plain = |text: &str| {
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        assert!(plain(&a) && plain(&random_token()));
    }

    #[test]
    fn hashes_are_equal_only_for_the_same_secret() {
        assert_eq!(SecretHash::of("a"), SecretHash::of("a"));
        assert_ne!(SecretHash::of("a"), SecretHash::of("b"));
    }
}
