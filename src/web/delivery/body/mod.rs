//! The Body tab: the body decoded for reading, as its kind is read best, or as received.
//!
//! **Invariant:** decoded and received bytes are never mixed: the tab says which of the two it shows, how the bytes were decoded,
//! and what is left out.

mod charset_form;
mod decoded;
mod hex;
mod json_break;
mod kinds;
mod received;
mod shapes;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::content::{self, BodyContent, Charset, CharsetFrom, ContentOptions};
use crate::domain::body::BodyKind;
use crate::domain::delivery::Delivery;
use crate::web::delivery::body::charset_form::CharsetForm;
use crate::web::delivery::body::decoded::DecodedView;
use crate::web::delivery::body::kinds::{label, name};
use crate::web::delivery::body::received::ReceivedView;
use crate::web::links;
use crate::web::links::copy_form::CopyForm;
use crate::web::links::view::{Tab, View};
use crate::web::render::format;

/// Longest text of a body on a page, in bytes, decoded.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Most bytes that are decoded for a page, unless the whole body is known to be larger: far more than it shows, and little enough for many
/// readers at once.
pub(crate) const DECODED_BYTES_MAX: usize = 1024 * 1024;
/// Most bytes of a body of which it is known that it can be decoded: memory for it is reserved.
const WHOLE_BYTES_MAX: u64 = 16 * 1024 * 1024;

#[derive(Template)]
#[template(path = "_body.html")]
pub(crate) struct BodyTab {
    /// `JSON, 65 B`
    kind: String,
    /// `sent as gzip, 35 B`, if it was encoded.
    sent: Option<String>,
    /// `windows-1252, declared`, if it is another charset than UTF-8.
    charset: Option<String>,
    /// What a reader should know.
    notes: Vec<String>,
    sha256: Option<String>,
    download_href: String,
    /// The text to copy, where it is text.
    copy_href: Option<String>,
    /// Lets one choose another charset.
    charset_form: Option<CharsetForm>,
    views: Views,
    decoded: Option<DecodedView>,
    received: Option<ReceivedView>,
}

impl HtmlSafe for BodyTab {}

/// Links to both views.
struct Views {
    raw: bool,
    /// What the decoded view is called.
    label: &'static str,
    decoded_href: String,
    raw_href: String,
}

impl BodyTab {
    pub(crate) fn new(
        delivery: &Delivery,
        view: View,
        raw: bool,
        chosen: Option<&'static str>,
    ) -> Self {
        let facts = &delivery.summary.body;
        let options = ContentOptions {
            text_bytes: TEXT_BYTES_MAX,
            decoded_bytes: decoded_bytes_max(delivery),
            charset: chosen.map(str::to_owned),
            ..ContentOptions::default()
        };
        let (content, bytes) = content::read_with_bytes(&delivery.head, &delivery.body, &options);
        let raw = raw || content.kind == BodyKind::Empty;
        let href = |raw| {
            let charset = chosen;
            view.tab(Tab::Body { raw, charset }).href()
        };
        Self {
            kind: format!(
                "{}, {}",
                name(content.kind),
                format::bytes(content.bytes as u64)
            ),
            sent: sent(&content, facts.bytes),
            charset: content.charset.as_ref().and_then(charset),
            notes: content.notes.iter().map(ToString::to_string).collect(),
            sha256: facts.sha256_hex(),
            download_href: links::download(&delivery.summary),
            views: Views {
                raw,
                label: label(content.kind),
                decoded_href: href(false),
                raw_href: href(true),
            },
            copy_href: copy_href(delivery, &content, chosen),
            charset_form: (!raw)
                .then(|| CharsetForm::of(&content, view, chosen))
                .flatten(),
            decoded: (!raw).then(|| DecodedView::new(delivery, content, bytes)),
            received: raw.then(|| ReceivedView::new(delivery)),
        }
    }
}

