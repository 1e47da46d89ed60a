//! A hex dump.
//!
//! **Invariant:** it consists of hexadecimal digits and visible ASCII characters, escaped.

use std::fmt::Write;

use crate::web::render::escape::Shown;

/// Longest part of a binary body on a page, in bytes.
const BYTES_MAX: usize = 4 * 1024;

/// A hex dump of as much as fits on a page, and how many bytes that are.
pub(super) fn beginning(bytes: &[u8]) -> (String, usize) {
    let part = &bytes[..bytes.len().min(BYTES_MAX)];
    (hex(part), part.len())
}

/// A hex dump: offset, sixteen bytes, and the same as text per line.
fn hex(bytes: &[u8]) -> String {
    let mut dump = String::with_capacity(bytes.len() * 5);
    for (index, line) in bytes.chunks(16).enumerate() {
        // Writing to a `String` cannot fail.
        let _ = write!(dump, "{:08x} ", index * 16);
        for place in 0..16 {
            let gap = if place % 8 == 0 { " " } else { "" };
            let _ = match line.get(place) {
                Some(byte) => write!(dump, "{gap}{byte:02x} "),
                None => write!(dump, "{gap}   "),
            };
        }
        let text: String = line
            .iter()
            .map(|byte| match byte {
                0x20..=0x7e => char::from(*byte),
                _ => '.',
            })
            .collect();
        let _ = writeln!(dump, " {}", Shown::line(&text));
    }
    dump
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_shows_offsets_bytes_and_text() {
        let dump = hex(b"\x00<b>0123456789abcd");
        let lines: Vec<_> = dump.lines().collect();
        assert_eq!(
            lines[0],
            "00000000  00 3c 62 3e 30 31 32 33  34 35 36 37 38 39 61 62  .&lt;b&gt;0123456789ab"
        );
        assert!(lines[1].starts_with("00000010  63 64 ") && lines[1].ends_with(" cd"));
    }
}
