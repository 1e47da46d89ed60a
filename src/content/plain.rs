//! What a body is, and its text for readers of JSON: UTF-8, without its Content-Encoding.
//!
//! **Invariant:** a body is decoded only as its head or its byte order mark says, never by a guess; and the same body is decoded in the same
//! way when it arrives and whenever it is read later.

use std::borrow::Cow;

use encoding_rs::UTF_8;

use super::charset::{self, Known};
use super::content_reader::{ContentReader, Place};
use super::encoding::Encoding;
use super::limits::{Allowance, ContentOptions};
use super::media_type::{DeclaredKind, MediaType};
use super::model::CharsetFrom;
use super::reading::decoded;
use crate::domain::body::{BodyKind, Coding};
use crate::domain::head::Head;

/// Most bytes that Content-Encoding may give for readers of JSON: as many as a body may have by default.
const DECODED_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What a body is.
#[derive(Debug)]
pub struct Examined<'a> {
    /// Its kind.
    pub kind: BodyKind,
    /// How it was coded; `None` if it is UTF-8 or not text, and has no Content-Encoding.
    pub coding: Option<Coding>,
    /// The bytes for readers of JSON.
    pub plain: Cow<'a, [u8]>,
}

/// Whether a body must be decoded before it can be read as JSON: its head names an encoding or another charset than UTF-8, or it begins
/// with the mark of one. May say yes of a body that turns out to be plain.
#[must_use]
pub fn is_coded(head: &Head, body: &[u8]) -> bool {
    let is_marked = match body.first() {
        Some(0xfe | 0xff) => body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff"),
        Some(0) => body.starts_with(b"\0\0\xfe\xff"),
        _ => false,
    };
    is_marked
        || head.header_bytes().any(|(name, value)| {
            if name.eq_ignore_ascii_case(b"content-encoding") {
                !value.is_empty() && !value.eq_ignore_ascii_case(b"identity")
            } else {
                name.eq_ignore_ascii_case(b"content-type") && names_other_charset(value)
            }
        })
}

/// Whether a Content-Type names another charset than UTF-8.
fn names_other_charset(value: &[u8]) -> bool {
    let Some(parameters) = memchr::memchr(b';', value).map(|at| &value[at..]) else {
        return false;
    };
    let name = b"charset";
    let mut places = parameters.windows(name.len());
    let Some(at) = places.position(|part| part.eq_ignore_ascii_case(name)) else {
        return false;
    };
    let label = &parameters[at + name.len()..];
    let end = label.iter().skip(1).position(|byte| *byte == b';');
    let label = &label[..end.map_or(label.len(), |end| end + 1)];
    let label = label.strip_prefix(b"=").unwrap_or(label).trim_ascii();
    let label = label.strip_prefix(b"\"").unwrap_or(label);
    let label = label.strip_suffix(b"\"").unwrap_or(label);
    !label.eq_ignore_ascii_case(b"utf-8") && !label.eq_ignore_ascii_case(b"utf8")
}

/// The kind of a body that is an object or a list in JSON, by its declared type alone.
#[must_use]
pub fn json_kind(head: &Head) -> BodyKind {
    let value = head.header("content-type").unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if ["application/json", "text/plain", ""].contains(&essence) {
        return BodyKind::Json;
    }
    match MediaType::parse(&value).declared() {
        DeclaredKind::Ndjson => BodyKind::Ndjson,
        DeclaredKind::Html => BodyKind::Text,
        _ => BodyKind::Json,
    }
}

/// What a body is, and its bytes for readers of JSON.
#[must_use]
pub fn examine<'a>(head: &Head, body: &'a [u8]) -> Examined<'a> {
    let options = options();
    let mut left = Allowance::new(&options);
    let decoded = decoded(head, body, &options, &mut left);
    let media = MediaType::of(head);
    let mut reading = ContentReader {
        options: &options,
        left: &mut left,
    };
    let found = reading.content(&decoded.bytes, &media, &Place::default());
    let charset = found.charset.map(|charset| charset.label);
    let is_plain = charset.as_deref().is_none_or(|label| label == "utf-8");
    let problem = decoded.notes.iter().find(|note| note.is_undecoded());
    let encoding: Vec<_> = decoded.encodings.iter().map(Encoding::to_string).collect();
    let coding = Coding {
        encoding,
        charset,
        bytes: decoded.bytes.len() as u64,
        problem: problem.map(ToString::to_string),
    };
    Examined {
        kind: found.kind,
        coding: (!is_plain || !coding.encoding.is_empty()).then_some(coding),
        plain: utf8(decoded.bytes, &media),
    }
}

/// The bytes of a body for readers of JSON; as received if nothing says that they are coded.
#[must_use]
pub fn plain<'a>(head: &Head, body: &'a [u8]) -> Cow<'a, [u8]> {
    if !is_coded(head, body) {
        return Cow::Borrowed(body);
    }
    let options = options();
    let decoded = decoded(head, body, &options, &mut Allowance::new(&options));
    utf8(decoded.bytes, &MediaType::of(head))
}

