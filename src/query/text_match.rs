//! Compares a text with a word of a query.
//!
//! **Invariant:** case is ignored by Unicode's simple case folding, which maps one character to one; after `=` nothing is ignored.

use regex::bytes::{Regex, RegexBuilder};

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The text contains it.
    Contains,
    /// A word of the text begins with it.
    BeginsWord,
    /// The text is it.
    Is,
    /// The text begins with it.
    Begins,
}

/// What a text is compared with.
#[derive(Clone, Debug)]
pub(super) struct TextMatch {
    pub(super) how: How,
    pub(super) text: String,
    /// `None` where case counts.
    pattern: Option<Regex>,
}

impl TextMatch {
    /// Ignores case. Fails if the text is too long for a pattern.
    pub(super) fn new(how: How, text: &str) -> Result<Self, regex::Error> {
        let pattern = RegexBuilder::new(&regex::escape(text))
            .case_insensitive(true)
            .build()?;
        Ok(Self {
            how,
            text: text.to_owned(),
            pattern: Some(pattern),
        })
    }

    /// After `=`: case counts.
    pub(super) fn exact(how: How, text: &str) -> Self {
        Self {
            how,
            text: text.to_owned(),
            pattern: None,
        }
    }

    /// Whether case counts.
    pub(super) fn is_exact(&self) -> bool {
        self.pattern.is_none()
    }

    /// Whether it holds for a text, or for bytes that are not text.
    pub(super) fn holds(&self, found: &[u8]) -> bool {
        match self.how {
            How::Contains => self.next(found, 0).is_some(),
            How::BeginsWord => self.begins_word(found),
            How::Is => self.is(found),
            How::Begins => match &self.pattern {
                None => found.starts_with(self.text.as_bytes()),
                Some(_) => self.next(found, 0).is_some_and(|(start, _)| start == 0),
            },
        }
    }

    /// Whether a text is it, whatever the way of comparing.
    pub(super) fn is(&self, found: &[u8]) -> bool {
        match &self.pattern {
            None => found == self.text.as_bytes(),
            // Of a pattern that matches all of a text, the leftmost match is all of it: each character matches one character.
            Some(_) => self.next(found, 0) == Some((0, found.len())),
        }
    }

    /// The next place from an offset on.
    fn next(&self, found: &[u8], from: usize) -> Option<(usize, usize)> {
        if let Some(pattern) = &self.pattern {
            let place = pattern.find_at(found, from)?;
            return Some((place.start(), place.end()));
        }
        let at = from + memchr::memmem::find(found.get(from..)?, self.text.as_bytes())?;
        Some((at, at + self.text.len()))
    }

    fn begins_word(&self, found: &[u8]) -> bool {
        let mut from = 0;
        while let Some((start, _)) = self.next(found, from) {
            if !ends_with_letter(&found[..start]) {
                return true;
            }
            // The next place may overlap this one.
            from = start + 1;
            if from > found.len() {
                return false;
            }
        }
        false
    }
}

/// Whether the last character is a letter or a digit.
fn ends_with_letter(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(4)..];
    // The first of these bytes may be the rest of a character.
    let last = (0..tail.len()).find_map(|skip| std::str::from_utf8(&tail[skip..]).ok());
    last.and_then(|text| text.chars().next_back())
        .is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(how: How, text: &str, found: &str) -> bool {
        TextMatch::new(how, text).unwrap().holds(found.as_bytes())
    }

    #[test]
    fn case_is_ignored_beyond_ascii() {
        assert!(holds(How::Contains, "ZÜRICH", "in Zürich"));
        assert!(holds(
            How::Contains,
            "\u{3c3}\u{3bf}\u{3c2}",
            "\u{39f}\u{3a3}\u{39f}\u{3a3}"
        ));
        assert!(holds(How::Is, "a.b", "A.B") && !holds(How::Is, "a.b", "axb"));
        assert!(!holds(How::Is, "a", "aa") && !holds(How::Is, "a", "ba"));
        assert!(holds(How::Begins, "ag", "AGENT") && !holds(How::Begins, "ag", "an agent"));
        assert!(!TextMatch::exact(How::Is, "Agent").holds(b"agent"));
        assert!(TextMatch::exact(How::Begins, "Ag").holds(b"Agent"));
    }

    #[test]
    fn a_word_begins_after_anything_but_a_letter_or_digit() {
        for (found, expected) in [
            ("error", true),
            ("my error", true),
            ("\"error", true),
            ("myerror", false),
            ("éerror", false),
            ("9error", false),
            ("é error", true),
            ("terror error", true),
        ] {
            assert_eq!(holds(How::BeginsWord, "err", found), expected, "{found}");
        }
        let invalid = TextMatch::new(How::BeginsWord, "err").unwrap();
        assert!(invalid.holds(b"\xff\xfeerr"));
    }
}
