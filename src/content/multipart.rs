//! Multipart bodies (RFC 2046 section 5.1), split at their boundary lines.
//!
//! creel has its own parser, because the bytes are all there: existing ones are made for streams, stop at the first broken part, and do
//! not say where a part is.
//!
//! **Invariant:** parts are ranges of the body in their order; nothing is copied, and a broken part does not hide the others.

use std::ops::Range;

use memchr::{memchr, memmem};

/// Longest boundary that is guessed, in bytes (RFC 2046 allows 70).
const GUESSED_BYTES_MAX: usize = 200;

/// Where a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawPart {
    /// Its header lines.
    pub(super) head: Range<usize>,
    /// Its content.
    pub(super) body: Range<usize>,
    /// Whether a blank line separates them.
    pub(super) has_blank_line: bool,
}

/// A body split into parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// The first parts.
    pub(super) parts: Vec<RawPart>,
    /// Number of all parts.
    pub(super) count: usize,
    /// Bytes before the first boundary line.
    pub(super) preamble: usize,
    /// Bytes after the last boundary line; `None` if that line is missing.
    pub(super) epilogue: Option<usize>,
}

/// A boundary line.
struct Delimiter {
    /// Where the content before it ends: before the line end in front of it, which belongs to it.
    before: usize,
    /// Where the next part begins.
    after: usize,
    is_final: bool,
}

/// Splits a body, and keeps at most `max` parts. `None` if there is no boundary line.
pub(super) fn split(body: &[u8], boundary: &str, max: usize) -> Option<Split> {
    let mark = format!("--{boundary}");
    let finder = memmem::Finder::new(mark.as_bytes());
    let mut from = 0;
    let mut next = || {
        while let Some(found) = finder.find(&body[from..]) {
            let at = from + found;
            from = at + mark.len();
            if let Some(delimiter) = delimiter(body, at, from) {
                from = delimiter.after;
                return Some(delimiter);
            }
        }
        None
    };
    let first = next()?;
    let mut split = Split {
        parts: Vec::new(),
        count: 0,
        preamble: first.before,
        epilogue: None,
    };
    let mut last = first;
    while !last.is_final {
        let next = next();
        let end = next.as_ref().map_or(body.len(), |next| next.before);
        // If nothing follows the last boundary line, there is no further part; only the final line is missing.
        if next.is_some() || last.after < body.len() {
            split.count += 1;
            if split.parts.len() < max {
                split
                    .parts
                    .push(part(body, last.after..end.max(last.after)));
            }
        }
        let Some(next) = next else {
            return Some(split);
        };
        last = next;
    }
    split.epilogue = Some(body.len() - last.after);
    Some(split)
}

/// The boundary line whose mark is at `at..end`, if it is one: at the beginning of a line, with nothing but spaces behind it.
fn delimiter(body: &[u8], at: usize, end: usize) -> Option<Delimiter> {
    let before = match &body[..at] {
        [] => 0,
        [.., b'\r', b'\n'] => at - 2,
        [.., b'\n'] => at - 1,
        _ => return None,
    };
    let is_final = body[end..].starts_with(b"--");
    let end = if is_final { end + 2 } else { end };
    let line = &body[end..];
    let spaces = line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let after = match &line[spaces..] {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        [] | [b'\r'] => line.len() - spaces,
        // Something behind the final mark is an epilogue that does not begin with a new line.
        _ if is_final => 0,
        _ => return None,
    };
    Some(Delimiter {
        before,
        after: end + spaces + after,
        is_final,
    })
}

/// Head and content of a part.
fn part(body: &[u8], range: Range<usize>) -> RawPart {
    let bytes = &body[range.clone()];
    let mut at = 0;
    loop {
        let line_end = memchr(b'\n', &bytes[at..]).map(|length| at + length + 1);
        let line = &bytes[at..line_end.unwrap_or(bytes.len())];
        if line.trim_ascii_end().is_empty() && line_end.is_some() {
            let content = range.start + line_end.unwrap_or(at);
            return RawPart {
                head: range.start..range.start + at,
                body: content..range.end,
                has_blank_line: true,
            };
        }
        match line_end {
            Some(end) => at = end,
            None => break,
        }
    }
    RawPart {
        head: range.clone(),
        body: range.end..range.end,
        has_blank_line: false,
    }
}

/// The boundary that the first line shows, for a Content-Type without one.
pub(super) fn guessed_boundary(body: &[u8]) -> Option<&str> {
    let line = body.split(|byte| *byte == b'\n').next()?;
    let boundary = line.trim_ascii_end().strip_prefix(b"--")?;
    let boundary = std::str::from_utf8(boundary).ok()?;
    (1..=GUESSED_BYTES_MAX)
        .contains(&boundary.len())
        .then_some(boundary)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Heads and bodies as text, and the rest.
    fn read(body: &str, max: usize) -> (Vec<(&str, &str)>, usize, usize, Option<usize>) {
        let split = split(body.as_bytes(), "b", max).unwrap();
        let parts = split.parts.iter();
        let parts = parts.map(|part| (&body[part.head.clone()], &body[part.body.clone()]));
        (parts.collect(), split.count, split.preamble, split.epilogue)
    }

    #[test]
    fn parts_are_between_boundary_lines() {
        let body = "pre\r\n--b\r\nA: 1\r\n\r\none\r\n--b  \r\n\r\ntwo\r\n\r\n--bc\r\n--b--\r\nend";
        let (parts, count, preamble, epilogue) = read(body, 9);
        assert_eq!(parts, [("A: 1\r\n", "one"), ("", "two\r\n\r\n--bc")]);
        assert_eq!((count, preamble, epilogue), (2, 3, Some(3)));
        assert_eq!(read(body, 1).0.len(), 1);
        assert_eq!(read(body, 1).1, 2);
    }

    #[test]
    fn line_feeds_alone_and_a_missing_end_are_read_too() {
        assert_eq!(
            read("--b\nA: 1\n\none\n--b\nB: 2\n\ntw", 9),
            (vec![("A: 1\n", "one"), ("B: 2\n", "tw")], 2, 0, None)
        );
        assert_eq!(
            read("--b\r\n\r\none\r\n--b\r\n", 9),
            (vec![("", "one")], 1, 0, None)
        );
        assert_eq!(read("--b--", 9), (vec![], 0, 0, Some(0)));
        assert_eq!(
            read("--b\r\n\r\n\r\n--b--rest", 9),
            (vec![("", "")], 1, 0, Some(4))
        );
    }

    #[test]
    fn a_part_without_a_blank_line_is_all_head() {
        assert_eq!(read("--b\r\nA: 1\r\n--b--", 9).0, [("A: 1", "")]);
        assert_eq!(read("--b\r\n\r\n--b--", 9).0, [("", "")]);
    }

    #[test]
    fn bodies_without_boundary_lines_have_no_parts() {
        for body in ["", "b", "x--b\r\n", "--bc\r\n", "--b x\r\n"] {
            assert_eq!(split(body.as_bytes(), "b", 9), None, "{body}");
        }
        assert_eq!(guessed_boundary(b"--abc\r\nA: 1"), Some("abc"));
        assert_eq!(guessed_boundary(b"--"), None);
        assert_eq!(guessed_boundary(b"abc"), None);
    }
}
