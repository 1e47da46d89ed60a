//! Measures the header blocks that an HTTP/2 client sends (RFC 9113 section 4.3). A block is HEADERS with the CONTINUATION frames after it;
//! the framework decodes up to 16 MiB of fields from one, and has no option for less.
//!
//! **Invariant:** only frame heads are parsed; the content of a frame is counted and skipped.
//!
//! Why here and not in the framework: a block is decoded only when its last frame has arrived, so neither its size nor its time is limited
//! by what the framework does with it.

/// Bytes before the first frame (RFC 9113 section 3.4).
const PREFACE_BYTES: usize = 24;
/// Bytes of a frame before its payload.
const FRAME_HEAD_BYTES: usize = 9;
const HEADERS: u8 = 1;
/// A client may not send it, but the framework reads it like a header block.
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// Longest block on the wire that opens a stream, frame heads included. Fields are compressed there: a head of the size that HTTP/1 may
/// have fits several times.
const BLOCK_BYTES_MAX: usize = 64 * 1024;
/// Longest block of trailers: a checksum, or a status, fits. No capture keeps them, a byte of them can become a field of 80, and each
/// stream may have some.
const TRAILER_BYTES_MAX: usize = 256;

/// A block takes more bytes than it may.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BlockTooLong;

/// The state of parsing the frames of one connection.
pub(super) struct HeaderBlocks {
    /// Bytes to skip: of the preface, or of a frame's payload.
    pass: usize,
    /// The beginning of a frame's head.
    head: [u8; FRAME_HEAD_BYTES],
    head_bytes: usize,
    /// The block that has begun and not ended.
    block: Option<Block>,
    /// How many blocks have begun.
    blocks: u64,
    /// The highest stream that was opened. A block on it, or below it, is trailers.
    last_stream: u32,
}

struct Block {
    number: u64,
    bytes: usize,
    bytes_max: usize,
    /// Whether the frame that is being read is its last one.
    is_last_frame: bool,
}

impl Default for HeaderBlocks {
    fn default() -> Self {
        Self {
            pass: PREFACE_BYTES,
            head: [0; FRAME_HEAD_BYTES],
            head_bytes: 0,
            block: None,
            blocks: 0,
            last_stream: 0,
        }
    }
}

impl HeaderBlocks {
    /// Observes the next inbound bytes.
    pub(super) fn observe(&mut self, mut bytes: &[u8]) -> Result<(), BlockTooLong> {
        while !bytes.is_empty() {
            if self.pass > 0 {
                let passed = self.pass.min(bytes.len());
                bytes = &bytes[passed..];
                self.pass -= passed;
            } else {
                let wanted = (FRAME_HEAD_BYTES - self.head_bytes).min(bytes.len());
                self.head[self.head_bytes..][..wanted].copy_from_slice(&bytes[..wanted]);
                bytes = &bytes[wanted..];
                self.head_bytes += wanted;
                if self.head_bytes == FRAME_HEAD_BYTES {
                    self.begin_frame()?;
                }
            }
            let is_frame_over = self.pass == 0 && self.head_bytes == 0;
            if is_frame_over && self.block.as_ref().is_some_and(|block| block.is_last_frame) {
                self.block = None;
            }
        }
        Ok(())
    }

    /// The number of the block that has begun and not ended: nothing else may be sent until it has (RFC 9113 section 6.10).
    pub(super) fn current(&self) -> Option<u64> {
        self.block.as_ref().map(|block| block.number)
    }

    fn begin_frame(&mut self) -> Result<(), BlockTooLong> {
        let [a, b, c, kind, flags, stream @ ..] = self.head;
        self.head_bytes = 0;
        self.pass = u32::from_be_bytes([0, a, b, c]) as usize;
        if !matches!(kind, HEADERS | PUSH_PROMISE | CONTINUATION) {
            return Ok(());
        }
        if self.block.is_none() {
            self.begin_block(u32::from_be_bytes(stream));
        }
        let Some(block) = &mut self.block else {
            return Ok(());
        };
        block.bytes += FRAME_HEAD_BYTES + self.pass;
        block.is_last_frame = flags & END_HEADERS != 0;
        if block.bytes > block.bytes_max {
            return Err(BlockTooLong);
        }
        Ok(())
    }

