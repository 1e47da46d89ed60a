//! A view of an endpoint's page: a delivery, one of its tabs, the start of the list.
//!
//! **Invariant:** the URL contains all of it, so every view can be linked and works without JavaScript.

use actix_web::HttpRequest;

use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::web::layout::page;
use crate::web::links::state_ref::StateRef;

/// The tabs of a delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The run and its findings.
    #[default]
    Run,
    /// The messages and other values of the state, or a part of it.
    Conversation(StateRef),
    /// The body, indented if possible, or as received.
    Body {
        raw: bool,
    },
    Headers,
    /// The request target.
    Query,
    /// The received fields, compared with the known ones.
    Fields,
}

impl Tab {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 6] = [
        Self::Run,
        Self::Conversation(StateRef::WHOLE),
        Self::Body { raw: false },
        Self::Headers,
        Self::Query,
        Self::Fields,
    ];

    /// Its label.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Run => "Run",
            Self::Conversation(_) => "Conversation",
            Self::Body { .. } => "Body",
            Self::Headers => "Headers",
            Self::Query => "Query",
            Self::Fields => "Fields",
        }
    }

    fn query(self) -> String {
        match self {
            Self::Run => "",
            Self::Conversation(state_ref) => return state_ref.query(),
            Self::Body { raw: false } => "tab=body",
            Self::Body { raw: true } => "tab=body&view=raw",
            Self::Headers => "tab=headers",
            Self::Query => "tab=query",
            Self::Fields => "tab=fields",
        }
        .to_owned()
    }
}

/// A view of an endpoint's page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) endpoint: EndpointId,
    /// The selected delivery, if any.
    pub(crate) selected: Option<Seq>,
    /// The list begins before this delivery; if absent, with the newest.
    pub(crate) before: Option<Seq>,
    /// The selected tab.
    pub(crate) tab: Tab,
}

impl View {
    /// Parses the query of a request; no delivery is selected.
    pub(crate) fn of(request: &HttpRequest, endpoint: EndpointId) -> Self {
        let raw = page::param(request, "view").is_some_and(|view| view == "raw");
        Self {
            endpoint,
            selected: None,
            before: page::seq_param(request, "before"),
            tab: match page::param(request, "tab").as_deref() {
                Some("conversation") => Tab::Conversation(StateRef::of(request)),
                Some("body") => Tab::Body { raw },
                Some("headers") => Tab::Headers,
                Some("query") => Tab::Query,
                Some("fields") => Tab::Fields,
                _ => Tab::Run,
            },
        }
    }

    /// The view with this delivery selected.
    pub(crate) fn select(self, seq: Seq) -> Self {
        Self {
            selected: Some(seq),
            ..self
        }
    }

    /// The view with this tab selected.
    pub(crate) fn tab(self, tab: Tab) -> Self {
        Self { tab, ..self }
    }

    /// The view with the list starting there.
    pub(crate) fn before(self, before: Option<Seq>) -> Self {
        Self { before, ..self }
    }

    /// The view with no delivery selected.
    pub(crate) fn list(self) -> Self {
        Self {
            selected: None,
            tab: Tab::Run,
            ..self
        }
    }

    /// URL of a part of the delivery's state.
    pub(crate) fn state_href(self, part: StateRef) -> String {
        self.tab(Tab::Conversation(part)).href()
    }

    pub(crate) fn href(self) -> String {
        let mut href = format!("/inspect/{}", self.endpoint);
        if let Some(seq) = self.selected {
            href.push('/');
            href.push_str(&seq.to_string());
        }
        let before = self.before.map(|seq| format!("before={seq}"));
        let tab = Some(self.tab.query()).filter(|words| !words.is_empty());
        for (index, words) in before.into_iter().chain(tab).enumerate() {
            href.push(if index == 0 { '?' } else { '&' });
            href.push_str(&words);
        }
        href
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_only_what_differs_from_the_default_view() {
        let id: EndpointId = "6f1c2f6e-0000-4000-8000-000000000001".parse().unwrap();
        let first = View {
            endpoint: id,
            selected: None,
            before: None,
            tab: Tab::Run,
        };
        assert_eq!(first.href(), format!("/inspect/{id}"));
        let other = first
            .select(Seq(7))
            .before(Some(Seq(9)))
            .tab(Tab::Body { raw: true });
        assert_eq!(
            other.href(),
            format!("/inspect/{id}/7?before=9&tab=body&view=raw")
        );
        assert_eq!(other.list().href(), format!("/inspect/{id}?before=9"));
    }
}
