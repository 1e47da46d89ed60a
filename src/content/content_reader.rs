//! Decoded bytes of a declared type, read by charset and kind; the parts of a multipart body in the same way.
//!
//! **Invariant:** all parts share the limits of the whole. Reading never fails.

use encoding_rs::UTF_8;

use super::charset::{self, CharsetChoice, Known};
use super::charset_names::charset_name;
use super::form::CHARSET_FIELD;
use super::limits::{Allowance, ContentOptions};
use super::line_ends::line_ends;
use super::media_type::{DeclaredKind, MediaType};
use super::model::{BodyContent, BodyPart, FormField};
use super::multipart::{self, RawPart, Split};
use super::note::Note;
use super::part_headers::PartHeaders;
use super::{file_name, form, kind, magic, records, transfer};
use crate::domain::body::BodyKind;

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
    /// The charset that a part with the name `_charset_` says for all (RFC 7578 section 4.6).
    charset: Option<String>,
}

impl Place {
    /// Inside so many multipart bodies.
    pub(super) fn at_depth(depth: usize) -> Self {
        Self {
            depth,
            ..Self::default()
        }
    }
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
            kind: BodyKind::Binary,
            charset: None,
            text: None,
            fields: Vec::new(),
            parts: Vec::new(),
            records: None,
            file_type: magic::file_type(BodyKind::Empty, bytes),
            notes: Vec::new(),
        };
        found.kind = if bytes.is_empty() {
            BodyKind::Empty
        } else if magic::image(bytes).is_some() {
            BodyKind::Image
        } else if media.declared() == DeclaredKind::Multipart
            && self.parts(bytes, media, place, &mut found)
        {
            BodyKind::Multipart
        } else {
            self.text(bytes, media, place, &mut found)
        };
        kind::compare(found.kind, media, &mut found.notes);
        found.file_type = magic::file_type(found.kind, bytes);
        found
    }

    /// Reads bytes as text, if they are, and gives back the kind.
    fn text(
        &mut self,
        bytes: &[u8],
        media: &MediaType,
        place: &Place,
        found: &mut BodyContent,
    ) -> BodyKind {
        let known = Known {
            chosen: self.options.charset.as_deref(),
            declared: media.charset().or(place.charset.as_deref()),
            ..Known::of(media)
        };
        let Some(choice) = charset::choose(bytes, known, &mut found.notes) else {
            return BodyKind::Binary;
        };
        let is_of_form = choice.is_declared() && media.charset().is_none();
        let choice = if is_of_form {
            choice.named_by_form()
        } else {
            choice
        };
        let text = choice.text(&mut found.notes);
        let kind = kind::of_text(&text, media, &mut found.notes);
        found.charset = Some(choice.charset());
        match kind {
            BodyKind::Form => {
                let is_declared = known.chosen.is_some() || known.declared.is_some();
                let notes = &mut found.notes;
                let (choice, bytes) = form_charset(&text, bytes, choice, is_declared, notes);
                found.charset = Some(choice.charset());
                found.fields = form_fields(choice, bytes, self.left, notes);
            }
            BodyKind::Ndjson => {
                found.records = Some(records::records(&text, self.left, &mut found.notes));
            }
            BodyKind::Text => found.notes.extend(line_ends(&text).map(Note::Lines)),
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
        let charset = charset_part(bytes, &split.parts).or_else(|| place.charset.clone());
        let place = Place {
            depth: place.depth + 1,
            prefix: place.prefix.clone(),
            charset,
        };
        for (index, raw) in split.parts.iter().enumerate() {
            let n = format!("{}{}", place.prefix, index + 1);
            let part = self.part(bytes, raw, n, &place, &mut found.notes);
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
        place: &Place,
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
            depth: place.depth,
            prefix: format!("{n}."),
            charset: place.charset.clone(),
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

/// The charset of a form, and its bytes: those of the text where ASCII characters have other bytes than in ASCII. If none is declared, its
/// field `_charset_` names it, or else its escapes tell it.
pub(super) fn form_charset<'a, 't: 'a>(
    text: &'t str,
    bytes: &'a [u8],
    choice: CharsetChoice<'a>,
    is_declared: bool,
    notes: &mut Vec<Note>,
) -> (CharsetChoice<'static>, &'a [u8]) {
    if choice.is_wide() {
        return (choice.without_bytes(), text.as_bytes());
    }
    if is_declared {
        return (choice.without_bytes(), bytes);
    }
    let named = form::charset_field(bytes);
    let named = named.and_then(|name| CharsetChoice::named(&name, notes));
    let escapes = || form::charset_of_escapes(bytes).filter(|_| bytes.is_ascii());
    let choice = named.or_else(escapes).unwrap_or(choice.without_bytes());
    (choice, bytes)
}

/// The fields of a form, from the charset and bytes that [`form_charset`] gives.
pub(super) fn form_fields(
    choice: CharsetChoice<'_>,
    bytes: &[u8],
    left: &mut Allowance,
    notes: &mut Vec<Note>,
) -> Vec<FormField> {
    let encoding = if choice.is_wide() {
        UTF_8
    } else {
        choice.encoding
    };
    form::fields(bytes, encoding, left, notes)
}

/// The value of a part with the name `_charset_`.
fn charset_part(bytes: &[u8], parts: &[RawPart]) -> Option<String> {
    memchr::memmem::find(bytes, CHARSET_FIELD.as_bytes())?;
    let part = parts.iter().find(|part| {
        let (name, _) = PartHeaders::parse(&bytes[part.head.clone()]).names();
        name.as_deref() == Some(CHARSET_FIELD)
    })?;
    let label = std::str::from_utf8(&bytes[part.body.clone()]).ok()?;
    charset_name(label.trim()).map(str::to_owned)
}
