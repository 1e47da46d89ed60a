//! A sentence about a delivery, in words of creel's own and words that were received or stand in code. The two are kept apart, so that
//! a page can show one as text and the other as code, and hostile text never passes for creel's own.
//!
//! **Invariant:** what is quoted is short, whatever came.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

/// Longest quotation, in characters.
const QUOTE_CHARS_MAX: usize = 80;

/// Words of creel's own and words that were received. Its text has quotations between backticks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence(Vec<Part>);

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words of creel's own.
    Said(Cow<'static, str>),
    /// Words that were received, or that stand in code or configuration.
    Quoted(Cow<'static, str>),
}

impl Sentence {
    /// A sentence that begins with words of creel's own.
    #[must_use]
    pub fn said(words: &'static str) -> Self {
        Self::default().and(words)
    }

    /// A text of creel's own in which code stands between backticks.
    #[must_use]
    pub fn written(text: &'static str) -> Self {
        let mut sentence = Self::default();
        for (index, words) in text.split('`').enumerate() {
            match (words, index % 2) {
                ("", _) => {}
                (words, 0) => sentence.0.push(Part::Said(words.into())),
                (words, _) => sentence.0.push(Part::Quoted(words.into())),
            }
        }
        sentence
    }

    /// Goes on in creel's own words.
    #[must_use]
    pub fn and(mut self, words: &'static str) -> Self {
        self.0.push(Part::Said(words.into()));
        self
    }

    /// Goes on with words of creel's own that hold a number.
    #[must_use]
    pub fn told(mut self, words: String) -> Self {
        self.0.push(Part::Said(words.into()));
        self
    }

    /// Goes on with what was received, at most so much of it as a headline bears.
    #[must_use]
    pub fn quote(mut self, received: &str) -> Self {
        let mut text: String = received.chars().take(QUOTE_CHARS_MAX).collect();
        if text.len() < received.len() {
            text.push('\u{2026}');
        }
        self.0.push(Part::Quoted(text.into()));
        self
    }

    /// Goes on with several quotations, with commas between them.
    #[must_use]
    pub fn quote_all<'a>(mut self, received: impl IntoIterator<Item = &'a str>) -> Self {
        for (index, text) in received.into_iter().enumerate() {
            if index > 0 {
                self = self.and(", ");
            }
            self = self.quote(text);
        }
        self
    }

    /// Goes on with another sentence.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        if !self.0.is_empty() && !next.0.is_empty() {
            self = self.and(" ");
        }
        self.0.extend(next.0);
        self
    }

    /// Its parts.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }
}

impl Display for Sentence {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Said(words) => f.write_str(words),
            Part::Quoted(words) => write!(f, "`{words}`"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_backticks_is_the_same_as_its_parts() {
        let text = "`values` is null: `kwargs.temporary` is `true`";
        let parts = Sentence::default()
            .quote("values")
            .and(" is null: ")
            .quote("kwargs.temporary")
            .and(" is ")
            .quote("true");
        assert_eq!(Sentence::written(text), parts);
        assert_eq!(parts.to_string(), text);
    }

    #[test]
    fn a_long_quotation_is_shortened_between_characters() {
        let text = Sentence::said("x ").quote(&"é".repeat(1000)).to_string();
        assert_eq!(text, format!("x `{}\u{2026}`", "é".repeat(80)));
    }

    #[test]
    fn several_quotations_and_sentences_are_joined_as_people_do() {
        let one = Sentence::said("Missing: ").quote_all(["a", "b"]).and(".");
        assert_eq!(one.to_string(), "Missing: `a`, `b`.");
        let two = one.then(Sentence::default()).then(Sentence::said("Two."));
        assert_eq!(two.to_string(), "Missing: `a`, `b`. Two.");
    }
}
