//! A menu: a button that shows links and copy buttons.
//!
//! **Invariant:** it opens and its links work without JavaScript; copy buttons are hidden then.

use askama::Template;
use askama::filters::HtmlSafe;

/// A menu.
#[derive(Template)]
#[template(path = "_menu.html")]
pub(crate) struct Menu {
    /// Part of its id, which scripts and shortcuts use.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) items: Vec<MenuItem>,
}

impl HtmlSafe for Menu {}

/// An entry of a menu.
pub(crate) struct MenuItem {
    pub(crate) label: String,
    pub(crate) action: MenuAction,
}

/// What an entry does.
pub(crate) enum MenuAction {
    /// Opens a page.
    Open(String),
    /// Downloads a file.
    Download(String),
    /// Copies the text at a path of creel.
    CopyFrom(String),
    /// Copies the URL of a page of creel.
    CopyLink(String),
}

impl MenuItem {
    pub(crate) fn new(label: impl Into<String>, action: MenuAction) -> Self {
        Self {
            label: label.into(),
            action,
        }
    }
}
