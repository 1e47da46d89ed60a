//! Finds the end of a request body without storing the body (RFC 9112 sections 6 and 7).
//!
//! **Invariant:** it only counts bytes and never interprets the content of a body.

use bytes::Buf;

/// Where a body ends.
pub(super) enum Framing {
    /// This many bytes remain.
    Length(u64),
    /// Chunks remain.
    Chunked(Chunk),
}

/// The position in a chunked body.
pub(super) enum Chunk {
    /// In the size line: the size so far, and whether its digits have ended.
    Size { bytes: u64, digits_over: bool },
    /// This many bytes of data remain, and the line end after them.
    Data(u64),
    /// In a line after the last chunk: whether it is still empty, and whether the last character was CR.
    Trailer { empty: bool, cr: bool },
}

impl Framing {
    pub(super) fn length(bytes: u64) -> Self {
        Self::Length(bytes)
    }

    pub(super) fn chunked() -> Self {
        Self::Chunked(Chunk::SIZE)
    }

    /// Removes the bytes of the body from the front of `bytes`; true if the body has ended.
    pub(super) fn skip(&mut self, bytes: &mut &[u8]) -> bool {
        match self {
            Self::Length(left) => {
                take(left, bytes);
                *left == 0
            }
            Self::Chunked(chunk) => {
                while !bytes.is_empty() {
                    if chunk.skip(bytes) {
                        return true;
                    }
                }
                false
            }
        }
    }
}

impl Chunk {
    const SIZE: Self = Self::Size {
        bytes: 0,
        digits_over: false,
    };

    fn skip(&mut self, bytes: &mut &[u8]) -> bool {
        if let Self::Data(left) = self {
            take(left, bytes);
            // The line end is skipped by the next state: an empty size line.
            if *left == 0 {
                *self = Self::SIZE;
            }
            return false;
        }
        let byte = bytes.get_u8();
        match self {
            Self::Size { bytes, digits_over } => match (byte as char).to_digit(16) {
                Some(digit) if !*digits_over => {
                    *bytes = bytes.saturating_mul(16).saturating_add(digit.into());
                }
                _ if byte == b'\n' => {
                    *self = if *bytes == 0 {
                        Self::Trailer {
                            empty: true,
                            cr: false,
                        }
                    } else {
                        Self::Data(bytes.saturating_add(2))
                    };
                }
                _ => *digits_over = true,
            },
            // Only CRLF ends a line here, because the framework treats a bare LF as a character of the trailer.
            Self::Trailer { empty, cr } => match byte {
                b'\n' if *cr && *empty => return true,
                b'\n' if *cr => (*empty, *cr) = (true, false),
                b'\r' => *cr = true,
                _ => (*empty, *cr) = (false, false),
            },
            Self::Data(_) => {}
        }
        false
    }
}

fn take(left: &mut u64, bytes: &mut &[u8]) {
    let taken = usize::try_from(*left)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    bytes.advance(taken);
    *left -= taken as u64;
}
