//! Heads that only the web framework refuses: with characters in the target that belong percent-encoded, or with many header lines. It gets an
//! equivalent head instead; the received one is stored.
//!
//! **Invariant:** an equivalent head has the same framing, host and client as the received one, in the same bytes. A head whose framing could
//! be read in two ways is refused, never repaired.

use actix_web::http::Uri;
use memchr::{memchr, memmem};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

use super::head_check::{Follows, check};
use crate::domain::head::request_line_parts;
use crate::domain::ids::EndpointId;
use crate::domain::refusal::RefusalReason;
use crate::limits::HeadLimits;

/// Most header lines that the framework accepts (`MAX_HEADERS` of actix-http).
pub(super) const FRAMEWORK_LINES_MAX: usize = 96;
/// Longest head that the framework accepts: its buffer holds one byte more (`MAX_BUFFER_SIZE` of actix-http).
const FRAMEWORK_BYTES_MAX: usize = 131_071;
/// Longest name of a header line that the framework accepts: it panics at a longer one (`HeaderName` of http).
const FRAMEWORK_NAME_BYTES_MAX: usize = u16::MAX as usize;

/// Most bytes of blank lines before a head: they are looked at again with each packet.
const BLANK_BYTES_MAX: usize = 1024;

/// Characters of a target that the framework refuses, in the path or in the query.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// The header lines of a capture that the framework and the handler need. The handler reads all others in the recorded head.
const NEEDED: [&str; 12] = [
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "origin",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
];

/// What the framework gets for a head.
pub(super) enum Passed {
    /// The head as received.
    AsReceived,
    /// Another one.
    Equivalent(Vec<u8>),
}

/// A complete head, cut into its parts.
struct Parts<'h> {
    method: &'h [u8],
    target: &'h [u8],
    version: &'h [u8],
    /// What is behind the request line, with the blank line.
    lines: &'h [u8],
}

/// What the framework gets for this complete head and what follows it, or why it is refused.
pub(super) fn of(head: &[u8], limits: &HeadLimits) -> Result<(Passed, Follows), RefusalReason> {
    let parts = Parts::of(head)?;
    if !parts.method.iter().copied().all(is_framework_method_byte) {
        return Err(RefusalReason::UnknownMethod);
    }
    // Any target will do here.
    let checked = parts.with_target(b"/", parts.lines);
    let mut lines = vec![httparse::EMPTY_HEADER; limits.lines_max];
    let mut request = httparse::Request::new(&mut lines);
    match request.parse(&checked) {
        Ok(httparse::Status::Complete(length)) if length == checked.len() => {}
        Ok(_) => return Err(RefusalReason::InvalidLine),
        Err(error) => return Err(parts.reason(error)),
    }
    let follows = check(&request)?;
    let is_name_short = |line: &httparse::Header<'_>| line.name.len() <= FRAMEWORK_NAME_BYTES_MAX;
    let is_short = head.len() <= FRAMEWORK_BYTES_MAX && request.headers.iter().all(is_name_short);
    let has_few = request.headers.len() <= FRAMEWORK_LINES_MAX;
    if is_short && has_few && parts.is_target_valid() {
        return Ok((Passed::AsReceived, follows));
    }
    let equivalent = match capture_target(parts.target) {
        Some(target) => parts.with_target(target, &needed(request.headers)),
        None if !has_few => return Err(RefusalReason::TooManyLines),
        None if !is_short => return Err(RefusalReason::HeadTooLong),
        None => parts.with_target(&encoded(parts.target), parts.lines),
    };
    is_accepted(&equivalent)?;
    Ok((Passed::Equivalent(equivalent), follows))
}

/// Whether the bytes before the end of a head have a complete request line. An error means that they cannot begin a head, so that waiting for
/// more makes no sense.
pub(super) fn has_request_line(beginning: &[u8]) -> Result<bool, RefusalReason> {
    let received = beginning.len();
    let beginning = without_blank_lines(beginning);
    if received - beginning.len() > BLANK_BYTES_MAX {
        return Err(RefusalReason::InvalidRequestLine);
    }
    if beginning.contains(&b'\n') {
        return match Parts::of(beginning) {
            // It is HTTP, and its owner may want to see all of its head.
            Ok(_) | Err(RefusalReason::UnknownVersion) => Ok(true),
            Err(reason) => Err(reason),
        };
    }
    let method = beginning.split(|byte| *byte == b' ').next();
    match method {
        // The first half of a blank line.
        Some(b"\r") => Ok(false),
        Some(method) if !method.iter().copied().all(is_method_byte) => {
            Err(RefusalReason::InvalidRequestLine)
        }
        _ => Ok(false),
    }
}

/// The part of a target that leads to the endpoint of a capture: with scheme and host, if it has them, and through the id.
fn capture_target(target: &[u8]) -> Option<&[u8]> {
    capture_of(target).map(|capture| capture.until_id)
}

/// A target that leads to an endpoint.
pub(super) struct CaptureTarget<'a> {
    /// All of it through the id.
    until_id: &'a [u8],
    /// The path in front of `/hook/`: empty, or the one below which creel is served, if a proxy passes it on.
    pub(super) base: &'a [u8],
    pub(super) endpoint: EndpointId,
}