/// How many bytes to decode: all of a body that was decoded when it arrived, so that what it is can be said.
fn decoded_bytes_max(delivery: &Delivery) -> usize {
    let coding = delivery.summary.reading.observations.coding.as_ref();
    let whole = coding.filter(|coding| coding.problem.is_none() && coding.bytes <= WHOLE_BYTES_MAX);
    let whole = whole.map_or(0, |coding| coding.bytes);
    usize::try_from(whole).unwrap_or(0).max(DECODED_BYTES_MAX)
}

/// The body as text to copy: as received if it is plain UTF-8, otherwise decoded.
fn copy_href(
    delivery: &Delivery,
    content: &BodyContent,
    chosen: Option<&'static str>,
) -> Option<String> {
    let charset = content
        .charset
        .as_ref()
        .filter(|_| content.text.is_some())?;
    let summary = &delivery.summary;
    if content.encodings.is_empty() && charset.label == "utf-8" {
        return Some(links::download(summary));
    }
    let href = links::copy(summary.endpoint_id, summary.seq, CopyForm::Text);
    Some(match chosen {
        Some(name) => format!("{href}?charset={}", name.to_ascii_lowercase()),
        None => href,
    })
}

/// How the body was encoded for sending.
fn sent(content: &BodyContent, bytes: u64) -> Option<String> {
    if content.encodings.is_empty() {
        return None;
    }
    let names: Vec<_> = content.encodings.iter().map(ToString::to_string).collect();
    let bytes = format::bytes(bytes);
    Some(format!("sent as {}, {bytes}", names.join(", ")))
}

/// A charset that is not simply UTF-8, and how it is known.
fn charset(charset: &Charset) -> Option<String> {
    let how = match charset.from {
        CharsetFrom::Default => return None,
        CharsetFrom::Header if charset.label == "utf-8" => return None,
        CharsetFrom::Header => "declared in Content-Type",
        CharsetFrom::Bom => "by its byte order mark",
        CharsetFrom::Xml => "declared in the XML",
        CharsetFrom::Form => "named by the field _charset_",
        CharsetFrom::Detected => "guessed from the bytes",
        CharsetFrom::Chosen => "chosen",
    };
    Some(format!("{}, {how}", charset.label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::delivery;

    /// The tab of a body sent as JSON, as HTML.
    fn tab(body: &[u8], raw: bool) -> String {
        let delivery = delivery("HTTP/1.1", true, body);
        let view = View::newest(delivery.summary.endpoint_id).select(delivery.summary.seq);
        BodyTab::new(&delivery, view, raw, None).render().unwrap()
    }

    #[test]
    fn broken_json_says_where_and_is_marked() {
        let page = tab(b"{\"a\": oops}", false);
        assert!(
            page.contains("Not valid JSON at line 1, column 7"),
            "{page}"
        );
        assert!(page.contains("<mark id=\"break\">o</mark>ops"), "{page}");
        let late = format!("{{\"a\": \"{}\", oops}}", "x".repeat(TEXT_BYTES_MAX));
        let page = tab(late.as_bytes(), false);
        assert!(page.contains("line 1, column 262155"), "{}", &page[..900]);
        assert!(!page.contains("<mark"));
    }

    #[test]
    fn what_is_not_shown_is_said() {
        assert!(!tab(b"[1, 2]\n", false).contains("Showing the first"));
        let long = format!("[\"{}\"]", "x".repeat(TEXT_BYTES_MAX));
        for (raw, said) in [
            (false, "Cut at 262144 of 262148 bytes of text"),
            (true, "Showing the first 262.1 kB"),
        ] {
            let page = tab(long.as_bytes(), raw);
            assert!(page.contains(said), "{}", &page[..900]);
        }
    }

    #[test]
    fn invisible_characters_do_not_inflate_a_page() {
        let hidden = "\u{202e}".repeat(80_000);
        for body in [hidden.clone(), format!("[\"{hidden}\"]")] {
            for raw in [false, true] {
                let page = tab(body.as_bytes(), raw);
                assert!(page.len() < 512 * 1024 + 4096, "{}", page.len());
                assert!(page.contains("Showing the first"));
            }
        }
    }
}
