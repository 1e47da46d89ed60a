//! Versions of the Python server, langgraph-api, by their numbers, and which of them are known.
//!
//! **Invariant:** a version that is newer than [`NEWEST`] only in its last number is unknown too: nothing was measured on it.

use std::fmt::{self, Display, Formatter};

/// The oldest known version.
pub(super) const OLDEST: ApiVersion = ApiVersion(0, 4, 0);
/// The newest known version; most facts were measured on it.
pub(super) const NEWEST: ApiVersion = ApiVersion(0, 16, 7);

/// A version by its first three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ApiVersion(pub(super) u32, pub(super) u32, pub(super) u32);

impl ApiVersion {
    /// Parses versions such as `0.16.7`. Characters after the digits of a number are ignored, as in `0.17.0rc1`; missing numbers are 0.
    /// `None` if the text does not begin with a number.
    #[must_use]
    pub(super) fn read(text: &str) -> Option<Self> {
        let number = |part: &str| {
            let digits = part.find(|letter: char| !letter.is_ascii_digit());
            part[..digits.unwrap_or(part.len())].parse().ok()
        };
        let mut parts = text.split('.').map(number);
        let major = parts.next()??;
        let mut next = || parts.next().flatten().unwrap_or(0);
        Some(Self(major, next(), next()))
    }
}

impl Display for ApiVersion {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_newer_by_its_numbers() {
        let newer = |text| ApiVersion::read(text).map(|version| version > NEWEST);
        for text in ["0.16.8", "0.17.0", "0.17", "0.100.0.dev1", "1.0.0rc1", "1"] {
            assert_eq!(newer(text), Some(true), "{text}");
        }
        for text in [
            "0.16.7",
            "0.16.7.post1",
            "0.16.7rc1",
            "0.16",
            "0.16.x",
            "0.4.48",
            "0.9.99",
        ] {
            assert_eq!(newer(text), Some(false), "{text}");
        }
        for text in ["", "new", "v1.0", ".1"] {
            assert_eq!(newer(text), None, "{text}");
        }
    }

    #[test]
    fn a_version_is_written_with_its_three_numbers() {
        assert_eq!(NEWEST.to_string(), "0.16.7");
        assert_eq!(ApiVersion::read("0.17.0rc1").unwrap().to_string(), "0.17.0");
    }
}
