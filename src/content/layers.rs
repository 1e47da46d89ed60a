//! A body without its Content-Encoding, layer by layer.
//!
//! **Invariant:** bytes that cannot be decoded are given back as they are; every layer stays within the limits.

use std::borrow::Cow;

use super::encoding::Encoding;
use super::limits::{Allowance, ContentOptions};
use super::note::{Note, StopReason};
use super::sink::{Sink, StreamEnd};
use super::{brotli, deflate, zstd};

/// The bytes without these encodings, the last applied one first. Stops at the first that cannot be undone completely.
pub(super) fn decode<'a>(
    encodings: &[Encoding],
    body: &'a [u8],
    options: &ContentOptions,
    left: &mut Allowance,
    notes: &mut Vec<Note>,
) -> Cow<'a, [u8]> {
    let mut bytes = Cow::Borrowed(body);
    if body.is_empty() {
        return bytes;
    }
    for (layer, encoding) in encodings.iter().rev().enumerate() {
        if layer == options.layers {
            notes.push(Note::TooManyLayers(options.layers));
            break;
        }
        let ratio = options.ratio_bytes(body.len());
        let (max, reason) = if ratio < options.decoded_bytes {
            (ratio, StopReason::Ratio)
        } else {
            (options.decoded_bytes, StopReason::Bytes)
        };
        let mut sink = Sink::new(max, reason, &mut left.steps);
        let (end, is_raw) = run(encoding, &bytes, &mut sink);
        if is_raw {
            notes.push(Note::RawDeflate);
        }
        let decoded = sink.bytes.len();
        if sink.wrong_checksum {
            notes.push(Note::WrongChecksum(encoding.clone()));
        }
        if sink.streams > 1 {
            notes.push(Note::Members(encoding.clone(), sink.streams));
        }
        let given = std::mem::take(&mut sink.bytes);
        let name = || encoding.clone();
        match end {
            StreamEnd::Complete(used) if used < bytes.len() => {
                notes.push(Note::BytesAfter(name(), bytes.len() - used));
            }
            StreamEnd::Complete(_) => {}
            StreamEnd::EndsEarly => notes.push(Note::EncodingEndsEarly(name(), decoded)),
            StreamEnd::Damaged(at) => notes.push(Note::EncodingDamaged(name(), at, decoded)),
            StreamEnd::Stopped(why) => notes.push(Note::DecodingStopped(name(), why, decoded)),
            StreamEnd::NotThis => {
                notes.push(match encoding {
                    Encoding::Other(other) => Note::UnknownEncoding(other.clone()),
                    known => Note::NotEncoded(known.clone()),
                });
                return bytes;
            }
            StreamEnd::Unsupported(why) => {
                notes.push(Note::UnsupportedZstd(why));
                // Frames before this one, if any.
                return if given.is_empty() {
                    bytes
                } else {
                    given.into()
                };
            }
        }
        let is_complete = matches!(end, StreamEnd::Complete(_));
        if !is_complete && given.is_empty() {
            break;
        }
        // A part of the outer layer is worth decoding; a part of an inner one too.
        bytes = Cow::Owned(given);
    }
    bytes
}

/// Runs the decoder of an encoding. Says whether it was raw deflate.
fn run(encoding: &Encoding, input: &[u8], sink: &mut Sink<'_>) -> (StreamEnd, bool) {
    let (end, is_raw) = match encoding {
        Encoding::Gzip => return (deflate::gunzip(input, sink), false),
        Encoding::Zstd => return (zstd::decompress(input, sink), false),
        Encoding::Other(_) => return (StreamEnd::NotThis, false),
        Encoding::Deflate => deflate::deflate(input, sink),
        Encoding::Brotli => (brotli::decompress(input, sink), false),
    };
    // These two have no mark at their beginning, so a text can look like the beginning of one.
    if end != StreamEnd::Complete(input.len()) && std::str::from_utf8(input).is_ok() {
        return (StreamEnd::NotThis, false);
    }
    (end, is_raw)
}
