//! gzip, zlib and raw deflate.
//!
//! **Invariant:** what was decoded before an error stays in the sink.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::sink::{PIECE, Sink, StreamEnd};

/// Steps for one gzip member. Its decoder has 32 KiB to clear.
const MEMBER_STEPS: usize = 10;

/// Decodes gzip, all members (RFC 1952 section 2.2).
pub(super) fn gunzip(input: &[u8], sink: &mut Sink<'_>) -> StreamEnd {
    let mut decoder = Decompress::new(false);
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        let rest = &input[at..];
        if !rest.starts_with(&[0x1f, 0x8b]) {
            return if at == 0 {
                short_of(rest, &[0x1f, 0x8b])
            } else {
                StreamEnd::Complete(at)
            };
        }
        match member(&mut decoder, rest, &mut piece, sink) {
            StreamEnd::Complete(length) => at += length,
            StreamEnd::Damaged(offset) => return StreamEnd::Damaged(at + offset),
            end => return end,
        }
        sink.streams += 1;
        decoder.reset(false);
    }
}

/// Input that is shorter than the mark and agrees with it was cut; other input is something else.
fn short_of(input: &[u8], mark: &[u8]) -> StreamEnd {
    if !input.is_empty() && mark.starts_with(input) {
        StreamEnd::EndsEarly
    } else {
        StreamEnd::NotThis
    }
}

fn member(
    decoder: &mut Decompress,
    input: &[u8],
    piece: &mut [u8],
    sink: &mut Sink<'_>,
) -> StreamEnd {
    if let Err(end) = sink.step(MEMBER_STEPS) {
        return end;
    }
    let header = match header_length(input) {
        Ok(length) => length,
        Err(end) => return end,
    };
    let start = sink.bytes.len();
    let used = match inflate(decoder, &input[header..], piece, sink) {
        StreamEnd::Complete(used) => header + used,
        StreamEnd::Damaged(at) => return StreamEnd::Damaged(header + at),
        end => return end,
    };
    let Some(trailer) = input.get(used..used + 8) else {
        return StreamEnd::EndsEarly;
    };
    let mut sum = Crc::new();
    sum.update(&sink.bytes[start..]);
    let expected = [sum.sum().to_le_bytes(), sum.amount().to_le_bytes()].concat();
    sink.wrong_checksum |= trailer != expected;
    StreamEnd::Complete(used + 8)
}

/// Length of a gzip header (RFC 1952 section 2.3).
fn header_length(input: &[u8]) -> Result<usize, StreamEnd> {
    let early = StreamEnd::EndsEarly;
    let fixed = input.get(..10).ok_or(early)?;
    if fixed[2] != 8 {
        return Err(StreamEnd::Damaged(2));
    }
    let flags = fixed[3];
    let mut at = 10;
    if flags & 4 != 0 {
        let length = input.get(at..at + 2).ok_or(early)?;
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    // File name and comment end with a zero byte.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let rest = input.get(at..).ok_or(early)?;
            at += memchr::memchr(0, rest).ok_or(early)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    if at > input.len() {
        return Err(early);
    }
    Ok(at)
}

/// Decodes `deflate`: zlib (RFC 1950), as RFC 9110 says, or raw (RFC 1951), as some senders do. Says whether it was raw.
pub(super) fn deflate(input: &[u8], sink: &mut Sink<'_>) -> (StreamEnd, bool) {
    let is_zlib = matches!(input, [cmf, flags, ..]
        if cmf & 15 == 8 && cmf >> 4 <= 7 && (usize::from(*cmf) << 8 | usize::from(*flags)) % 31 == 0);
    let mut piece = vec![0; PIECE];
    if is_zlib {
        let end = inflate(&mut Decompress::new(true), input, &mut piece, sink);
        if !matches!(end, StreamEnd::Damaged(_)) || !sink.bytes.is_empty() {
            return (end, false);
        }
    }
    if input.is_empty() {
        return (StreamEnd::NotThis, false);
    }
    let end = inflate(&mut Decompress::new(false), input, &mut piece, sink);
    if matches!(end, StreamEnd::Damaged(_)) && sink.bytes.is_empty() {
        return (if is_zlib { end } else { StreamEnd::NotThis }, false);
    }
    (end, true)
}

/// Decodes one stream, with or without zlib's header as the decoder was made.
fn inflate(
    decoder: &mut Decompress,
    input: &[u8],
    piece: &mut [u8],
    sink: &mut Sink<'_>,
) -> StreamEnd {
    let total = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    loop {
        if let Err(end) = sink.step(1) {
            return end;
        }
        let (used, given) = (total(decoder.total_in()), total(decoder.total_out()));
        let result = decoder.decompress(&input[used..], piece, FlushDecompress::None);
        let (now_used, now_given) = (total(decoder.total_in()), total(decoder.total_out()));
        if let Err(end) = sink.push(&piece[..now_given - given]) {
            return end;
        }
        match result {
            Err(_) => return StreamEnd::Damaged(now_used),
            Ok(Status::StreamEnd) => return StreamEnd::Complete(now_used),
            Ok(_) if (now_used, now_given) == (used, given) => return StreamEnd::EndsEarly,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::super::note::StopReason;
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn ran<T>(run: impl FnOnce(&mut Sink<'_>) -> T) -> (T, Vec<u8>, bool) {
        let mut steps = 10_000;
        let mut sink = Sink::new(1 << 20, StopReason::Bytes, &mut steps);
        let end = run(&mut sink);
        (end, sink.bytes, sink.wrong_checksum)
    }

    #[test]
    fn members_are_joined_and_the_rest_is_counted() {
        let mut input = [gzip(b"one "), gzip(b"two")].concat();
        let length = input.len();
        input.extend(b"xyz");
        let (end, bytes, wrong) = ran(|sink| gunzip(&input, sink));
        assert_eq!(
            (end, &bytes[..], wrong),
            (StreamEnd::Complete(length), &b"one two"[..], false)
        );
    }

    #[test]
    fn optional_fields_of_the_header_are_skipped() {
        let plain = gzip(b"body");
        let mut input = vec![0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 255, 2, 0];
        input.extend(b"exname\0comment\0hc");
        input.extend(&plain[10..]);
        assert_eq!(ran(|sink| gunzip(&input, sink)).1, b"body");
        for cut in 1..input.len() {
            let (end, ..) = ran(|sink| gunzip(&input[..cut], sink));
            assert_eq!(end, StreamEnd::EndsEarly, "{cut}");
        }
    }

    #[test]
    fn what_was_decoded_before_an_error_is_kept() {
        let text = "0123456789".repeat(20_000);
        let mut input = gzip(text.as_bytes());
        let (end, bytes, _) = ran(|sink| gunzip(&input[..input.len() / 2], sink));
        assert_eq!(end, StreamEnd::EndsEarly);
        assert!(!bytes.is_empty() && text.as_bytes().starts_with(&bytes));
        let last = input.len() - 8;
        input[last] ^= 1;
        assert!(ran(|sink| gunzip(&input, sink)).2, "the checksum is wrong");
    }

    #[test]
    fn both_readings_of_deflate() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"body body body").unwrap();
        let (end, bytes, _) = ran(|sink| deflate(&zlib.finish().unwrap(), sink));
        assert_eq!((end.1, &bytes[..]), (false, &b"body body body"[..]));
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(b"body body body").unwrap();
        let (end, bytes, _) = ran(|sink| deflate(&raw.finish().unwrap(), sink));
        assert_eq!((end.1, &bytes[..]), (true, &b"body body body"[..]));
    }
}
