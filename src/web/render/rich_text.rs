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
            Fragment::Plain(words) => Shown::line(words).fmt(f),
            Fragment::Code(words) => write!(f, "<code>{}</code>", Shown::line(words)),
        })
    }
}

impl HtmlSafe for Prose {}
