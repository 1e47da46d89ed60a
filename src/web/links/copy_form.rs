//! The forms in which a delivery can be copied, as URLs name them.
//!
//! **Invariant:** a name in a URL means one form for ever, because links are shared.

use std::str::FromStr;

/// The forms of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopyForm {
    /// A curl command.
    Curl,
    /// Request line and header lines.
    Head,
    /// Head and body.
    Http,
    /// The body as text in UTF-8: without Content-Encoding, read in its charset.
    Text,
}

impl CopyForm {
    /// Its name in the URL.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Head => "head",
            Self::Http => "http",
            Self::Text => "text",
        }
    }
}

impl FromStr for CopyForm {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [Self::Curl, Self::Head, Self::Http, Self::Text];
        all.into_iter().find(|form| form.word() == word).ok_or(())
    }
}
