//! The beginning of a text that was received, for places that hold a bounded piece of it.
//!
//! **Invariant:** where a text was cut, an ellipsis says so.

use std::fmt::{self, Display, Formatter};

/// The beginning of a text, displayed with an ellipsis where the text goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beginning<'t> {
    pub(crate) text: &'t str,
    pub(crate) is_cut: bool,
}

impl<'t> Beginning<'t> {
    /// The first so many bytes of a text; a character is not cut in two.
    pub(crate) fn of_bytes(text: &'t str, bytes_max: usize) -> Self {
        let shown = &text[..text.floor_char_boundary(bytes_max)];
        Self {
            text: shown,
            is_cut: shown.len() < text.len(),
        }
    }

    /// The first so many characters of a text.
    pub(crate) fn of_chars(text: &'t str, chars_max: usize) -> Self {
        let end = text.char_indices().nth(chars_max);
        Self::of_bytes(text, end.map_or(text.len(), |(end, _)| end))
    }
}

impl Display for Beginning<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)?;
        f.write_str(if self.is_cut { "\u{2026}" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_that_was_cut_ends_with_an_ellipsis() {
        let chars = |text, max| Beginning::of_chars(text, max).to_string();
        assert_eq!(chars("é12", 3), "é12");
        assert_eq!(chars("é12", 2), "é1…");
        assert_eq!(chars("é12", 0), "…");
        assert_eq!(chars("", 0), "");
        assert_eq!(Beginning::of_bytes("é12", 1).to_string(), "…");
        assert_eq!(Beginning::of_bytes("é12", 3).to_string(), "é1…");
        assert_eq!(Beginning::of_bytes("é12", 9).to_string(), "é12");
    }
}
