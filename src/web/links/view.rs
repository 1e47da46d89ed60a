//! A view of an endpoint's page: which rows, which delivery, which of its tabs.
//!
//! **Invariant:** the URL contains all of a view, so every view can be linked and works without JavaScript.

use actix_web::HttpRequest;

use crate::content::charset_name;
use crate::domain::counts::Rows;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::web::layout::page;
use crate::web::links;
use crate::web::links::state_ref::StateRef;

/// The tabs of a delivery. Which ones there are depends on its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The run and its findings.
    Overview,
    /// The messages and other values of the state, or a part of it.
    Conversation(StateRef),
    /// The body, indented if possible, or as received; read in a charset that the reader chose.
    Body {
        raw: bool,
        charset: Option<&'static str>,
    },
    /// Request line, headers, query, peer.
    Request,
    /// The received fields, compared with the known ones.
    Fields,
}

impl Tab {
    /// The body, decoded as it says.
    pub(crate) const BODY: Self = Self::Body {
        raw: false,
        charset: None,
    };

    /// All of them, in their order.
    pub(crate) const ALL: [Self; 5] = [
        Self::Overview,
        Self::Conversation(StateRef::WHOLE),
        Self::BODY,
        Self::Request,
        Self::Fields,
    ];

    /// Its label.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Conversation(_) => "Conversation",
            Self::Body { .. } => "Body",
            Self::Request => "Request",
            Self::Fields => "Fields",
        }
    }

    /// Whether both are the same tab, whatever it shows.
    pub(crate) fn is(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    fn query(self) -> String {
        match self {
            // The first tab of whatever has it.
            Self::Overview => "",
            Self::Conversation(state_ref) => return state_ref.query(),
            Self::Body { raw, charset } => return body_query(raw, charset),
            Self::Request => "tab=request",
            Self::Fields => "tab=fields",
        }
        .to_owned()
    }

    /// The tab that a request names. `run`, `headers` and `query` are names of earlier versions.
    fn of(request: &HttpRequest) -> Option<Self> {
        let raw = page::param(request, "view").is_some_and(|view| view == "raw");
        Some(match page::param(request, "tab")?.as_str() {
            "overview" | "run" => Self::Overview,
            "conversation" => Self::Conversation(StateRef::of(request)),
            "body" => Self::Body {
                raw,
                charset: page::param(request, "charset").and_then(|label| charset_name(&label)),
            },
            "request" | "headers" | "query" => Self::Request,
            "fields" => Self::Fields,
            _ => return None,
        })
    }
}

fn body_query(raw: bool, charset: Option<&str>) -> String {
    let view = if raw { "&view=raw" } else { "" };
    let charset = charset.map(|name| format!("&charset={}", name.to_ascii_lowercase()));
    format!("tab=body{view}{}", charset.unwrap_or_default())
}

/// A view of an endpoint's page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) endpoint: EndpointId,
    /// The rows of the list.
    pub(crate) rows: Rows,
    /// The list begins before this delivery; if absent, with the newest.
    pub(crate) before: Option<Seq>,
    /// The selected delivery, if any.
    pub(crate) selected: Option<Seq>,
    /// The selected tab; if absent, the first one of the delivery.
    pub(crate) tab: Option<Tab>,
}

impl View {
    /// Parses the query of a request; no delivery is selected.
    pub(crate) fn of(request: &HttpRequest, endpoint: EndpointId) -> Self {
        let show = page::param(request, "show");
        let named = |rows: &Rows| word(*rows).is_some() && word(*rows) == show.as_deref();
        Self {
            rows: FILTERS.into_iter().find(named).unwrap_or_default(),
            before: page::seq_param(request, "before"),
            tab: Tab::of(request),
            ..Self::newest(endpoint)
        }
    }

    /// The newest deliveries of an endpoint.
    pub(crate) fn newest(endpoint: EndpointId) -> Self {
        Self {
            endpoint,
            rows: Rows::All,
            before: None,
            selected: None,
            tab: None,
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
        Self {
            tab: Some(tab),
            ..self
        }
    }

    /// The view with the list starting there.
    pub(crate) fn before(self, before: Option<Seq>) -> Self {
        Self { before, ..self }
    }

    /// The view with these rows, from the newest on.
    pub(crate) fn rows(self, rows: Rows) -> Self {
        Self {
            rows,
            before: None,
            ..self
        }
    }

    /// The view with no delivery selected.
    pub(crate) fn list(self) -> Self {
        Self {
            selected: None,
            tab: None,
            ..self
        }
    }

    /// URL of a part of the delivery's state.
    pub(crate) fn state_href(self, part: StateRef) -> String {
        self.tab(Tab::Conversation(part)).href()
    }

    /// The path and the parameters of its URL, for a form that adds another parameter.
    pub(crate) fn form(self) -> (String, Vec<(String, String)>) {
        let href = self.href();
        let (path, query) = href.split_once('?').unwrap_or((&href, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let parameters = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (path.to_owned(), parameters.collect())
    }

    /// Its URL.
    pub(crate) fn href(self) -> String {
        let mut href = links::endpoint(self.endpoint);
        if let Some(seq) = self.selected {
            href.push('/');
            href.push_str(&seq.to_string());
        }
        let show = word(self.rows).map(|word| format!("show={word}"));
        let before = self.before.map(|seq| format!("before={seq}"));
        let tab = self.tab.map(Tab::query).filter(|words| !words.is_empty());
        for (index, words) in show.into_iter().chain(before).chain(tab).enumerate() {
            href.push(if index == 0 { '?' } else { '&' });
            href.push_str(&words);
        }
        href
    }
}

/// What a list can be filtered by, in the order in which it is shown.
pub(crate) const FILTERS: [Rows; 5] = [
    Rows::All,
    Rows::Failed,
    Rows::Runs,
    Rows::Other,
    Rows::Token,
];

/// The value of `show` for these rows; `None` for all.
fn word(rows: Rows) -> Option<&'static str> {
    match rows {
        Rows::All => None,
        Rows::Failed => Some("failed"),
        Rows::Runs => Some("runs"),
        Rows::Other => Some("other"),
        Rows::Token => Some("token"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_only_what_differs_from_the_default_view() {
        let id: EndpointId = "6f1c2f6e-0000-4000-8000-000000000001".parse().unwrap();
        let first = View::newest(id);
        assert_eq!(first.href(), format!("/inspect/{id}"));
        let other = first
            .rows(Rows::Failed)
            .before(Some(Seq(9)))
            .select(Seq(7))
            .tab(Tab::Body {
                raw: true,
                charset: charset_name("latin1"),
            });
        assert_eq!(
            other.href(),
            format!("/inspect/{id}/7?show=failed&before=9&tab=body&view=raw&charset=windows-1252")
        );
        assert_eq!(
            other.list().href(),
            format!("/inspect/{id}?show=failed&before=9")
        );
        assert_eq!(
            other.rows(Rows::All).list().href(),
            format!("/inspect/{id}")
        );
    }
}
