//! Checks a parsed head as the web framework does (RFC 9112 sections 3.2 and 6), and says what follows it.
//!
//! **Invariant:** it accepts exactly the heads that the framework accepts, and both agree where the body ends: otherwise one connection would
//! be read as two different sequences of requests. `tests/it/heads/agreement.rs` and `fuzz/` compare the two.

use super::framing::Framing;
use crate::domain::refusal::RefusalReason;

/// What follows a head.
#[derive(Debug)]
pub(super) enum Follows {
    /// The next head.
    Head,
    /// A body.
    Body(Framing),
    /// Bytes of another protocol, until the connection ends.
    Tunnel,
}

/// The header lines on which the framing depends.
#[derive(Default)]
struct Framed {
    has_host: bool,
    length: Option<u64>,
    encoding: Option<Encoding>,
    is_websocket: bool,
}

#[derive(Clone, Copy)]
enum Encoding {
    Chunked,
    Other(RefusalReason),
}

/// What follows the head, or why it is refused.
pub(super) fn check(request: &httparse::Request<'_, '_>) -> Result<Follows, RefusalReason> {
    let mut framed = Framed::default();
    for line in request.headers.iter() {
        framed.add(line.name, line.value)?;
    }
    framed.follows(request.method, request.version == Some(1))
}

impl Framed {
    /// Names are compared only if their length fits, because most lines have other names.
    fn add(&mut self, name: &str, value: &[u8]) -> Result<(), RefusalReason> {
        match name.len() {
            4 if name.eq_ignore_ascii_case("host") && self.has_host => {
                return Err(RefusalReason::RepeatedHost);
            }
            4 if name.eq_ignore_ascii_case("host") => self.has_host = true,
            7 if name.eq_ignore_ascii_case("upgrade") => {
                self.is_websocket |= value.trim_ascii().eq_ignore_ascii_case(b"websocket");
            }
            14 if name.eq_ignore_ascii_case("content-length") => {
                if self.length.is_some() {
                    return Err(RefusalReason::InvalidLength);
                }
                self.length = Some(number(value).ok_or(RefusalReason::InvalidLength)?);
            }
            17 if name.eq_ignore_ascii_case("transfer-encoding") => {
                if self.encoding.is_some() {
                    return Err(RefusalReason::InvalidEncoding);
                }
                self.encoding = Some(encoding(value));
            }
            _ => {}
        }
        Ok(())
    }

    fn follows(self, method: Option<&str>, is_http_11: bool) -> Result<Follows, RefusalReason> {
        if is_http_11 && !self.has_host {
            return Err(RefusalReason::MissingHost);
        }
        match self.encoding {
            Some(_) if !is_http_11 => return Err(RefusalReason::InvalidEncoding),
            Some(Encoding::Other(reason)) => return Err(reason),
            Some(Encoding::Chunked) if self.length.is_some() => {
                return Err(RefusalReason::LengthAndEncoding);
            }
            Some(Encoding::Chunked) => return Ok(Follows::Body(Framing::chunked())),
            None => {}
        }
        if self.is_websocket {
            return Ok(Follows::Tunnel);
        }
        match self.length {
            None if !is_http_11 && method == Some("POST") => Err(RefusalReason::MissingLength),
            None | Some(0) if method == Some("CONNECT") => Ok(Follows::Tunnel),
            None | Some(0) => Ok(Follows::Head),
            Some(length) => Ok(Follows::Body(Framing::length(length))),
        }
    }
}

/// The value of a Content-Length: only digits, no sign.
fn number(value: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(value.trim_ascii()).ok()?;
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| digits.parse().ok()).flatten()
}

fn encoding(value: &[u8]) -> Encoding {
    let value = value.trim_ascii();
    if value.eq_ignore_ascii_case(b"chunked") {
        return Encoding::Chunked;
    }
    let last = value.rsplit(|byte| *byte == b',').next();
    let is_chunked_last =
        last.is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked"));
    // Only with chunked as the last coding is the end of the body known (RFC 9112 section 6.1).
    Encoding::Other(if is_chunked_last {
        RefusalReason::UnknownEncoding
    } else {
        RefusalReason::InvalidEncoding
    })
}
