//! Which charset bytes are in, by the bytes alone.
//!
//! **Invariant:** at most the first 64 KiB after the first byte that is not ASCII are given to the detector, because it is slow.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes given to the detector, from the first that is not ASCII.
const DETECTED_BYTES_MAX: usize = 64 * 1024;
/// Bytes in which an XML declaration may be.
const DECLARATION_BYTES_MAX: usize = 256;

/// Text of a few bytes without any declaration, such as file names: UTF-8, or what they look like. A guess between charsets with one byte
/// per character needs more than a few.
pub(super) fn guessed(bytes: &[u8]) -> Cow<'_, str> {
    let encoding = match detected(bytes) {
        _ if is_utf8(bytes) => UTF_8,
        found if found.is_single_byte() => WINDOWS_1252,
        found => found,
    };
    encoding.decode_without_bom_handling(bytes).0
}

/// Whether the bytes are UTF-8: all of them, all but a character that is cut at the end, or nearly all of many.
pub(super) fn is_utf8(bytes: &[u8]) -> bool {
    let Err(error) = std::str::from_utf8(bytes) else {
        return true;
    };
    if error.error_len().is_none() && !bytes[..error.valid_up_to()].is_ascii() {
        return true;
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        let long = chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        good += long;
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= 3 && good / 4 > bad
}

/// UTF-16 without a mark: nearly every other byte of the beginning is 0.
pub(super) fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.get(..512).unwrap_or(bytes).chunks_exact(2);
    let count = pairs.len();
    if count < 2 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |at: usize| pairs.clone().filter(|pair| pair[at] == 0).count();
    match (zeros(0), zeros(1)) {
        (0, zeros) if zeros * 10 >= count * 7 => Some(UTF_16LE),
        (zeros, 0) if zeros * 10 >= count * 7 => Some(UTF_16BE),
        _ => None,
    }
}

/// What the bytes look like.
pub(super) fn detected(bytes: &[u8]) -> &'static Encoding {
    let start = bytes
        .iter()
        .position(|byte| !byte.is_ascii() || *byte == 0x1b);
    let start = start.unwrap_or(0).saturating_sub(64);
    let end = bytes.len().min(start + DETECTED_BYTES_MAX);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[start..end], end == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// A byte that no text has (WHATWG MIME Sniffing, "binary data byte").
pub(super) fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f)
}

/// The encoding in an XML declaration (XML 1.0 section 4.3.3).
pub(super) fn xml_declaration(bytes: &[u8]) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let bytes = bytes.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(bytes, b"?>")?;
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    let value = text
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    Some(value[1..].split_once(quote)?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_few_wrong_bytes_is_still_utf8() {
        let long = [&b"\xff"[..], "é".repeat(20).as_bytes()].concat();
        assert!(is_utf8(&long));
        assert!(is_utf8(&"éé".as_bytes()[..3]));
        assert!(!is_utf8(b"Z\xfcrich"));
        assert!(!is_utf8(b"abc\xc3"), "it may as well be another charset");
    }

    #[test]
    fn short_names_are_not_guessed_between_charsets_of_single_bytes() {
        assert_eq!(guessed(b"na\xefve.txt"), "naïve.txt");
        assert_eq!(guessed("naïve.txt".as_bytes()), "naïve.txt");
        assert_eq!(guessed(b"\x83\x65\x83\x58\x83\x67.txt"), "テスト.txt");
    }

    #[test]
    fn wide_characters_show_in_their_zeros() {
        assert_eq!(wide(b"{\0\"\0"), Some(UTF_16LE));
        assert_eq!(wide(b"\0{\0\""), Some(UTF_16BE));
        for bytes in [&b"{\0"[..], b"{\0\"", b"\0\0\0\0", b"abcd"] {
            assert_eq!(wide(bytes), None, "{bytes:?}");
        }
    }
}
