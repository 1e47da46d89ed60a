//! A sentence of plain text and code. They are separate, so that a page can mark up the code, and received text is never mistaken for
//! creel's own.
//!
//! **Invariant:** code is short, however long the received text is.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use super::beginning::Beginning;

/// Longest piece of code, in characters, so that it fits into a headline.
const CODE_CHARS_MAX: usize = 80;

/// A sentence of plain text and code. `Display` writes the code between backticks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RichText(Vec<Fragment>);

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fragment {
    /// creel's own words.
    Plain(Cow<'static, str>),
    /// Received text, or text quoted from code or configuration.
    Code(Cow<'static, str>),
}

impl RichText {
    /// A sentence that starts with plain text.
    #[must_use]
    pub fn plain(text: impl Into<Cow<'static, str>>) -> Self {
        Self::default().and(text)
    }

    /// A text with code between backticks.
    #[must_use]
    pub fn parse(text: impl Into<Cow<'static, str>>) -> Self {
        let pieces: Vec<Cow<'static, str>> = match text.into() {
            Cow::Borrowed(text) => text.split('`').map(Cow::Borrowed).collect(),
            Cow::Owned(text) => {
                let pieces = text.split('`').map(str::to_owned);
                pieces.map(Cow::Owned).collect()
            }
        };
        let fragment = |(index, piece)| match index % 2 {
            0 => Fragment::Plain(piece),
            _ => Fragment::Code(piece),
        };
        let pieces = pieces.into_iter().enumerate();
        let pieces = pieces.filter(|(_, piece)| !piece.is_empty());
        Self(pieces.map(fragment).collect())
    }

    /// Adds plain text.
    #[must_use]
    pub fn and(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Fragment::Plain(text.into()));
        self
    }

    /// Adds code, shortened to 80 characters.
    #[must_use]
    pub fn code(mut self, received: &str) -> Self {
        let text = Beginning::of_chars(received, CODE_CHARS_MAX).to_string();
        self.0.push(Fragment::Code(text.into()));
        self
    }

    /// Adds several pieces of code, with commas between them.
    #[must_use]
    pub fn codes<'a>(mut self, received: impl IntoIterator<Item = &'a str>) -> Self {
        for (index, text) in received.into_iter().enumerate() {
            if index > 0 {
                self = self.and(", ");
            }
            self = self.code(text);
        }
        self
    }

    /// Adds another sentence.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        if !self.0.is_empty() && !next.0.is_empty() {
            self = self.and(" ");
        }
        self.0.extend(next.0);
        self
    }

    /// The pieces, in order.
    #[must_use]
    pub fn fragments(&self) -> &[Fragment] {
        &self.0
    }
}

impl Display for RichText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fragment| match fragment {
            Fragment::Plain(text) => f.write_str(text),
            Fragment::Code(code) => write!(f, "`{code}`"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_mark_code() {
        let text = "`values` is null: `kwargs.temporary` is `true`";
        let parts = RichText::default()
            .code("values")
            .and(" is null: ")
            .code("kwargs.temporary")
            .and(" is ")
            .code("true");
        assert_eq!(RichText::parse(text), parts);
        assert_eq!(parts.to_string(), text);
    }

    #[test]
    fn long_code_is_shortened_between_characters() {
        let text = RichText::plain("x ").code(&"é".repeat(1000)).to_string();
        assert_eq!(text, format!("x `{}\u{2026}`", "é".repeat(80)));
    }

    #[test]
    fn lists_and_sentences_are_joined() {
        let one = RichText::plain("Missing: ").codes(["a", "b"]).and(".");
        assert_eq!(one.to_string(), "Missing: `a`, `b`.");
        let two = one.then(RichText::default()).then(RichText::plain("Two."));
        assert_eq!(two.to_string(), "Missing: `a`, `b`. Two.");
    }
}
