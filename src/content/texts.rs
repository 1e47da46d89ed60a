//! The texts of a body, for searching: decoded, in their charset, with the escapes of forms and of JSON resolved.
//!
//! **Invariant:** a text is searched to its end, except what decoding left out by its limits. Bytes that are not text are searched as they
//! are.

use std::borrow::Cow;
use std::cell::OnceCell;

use memchr::memchr;

use super::charset::{self, Known};
use super::content_reader::{ContentReader, Place, form_charset, form_fields};
use super::limits::{Allowance, ContentOptions};
use super::media_type::{DeclaredKind, MediaType};
use super::model::{BodyContent, FormField};
use super::reading::decode;
use super::{kind, records};
use crate::domain::body::BodyKind;
use crate::domain::head::Head;
use crate::json::without_bom;

/// The texts of a body.
#[derive(Debug)]
pub struct BodyTexts<'a> {
    /// The body in its charset, or its bytes.
    whole: Cow<'a, [u8]>,
    is_text: bool,
    /// The same with the escapes of JSON resolved, if it has any.
    unescaped: OnceCell<Option<String>>,
    /// Header lines and texts of parts.
    parts: Vec<String>,
    /// Fields of a form, also of one in parts.
    fields: Vec<FormField>,
}

/// The texts of a body, within these limits.
#[must_use]
pub fn texts<'a>(head: &Head, body: &'a [u8], options: &ContentOptions) -> BodyTexts<'a> {
    let bytes = decode(head, body, options).bytes;
    let media = MediaType::of(head);
    let mut found = BodyTexts {
        whole: Cow::Borrowed(&[]),
        is_text: false,
        unescaped: OnceCell::new(),
        parts: Vec::new(),
        fields: Vec::new(),
    };
    match media.declared() {
        DeclaredKind::Multipart => found.add_parts(&bytes, &media, options),
        DeclaredKind::Form => found.add_fields(&bytes, &media, options),
        _ => {}
    }
    let text = match bytes {
        Cow::Borrowed(bytes) => text(bytes, &media),
        Cow::Owned(bytes) => match text(&bytes, &media) {
            Some(Cow::Owned(text)) => Some(Cow::Owned(text)),
            // Without its byte order mark it may be shorter.
            Some(Cow::Borrowed(text)) => Some(Cow::Owned(text.to_owned())),
            None => {
                found.whole = Cow::Owned(bytes);
                return found;
            }
        },
    };
    match text {
        Some(Cow::Borrowed(text)) => found.whole = Cow::Borrowed(text.as_bytes()),
        Some(Cow::Owned(text)) => found.whole = Cow::Owned(text.into_bytes()),
        None => {
            found.whole = Cow::Borrowed(body);
            return found;
        }
    }
    found.is_text = true;
    found
}

/// Bytes in their charset; `None` if they are not text.
fn text<'a>(bytes: &'a [u8], media: &MediaType) -> Option<Cow<'a, str>> {
    if is_plain(bytes, media) {
        return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
    }
    let choice = charset::choose(bytes, Known::of(media), &mut Vec::new())?;
    Some(choice.text(&mut Vec::new()))
}

/// Whether bytes are ASCII text whatever the charset. Reading nearly all bodies is then reading their bytes.
fn is_plain(bytes: &[u8], media: &MediaType) -> bool {
    media.charset().is_none_or(|label| label.eq_ignore_ascii_case("utf-8"))
        && bytes.is_ascii()
        // Control characters may mean another charset, or that it is not text.
        && !bytes.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'))
        && !(bytes.starts_with(b"<?xml"))
}

