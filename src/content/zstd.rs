//! Zstandard (RFC 8878), with windows up to 8 MiB, as RFC 9659 says for HTTP.
//!
//! **Invariant:** what was decoded before an error stays in the sink.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::sink::{Sink, StreamEnd};

/// Largest window, in bytes.
const WINDOW_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Steps for one frame.
const FRAME_STEPS: usize = 10;
/// An empty last block, and a checksum that is not compared.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// Decodes all frames.
pub(super) fn decompress(input: &[u8], sink: &mut Sink<'_>) -> StreamEnd {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW_BYTES_MAX);
    let mut rest = input;
    loop {
        let at = input.len() - rest.len();
        if rest.is_empty() && at > 0 {
            return StreamEnd::Complete(at);
        }
        if let Err(end) = sink.step(FRAME_STEPS) {
            return end;
        }
        let before = rest;
        match decoder.reset(&mut rest) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let Some(behind) = usize::try_from(length)
                    .ok()
                    .and_then(|length| rest.get(length..))
                else {
                    return StreamEnd::EndsEarly;
                };
                rest = behind;
                continue;
            }
            Err(error) => return refused(&error, before, at),
        }
        if let Err(end) = blocks(&mut decoder, &mut rest, sink) {
            return match end {
                StreamEnd::Damaged(_) => StreamEnd::Damaged(input.len() - rest.len()),
                other => other,
            };
        }
        sink.streams += 1;
    }
}

/// Why a frame cannot be begun.
fn refused(error: &FrameDecoderError, rest: &[u8], at: usize) -> StreamEnd {
    use ReadFrameHeaderError as Header;
    match error {
        FrameDecoderError::WindowSizeTooBig { .. } => {
            StreamEnd::Unsupported("a window of more than 8 MiB")
        }
        FrameDecoderError::DictNotProvided { .. } => StreamEnd::Unsupported("a dictionary"),
        FrameDecoderError::ReadFrameHeaderError(Header::BadMagicNumber(_)) if at > 0 => {
            StreamEnd::Complete(at)
        }
        FrameDecoderError::ReadFrameHeaderError(Header::BadMagicNumber(_)) => StreamEnd::NotThis,
        FrameDecoderError::ReadFrameHeaderError(Header::MagicNumberReadError(_)) => {
            let is_mark = [0x28, 0xb5, 0x2f, 0xfd].starts_with(rest) && !rest.is_empty();
            match (at, is_mark) {
                (_, true) => StreamEnd::EndsEarly,
                (0, false) => StreamEnd::NotThis,
                (_, false) => StreamEnd::Complete(at),
            }
        }
        FrameDecoderError::ReadFrameHeaderError(
            Header::FrameDescriptorReadError(_)
            | Header::WindowDescriptorReadError(_)
            | Header::DictionaryIdReadError(_)
            | Header::FrameContentSizeReadError(_),
        ) => StreamEnd::EndsEarly,
        _ => StreamEnd::Damaged(at),
    }
}

/// Decodes the blocks of a frame.
fn blocks(
    decoder: &mut FrameDecoder,
    rest: &mut &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), StreamEnd> {
    while !decoder.is_finished() {
        sink.step(1)?;
        let result = decoder.decode_blocks(&mut *rest, BlockDecodingStrategy::UptoBlocks(1));
        if result.is_err() {
            let end = if rest.is_empty() {
                StreamEnd::EndsEarly
            } else {
                StreamEnd::Damaged(0)
            };
            // The decoder gives out its window only at the end of a frame.
            _ = decoder.decode_blocks(&LAST_BLOCK[..], BlockDecodingStrategy::UptoBlocks(1));
            sink.push(&decoder.collect().unwrap_or_default())?;
            return Err(end);
        }
        sink.push(&decoder.collect().unwrap_or_default())?;
    }
    let sums = (
        decoder.get_checksum_from_data(),
        decoder.get_calculated_checksum(),
    );
    sink.wrong_checksum |= matches!(sums, (Some(sent), Some(computed)) if sent != computed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::note::StopReason;
    use super::*;

    /// `{"event":"run.done"}`, by the reference encoder, with a checksum.
    const DONE: &[u8] = include_bytes!("../../tests/it/fixtures/content/done.json.zst");
    /// 300,000 bytes of text, in several blocks, with a checksum.
    const LONG: &[u8] = include_bytes!("../../tests/it/fixtures/content/long.txt.zst");

    fn ran(input: &[u8]) -> (StreamEnd, Vec<u8>, bool) {
        let mut steps = 1_000;
        let mut sink = Sink::new(1 << 20, StopReason::Bytes, &mut steps);
        let end = decompress(input, &mut sink);
        (end, sink.bytes, sink.wrong_checksum)
    }

    #[test]
    fn frames_are_joined_and_skippable_ones_are_skipped() {
        let skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc";
        let input = [DONE, skipped, DONE].concat();
        let (end, bytes, wrong) = ran(&input);
        assert_eq!(end, StreamEnd::Complete(input.len()));
        assert_eq!(bytes, b"{\"event\":\"run.done\"}\n".repeat(2));
        assert!(!wrong);
        assert_eq!(
            ran(&[DONE, b"xyz"].concat()).0,
            StreamEnd::Complete(DONE.len())
        );
    }

    #[test]
    fn a_frame_without_its_end_is_kept_as_far_as_it_goes() {
        for cut in 1..DONE.len() {
            assert_eq!(ran(&DONE[..cut]).0, StreamEnd::EndsEarly, "{cut}");
        }
        let whole = ran(LONG).1;
        let (end, bytes, _) = ran(&LONG[..LONG.len() - 30]);
        assert_eq!(end, StreamEnd::EndsEarly);
        assert!(
            bytes.len() >= 128 * 1024 && whole.starts_with(&bytes),
            "{}",
            bytes.len()
        );
    }

    #[test]
    fn a_wrong_checksum_is_found() {
        let mut input = DONE.to_vec();
        *input.last_mut().unwrap() ^= 1;
        assert!(ran(&input).2);
    }

    #[test]
    fn a_large_window_and_a_dictionary_are_not_supported() {
        let window = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x70];
        assert_eq!(
            ran(&window).0,
            StreamEnd::Unsupported("a window of more than 8 MiB")
        );
        let dictionary = [0x28, 0xb5, 0x2f, 0xfd, 1, 0, 7];
        assert_eq!(ran(&dictionary).0, StreamEnd::Unsupported("a dictionary"));
        assert_eq!(ran(b"{\"a\":1}").0, StreamEnd::NotThis);
    }
}
