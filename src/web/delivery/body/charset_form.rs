//! Lets a reader choose the charset in which a body is read. It works without JavaScript.
//!
//! **Invariant:** a choice changes only what is shown; the URL has it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::content::{BodyContent, CHARSETS};
use crate::domain::body::BodyKind;
use crate::web::links::view::{Tab, View};

/// The form.
#[derive(Template)]
#[template(path = "_charset_form.html")]
pub(super) struct CharsetForm {
    action: String,
    /// The other parameters of the view.
    hidden: Vec<(String, String)>,
    options: Vec<CharsetOption>,
    is_chosen: bool,
}

impl HtmlSafe for CharsetForm {}

struct CharsetOption {
    name: String,
    selected: bool,
}

impl CharsetForm {
    /// For a body in which there may be text.
    pub(super) fn of(content: &BodyContent, view: View, chosen: Option<&str>) -> Option<Self> {
        if matches!(content.kind, BodyKind::Image | BodyKind::Empty) {
            return None;
        }
        let (action, hidden) = view.tab(Tab::BODY).form();
        let option = |name: &&str| CharsetOption {
            name: name.to_ascii_lowercase(),
            selected: Some(*name) == chosen,
        };
        Some(Self {
            action,
            hidden,
            options: CHARSETS.iter().map(option).collect(),
            is_chosen: chosen.is_some(),
        })
    }
}
