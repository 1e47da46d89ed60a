//! Where decoders write: bytes up to a limit, in steps up to a limit.
//!
//! **Invariant:** never holds more than `max` bytes.

use super::note::StopReason;

/// Bytes that a decoder gives at a time.
pub(super) const PIECE: usize = 64 * 1024;

/// How a decoder ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamEnd {
    /// At the end of the stream; how many bytes it has.
    Complete(usize),
    /// The data ends within the stream.
    EndsEarly,
    /// Damaged at this position of the input.
    Damaged(usize),
    /// A limit was reached.
    Stopped(StopReason),
    /// The data does not begin as this encoding does.
    NotThis,
    /// It needs more than creel supports.
    Unsupported(&'static str),
}

/// The decoded bytes.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    /// What was decoded.
    pub(super) bytes: Vec<u8>,
    /// Whether a checksum was wrong.
    pub(super) wrong_checksum: bool,
    /// Number of complete streams.
    pub(super) streams: usize,
    max: usize,
    reason: StopReason,
    steps: &'a mut usize,
}

impl<'a> Sink<'a> {
    /// Room for `max` bytes; `reason` says which limit that is.
    pub(super) fn new(max: usize, reason: StopReason, steps: &'a mut usize) -> Self {
        Self {
            bytes: Vec::new(),
            wrong_checksum: false,
            streams: 0,
            max,
            reason,
            steps,
        }
    }

    /// Counts steps.
    pub(super) fn step(&mut self, count: usize) -> Result<(), StreamEnd> {
        if *self.steps < count {
            return Err(StreamEnd::Stopped(StopReason::Steps));
        }
        *self.steps -= count;
        Ok(())
    }

    /// Adds bytes, as many as there is room for.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), StreamEnd> {
        let room = self.max - self.bytes.len();
        self.bytes
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() > room {
            return Err(StreamEnd::Stopped(self.reason));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_holds_no_more_than_its_limit() {
        let mut steps = 1;
        let mut sink = Sink::new(4, StopReason::Bytes, &mut steps);
        assert_eq!(sink.push(b"abcd"), Ok(()));
        assert_eq!(sink.push(b"e"), Err(StreamEnd::Stopped(StopReason::Bytes)));
        assert_eq!(sink.bytes, b"abcd");
        assert_eq!(sink.step(1), Ok(()));
        assert_eq!(sink.step(1), Err(StreamEnd::Stopped(StopReason::Steps)));
    }
}