impl BodyTexts<'_> {
    /// Whether `test` holds for one of the texts.
    pub fn any(&self, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        if test(&self.whole) || self.unescaped().is_some_and(|text| test(text.as_bytes())) {
            return true;
        }
        let pair = |field: &FormField| match &field.value {
            Some(value) => format!("{}={value}", field.name),
            None => field.name.clone(),
        };
        self.parts.iter().any(|text| {
            test(text.as_bytes()) || json_unescaped(text).is_some_and(|text| test(text.as_bytes()))
        }) || self.fields.iter().any(|field| test(pair(field).as_bytes()))
    }

    /// The fields of a form.
    #[must_use]
    pub fn fields(&self) -> &[FormField] {
        &self.fields
    }

    /// The JSON texts of the body: one, or one per line. A text that is broken is given too: what comes before the error can be read.
    #[must_use]
    pub fn json(&self) -> Vec<&str> {
        let Some(text) = self.text().map(without_bom) else {
            return Vec::new();
        };
        if records::are_records(text) {
            return records::lines(text).map(|(_, line)| line).collect();
        }
        vec![text]
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.whole)
            .ok()
            .filter(|_| self.is_text)
    }

    fn unescaped(&self) -> Option<&str> {
        let unescaped = || {
            // Most texts have no escapes, so this comes before the check of the text.
            memchr(b'\\', &self.whole)?;
            json_unescaped(self.text()?)
        };
        self.unescaped.get_or_init(unescaped).as_deref()
    }

    fn add_parts(&mut self, bytes: &[u8], media: &MediaType, options: &ContentOptions) {
        let mut left = Allowance::new(options);
        let mut reader = ContentReader {
            options,
            left: &mut left,
        };
        let content = reader.content(bytes, media, &Place::default());
        self.add_content(&content);
    }

    fn add_content(&mut self, content: &BodyContent) {
        for part in &content.parts {
            let lines = part.headers.iter();
            self.parts
                .extend(lines.map(|(name, value)| format!("{name}: {value}")));
            self.parts.extend(part.content.text.clone());
            self.fields.extend(part.content.fields.iter().cloned());
            if let (Some(name), Some(text)) = (&part.name, &part.content.text) {
                self.fields.push(FormField {
                    name: name.clone(),
                    value: Some(text.clone()),
                });
            }
            self.add_content(&part.content);
        }
    }

    fn add_fields(&mut self, bytes: &[u8], media: &MediaType, options: &ContentOptions) {
        let mut notes = Vec::new();
        let Some(choice) = charset::choose(bytes, Known::of(media), &mut notes) else {
            return;
        };
        let text = choice.text(&mut notes);
        if kind::of_text(&text, media, &mut notes) != BodyKind::Form {
            return;
        }
        let is_declared = media.charset().is_some();
        let (choice, bytes) = form_charset(&text, bytes, choice, is_declared, &mut notes);
        let mut left = Allowance::new(options);
        self.fields = form_fields(choice, bytes, &mut left, &mut notes);
    }
}

/// A text that begins like JSON, with its escapes resolved; `None` if it does not, or has none. It need not be complete: of a body that was
/// cut, the beginning is searched too.
#[must_use]
pub fn json_unescaped(text: &str) -> Option<String> {
    let begins = without_bom(text).trim_start().starts_with(['{', '[', '"']);
    let mut next = memchr(b'\\', text.as_bytes()).filter(|_| begins)?;
    let mut copy = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        copy.push_str(&rest[..next]);
        let (letter, length) = escape(&rest.as_bytes()[next..]);
        // A backslash that begins no escape stays.
        copy.push(letter.unwrap_or('\\'));
        rest = &rest[next + length..];
        match memchr(b'\\', rest.as_bytes()) {
            Some(at) => next = at,
            None => return Some(copy + rest),
        }
    }
}

/// The character of the escape that begins here, and the length of the escape.
fn escape(bytes: &[u8]) -> (Option<char>, usize) {
    let letter = match bytes.get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes),
        _ => return (None, 1),
    };
    (Some(letter), 2)
}

/// The character of one escape, or of two that are a surrogate pair. Half of a pair becomes U+FFFD.
fn unicode_escape(bytes: &[u8]) -> (Option<char>, usize) {
    let Some(first) = code_unit(bytes) else {
        return (None, 1);
    };
    if let Some(letter) = char::from_u32(first) {
        return (Some(letter), 6);
    }
    let second = bytes.get(6..).and_then(code_unit);
    let second = second.filter(|second| (0xdc00..0xe000).contains(second) && first < 0xdc00);
    match second {
        Some(second) => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            (char::from_u32(code), 12)
        }
        None => (Some(char::REPLACEMENT_CHARACTER), 6),
    }
}