    fn begin_block(&mut self, stream: u32) {
        // The first bit is reserved.
        let stream = stream & (u32::MAX >> 1);
        let is_trailers = stream <= self.last_stream;
        self.last_stream = self.last_stream.max(stream);
        self.blocks += 1;
        self.block = Some(Block {
            number: self.blocks,
            bytes: 0,
            bytes_max: if is_trailers {
                TRAILER_BYTES_MAX
            } else {
                BLOCK_BYTES_MAX
            },
            is_last_frame: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, length: usize) -> Vec<u8> {
        let length_bytes = u32::try_from(length).unwrap().to_be_bytes();
        let mut frame = length_bytes[1..].to_vec();
        frame.extend([kind, flags, 0, 0, 0, stream]);
        frame.resize(FRAME_HEAD_BYTES + length, 9);
        frame
    }

    /// Observes the frames in pieces of each of some sizes; whether the connection is inside a block then.
    fn observed(frames: &[Vec<u8>]) -> Result<bool, BlockTooLong> {
        let stream = [vec![b'P'; PREFACE_BYTES], frames.concat()].concat();
        let observe = |piece: usize| {
            let mut blocks = HeaderBlocks::default();
            stream
                .chunks(piece)
                .try_for_each(|bytes| blocks.observe(bytes))?;
            Ok(blocks.current().is_some())
        };
        let whole = observe(stream.len());
        for piece in [1, 7, 9, 1000] {
            assert_eq!(observe(piece), whole, "in pieces of {piece}");
        }
        whole
    }

    #[test]
    fn a_block_is_measured_over_all_its_frames() {
        let half = BLOCK_BYTES_MAX / 2 - FRAME_HEAD_BYTES;
        let begin = frame(HEADERS, 0, 1, half);
        let more = frame(CONTINUATION, 0, 1, half);
        let end = frame(CONTINUATION, END_HEADERS, 1, 0);
        let next = frame(HEADERS, END_HEADERS, 3, half);
        let data = frame(0, 0, 1, 2 * BLOCK_BYTES_MAX);
        assert_eq!(observed(&[begin.clone(), more.clone()]), Ok(true));
        let too_long = [begin.clone(), more, end.clone()];
        assert_eq!(observed(&too_long), Err(BlockTooLong));
        assert_eq!(observed(&[begin, end, data, next]), Ok(false));
    }

    #[test]
    fn a_block_ends_with_the_last_byte_of_its_last_frame() {
        let mut head = frame(HEADERS, END_HEADERS, 1, 10);
        assert_eq!(observed(&[head.clone()]), Ok(false));
        head.pop();
        assert_eq!(observed(&[head]), Ok(true));
    }

    #[test]
    fn trailers_are_shorter_than_heads() {
        let head = frame(HEADERS, END_HEADERS, 3, TRAILER_BYTES_MAX);
        let short = frame(
            HEADERS,
            END_HEADERS,
            3,
            TRAILER_BYTES_MAX - FRAME_HEAD_BYTES,
        );
        assert_eq!(observed(&[head.clone(), short]), Ok(false));
        assert_eq!(observed(&[head.clone(), head]), Err(BlockTooLong));
    }

    #[test]
    fn frames_without_content_count() {
        let begin = frame(HEADERS, 0, 1, 1);
        let empty = frame(CONTINUATION, 0, 1, 0);
        let many = vec![empty; BLOCK_BYTES_MAX / FRAME_HEAD_BYTES];
        assert_eq!(observed(&[vec![begin], many].concat()), Err(BlockTooLong));
    }

    #[test]
    fn blocks_that_follow_each_other_are_told_apart() {
        let mut blocks = HeaderBlocks::default();
        let mut observe = |bytes: &[u8]| {
            blocks.observe(bytes).unwrap();
            blocks.current()
        };
        assert_eq!(observe(&[b'P'; PREFACE_BYTES]), None);
        let (first, second) = (frame(HEADERS, END_HEADERS, 1, 4), frame(HEADERS, 0, 3, 4));
        assert_eq!(observe(&first[..10]), Some(1));
        assert_eq!(observe(&[&first[10..], &second[..10]].concat()), Some(2));
        assert_eq!(observe(&second[10..]), Some(2));
    }

    #[test]
    fn the_reserved_bit_makes_no_other_stream() {
        let head = frame(HEADERS, END_HEADERS, 1, 4);
        let mut trailers = frame(HEADERS, END_HEADERS, 1, TRAILER_BYTES_MAX);
        trailers[5] = 0x80;
        assert_eq!(observed(&[head, trailers]), Err(BlockTooLong));
    }
}
