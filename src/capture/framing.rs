//! Finds the end of a request body on the wire without keeping it (RFC 9112 sections 6 and 7).
//!
//! **Invariant:** only counts; what is inside a body is never looked at.

use bytes::Buf;

/// Where a body ends.
pub(super) enum Framing {
    /// So many bytes are still to come.
    Length(u64),
    /// Chunks are to come.
    Chunked(Chunk),
}

/// Where in a chunked body we are.
pub(super) enum Chunk {
    /// In the line with the size: the digits so far, and whether they are over.
    Size { bytes: u64, digits_over: bool },
    /// So many bytes of data, and the line end after them, are to come.
    Data(u64),
    /// In a line after the last chunk: whether it has no character yet, and whether the last one was CR.
    Trailer { empty: bool, cr: bool },
}

impl Framing {
    pub(super) fn length(bytes: u64) -> Self {
        Self::Length(bytes)
    }

    pub(super) fn chunked() -> Self {
        Self::Chunked(Chunk::SIZE)
    }

    /// Takes what belongs to the body from the front of `bytes`; true when the body has ended.
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
            // Only CRLF ends a line here: the framework takes a bare LF for a character of the trailer.
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
