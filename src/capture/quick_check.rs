//! Finds the end of a head, and recognises an ordinary one.
//!
//! **Invariant:** an ordinary head is one that the web framework accepts as it is, and it is recognised without allocating.

use std::mem::MaybeUninit;

use super::equivalent::{FRAMEWORK_LINES_MAX, is_framework_method_byte, without_blank_lines};
use super::head_check::{Follows, check};
use crate::limits::HeadLimits;

/// Longest head that is checked without allocating: a name or a target in it is never too long for the framework.
const QUICK_BYTES_MAX: usize = u16::MAX as usize - 1;

/// The length of the head in front, if it is complete and ordinary, and what follows it. Nothing is allocated.
pub(super) fn quick(bytes: &[u8], limits: &HeadLimits) -> Option<(usize, Follows)> {
    let mut lines = [const { MaybeUninit::uninit() }; FRAMEWORK_LINES_MAX];
    let mut request = httparse::Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(bytes, &mut lines);
    let Ok(httparse::Status::Complete(length)) = parsed else {
        return None;
    };
    let is_ordinary = length <= limits.bytes_max.min(QUICK_BYTES_MAX)
        && request.headers.len() <= limits.lines_max
        && request.method.is_some_and(is_plain_method)
        && request.path.is_some_and(is_plain);
    let follows = is_ordinary.then(|| check(&request).ok()).flatten()?;
    Some((length, follows))
}

fn is_plain_method(method: &str) -> bool {
    method.bytes().all(is_framework_method_byte)
}

/// Whether a target is a path in which the framework accepts every character.
fn is_plain(target: &str) -> bool {
    target.starts_with('/') && target.bytes().all(|byte| ACCEPTED[usize::from(byte)])
}

/// Characters that the framework accepts in the path and in the query. A table, because every byte of every target is looked up.
static ACCEPTED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        table[byte as usize] = !matches!(byte, b'"' | b'#' | b'<' | b'>' | b'`');
        byte += 1;
    }
    table
};

/// The length of the head in front, without looking for its end before `from`. Lines end with LF, and a CR may be before it.
pub(super) fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let blank = bytes.len() - without_blank_lines(bytes).len();
    let from = from.max(blank);
    let lines = memchr::memchr_iter(b'\n', &bytes[from..]).map(|at| from + at + 1);
    lines
        .map(|start| (start, &bytes[start..]))
        .find_map(|(start, rest)| match rest {
            [b'\n', ..] => Some(start + 1),
            [b'\r', b'\n', ..] => Some(start + 2),
            _ => None,
        })
}
