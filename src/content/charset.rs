//! Which charset a body has, and its text.
//!
//! **Invariant:** a declared charset is never replaced by a guess. Where the bytes do not fit it, a note says so.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::charset_names::{label, labelled};
use super::detection::{detected, is_binary, is_utf8, wide, xml_declaration};
use super::media_type::{DeclaredKind, MediaType};
use super::model::{Charset, CharsetFrom};
use super::note::Note;
use super::utf32::Utf32;

/// What is known about a charset before the bytes are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    /// Label that the reader chose.
    pub(super) chosen: Option<&'a str>,
    /// Declared label.
    pub(super) declared: Option<&'a str>,
    /// Whether the declared type is text.
    pub(super) is_text: bool,
    /// Whether the declared type is not text.
    pub(super) is_binary: bool,
    /// Whether the bytes may begin with an XML declaration.
    pub(super) may_be_xml: bool,
}

impl<'a> Known<'a> {
    /// What the declared type says.
    pub(super) fn of(media: &'a MediaType) -> Self {
        let declared = media.declared();
        Self {
            chosen: None,
            declared: media.charset(),
            is_text: declared.is_text(),
            is_binary: declared == DeclaredKind::Binary,
            may_be_xml: matches!(
                declared,
                DeclaredKind::Xml | DeclaredKind::Nothing | DeclaredKind::Text
            ),
        }
    }
}

/// A charset and the bytes without the byte order mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct CharsetChoice<'a> {
    pub(super) encoding: &'static Encoding,
    /// UTF-32, of which no [`Encoding`] exists.
    utf32: Option<Utf32>,
    from: CharsetFrom,
    bytes: &'a [u8],
}

impl<'a> CharsetChoice<'a> {
    /// The charset for the result.
    pub(super) fn charset(self) -> Charset {
        Charset {
            label: self.label(),
            from: self.from,
        }
    }

    fn label(self) -> String {
        self.utf32
            .map_or_else(|| label(self.encoding), |form| form.label().to_owned())
    }

    /// Whether ASCII characters are other bytes in it than in ASCII.
    pub(super) fn is_wide(self) -> bool {
        self.utf32.is_some() || [UTF_16LE, UTF_16BE].contains(&self.encoding)
    }

    /// Whether a declaration says it.
    pub(super) fn is_declared(self) -> bool {
        self.from == CharsetFrom::Header
    }

    /// The same, named by a field of the form and not by a header line.
    pub(super) fn named_by_form(self) -> Self {
        Self {
            from: CharsetFrom::Form,
            ..self
        }
    }

    /// The charset with this label, which the body itself names.
    pub(super) fn named(name: &str, notes: &mut Vec<Note>) -> Option<CharsetChoice<'static>> {
        labelled(name, notes).map(|encoding| CharsetChoice {
            encoding,
            utf32: None,
            from: CharsetFrom::Form,
            bytes: &[],
        })
    }

    /// The charset alone.
    pub(super) fn without_bytes(self) -> CharsetChoice<'static> {
        CharsetChoice { bytes: &[], ..self }
    }

    /// The text.
    pub(super) fn text(self, notes: &mut Vec<Note>) -> Cow<'a, str> {
        let (text, places) = match self.utf32 {
            Some(form) => {
                let (text, places) = form.text(self.bytes);
                (text.into(), places)
            }
            None => match self.encoding.decode_without_bom_handling(self.bytes) {
                (text, true) => {
                    let places = text.matches(char::REPLACEMENT_CHARACTER).count();
                    (text, places)
                }
                (text, false) => (text, 0),
            },
        };
        if places > 0 {
            notes.push(Note::InvalidBytes(self.label(), places));
        }
        text
    }
}

