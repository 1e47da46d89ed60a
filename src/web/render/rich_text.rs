//! Sentences as HTML: creel's own words as text, received values as code.
//!
//! **Invariant:** both words and values are escaped, so no received text becomes markup.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;

use crate::domain::rich_text::{Fragment, RichText};
use crate::web::render::escape::Shown;

/// A sentence as HTML.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prose(RichText);

impl From<RichText> for Prose {
    fn from(sentence: RichText) -> Self {
        Self(sentence)
    }
}

impl Prose {
    /// creel's own text, with code between backticks.
    pub(crate) fn written(text: impl Into<Cow<'static, str>>) -> Self {
        Self(RichText::parse(text))
    }
}

impl Display for Prose {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fragments().iter().try_for_each(|part| match part {
            Fragment::Plain(words) => Shown::line(&with_units(words)).fmt(f),
            Fragment::Code(words) => write!(f, "<code>{}</code>", Shown::line(words)),
        })
    }
}

impl HtmlSafe for Prose {}

/// The text with a no-break space between a number and its unit, so that no line ends between them.
fn with_units(words: &str) -> String {
    const UNITS: [&str; 9] = ["ms", "s", "min", "h", "d", "B", "kB", "MB", "GB"];
    let ends_in_digit = |text: &str| text.ends_with(|last: char| last.is_ascii_digit());
    let starts_with_unit = |text: &str| {
        let unit = text.split(|char: char| !char.is_ascii_alphabetic()).next();
        unit.is_some_and(|unit| UNITS.contains(&unit))
    };
    let mut pieces = words.split(' ');
    let mut joined = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let together = ends_in_digit(&joined) && starts_with_unit(piece);
        joined.push(if together { '\u{a0}' } else { ' ' });
        joined.push_str(piece);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_with_its_unit() {
        assert_eq!(
            with_units("after 2 min 5 s, delivered 171 ms later in attempt 3"),
            "after 2\u{a0}min 5\u{a0}s, delivered 171\u{a0}ms later in attempt 3"
        );
        assert_eq!(with_units("3 deliveries"), "3 deliveries");
    }
}
