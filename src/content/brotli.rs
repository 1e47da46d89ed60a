//! Brotli (RFC 7932).
//!
//! **Invariant:** the window has at most 16 MiB: "large window" streams, which are not part of the RFC, are refused.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::sink::{PIECE, Sink, StreamEnd};

/// Bytes given to the decoder at a time. It gives out what it has only when it has used all of them, so with all at once nothing would be
/// left of a damaged stream.
const FED_BYTES: usize = 1024;

/// Decodes one stream. Brotli has no mark at its beginning, so other bytes are recognised only by an error before anything is decoded.
pub(super) fn decompress(input: &[u8], sink: &mut Sink<'_>) -> StreamEnd {
    let mut state = BrotliState::<StandardAlloc, StandardAlloc, StandardAlloc>::new_strict(
        StandardAlloc::default(),
        StandardAlloc::default(),
        StandardAlloc::default(),
    );
    let mut piece = vec![0; PIECE];
    let (mut at, mut total) = (0, 0);
    let mut fed = 0;
    loop {
        if let Err(end) = sink.step(1) {
            return end;
        }
        let (mut left, mut room, mut given) = (fed - at, piece.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            &input[..fed],
            &mut room,
            &mut given,
            &mut piece,
            &mut total,
            &mut state,
        );
        if let Err(end) = sink.push(&piece[..given]) {
            return end;
        }
        match result {
            BrotliResult::ResultSuccess => {
                sink.streams += 1;
                return StreamEnd::Complete(at);
            }
            BrotliResult::NeedsMoreOutput => {}
            // There may be more output than there was room for.
            BrotliResult::NeedsMoreInput if given > 0 => {}
            BrotliResult::NeedsMoreInput if fed < input.len() => {
                fed = input.len().min(fed + FED_BYTES);
            }
            BrotliResult::NeedsMoreInput if input.is_empty() => return StreamEnd::NotThis,
            BrotliResult::NeedsMoreInput => return StreamEnd::EndsEarly,
            BrotliResult::ResultFailure if sink.bytes.is_empty() => return StreamEnd::NotThis,
            BrotliResult::ResultFailure => return StreamEnd::Damaged(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::note::StopReason;
    use super::*;

    /// `{"event":"run.done"}`, by the reference encoder.
    const DONE: &[u8] = include_bytes!("../../tests/it/fixtures/content/done.json.br");

    fn ran(input: &[u8]) -> (StreamEnd, Vec<u8>) {
        let mut steps = 1_000;
        let mut sink = Sink::new(1 << 20, StopReason::Bytes, &mut steps);
        let end = decompress(input, &mut sink);
        (end, sink.bytes)
    }

    #[test]
    fn a_stream_is_decoded_and_the_rest_is_counted() {
        let expected = (
            StreamEnd::Complete(DONE.len()),
            b"{\"event\":\"run.done\"}\n".to_vec(),
        );
        assert_eq!(ran(DONE), expected);
        assert_eq!(ran(&[DONE, b"xyz"].concat()), expected);
    }

    /// 300,000 bytes of text.
    const LONG: &[u8] = include_bytes!("../../tests/it/fixtures/content/long.txt.br");

    #[test]
    fn what_was_decoded_before_an_error_is_kept() {
        let whole = ran(LONG).1;
        assert_eq!(whole.len(), 300_000);
        let (end, bytes) = ran(&LONG[..LONG.len() / 2]);
        assert_eq!(end, StreamEnd::EndsEarly);
        assert!(
            bytes.len() > 100_000 && whole.starts_with(&bytes),
            "{}",
            bytes.len()
        );
        let mut damaged = LONG.to_vec();
        damaged[LONG.len() / 2..].fill(0xff);
        let bytes = ran(&damaged).1;
        assert!(bytes.len() > 100_000, "{}", bytes.len());
    }

    #[test]
    fn a_stream_without_its_end_is_kept_as_far_as_it_goes() {
        for cut in 1..DONE.len() {
            let (end, bytes) = ran(&DONE[..cut]);
            assert_eq!(end, StreamEnd::EndsEarly, "{cut}");
            assert!(b"{\"event\":\"run.done\"}\n".starts_with(&bytes));
        }
    }
}
