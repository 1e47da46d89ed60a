//! Content-Transfer-Encoding of a part (RFC 2045 section 6). Forms do not use it any more (RFC 7578 section 4.7), but mail and SOAP do.
//!
//! **Invariant:** the decoded bytes are never more than the encoded ones. Base64 that is broken is left as it is.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::note::Note;

/// Longest name in a note, in bytes.
const NAME_BYTES_MAX: usize = 50;

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes of a part without the encoding with this name.
pub(super) fn decoded<'a>(
    name: Option<&str>,
    bytes: &'a [u8],
    notes: &mut Vec<Note>,
) -> Cow<'a, [u8]> {
    let name = name.unwrap_or_default().trim().to_ascii_lowercase();
    let found = match name.as_str() {
        "" | "7bit" | "8bit" | "binary" => return Cow::Borrowed(bytes),
        "quoted-printable" => Some(quoted_printable(bytes)),
        "base64" => {
            let letters: Vec<u8> = bytes
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect();
            BASE64.decode(letters).ok()
        }
        _ => None,
    };
    found.map_or_else(
        || {
            let end = name.floor_char_boundary(NAME_BYTES_MAX);
            notes.push(Note::UndecodedTransfer(name[..end].to_owned()));
            Cow::Borrowed(bytes)
        },
        Cow::Owned,
    )
}

/// Quoted-printable decoded. An equals sign that begins no escape stays.
pub(super) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'=' {
            decoded.push(*first);
            continue;
        }
        match behind {
            [b'\r', b'\n', after @ ..] | [b'\n', after @ ..] => rest = after,
            [high, low, after @ ..] => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let byte = digit(high)
                    .zip(digit(low))
                    .and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                decoded.push(byte.unwrap_or(b'='));
                if byte.is_some() {
                    rest = after;
                }
            }
            _ => decoded.push(b'='),
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> (Vec<u8>, usize) {
        let mut notes = Vec::new();
        let found = decoded(Some(name), bytes, &mut notes).into_owned();
        (found, notes.len())
    }

    #[test]
    fn base64_may_have_lines_and_lack_padding() {
        assert_eq!(read("BASE64", b"aGVs\r\nbG8=\r\n"), (b"hello".to_vec(), 0));
        assert_eq!(read("base64", b"aGVsbG8"), (b"hello".to_vec(), 0));
        assert_eq!(read("base64", b"a!"), (b"a!".to_vec(), 1));
        assert_eq!(read("x-uuencode", b"a"), (b"a".to_vec(), 1));
        assert_eq!(read("8bit", b"a"), (b"a".to_vec(), 0));
    }

    #[test]
    fn quoted_printable_has_soft_line_ends() {
        assert_eq!(
            read("quoted-printable", b"na=C3=AFve=\r\n a=\nb =zz ="),
            ("naïve ab =zz =".into(), 0)
        );
    }
}
