//! Decoded bytes of a declared type, read by charset and kind; the parts of a multipart body in the same way.
//!
//! **Invariant:** all parts share the limits of the whole. Reading never fails.

use super::charset::{self, Known};
use super::content_kind::ContentKind;
use super::limits::{Allowance, ContentOptions};
use super::media_type::{DeclaredKind, MediaType};
use super::model::{BodyContent, BodyPart};
use super::multipart::{self, RawPart, Split};
use super::note::{LineEnds, Note};
use super::part_headers::PartHeaders;
use super::{file_name, form, kind, magic, records, transfer};

/// The parts of a multipart body.
pub(super) fn split(
    bytes: &[u8],
    media: &MediaType,
    max: usize,
    notes: &mut Vec<Note>,
) -> Option<Split> {
    let boundary = if let Some(boundary) = media.boundary() {
        boundary
    } else {
        let boundary = multipart::guessed_boundary(bytes)?.to_owned();
        notes.push(Note::BoundaryGuessed(boundary.clone()));
        boundary
    };
    multipart::split(bytes, &boundary, max)
}

/// The name of a download: the file name as sent, or the number of the part.
pub(super) fn download_name(filename: Option<&str>, n: &str, content: &BodyContent) -> String {
    let safe = filename.and_then(file_name::safe);
    safe.unwrap_or_else(|| format!("part-{n}.{}", content.file_type.extension))
}

/// Where in the whole body something is.
#[derive(Debug, Default)]
pub(super) struct Place {
    depth: usize,
    /// What the numbers of parts begin with: empty, or `2.`.
    prefix: String,
}

/// One reading: its limits, and what is left of them.
pub(super) struct ContentReader<'a> {
    pub(super) options: &'a ContentOptions,
    pub(super) left: &'a mut Allowance,
}

impl ContentReader<'_> {
    /// Decoded bytes of a declared type.
    pub(super) fn content(
        &mut self,
        bytes: &[u8],
        media: &MediaType,
        place: &Place,
    ) -> BodyContent {
        let mut found = BodyContent {
            encodings: Vec::new(),
            bytes: bytes.len(),
            media_type: Some(media.essence().to_owned()).filter(|essence| !essence.is_empty()),
            kind: ContentKind::Binary,
            charset: None,
            text: None,
            fields: Vec::new(),
            parts: Vec::new(),
            records: None,
            file_type: magic::file_type(ContentKind::Empty, bytes),
            notes: Vec::new(),
        };
        found.kind = if bytes.is_empty() {
            ContentKind::Empty
        } else if magic::image(bytes).is_some() {
            ContentKind::Image
        } else if media.declared() == DeclaredKind::Multipart
            && self.parts(bytes, media, place, &mut found)
        {
            ContentKind::Multipart
        } else {
            self.text(bytes, media, &mut found)
        };
        kind::compare(found.kind, media, &mut found.notes);
        found.file_type = magic::file_type(found.kind, bytes);
        found
    }

    /// Reads bytes as text, if they are, and gives back the kind.
    fn text(&mut self, bytes: &[u8], media: &MediaType, found: &mut BodyContent) -> ContentKind {
        let declared = media.declared();
        let known = Known {
            chosen: self.options.charset.as_deref(),
            declared: media.charset(),
            is_text: declared.is_text(),
            is_binary: declared == DeclaredKind::Binary,
            may_be_xml: matches!(
                declared,
                DeclaredKind::Xml | DeclaredKind::Nothing | DeclaredKind::Text
            ),
        };
        let Some(choice) = charset::choose(bytes, known, &mut found.notes) else {
            return ContentKind::Binary;
        };
        let text = choice.text(&mut found.notes);
        let kind = kind::of_text(&text, media, &mut found.notes);
        found.charset = Some(choice.charset());
        match kind {
            ContentKind::Form => {
                let is_declared = known.chosen.is_some() || known.declared.is_some();
                let escapes =
                    form::charset_of_escapes(bytes).filter(|_| !is_declared && bytes.is_ascii());
                let choice = escapes.unwrap_or(choice.without_bytes());
                found.charset = Some(choice.charset());
                found.fields = form::fields(bytes, choice.encoding, self.left, &mut found.notes);
            }
            ContentKind::Ndjson => {
                found.records = Some(records::records(&text, self.left, &mut found.notes));
            }
            ContentKind::Text => found.notes.extend(line_ends(&text).map(Note::Lines)),
            _ => {}
        }
        let shown = self.left.take_text(&text);
        if shown.len() < text.len() {
            found.notes.push(Note::TextCut(shown.len(), text.len()));
        }
        found.text = Some(shown.to_owned());
        kind
    }

    /// Reads the parts of a multipart body; false if it has none.
    fn parts(
        &mut self,
        bytes: &[u8],
        media: &MediaType,
        place: &Place,
        found: &mut BodyContent,
    ) -> bool {
        if place.depth == self.options.depth {
            found.notes.push(Note::TooDeep(self.options.depth));
            return false;
        }
        let Some(split) = split(bytes, media, self.left.parts, &mut found.notes) else {
            found.notes.push(Note::NoParts);
            return false;
        };
        self.left.parts -= split.parts.len();
        for (index, raw) in split.parts.iter().enumerate() {
            let n = format!("{}{}", place.prefix, index + 1);
            let part = self.part(bytes, raw, n, place.depth + 1, &mut found.notes);
            found.parts.push(part);
        }
        let notes = &mut found.notes;
        if split.parts.len() < split.count {
            notes.push(Note::PartsCut(split.parts.len(), split.count));
        }
        if split.preamble > 0 {
            notes.push(Note::Preamble(split.preamble));
        }
        match split.epilogue {
            None => notes.push(Note::NoFinalBoundary),
            Some(0) => {}
            Some(length) => notes.push(Note::Epilogue(length)),
        }
        true
    }

    fn part(
        &mut self,
        whole: &[u8],
        raw: &RawPart,
        n: String,
        depth: usize,
        notes: &mut Vec<Note>,
    ) -> BodyPart {
        if !raw.has_blank_line {
            notes.push(Note::NoBlankLine(n.clone()));
        }
        let headers = PartHeaders::parse(&whole[raw.head.clone()]);
        let mut own_notes = Vec::new();
        let transfer = headers.get("content-transfer-encoding");
        let bytes = transfer::decoded(transfer, &whole[raw.body.clone()], &mut own_notes);
        let media = MediaType::parse(headers.get("content-type").unwrap_or_default());
        let place = Place {
            depth,
            prefix: format!("{n}."),
        };
        let mut content = self.content(&bytes, &media, &place);
        content.notes.splice(0..0, own_notes);
        let (name, filename) = headers.names();
        let mut lines = headers.lines;
        lines.retain(|(name, value)| self.left.take_whole(name) && self.left.take_whole(value));
        BodyPart {
            download_name: download_name(filename.as_deref(), &n, &content),
            n,
            name,
            filename,
            headers: lines,
            range: raw.body.clone(),
            content,
        }
    }
}

/// How the lines of a text end, if there are any and not all end with LF.
fn line_ends(text: &str) -> Option<LineEnds> {
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
    fn line_ends_are_told_apart() {
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
