//! The code of the operator's sign-in link.
//!
//! **Invariant:** a code works once, and only the newest one works.

use std::sync::{Mutex, PoisonError};

use crate::domain::secret::{self, SecretHash};

/// The code of a sign-in link, until it is used.
#[derive(Default)]
pub(super) struct SignInCode(Mutex<Option<SecretHash>>);

impl SignInCode {
    /// A new code, which replaces the previous one.
    pub(super) fn renew(&self) -> String {
        let code = secret::random_token();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(SecretHash::of(&code));
        code
    }

    /// Whether this is the code. If so, the code becomes invalid.
    pub(super) fn take(&self, code: &str) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = *kept == Some(SecretHash::of(code));
        if is_right {
            *kept = None;
        }
        is_right
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
