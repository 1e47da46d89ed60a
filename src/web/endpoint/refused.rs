//! The page of the requests that HTTP forbids to accept: when, why, and the head as received.
//!
//! **Invariant:** who may read the deliveries of an endpoint may read these; the head is shown as text and never interpreted.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::refusal::{REFUSED_HEAD_BYTES_MAX, REFUSED_MAX, RefusedRequest};
use crate::domain::time::Time;
use crate::response_memory::{self, PAGE};
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::render::escape::Block;
use crate::web::render::format::{self, Moment};

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    id: String,
    title: String,
    /// `3 requests refused`
    total: String,
    /// Whether there were more than are listed.
    is_cut: bool,
    entries: Vec<Entry>,
}

/// A refused request.
struct Entry {
    at: Moment,
    status: u16,
    reason: &'static str,
    peer: Option<String>,
    head: Block,
    /// How many bytes arrived, if not all of them are kept.
    bytes: Option<String>,
}

impl Entry {
    fn new(refused: &RefusedRequest, now: Time) -> Self {
        let is_cut = refused.head_bytes > refused.head.len() as u64;
        Self {
            at: Moment::new(refused.at, now),
            status: refused.reason.status(),
            reason: refused.reason.sentence(),
            peer: refused.peer.map(|peer| peer.to_string()),
            head: Block(text(&refused.head)),
            bytes: is_cut.then(|| format::bytes(refused.head_bytes)),
        }
    }
}

/// A head as text. Line ends are drawn only where they are not CRLF, as they should be.
fn text(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head);
    let lines = text.replace("\r\n", "\n");
    let ends = |text: &str| text.matches(['\r', '\n']).count();
    if ends(&text) == 2 * ends(&lines) {
        lines
    } else {
        text.into_owned()
    }
}

/// `GET /inspect/{endpoint}/refused`
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    let (endpoint, _) = app.access.reader(&request, id).await?;
    let bytes = (REFUSED_MAX * REFUSED_HEAD_BYTES_MAX) as u64;
    let reserved = response_memory::reserve(&request, &app, bytes, PAGE).await?;
    let refused = app.store.refused(id).await?;
    let now = Time::now();
    let shown = RefusedPage {
        id: id.to_string(),
        title: endpoint.title(),
        total: format::count(refused.total, "request refused", "requests refused"),
        is_cut: refused.total > refused.newest.len() as u64,
        entries: refused
            .newest
            .iter()
            .map(|one| Entry::new(one, now))
            .collect(),
    };
    page::kept_html(&shown, reserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_kept_if_they_are_odd() {
        assert_eq!(
            text(b"GET / HTTP/1.1\r\nX: \xff\r\n\r\n"),
            "GET / HTTP/1.1\nX: \u{fffd}\n\n"
        );
        for odd in ["GET / HTTP/1.1\r\nX: 1\n\r\n", "GET /\r HTTP/1.1\r\n\r\n"] {
            assert_eq!(text(odd.as_bytes()), odd);
        }
    }
}