/// The number in `\u00e9`.
fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let digits = digits.iter().map(|digit| char::from(*digit).to_digit(16));
    digits
        .into_iter()
        .try_fold(0, |code, digit| Some(code * 16 + digit?))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn found(content_type: &str, body: &[u8], word: &str) -> bool {
        let raw = format!("POST / HTTP/1.1\r\nContent-Type: {content_type}\r\n\r\n");
        let head = Head {
            raw: Bytes::from(raw),
            exact: true,
        };
        let texts = texts(&head, body, &ContentOptions::default());
        texts.any(&mut |text| memchr::memmem::find(text, word.as_bytes()).is_some())
    }

    #[test]
    fn escapes_of_json_are_resolved() {
        for (json, expected) in [
            (r#""Z\u00fcrich""#, Some("\"Zürich\"")),
            (
                r#"["\ud83d\ude00\n\"\\u00e9"]"#,
                Some("[\"😀\n\"\\u00e9\"]"),
            ),
            (r#""\ud83d \ude00""#, Some("\"\u{fffd} \u{fffd}\"")),
            (r#"{"cut \u00"#, Some(r#"{"cut \u00"#)),
            (r#""\x \"#, Some(r#""\x \"#)),
            ("\"\\ü\\uü\"", Some("\"\\ü\\uü\"")),
            (r#"{"a": 1}"#, None),
            (r"C:\new", None),
        ] {
            assert_eq!(json_unescaped(json).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn texts_are_in_their_charset() {
        assert!(found(
            "text/plain; charset=iso-8859-1",
            b"Z\xfcrich",
            "Zürich"
        ));
        assert!(found(
            "text/plain",
            b"Z\xfcrich, K\xf6ln und M\xfcnchen",
            "München"
        ));
        let wide: Vec<u8> = "{\"a\":\"order\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(found("application/json", &wide, "order"));
        assert!(found("application/octet-stream", b"\0\x01PNG\xff", "PNG"));
        assert!(found(
            "application/json",
            br#"{"city": "Z\u00fcrich"}"#,
            "Zürich"
        ));
        assert!(!found("text/plain", br"Z\u00fcrich", "Zürich"));
    }

    #[test]
    fn forms_and_parts_are_decoded() {
        let form = "application/x-www-form-urlencoded";
        assert!(found(
            form,
            b"city=Z%C3%BCrich+West&flag",
            "city=Zürich West"
        ));
        assert!(found(form, b"city=Z%C3%BCrich", "Z%C3%BCrich"));
        assert!(found(form, b"_charset_=Shift_JIS&a=%83e", "a=\u{30c6}"));
        let wide: Vec<u8> = "\u{feff}a=%C3%BC&b=1"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(found(form, &wide, "a=\u{fc}"));
        let parts = b"--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nan order\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--";
        for word in ["an order", "note=an order", "hello", "aGVsbG8="] {
            assert!(
                found("multipart/form-data; boundary=b", parts, word),
                "{word}"
            );
        }
    }

    #[test]
    fn plain_ascii_is_read_as_by_the_charset() {
        for content_type in [
            "",
            "application/json",
            "text/plain; charset=utf-8",
            "text/xml",
        ] {
            let media = MediaType::parse(content_type);
            for body in ["{\"a\":1}", "a\tb\r\n", "", "<a/>", "~{}"] {
                let chosen = charset::choose(body.as_bytes(), Known::of(&media), &mut Vec::new());
                let chosen = chosen.map(|choice| choice.text(&mut Vec::new()).into_owned());
                let plain = text(body.as_bytes(), &media).map(Cow::into_owned);
                assert_eq!(plain, chosen, "{content_type} {body:?}");
            }
        }
    }
}
