//! How the lines of a text end.
//!
//! **Invariant:** a text with LF alone, which is the usual, has nothing to tell.

use super::note::LineEnds;

/// How the lines of a text end, if there are any and not all end with LF.
pub(super) fn line_ends(text: &str) -> Option<LineEnds> {
    let (mut crlf, mut lf, mut cr) = (0_usize, 0_usize, 0_usize);
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\r', Some(b'\n')) => crlf += 1,
            (b'\r', _) => cr += 1,
            _ => lf += 1,
        }
    }
    match (crlf, lf - crlf, cr) {
        (0, _, 0) => None,
        (_, 0, 0) => Some(LineEnds::Crlf),
        (0, 0, _) => Some(LineEnds::Cr),
        _ => Some(LineEnds::Mixed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_line_end_is_recognised() {
        let cases = [
            ("a", None),
            ("a\nb\n", None),
            ("a\r\nb\r\n", Some(LineEnds::Crlf)),
            ("a\rb\r", Some(LineEnds::Cr)),
            ("a\r\nb\n", Some(LineEnds::Mixed)),
            ("a\rb\n", Some(LineEnds::Mixed)),
        ];
        for (text, expected) in cases {
            assert_eq!(line_ends(text), expected, "{text:?}");
        }
    }
}
