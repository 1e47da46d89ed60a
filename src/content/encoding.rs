//! Content-Encoding (RFC 9110 section 8.4): which encodings were applied.
//!
//! **Invariant:** an encoding that creel does not know keeps its name.

use std::borrow::Cow;
use std::fmt;

/// One encoding of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip` or `x-gzip`: RFC 1952.
    Gzip,
    /// `deflate`: RFC 1950, or RFC 1951 from some senders.
    Deflate,
    /// `br`: RFC 7932.
    Brotli,
    /// `zstd`: RFC 8878.
    Zstd,
    /// One that creel does not know, as named.
    Other(String),
}

/// Longest name of an unknown encoding, in bytes.
const NAME_BYTES_MAX: usize = 50;
/// Most encodings that are named. More than the layers that are decoded.
const NAMES_MAX: usize = 16;

impl Encoding {
    /// The encoding with this name; `None` for `identity`, which means not encoded.
    fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        match name.as_str() {
            "" | "identity" => None,
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            other => {
                let end = other.floor_char_boundary(NAME_BYTES_MAX);
                Some(Self::Other(other[..end].to_owned()))
            }
        }
    }

    /// The encodings of Content-Encoding lines, in the order in which they were applied.
    pub(super) fn list<'a>(lines: impl Iterator<Item = Cow<'a, str>>) -> Vec<Self> {
        let mut found = Vec::new();
        for line in lines {
            found.extend(
                line.split(',')
                    .filter_map(Self::named)
                    .take(NAMES_MAX - found.len()),
            );
        }
        found
    }
}

/// Its name in Content-Encoding.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Other(name) => name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(lines: &[&str]) -> Vec<String> {
        let lines = lines.iter().map(|line| Cow::Borrowed(*line));
        Encoding::list(lines)
            .iter()
            .map(Encoding::to_string)
            .collect()
    }

    #[test]
    fn names_of_several_lines_are_one_list() {
        assert_eq!(
            list(&["X-GZIP , br", "identity", "aws-chunked"]),
            ["gzip", "br", "aws-chunked"]
        );
        assert_eq!(list(&["", ",,", "identity"]), [""; 0]);
        assert_eq!(list(&["x,".repeat(100).as_str(), "gzip"]).len(), NAMES_MAX);
        assert_eq!(list(&["é".repeat(100).as_str()])[0].len(), NAME_BYTES_MAX);
    }
}
