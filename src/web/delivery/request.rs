//! The Request tab: request line, header lines, query parameters, trailers and the sender's address.
//!
//! **Invariant:** header lines and query parameters are in their order of arrival, repeats included, and a copy button gives the value as
//! received.

use std::collections::HashSet;

use askama::Template;

use crate::domain::delivery::Delivery;
use crate::domain::target::{self, QueryParam};
use crate::web::links;
use crate::web::links::copy_form::CopyForm;
use crate::web::render::escape::Line;
use crate::web::render::exact::ExactText;

#[derive(Template)]
#[template(path = "_request.html")]
pub(crate) struct RequestTab {
    request_line: Line,
    headers: Vec<NamedValue>,
    /// URL of all header lines as text.
    head_href: String,
    /// The path, if it has escapes that can be read decoded.
    path: Option<Line>,
    query: Vec<ParameterRow>,
    trailers: Vec<NamedValue>,
    exact: bool,
    is_http2: bool,
    peer: Option<String>,
    /// The client that a trusted proxy names, if it is not the peer.
    client: Option<String>,
}

/// A header line.
struct NamedValue {
    name: Line,
    value: Line,
    repeated: bool,
}

/// A parameter of the query, decoded.
struct ParameterRow {
    name: ExactText,
    /// `None` for a bare name.
    value: Option<ExactText>,
    repeated: bool,
}

impl RequestTab {
    pub(crate) fn new(delivery: &Delivery) -> Self {
        let (method, target, version) = delivery.head.request_line();
        let summary = &delivery.summary;
        let client = summary
            .client
            .filter(|client| summary.peer.is_none_or(|peer| peer.ip() != *client));
        let headers = delivery.head.headers();
        Self {
            request_line: Line(format!("{method} {target} {version}")),
            headers: named_values(headers),
            head_href: links::copy(summary.endpoint_id, summary.seq, CopyForm::Head),
            path: decoded_path(&summary.target).map(Line),
            query: parameters(&summary.target),
            trailers: named_values(delivery.trailers()),
            exact: delivery.head.exact,
            is_http2: summary.http_version == "HTTP/2.0",
            peer: summary.peer.map(|peer| peer.to_string()),
            client: client.map(|client| client.to_string()),
        }
    }

    /// The number of header lines, query parameters and trailers.
    pub(crate) fn count(delivery: &Delivery) -> usize {
        let pairs = target::query_pairs(&delivery.summary.target);
        delivery.head.headers().count() + pairs.len() + delivery.trailers().count()
    }
}

/// The path, if reading it decoded makes a difference.
fn decoded_path(target: &str) -> Option<String> {
    let (path, _) = target::path_and_query(target);
    let readable = target::readable_path(path);
    (readable != path).then(|| readable.into_owned())
}

fn parameters(target: &str) -> Vec<ParameterRow> {
    let mut seen = HashSet::new();
    let row = |found: QueryParam| ParameterRow {
        repeated: !seen.insert(found.bytes.0),
        name: ExactText::new(found.name),
        value: found.value.map(ExactText::new),
    };
    target::query_params(target).into_iter().map(row).collect()
}

/// The values with their names.
fn named_values<T: AsRef<str>>(found: impl IntoIterator<Item = (T, T)>) -> Vec<NamedValue> {
    let mut seen = HashSet::new();
    let value = |(name, value): (T, T)| NamedValue {
        repeated: !seen.insert(name.as_ref().to_ascii_lowercase()),
        name: Line(name.as_ref().to_owned()),
        value: Line(value.as_ref().to_owned()),
    };
    found.into_iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::delivery;

    #[test]
    fn an_inexact_head_says_why() {
        let page = |version, exact| {
            let delivery = delivery(version, exact, b"{}");
            RequestTab::new(&delivery).render().unwrap()
        };
        let (exact, http1, http2) = (
            page("HTTP/1.1", true),
            page("HTTP/1.1", false),
            page("HTTP/2.0", false),
        );
        assert!(exact.contains("Exactly as received"));
        assert!(http2.contains("HTTP/2 has no header lines"));
        assert!(
            http1.contains("Recorded without order and spelling"),
            "{http1}"
        );
        assert!(!http1.contains("HTTP/2") && !http1.contains("Exactly as received"));
    }

    #[test]
    fn a_name_that_was_there_before_is_marked() {
        let headers = named_values([("A", "1"), ("b", "2"), ("a", "3")]);
        let marks: Vec<_> = headers.iter().map(|value| value.repeated).collect();
        assert_eq!(marks, [false, false, true]);
        let query = parameters("/hook/x?A=1&b&a=2&b=");
        let marks: Vec<_> = query.iter().map(|value| value.repeated).collect();
        assert_eq!(marks, [false, false, false, true]);
    }
}
