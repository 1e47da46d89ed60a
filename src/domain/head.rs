//! The head of a request: request line and header lines as received bytes, with their order, spelling and repeats.
//!
//! **Invariant:** reading never fails and never changes `raw`. Bytes that are not UTF-8 are read as ISO 8859-1, so none is lost.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memchr_iter;

/// A request's head, from its first byte through the blank line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The bytes as received. HTTP/2 has no such bytes; there it is a head in HTTP/1.1 format, made from the fields.
    pub raw: Bytes,
    /// Whether `raw` is byte for byte what was received.
    pub exact: bool,
}

impl Head {
    /// Method, target and version of the request line; missing parts are empty.
    #[must_use]
    pub fn request_line(&self) -> (Cow<'_, str>, Cow<'_, str>, Cow<'_, str>) {
        let mut words = self.words();
        let mut word = || words.next().map(text).unwrap_or_default();
        (word(), word(), word())
    }

    /// The target of the request line; empty if it is missing.
    #[must_use]
    pub fn target(&self) -> Cow<'_, str> {
        self.words().nth(1).map(text).unwrap_or_default()
    }

    /// The header lines in their order: name as spelled, value without surrounding whitespace.
    pub fn headers(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.header_bytes()
            .map(|(name, value)| (text(name), text(value)))
    }

    /// Value of the first header line with that name, ignoring case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.header_bytes()
            .find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| text(value))
    }

    /// The header lines as bytes.
    pub fn header_bytes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines()
            .skip(1)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let colon = line
                    .iter()
                    .position(|byte| *byte == b':')
                    .unwrap_or(line.len());
                let (name, value) = line.split_at(colon);
                (
                    name.trim_ascii(),
                    value.get(1..).unwrap_or_default().trim_ascii(),
                )
            })
    }

    /// The parts of the request line.
    fn words(&self) -> impl Iterator<Item = &[u8]> {
        let line = self.lines().next().unwrap_or_default();
        line.split(|byte| *byte == b' ')
            .filter(|word| !word.is_empty())
    }

    /// The lines of the head. Blank lines before the request line are skipped (RFC 9112 section 2.2).
    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        let ends = memchr_iter(b'\n', &self.raw).chain([self.raw.len()]);
        let lines = ends.map(move |end| {
            let line = &self.raw[start..end];
            start = end + 1;
            line.strip_suffix(b"\r").unwrap_or(line)
        });
        lines.skip_while(|line| line.is_empty())
    }
}

/// Bytes of a head as text: UTF-8 if valid, otherwise ISO 8859-1, so that no byte is lost.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes
            .iter()
            .copied()
            .map(char::from)
            .collect::<String>()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(raw: &'static [u8]) -> Head {
        Head {
            raw: Bytes::from_static(raw),
            exact: true,
        }
    }

    #[test]
    fn header_lines_keep_order_spelling_and_repeats() {
        let head =
            head(b"POST /hook/x?a=b HTTP/1.1\r\nHost: h\r\nx-lower-Case:  a b \r\nX-TWICE: 1\r\nx-twice:2\r\nEmpty:\r\n\r\n");
        assert_eq!(
            head.request_line(),
            ("POST".into(), "/hook/x?a=b".into(), "HTTP/1.1".into())
        );
        let lines: Vec<_> = head.headers().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(
            lines,
            [
                "Host=h",
                "x-lower-Case=a b",
                "X-TWICE=1",
                "x-twice=2",
                "Empty="
            ]
        );
        assert_eq!(head.header("x-Twice").as_deref(), Some("1"));
        assert_eq!(head.header("none"), None);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_shown_one_character_each() {
        assert_eq!(
            head(b"GET / HTTP/1.1\nX: \xff\xe9\n\n")
                .header("x")
                .as_deref(),
            Some("ÿé")
        );
    }
}
