//! Tabs: links of which one is current.
//!
//! **Invariant:** every tab is a URL, so it works without JavaScript and can be linked.

use askama::Template;
use askama::filters::HtmlSafe;

/// A row of tabs.
#[derive(Template)]
#[template(path = "_tabs.html")]
pub(crate) struct Tabs {
    /// What the tabs are of, for screen readers.
    pub(crate) label: &'static str,
    pub(crate) tabs: Vec<TabLink>,
}

impl HtmlSafe for Tabs {}

/// One tab.
pub(crate) struct TabLink {
    pub(crate) label: &'static str,
    /// The letter key that opens it; its number opens it, too.
    pub(crate) letter: Option<char>,
    pub(crate) href: String,
    pub(crate) current: bool,
    pub(crate) count: Option<usize>,
}
