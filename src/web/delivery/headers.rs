//! The Headers tab: the request line and the header lines, in their original order and spelling.
//!
//! **Invariant:** if order and spelling were not recorded, the tab says so.

use askama::Template;

use crate::domain::delivery::Delivery;
use crate::web::render::escape::Line;

#[derive(Template)]
#[template(path = "_headers.html")]
pub(crate) struct HeadersTab {
    request_line: Line,
    lines: Vec<HeaderLine>,
    exact: bool,
    is_http2: bool,
    peer: Option<String>,
    /// The client that a trusted proxy names, if it is not the peer.
    client: Option<String>,
}

struct HeaderLine {
    name: Line,
    value: Line,
    repeated: bool,
}

impl HeadersTab {
    pub(crate) fn new(delivery: &Delivery) -> Self {
        let (method, target, version) = delivery.head.request_line();
        let found: Vec<_> = delivery.head.headers().collect();
        let line =
            |(index, (name, value)): (usize, &(_, _))| header_line(&found, index, name, value);
        let summary = &delivery.summary;
        let client = summary
            .client
            .filter(|client| summary.peer.is_none_or(|peer| peer.ip() != *client));
        Self {
            request_line: Line(format!("{method} {target} {version}")),
            lines: found.iter().enumerate().map(line).collect(),
            exact: delivery.head.exact,
            is_http2: summary.http_version == "HTTP/2.0",
            peer: summary.peer.map(|peer| peer.to_string()),
            client: client.map(|client| client.to_string()),
        }
    }
}

fn header_line<T: AsRef<str>>(all: &[(T, T)], index: usize, name: &T, value: &T) -> HeaderLine {
    let same = |(other, _): &(T, T)| other.as_ref().eq_ignore_ascii_case(name.as_ref());
    HeaderLine {
        name: Line(name.as_ref().to_owned()),
        value: Line(value.as_ref().to_owned()),
        repeated: all[..index].iter().any(same),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::delivery;

    #[test]
    fn an_inexact_head_says_why() {
        let page = |version, exact| {
            let delivery = delivery(version, exact, b"{}");
            HeadersTab::new(&delivery).render().unwrap()
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
}
