//! UTF-32, which the WHATWG Encoding Standard leaves out: by its byte order mark, or declared.
//!
//! **Invariant:** without a declaration, bytes are UTF-32 only if every character is one.

/// Which of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Utf32 {
    LittleEndian,
    BigEndian,
}

/// Bytes of a character, and of the mark.
const UNIT: usize = 4;

impl Utf32 {
    /// Its name.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::LittleEndian => "utf-32le",
            Self::BigEndian => "utf-32be",
        }
    }

    /// The form that a declared label means. Without a mark, `utf-32` is big-endian (Unicode 16, section 3.10, D101).
    pub(super) fn labelled(label: &str) -> Option<Self> {
        match label.trim().to_ascii_lowercase().as_str() {
            "utf-32" | "utf-32be" => Some(Self::BigEndian),
            "utf-32le" => Some(Self::LittleEndian),
            _ => None,
        }
    }

    /// The form that the byte order mark says.
    pub(super) fn of_mark(bytes: &[u8]) -> Option<Self> {
        let form = match bytes.first_chunk()? {
            [0xff, 0xfe, 0, 0] => Self::LittleEndian,
            [0, 0, 0xfe, 0xff] => Self::BigEndian,
            _ => return None,
        };
        // The mark in little-endian is also that of UTF-16 with a NUL after it.
        let is_all = form.units(bytes).all(|unit| char::from_u32(unit).is_some());
        is_all.then_some(form)
    }

    /// The text without its mark, and in how many places it is not a character.
    pub(super) fn text(self, bytes: &[u8]) -> (String, usize) {
        let mark = usize::from(Self::of_mark(bytes) == Some(self)) * UNIT;
        let bytes = &bytes[mark..];
        let mut wrong = usize::from(!bytes.len().is_multiple_of(UNIT));
        let mut text: String = self
            .units(bytes)
            .map(|unit| {
                char::from_u32(unit).unwrap_or_else(|| {
                    wrong += 1;
                    char::REPLACEMENT_CHARACTER
                })
            })
            .collect();
        if !bytes.len().is_multiple_of(UNIT) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        (text, wrong)
    }

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u32> {
        let (units, _) = bytes.as_chunks::<UNIT>();
        units.iter().map(move |unit| match self {
            Self::LittleEndian => u32::from_le_bytes(*unit),
            Self::BigEndian => u32::from_be_bytes(*unit),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, unit: fn(u32) -> [u8; UNIT]) -> Vec<u8> {
        text.chars().flat_map(|one| unit(one.into())).collect()
    }

    #[test]
    fn marks_tell_the_form() {
        let little = wide("\u{feff}Zü🙂", u32::to_le_bytes);
        let big = wide("\u{feff}Zü🙂", u32::to_be_bytes);
        for (bytes, form) in [(little, Utf32::LittleEndian), (big, Utf32::BigEndian)] {
            assert_eq!(Utf32::of_mark(&bytes), Some(form));
            assert_eq!(form.text(&bytes), ("Zü🙂".to_owned(), 0));
            let cut = &bytes[..bytes.len() - 1];
            assert_eq!(form.text(cut), ("Zü\u{fffd}".to_owned(), 1));
        }
        for other in [&b"\xff\xfe\0"[..], b"\xff\xfe\0\0a\0b\0", b"abcd"] {
            assert_eq!(Utf32::of_mark(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_declaration_needs_no_mark() {
        assert_eq!(Utf32::labelled(" UTF-32 "), Some(Utf32::BigEndian));
        assert_eq!(Utf32::labelled("utf-16"), None);
        let wrong = [0, 0, 0, 0x61, 0, 0x11, 0, 0];
        assert_eq!(Utf32::BigEndian.text(&wrong), ("a\u{fffd}".to_owned(), 1));
    }
}