/// Nothing of the content is kept, only what it is.
fn options() -> ContentOptions {
    ContentOptions {
        decoded_bytes: DECODED_BYTES_MAX,
        text_bytes: 0,
        fields: 0,
        parts: 0,
        records: 0,
        ..ContentOptions::default()
    }
}

/// Bytes in UTF-8, where a declared charset or a byte order mark says that they are in another one.
fn utf8<'a>(bytes: Cow<'a, [u8]>, media: &MediaType) -> Cow<'a, [u8]> {
    let known = Known {
        declared: media.charset(),
        is_text: true,
        ..Known::default()
    };
    let choice = charset::choose(&bytes, known, &mut Vec::new());
    let said = choice.filter(|choice| {
        let from = choice.charset().from;
        let is_said = matches!(from, CharsetFrom::Header | CharsetFrom::Bom);
        is_said && (choice.is_wide() || choice.encoding != UTF_8)
    });
    let text = said.map(|choice| choice.text(&mut Vec::new()).into_owned());
    text.map_or(bytes, |text| Cow::Owned(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(lines: &str) -> Head {
        Head {
            raw: format!("POST / HTTP/1.1\r\n{lines}\r\n\r\n").into(),
            exact: true,
        }
    }

    #[test]
    fn only_what_says_so_is_decoded() {
        for (lines, body, is_said) in [
            ("Content-Type: application/json", &b"{}"[..], false),
            ("Content-Type: a/b; charset=\"UTF-8\"; x=y", b"", false),
            ("content-type: text/plain;charset=utf8", b"", false),
            ("Content-Type: charset=latin1", b"", false),
            (
                "Content-Encoding: identity\r\nContent-Encoding:",
                b"",
                false,
            ),
            ("X: 1", b"\xef\xbb\xbf{}", false),
            ("X: 1", b"{\"a\":\"\xfc\"}", false),
            ("Content-Encoding: gzip", b"", true),
            ("content-type: text/plain; Charset = ISO-8859-1", b"", true),
            ("Content-Type: text/plain; charset=", b"", true),
            ("X: 1", b"\xff\xfe{\0", true),
            ("X: 1", b"\xfe\xff\0{", true),
            ("X: 1", b"\0\0\xfe\xff\0\0\0{", true),
        ] {
            assert_eq!(is_coded(&head(lines), body), is_said, "{lines} {body:?}");
        }
    }

    #[test]
    fn texts_of_other_charsets_are_given_in_utf8() {
        for (lines, body, expected) in [
            (
                "Content-Type: application/json; charset=iso-8859-1",
                &b"[\"\xfc\"]"[..],
                "[\"ü\"]",
            ),
            (
                "Content-Type: text/plain; charset=shift_jis",
                b"\x83\x65",
                "テ",
            ),
            ("X: 1", b"\xff\xfe[\0]\0", "[]"),
            (
                "Content-Type: a/json; charset=utf-8",
                b"\xfe\xff\0[\0]",
                "[]",
            ),
            ("X: 1", b"\xff\xfe\0\0[\0\0\0]\0\0\0", "[]"),
            (
                "Content-Type: a/json; charset=utf-32",
                b"\0\0\0[\0\0\0]",
                "[]",
            ),
            ("Content-Type: a/json; charset=klingon", b"[]", "[]"),
        ] {
            let found = examine(&head(lines), body);
            assert_eq!(String::from_utf8_lossy(&found.plain), expected, "{lines}");
            assert_eq!(plain(&head(lines), body), found.plain, "{lines}");
        }
        let guessed = b"[\"\xfc\"]";
        let found = examine(&head("Content-Type: application/json"), guessed);
        assert_eq!(found.plain.as_ref(), guessed, "a guess changes nothing");
        let charset = found.coding.and_then(|coding| coding.charset);
        assert_eq!(charset.as_deref(), Some("windows-1252"));
    }

    #[test]
    fn an_encoding_that_cannot_be_undone_says_why() {
        let found = examine(&head("Content-Encoding: aws-chunked"), b"[1]");
        assert_eq!(
            (found.kind, found.plain.as_ref()),
            (BodyKind::Json, &b"[1]"[..])
        );
        let coding = found.coding.expect("it has an encoding");
        assert_eq!(
            (coding.bytes, coding.encoding),
            (3, vec!["aws-chunked".to_owned()])
        );
        assert!(coding.problem.is_some_and(|why| why.contains("not known")));
        assert_eq!(examine(&head("X: 1"), b"a=1").coding, None);
    }

    #[test]
    fn json_is_of_the_kind_that_is_declared() {
        for (declared, kind) in [
            ("application/json; charset=utf-8", BodyKind::Json),
            ("application/cloudevents+json", BodyKind::Json),
            ("application/x-www-form-urlencoded", BodyKind::Json),
            ("application/x-ndjson", BodyKind::Ndjson),
            ("text/html", BodyKind::Text),
        ] {
            let head = head(&format!("Content-Type: {declared}"));
            assert_eq!(json_kind(&head), kind, "{declared}");
            assert_eq!(examine(&head, b"{}").kind, kind, "{declared}");
        }
    }
}