/// Reads a target; `None` if it does not lead to an endpoint.
pub(super) fn capture_of(target: &[u8]) -> Option<CaptureTarget<'_>> {
    const BEFORE_ID: &[u8] = b"/hook/";
    let path = if target.starts_with(b"/") {
        0
    } else {
        let authority = memmem::find(target, b"://")? + 3;
        authority + memchr(b'/', &target[authority..])?
    };
    let end_of = |from: usize, ends: &[u8]| {
        let end = target[from..].iter().position(|byte| ends.contains(byte));
        end.map_or(target.len(), |end| from + end)
    };
    let base = &target[path..end_of(path, b"?#")];
    let base = &base[..memmem::find(base, BEFORE_ID)?];
    let id = path + base.len() + BEFORE_ID.len();
    let end = end_of(id, b"/?#");
    Some(CaptureTarget {
        until_id: &target[..end],
        base,
        endpoint: std::str::from_utf8(&target[id..end]).ok()?.parse().ok()?,
    })
}

fn encoded(target: &[u8]) -> Vec<u8> {
    percent_encode(target, ENCODED).to_string().into_bytes()
}

/// The needed ones of these lines, and the blank line behind them.
fn needed(lines: &[httparse::Header<'_>]) -> Vec<u8> {
    let is_needed = |line: &&httparse::Header<'_>| {
        NEEDED
            .iter()
            .any(|name| line.name.eq_ignore_ascii_case(name))
    };
    let kept = lines.iter().filter(is_needed);
    let mut kept = kept.fold(Vec::new(), |mut kept, line| {
        for part in [line.name.as_bytes(), b": ", line.value, b"\r\n"] {
            kept.extend_from_slice(part);
        }
        kept
    });
    kept.extend_from_slice(b"\r\n");
    kept
}

/// Whether the framework accepts this head, whose framing is known to be right.
fn is_accepted(head: &[u8]) -> Result<(), RefusalReason> {
    if head.len() > FRAMEWORK_BYTES_MAX {
        return Err(RefusalReason::HeadTooLong);
    }
    let mut lines = [httparse::EMPTY_HEADER; FRAMEWORK_LINES_MAX];
    let mut request = httparse::Request::new(&mut lines);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(RefusalReason::TooManyLines),
        _ => return Err(RefusalReason::InvalidTarget),
    }
    let is_uri = |target: &str| Uri::try_from(target).is_ok();
    if request.path.is_some_and(is_uri) {
        Ok(())
    } else {
        Err(RefusalReason::InvalidTarget)
    }
}

impl<'h> Parts<'h> {
    fn of(head: &'h [u8]) -> Result<Self, RefusalReason> {
        let head = without_blank_lines(head);
        let end = head.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or(RefusalReason::InvalidRequestLine)?;
        let line = head[..end].strip_suffix(b"\r").unwrap_or(&head[..end]);
        let [method, target, version] = request_line_parts(line);
        let is_valid = !method.is_empty()
            && method.iter().copied().all(is_method_byte)
            && !target.is_empty()
            && !target.iter().any(|byte| b"\0\r".contains(byte));
        if !is_valid || !version.starts_with(b"HTTP/") {
            return Err(RefusalReason::InvalidRequestLine);
        }
        if version != b"HTTP/1.1" && version != b"HTTP/1.0" {
            return Err(RefusalReason::UnknownVersion);
        }
        Ok(Self {
            method,
            target,
            version,
            lines: &head[end + 1..],
        })
    }

    /// The head with another target and other lines.
    fn with_target(&self, target: &[u8], lines: &[u8]) -> Vec<u8> {
        [
            self.method,
            b" ",
            target,
            b" ",
            self.version,
            b"\r\n",
            lines,
        ]
        .concat()
    }

    fn is_target_valid(&self) -> bool {
        let is_valid = |byte: &u8| byte.is_ascii_graphic() || !byte.is_ascii();
        let text = std::str::from_utf8(self.target).ok();
        self.target.iter().all(is_valid) && text.is_some_and(|text| Uri::try_from(text).is_ok())
    }

    /// What is wrong with the lines.
    fn reason(&self, error: httparse::Error) -> RefusalReason {
        let mut lines = self.lines.split_inclusive(|byte| *byte == b'\n');
        match error {
            httparse::Error::TooManyHeaders => RefusalReason::TooManyLines,
            _ if lines.any(|line| line.starts_with(b" ") || line.starts_with(b"\t")) => {
                RefusalReason::FoldedLine
            }
            _ => RefusalReason::InvalidLine,
        }
    }
}

/// Blank lines before a request line are skipped (RFC 9112 section 2.2).
pub(super) fn without_blank_lines(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes
        .strip_prefix(b"\r\n")
        .or_else(|| bytes.strip_prefix(b"\n"))
    {
        bytes = rest;
    }
    bytes
}

/// Whether the framework accepts a character of a token in a method.
pub(super) fn is_framework_method_byte(byte: u8) -> bool {
    !matches!(byte, b'#'..=b'\'')
}

/// A character of a token (RFC 9110 section 5.6.2).
fn is_method_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