/// The charset of these bytes; `None` if they are not text.
pub(super) fn choose<'a>(
    bytes: &'a [u8],
    known: Known<'_>,
    notes: &mut Vec<Note>,
) -> Option<CharsetChoice<'a>> {
    let mark = Encoding::for_bom(bytes);
    let choice = |encoding, from| {
        let mark = mark.filter(|(marked, _)| *marked == encoding);
        let bytes = &bytes[mark.map_or(0, |(_, length)| length)..];
        CharsetChoice {
            encoding,
            utf32: None,
            from,
            bytes,
        }
    };
    if let Some(encoding) = known.chosen.and_then(|name| labelled(name, notes)) {
        return Some(choice(encoding, CharsetFrom::Chosen));
    }
    if let Some(choice) = wide_choice(bytes, known.declared) {
        return Some(choice);
    }
    let declared = known.declared.and_then(|name| labelled(name, notes));
    if let Some((marked, _)) = mark {
        match declared {
            Some(declared) if declared == marked => {
                return Some(choice(marked, CharsetFrom::Header));
            }
            // "utf-16" leaves it to the mark.
            Some(declared) if declared == UTF_16LE && marked == UTF_16BE => {}
            Some(declared) => notes.push(Note::BomDiffers(label(declared), label(marked))),
            None => {}
        }
        let choice = choice(marked, CharsetFrom::Bom);
        if marked == UTF_8 || declared.is_some() || known.is_text || is_clean(choice) {
            return Some(choice);
        }
        return None;
    }
    if let Some(encoding) = declared {
        doubt(bytes, encoding, notes);
        return Some(choice(encoding, CharsetFrom::Header));
    }
    if known.may_be_xml
        && let Some(encoding) = xml_declaration(bytes).and_then(|name| labelled(&name, notes))
        // A declaration that can be read byte by byte is not in UTF-16.
        && encoding != UTF_16LE
        && encoding != UTF_16BE
    {
        return Some(choice(encoding, CharsetFrom::Xml));
    }
    if let Some(encoding) = wide(bytes) {
        return Some(choice(encoding, CharsetFrom::Detected));
    }
    let has_binary = bytes.iter().copied().any(is_binary);
    if (has_binary && !known.is_text) || bytes.contains(&0) {
        return None;
    }
    if is_utf8(bytes) {
        let guess = bytes.contains(&0x1b).then(|| detected(bytes));
        return Some(match guess.filter(|guess| guess.name() == "ISO-2022-JP") {
            Some(japanese) => choice(japanese, CharsetFrom::Detected),
            None => choice(UTF_8, CharsetFrom::Default),
        });
    }
    if known.is_binary || has_binary {
        return None;
    }
    let choice = choice(detected(bytes), CharsetFrom::Detected);
    (known.is_text || is_clean(choice)).then_some(choice)
}

/// UTF-32, if the bytes are marked as that or declared.
fn wide_choice<'a>(bytes: &'a [u8], declared: Option<&str>) -> Option<CharsetChoice<'a>> {
    let declared = declared.and_then(Utf32::labelled);
    let marked = Utf32::of_mark(bytes);
    Some(CharsetChoice {
        encoding: UTF_8,
        utf32: Some(marked.or(declared)?),
        from: match declared {
            Some(_) => CharsetFrom::Header,
            None => CharsetFrom::Bom,
        },
        bytes,
    })
}

