//! Measures the header blocks that an HTTP/2 client sends (RFC 9113 section 4.3). A block is HEADERS with the CONTINUATION frames after it;
//! the framework decodes up to 16 MiB of fields from one, and has no option for less.
//!
//! **Invariant:** only frame heads are parsed; the content of a frame is counted and skipped.

/// Bytes before the first frame (RFC 9113 section 3.4).
const PREFACE_BYTES: usize = 24;
/// Bytes of a frame before its payload.
const FRAME_HEAD_BYTES: usize = 9;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// Longest block before decoding. Fields are compressed, so several heads of the maximum HTTP/1 size would fit.
const BLOCK_BYTES_MAX: usize = 64 * 1024;

/// The state of parsing the frames of one connection.
pub(super) struct HeaderBlocks {
    /// Bytes to skip: of the preface, or of a frame's payload.
    pass: usize,
    /// The beginning of a frame's head.
    head: [u8; FRAME_HEAD_BYTES],
    head_bytes: usize,
    /// Length so far of the current block.
    block_bytes: usize,
}

impl Default for HeaderBlocks {
    fn default() -> Self {
        Self {
            pass: PREFACE_BYTES,
            head: [0; FRAME_HEAD_BYTES],
            head_bytes: 0,
            block_bytes: 0,
        }
    }
}

impl HeaderBlocks {
    /// Observes the next inbound bytes; false if a block is too long.
    pub(super) fn observe(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.pass > 0 {
                let passed = self.pass.min(bytes.len());
                bytes = &bytes[passed..];
                self.pass -= passed;
                continue;
            }
            let wanted = (FRAME_HEAD_BYTES - self.head_bytes).min(bytes.len());
            self.head[self.head_bytes..][..wanted].copy_from_slice(&bytes[..wanted]);
            bytes = &bytes[wanted..];
            self.head_bytes += wanted;
            if self.head_bytes == FRAME_HEAD_BYTES && !self.begin_frame() {
                return false;
            }
        }
        true
    }

    fn begin_frame(&mut self) -> bool {
        let [a, b, c, kind, flags, ..] = self.head;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        self.head_bytes = 0;
        self.pass = length;
        if !matches!(kind, HEADERS | CONTINUATION) {
            return true;
        }
        self.block_bytes += length;
        let is_short = self.block_bytes <= BLOCK_BYTES_MAX;
        if flags & END_HEADERS != 0 {
            self.block_bytes = 0;
        }
        is_short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, length: usize) -> Vec<u8> {
        let length_bytes = u32::try_from(length).unwrap().to_be_bytes();
        let mut frame = length_bytes[1..].to_vec();
        frame.extend([kind, flags, 0, 0, 0, 1]);
        frame.resize(FRAME_HEAD_BYTES + length, 9);
        frame
    }

    fn is_short(frames: &[Vec<u8>], piece: usize) -> bool {
        let stream = [vec![b'P'; PREFACE_BYTES], frames.concat()].concat();
        let mut blocks = HeaderBlocks::default();
        stream.chunks(piece).all(|bytes| blocks.observe(bytes))
    }

    #[test]
    fn a_block_is_measured_over_all_its_frames_however_the_stream_is_split() {
        let half = BLOCK_BYTES_MAX / 2;
        let (begin, more, end) = (
            frame(HEADERS, 0, half),
            frame(CONTINUATION, 0, half),
            frame(CONTINUATION, END_HEADERS, 1),
        );
        let whole = frame(HEADERS, END_HEADERS, half);
        let data = frame(0, 0, 2 * BLOCK_BYTES_MAX);
        for piece in [1, 7, 9, 1000, 1_000_000] {
            assert!(is_short(&[begin.clone(), more.clone()], piece), "{piece}");
            assert!(
                !is_short(&[begin.clone(), more.clone(), end.clone()], piece),
                "{piece}"
            );
            assert!(
                is_short(
                    &[whole.clone(), data.clone(), whole.clone(), whole.clone()],
                    piece
                ),
                "{piece}"
            );
        }
    }
}
