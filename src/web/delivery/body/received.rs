//! A body as received: text where it is UTF-8, otherwise hex.
//!
//! **Invariant:** a page contains a bounded part of a body and says if that is not all; the complete body can be downloaded.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::body::BodyKind;
use crate::domain::delivery::Delivery;
use crate::domain::run::ReadingKind;
use crate::web::delivery::body::shapes::{Html, WEIGHT_MAX};
use crate::web::delivery::body::{hex, json_break};
use crate::web::links;
use crate::web::render::escape::{self, Shown};
use crate::web::render::format;

/// Longest part of a body on a page, in bytes.
const INLINE_BYTES_MAX: usize = 256 * 1024;

/// The body as received.
#[derive(Template)]
#[template(path = "_received.html")]
pub(super) struct ReceivedView {
    html: Option<Html>,
    /// Size of the shown part, if not all is shown.
    first: Option<String>,
    download_href: String,
}

impl HtmlSafe for ReceivedView {}

impl ReceivedView {
    pub(super) fn new(delivery: &Delivery) -> Self {
        let body = &delivery.body;
        let summary = &delivery.summary;
        let (html, shown) = if body.is_empty() {
            (None, 0)
        } else if is_text(delivery) {
            let text = escape::fitting(prefix(body), WEIGHT_MAX).text;
            // Where the body is coded, its own bytes need not be JSON.
            let is_coded = summary.reading.observations.coding.is_some();
            let is_broken = summary.reading.kind == ReadingKind::Unreadable && !is_coded;
            let html = if is_broken {
                json_break::with_mark(text, text.len() < body.len())
            } else {
                Shown::block(text).to_string()
            };
            (Some(html), text.len())
        } else {
            let (dump, shown) = hex::beginning(body);
            (Some(dump), shown)
        };
        Self {
            html: html.map(Html),
            first: (shown < body.len()).then(|| format::bytes(shown as u64)),
            download_href: links::download(&delivery.summary),
        }
    }
}

/// Whether a body is shown as text: its bytes are UTF-8, and no picture or other data. A truncated one may end within a character.
fn is_text(delivery: &Delivery) -> bool {
    let error = std::str::from_utf8(&delivery.body).err();
    let is_utf8 = error.is_none_or(|error| error.error_len().is_none() && error.valid_up_to() > 0);
    let kind = delivery.summary.body.kind;
    is_utf8 && !matches!(kind, BodyKind::Image | BodyKind::Binary)
}

/// The part of a body that fits on a page.
fn prefix(body: &[u8]) -> &str {
    // The cut may go through a character.
    let part = &body[..body.len().min(INLINE_BYTES_MAX)];
    part.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_goes_through_a_character() {
        let body = "ü".repeat(INLINE_BYTES_MAX);
        assert_eq!(prefix(&body.as_bytes()[1..]), "");
        assert_eq!(prefix(body.as_bytes()).len(), INLINE_BYTES_MAX);
        let odd = format!("x{body}");
        assert_eq!(prefix(odd.as_bytes()).len(), INLINE_BYTES_MAX - 1);
    }
}