/// Adds a note if the bytes look like another charset than the declared one.
fn doubt(bytes: &[u8], declared: &'static Encoding, notes: &mut Vec<Note>) {
    let found = if let Some(encoding) = wide(bytes) {
        encoding
    } else if bytes.is_ascii() {
        // The same in each charset but the wide ones.
        if ![UTF_16LE, UTF_16BE].contains(&declared) {
            return;
        }
        UTF_8
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else if declared == UTF_8 && !is_utf8(bytes) {
        detected(bytes)
    } else {
        return;
    };
    if found != declared {
        notes.push(Note::CharsetDoubtful(label(declared), label(found)));
    }
}

/// Whether the bytes are a text in this charset: without errors and control characters.
fn is_clean(choice: CharsetChoice<'_>) -> bool {
    let (text, has_errors) = choice.encoding.decode_without_bom_handling(choice.bytes);
    let is_control = |letter: char| match u8::try_from(u32::from(letter)) {
        Ok(byte) => is_binary(byte) || (0x80..0xa0).contains(&byte),
        Err(_) => false,
    };
    !has_errors && !text.is_empty() && !text.contains(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(bytes: &[u8], known: Known<'_>) -> Option<(String, CharsetFrom, String, Vec<Note>)> {
        let mut notes = Vec::new();
        let choice = choose(bytes, known, &mut notes)?;
        let text = choice.text(&mut notes).into_owned();
        let charset = choice.charset();
        Some((charset.label, charset.from, text, notes))
    }

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn declared(label: &str) -> Known<'_> {
        Known {
            declared: Some(label),
            is_text: true,
            ..Known::default()
        }
    }

    #[test]
    fn a_declared_charset_is_used_and_doubted() {
        let (label, from, text, notes) = chosen(b"Z\xfcrich", declared("ISO-8859-1")).unwrap();
        assert_eq!(
            (label.as_str(), from, text.as_str()),
            ("windows-1252", CharsetFrom::Header, "Zürich")
        );
        assert_eq!(notes, []);
        let notes = chosen("Zürich".as_bytes(), declared("latin1")).unwrap().3;
        assert_eq!(
            notes,
            [Note::CharsetDoubtful("windows-1252".into(), "utf-8".into())]
        );
        let (_, _, text, notes) = chosen(b"Z\xfcrich", declared("utf-8")).unwrap();
        assert_eq!((text.as_str(), notes.len()), ("Z\u{fffd}rich", 2));
    }

    #[test]
    fn marks_are_stronger_than_declarations() {
        let bytes = [b"\xff\xfe".to_vec(), utf16le("aé")].concat();
        let (label, from, text, notes) = chosen(&bytes, declared("utf-8")).unwrap();
        assert_eq!(
            (label.as_str(), from, text.as_str()),
            ("utf-16le", CharsetFrom::Bom, "aé")
        );
        assert_eq!(notes, [Note::BomDiffers("utf-8".into(), "utf-16le".into())]);
        let big = b"\xfe\xff\0a";
        let (label, _, text, notes) = chosen(big, declared("utf-16")).unwrap();
        assert_eq!(
            (label.as_str(), text.as_str(), notes.len()),
            ("utf-16be", "a", 0)
        );
        let (_, from, text, _) = chosen(b"\xef\xbb\xbfa", declared("utf-8")).unwrap();
        assert_eq!((from, text.as_str()), (CharsetFrom::Header, "a"));
    }

    #[test]
    fn bytes_without_declaration_are_recognised() {
        let cases: [(&[u8], &str, CharsetFrom, &str); 7] = [
            (b"abc", "utf-8", CharsetFrom::Default, "abc"),
            ("é".as_bytes(), "utf-8", CharsetFrom::Default, "é"),
            (
                b"{\"city\":\"Z\xfcrich\"}",
                "windows-1252",
                CharsetFrom::Detected,
                "{\"city\":\"Zürich\"}",
            ),
            (
                b"\x1b$B$3$s\x1b(B",
                "iso-2022-jp",
                CharsetFrom::Detected,
                "こん",
            ),
            (
                &utf16le("{\"a\":1}"),
                "utf-16le",
                CharsetFrom::Detected,
                "{\"a\":1}",
            ),
            (
                "ééé \u{20ac}\u{20ac} cut".as_bytes(),
                "utf-8",
                CharsetFrom::Default,
                "ééé €€ cut",
            ),
            (
                b"\x83\x65\x83\x58\x83\x67\x82\xc5\x82\xb7\x81\x42",
                "shift_jis",
                CharsetFrom::Detected,
                "テストです。",
            ),
        ];
        for (bytes, label, from, text) in cases {
            let found = chosen(bytes, Known::default()).unwrap();
            assert_eq!(
                (found.0.as_str(), found.1, found.2.as_str()),
                (label, from, text)
            );
        }
        let cut = &"éé€".as_bytes()[..6];
        assert_eq!(chosen(cut, Known::default()).unwrap().0, "utf-8");
    }

    #[test]
    fn other_bytes_are_not_text() {
        for bytes in [
            &b"\xff\xfe"[..],
            b"\0",
            b"a\0b",
            b"\x80\x81\x82\x00",
            b"\x08\x96\x01",
            b"\xff\xff\x01\xff",
        ] {
            assert!(chosen(bytes, Known::default()).is_none(), "{bytes:?}");
        }
        assert!(
            chosen(
                b"Z\xfcrich",
                Known {
                    is_binary: true,
                    ..Known::default()
                }
            )
            .is_none()
        );
    }

    #[test]
    fn the_xml_declaration_counts_where_nothing_else_is_declared() {
        let known = Known {
            may_be_xml: true,
            is_text: true,
            ..Known::default()
        };
        let bytes = b"<?xml version='1.0' encoding = 'ISO-8859-2'?><a>\xb1</a>";
        let (label, from, text, _) = chosen(bytes, known).unwrap();
        assert_eq!((label.as_str(), from), ("iso-8859-2", CharsetFrom::Xml));
        assert!(text.ends_with("<a>ą</a>"));
        let wide = b"<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>";
        assert_eq!(chosen(wide, known).unwrap().0, "utf-8");
        let unknown = b"<?xml version=\"1.0\" encoding=\"klingon\"?><a/>";
        assert_eq!(
            chosen(unknown, known).unwrap().3,
            [Note::UnknownCharset("klingon".into())]
        );
    }
}
