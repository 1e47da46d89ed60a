//! Secrets: owner secrets and read keys, of which only a SHA-256 is stored, and the tokens of webhooks, which stand in every capture URL and
//! are stored as they are.
//!
//! **Invariant:** secrets are compared in constant time. A plain hash is enough for what is made here, 256 random bits; who chooses a read
//! key or an operator token instead is to choose one as hard to guess.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Characters of a secret that is made here.
const RANDOM_CHARS: usize = 43;
/// Shortest secret that may be chosen instead of made, in bytes.
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
    /// Of a secret as it was presented.
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

/// Whether a text has the form of a secret that was made here, so that an empty or a short one is nobody's.
pub(crate) fn is_random(text: &str) -> bool {
    text.len() == RANDOM_CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A new webhook token: 128 random bits, 22 characters, short enough to read in a URL.
pub(crate) fn random_token() -> String {
    // A first character that is not `-` keeps the token from being taken for an option of a command.
    loop {
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        if token.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return token;
        }
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_survive_a_url_a_header_and_a_shell_as_they_are() {
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
    fn a_hash_is_equal_to_that_of_the_same_secret_only() {
        assert_eq!(SecretHash::of("a"), SecretHash::of("a"));
        assert_ne!(SecretHash::of("a"), SecretHash::of("b"));
    }
}
