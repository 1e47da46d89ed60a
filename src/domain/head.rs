//! The head of a request: request line and header lines as received bytes, with their order, spelling and repeats.
//!
//! **Invariant:** reading never fails and never changes `raw`. Header lines that are not UTF-8 are read as ISO 8859-1, so no byte is lost.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::{memchr, memchr_iter, memrchr};

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
        let [method, target, version] = self.parts();
        (text(method), String::from_utf8_lossy(target), text(version))
    }

    /// The target of the request line, with U+FFFD for what is not UTF-8; empty if it is missing.
    #[must_use]
    pub fn target(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.target_bytes())
    }

    /// The target of the request line as received.
    #[must_use]
    pub fn target_bytes(&self) -> &[u8] {
        self.parts()[1]
    }

    /// The header lines in their order: name as spelled, value without surrounding whitespace.
    pub fn headers(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        named_lines(self.lines().skip(1))
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
        named_bytes(self.lines().skip(1))
    }

    /// The parts of the request line. The target is all between the first and the last space, because some senders do not encode spaces.
    fn parts(&self) -> [&[u8]; 3] {
        request_line_parts(self.lines().next().unwrap_or_default())
    }

    /// The lines of the head. Blank lines before the request line are skipped (RFC 9112 section 2.2).
    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        lines(&self.raw).skip_while(|line| line.is_empty())
    }
}

/// Lines without their ends, which are LF or CRLF.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    let ends = memchr_iter(b'\n', bytes).chain([bytes.len()]);
    ends.map(move |end| {
        let line = &bytes[start..end];
        start = end + 1;
        line.strip_suffix(b"\r").unwrap_or(line)
    })
}

/// Names and values of lines; blank lines are left out.
pub(crate) fn named_lines<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
    named_bytes(lines).map(|(name, value)| (text(name), text(value)))
}

fn named_bytes<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    lines.filter(|line| !line.is_empty()).map(|line| {
        let colon = line.iter().position(|byte| *byte == b':');
        let colon = colon.unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default();
        (name.trim_ascii(), value.trim_ascii())
    })
}

/// Method, target and version of a request line without its line end; missing parts are empty.
pub(crate) fn request_line_parts(line: &[u8]) -> [&[u8]; 3] {
    let Some(first) = memchr(b' ', line) else {
        return [line, b"", b""];
    };
    let (method, rest) = (&line[..first], &line[first + 1..]);
    match memrchr(b' ', rest) {
        Some(last) => [method, &rest[..last], &rest[last + 1..]],
        None => [method, rest, b""],
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
    fn the_target_is_all_between_method_and_version() {
        for (line, expected) in [
            (
                &b"POST /hook/x?a=b c HTTP/1.1\r\n\r\n"[..],
                ["POST", "/hook/x?a=b c", "HTTP/1.1"],
            ),
            (b"POST /a  HTTP/1.1\n\n", ["POST", "/a ", "HTTP/1.1"]),
            (
                b"GET /\xff\xc3\xa9 HTTP/1.1\r\n\r\n",
                ["GET", "/\u{fffd}\u{e9}", "HTTP/1.1"],
            ),
            (b"GET /a", ["GET", "/a", ""]),
            (b"GET", ["GET", "", ""]),
            (b"", ["", "", ""]),
        ] {
            let head = head(line);
            let (method, target, version) = head.request_line();
            assert_eq!([&*method, &*target, &*version], expected);
        }
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
