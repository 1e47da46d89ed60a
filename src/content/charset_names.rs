//! The names of charsets (WHATWG Encoding section 4.2).
//!
//! **Invariant:** every label of the standard is known, except `replacement`, which means charsets that must not be decoded.

use encoding_rs::Encoding;

use super::note::Note;

/// Longest label in a note, in bytes.
const LABEL_BYTES_MAX: usize = 50;

/// The names of all charsets (WHATWG Encoding section 4.2), the most frequent ones first.
pub const CHARSETS: &[&str] = &[
    "UTF-8",
    "windows-1252",
    "ISO-8859-2",
    "ISO-8859-15",
    "Shift_JIS",
    "EUC-JP",
    "ISO-2022-JP",
    "GBK",
    "gb18030",
    "Big5",
    "EUC-KR",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "KOI8-R",
    "KOI8-U",
    "IBM866",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "ISO-8859-8-I",
    "ISO-8859-10",
    "ISO-8859-13",
    "ISO-8859-14",
    "ISO-8859-16",
    "macintosh",
    "x-mac-cyrillic",
    "UTF-16LE",
    "UTF-16BE",
];

/// The WHATWG name of the charset with this label; `None` if there is none (WHATWG Encoding section 4.2).
#[must_use]
pub fn charset_name(label: &str) -> Option<&'static str> {
    Encoding::for_label_no_replacement(label.as_bytes()).map(Encoding::name)
}

/// The name of a charset in lower case.
pub(super) fn label(encoding: &'static Encoding) -> String {
    encoding.name().to_ascii_lowercase()
}

/// The charset with this label, and a note if there is none.
pub(super) fn labelled(name: &str, notes: &mut Vec<Note>) -> Option<&'static Encoding> {
    let found = Encoding::for_label_no_replacement(name.as_bytes());
    if found.is_none() {
        let end = name.floor_char_boundary(LABEL_BYTES_MAX);
        notes.push(Note::UnknownCharset(name[..end].to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_charsets_are_those_of_the_standard() {
        for name in CHARSETS {
            assert_eq!(charset_name(name), Some(*name));
        }
        assert_eq!(charset_name("replacement"), None);
        assert_eq!(charset_name(" Latin1 "), Some("windows-1252"));
    }
}
