//! Finds the end of a request body without storing the body (RFC 9112 sections 6 and 7), and keeps the trailers of a chunked one.
//!
//! **Invariant:** it follows the web framework byte by byte: both find the same end, and the same errors.

use bytes::Buf;

/// Where a body ends.
#[derive(Debug)]
pub(super) enum Framing {
    /// This many bytes remain.
    Length(u64),
    /// Chunks remain.
    Chunked(Chunk),
}

/// What is known of a body after some of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on.
    Continues,
    /// It has ended.
    Ended,
    /// Its chunks cannot be read, so its end is unknown.
    Broken,
}

/// The position in a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Before the first digit of a size.
    Size,
    /// Behind a digit of the size.
    Digits(u64),
    /// In white space behind the size.
    Blank(u64),
    /// In a chunk extension.
    Extension(u64),
    /// Before the LF of a size line.
    SizeLf(u64),
    /// This many bytes of data remain.
    Data(u64),
    /// Before the CR behind the data.
    DataCr,
    /// Before the LF behind the data.
    DataLf,
    /// At the beginning of a line behind the last chunk.
    LineStart,
    /// In a trailer.
    Trailer,
    /// Before the LF of a trailer.
    TrailerLf,
    /// Before the last LF.
    LastLf,
}

impl Framing {
    pub(super) fn length(bytes: u64) -> Self {
        Self::Length(bytes)
    }

    pub(super) fn chunked() -> Self {
        Self::Chunked(Chunk::Size)
    }

    /// Removes the bytes of the body from the front of `bytes`, and appends its trailers to `trailers`.
    pub(super) fn skip(&mut self, bytes: &mut &[u8], trailers: &mut Vec<u8>) -> Progress {
        match self {
            Self::Length(left) => {
                take(left, bytes);
                if *left == 0 {
                    Progress::Ended
                } else {
                    Progress::Continues
                }
            }
            Self::Chunked(chunk) => {
                while !bytes.is_empty() {
                    match chunk.skip(bytes, trailers) {
                        Progress::Continues => {}
                        over => return over,
                    }
                }
                Progress::Continues
            }
        }
    }
}

impl Chunk {
    fn skip(&mut self, bytes: &mut &[u8], trailers: &mut Vec<u8>) -> Progress {
        if let Self::Data(left) = self {
            take(left, bytes);
            if *left == 0 {
                *self = Self::DataCr;
            }
            return Progress::Continues;
        }
        let byte = bytes.get_u8();
        if matches!(self, Self::LastLf) && byte == b'\n' {
            return Progress::Ended;
        }
        let Some(next) = self.after(byte) else {
            return Progress::Broken;
        };
        // An empty line ends the trailers, and is not one of them.
        if matches!(next, Self::Trailer | Self::TrailerLf) || matches!(self, Self::TrailerLf) {
            trailers.push(byte);
        }
        *self = next;
        Progress::Continues
    }

    /// The position behind one byte that is not data; `None` if it may not be there.
    fn after(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Size, _) => Self::Digits(digit(byte)?),
            (Self::Digits(size) | Self::Blank(size), b'\t' | b' ') => Self::Blank(size),
            (Self::Digits(size) | Self::Blank(size), b';')
            | (Self::Extension(size), b'\t' | b' '..=b'~' | 0x80..) => Self::Extension(size),
            (Self::Digits(size) | Self::Blank(size) | Self::Extension(size), b'\r') => {
                Self::SizeLf(size)
            }
            (Self::Digits(size), _) => Self::Digits(size.checked_mul(16)? + digit(byte)?),
            (Self::SizeLf(0) | Self::TrailerLf, b'\n') => Self::LineStart,
            (Self::SizeLf(size), b'\n') => Self::Data(size),
            (Self::DataCr, b'\r') => Self::DataLf,
            (Self::DataLf, b'\n') => Self::Size,
            (Self::LineStart, b'\r') => Self::LastLf,
            (Self::Trailer, b'\r') => Self::TrailerLf,
            // Only CRLF ends a line here: a bare LF is a character of the trailer.
            (Self::LineStart | Self::Trailer, _) => Self::Trailer,
            _ => return None,
        })
    }
}

fn digit(byte: u8) -> Option<u64> {
    (byte as char).to_digit(16).map(u64::from)
}

fn take(left: &mut u64, bytes: &mut &[u8]) {
    let taken = usize::try_from(*left)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    bytes.advance(taken);
    *left -= taken as u64;
}
