//! A request's body: without its Content-Encoding, decoded for reading, and one part of it.
//!
//! **Invariant:** the number of a part is the same here and in the result of [`read`].

use std::borrow::Cow;

use bytes::Bytes;

use super::content_reader::{ContentReader, Place, download_name, split};
use super::encoding::Encoding;
use super::limits::{Allowance, ContentOptions};
use super::media_type::{DeclaredKind, MediaType};
use super::model::{BodyContent, PartContent};
use super::note::Note;
use super::part_headers::PartHeaders;
use super::{layers, magic, transfer};
use crate::domain::body::BodyKind;
use crate::domain::head::Head;

/// Highest number of a part that can be asked for.
const PART_NUMBER_MAX: usize = 100_000;

/// A body without its Content-Encoding.
#[derive(Clone, Debug)]
pub struct DecodedBody<'a> {
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
    /// The encodings as sent.
    pub encodings: Vec<Encoding>,
    /// What the reader should know.
    pub notes: Vec<Note>,
}

/// A body without its Content-Encoding.
#[must_use]
pub fn decode<'a>(head: &Head, body: &'a [u8], options: &ContentOptions) -> DecodedBody<'a> {
    decoded(head, body, options, &mut Allowance::new(options))
}

/// The encodings of a body, in the order in which they were applied.
fn encodings(head: &Head) -> Vec<Encoding> {
    let lines = head.headers();
    let lines = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    Encoding::list(lines.map(|(_, value)| value))
}

pub(super) fn decoded<'a>(
    head: &Head,
    body: &'a [u8],
    options: &ContentOptions,
    left: &mut Allowance,
) -> DecodedBody<'a> {
    let encodings = encodings(head);
    let mut notes = Vec::new();
    let bytes = layers::decode(&encodings, body, options, left, &mut notes);
    DecodedBody {
        bytes,
        encodings,
        notes,
    }
}

/// Most bytes that decoding a body of this length can give; 0 if it has no Content-Encoding.
#[must_use]
pub fn decoded_bytes_max(head: &Head, body_bytes: usize, options: &ContentOptions) -> usize {
    if encodings(head).is_empty() {
        return 0;
    }
    options.ratio_bytes(body_bytes).min(options.decoded_bytes)
}

/// A body decoded for reading.
#[must_use]
pub fn read(head: &Head, body: &[u8], options: &ContentOptions) -> BodyContent {
    read_with_bytes(head, body, options).0
}

/// A body decoded for reading, and its bytes without Content-Encoding.
#[must_use]
pub fn read_with_bytes<'a>(
    head: &Head,
    body: &'a [u8],
    options: &ContentOptions,
) -> (BodyContent, Cow<'a, [u8]>) {
    let mut left = Allowance::new(options);
    let decoded = decoded(head, body, options, &mut left);
    let media = MediaType::of(head);
    let mut reading = ContentReader {
        options,
        left: &mut left,
    };
    let found = reading.content(&decoded.bytes, &media, &Place::default());
    let mut notes = decoded.notes;
    let is_whole = !notes.iter().any(Note::is_partial);
    if decoded.encodings.is_empty() && found.kind == BodyKind::Binary {
        let compression = magic::compression(&decoded.bytes);
        notes.extend(compression.map(Note::LooksCompressed));
    }
    // Where only a part was decoded, that the text ends too early follows from that.
    let is_true =
        |note: &Note| is_whole || !matches!(note, Note::InvalidJson(..) | Note::InvalidXml(..));
    notes.extend(found.notes.into_iter().filter(is_true));
    let content = BodyContent {
        encodings: decoded.encodings,
        notes,
        ..found
    };
    (content, decoded.bytes)
}

/// The bytes of the part with this number, such as `2` or `2.1`.
#[must_use]
pub fn part(head: &Head, body: &[u8], n: &str, options: &ContentOptions) -> Option<PartContent> {
    let mut bytes = decode(head, body, options).bytes;
    let mut media = MediaType::of(head);
    let mut filename = None;
    let mut numbers = n.split('.');
    for number in numbers.by_ref().take(options.depth) {
        let is_number =
            !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: usize = number.parse().ok().filter(|_| is_number)?;
        let index = number
            .checked_sub(1)
            .filter(|_| number <= PART_NUMBER_MAX)?;
        if media.declared() != DeclaredKind::Multipart {
            return None;
        }
        let split = split(&bytes, &media, number, &mut Vec::new())?;
        let raw = split.parts.get(index)?;
        let headers = PartHeaders::parse(&bytes[raw.head.clone()]);
        media = MediaType::parse(headers.get("content-type").unwrap_or_default());
        filename = headers.names().1;
        let transfer = headers.get("content-transfer-encoding");
        bytes = transfer::decoded(transfer, &bytes[raw.body.clone()], &mut Vec::new())
            .into_owned()
            .into();
    }
    if numbers.next().is_some() {
        return None;
    }
    let mut left = Allowance::new(&ContentOptions {
        parts: 0,
        ..options.clone()
    });
    let mut reading = ContentReader {
        options,
        left: &mut left,
    };
    let depth = n.split('.').count();
    let content = reading.content(&bytes, &media, &Place::at_depth(depth));
    Some(PartContent {
        download_name: download_name(filename.as_deref(), n, &content),
        file_type: content.file_type,
        bytes: Bytes::from(bytes.into_owned()),
    })
}
