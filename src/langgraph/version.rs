//! Versions of the Python server, langgraph-api, by PEP 440, and which of them are known.
//!
//! **Invariant:** a pre-, post-, dev-release or local version counts as its release: 0.10.0rc3 as 0.10.0. A version that is newer than
//! [`NEWEST`] only in its last number is unknown too: nothing was measured on it.

use std::fmt::{self, Display, Formatter};

/// The oldest known version.
pub(super) const OLDEST: ApiVersion = ApiVersion(0, 4, 0);
/// The newest known version; most facts were measured on it.
pub(super) const NEWEST: ApiVersion = ApiVersion(0, 16, 7);

/// A version by its first three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ApiVersion(pub(super) u32, pub(super) u32, pub(super) u32);

impl ApiVersion {
    /// Parses a version such as `0.16.7`; missing numbers are 0. `None` if PEP 440 does not allow the text.
    #[must_use]
    pub(super) fn read(text: &str) -> Option<Self> {
        let numbers = release(text)?;
        let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
        Some(Self(number(0), number(1), number(2)))
    }
}

/// The numbers of a version's release, at least one: `[0, 10, 0]` of `v0.10.0rc3`. `None` if PEP 440 does not allow the text, or if it has
/// an epoch other than 0.
pub(super) fn release(text: &str) -> Option<Vec<u32>> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_prefix('v').unwrap_or(&text);
    let text = text.strip_prefix("0!").unwrap_or(text);
    let (public, local) = match text.split_once('+') {
        Some((public, local)) => (public, Some(local)),
        None => (text, None),
    };
    let mut rest = Rest(public);
    let mut numbers = vec![rest.number()?];
    while let Some(number) = rest.dot_number() {
        numbers.push(number);
    }
    rest.suffix(&["alpha", "beta", "preview", "pre", "rc", "a", "b", "c"]);
    rest.post();
    rest.suffix(&["dev"]);
    let is_local = |local: &str| {
        let is_part =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        local.split(['.', '-', '_']).all(is_part)
    };
    (rest.0.is_empty() && local.is_none_or(is_local)).then_some(numbers)
}

/// What is left of a version.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    /// A number, if one is next.
    fn number(&mut self) -> Option<u32> {
        let end = self.0.find(|letter: char| !letter.is_ascii_digit());
        let (digits, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        let number = digits.parse().ok()?;
        self.0 = rest;
        Some(number)
    }

    /// A dot and a number.
    fn dot_number(&mut self) -> Option<u32> {
        let mut after = Self(self.0.strip_prefix('.')?);
        let number = after.number()?;
        self.0 = after.0;
        Some(number)
    }

    /// One of these words with its number, such as `rc3`, `.dev1` or `-beta.2`; the number may be missing.
    fn suffix(&mut self, words: &[&str]) {
        let word = without_separator(self.0);
        if let Some(rest) = words.iter().find_map(|name| word.strip_prefix(name)) {
            self.0 = rest;
            let mut numbered = Self(without_separator(rest));
            if numbered.number().is_some() {
                self.0 = numbered.0;
            }
        }
    }

    /// `.post1`, or `-1`, which means the same.
    fn post(&mut self) {
        let mut bare = Self(self.0.strip_prefix('-').unwrap_or_default());
        if bare.number().is_some() {
            self.0 = bare.0;
        } else {
            self.suffix(&["post", "rev", "r"]);
        }
    }
}

fn without_separator(text: &str) -> &str {
    text.strip_prefix(['.', '-', '_']).unwrap_or(text)
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
        for text in [
            "0.16.8",
            "0.17.0",
            "0.17",
            "0.100.0.dev1",
            "1.0.0rc1",
            "1",
            "v1.0",
        ] {
            assert_eq!(newer(text), Some(true), "{text}");
        }
        for text in [
            "0.16.7",
            "0.16.7.post1",
            "0.16.7rc1",
            "0.16",
            "0.4.48",
            "0.9.99",
        ] {
            assert_eq!(newer(text), Some(false), "{text}");
        }
        for text in ["", "new", ".1", "0.16.x", "v"] {
            assert_eq!(newer(text), None, "{text}");
        }
    }

    #[test]
    fn l01_a_version_counts_as_its_release_by_pep_440() {
        for (text, expected) in [
            ("0.10.0rc3", &[0, 10, 0][..]),
            ("0.10.dev1", &[0, 10]),
            ("0.16.7.post1", &[0, 16, 7]),
            ("v0.10", &[0, 10]),
            (" V0.10.0+abc ", &[0, 10, 0]),
            ("0.10.0+ubuntu-1.2_x", &[0, 10, 0]),
            ("0.10a1", &[0, 10]),
            ("0.10-ALPHA.1", &[0, 10]),
            ("0.10.beta", &[0, 10]),
            ("0.10c2", &[0, 10]),
            ("0.10_preview_4", &[0, 10]),
            ("0.10rc1.post2.dev3", &[0, 10]),
            ("0.10-1", &[0, 10]),
            ("0.10.rev2", &[0, 10]),
            ("0.10r2", &[0, 10]),
            ("0.10.0.dev", &[0, 10, 0]),
            ("0!0.10", &[0, 10]),
            ("0.16.7.1", &[0, 16, 7, 1]),
        ] {
            assert_eq!(release(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "v",
            "latest",
            "0.16.x",
            "0..1",
            "0.",
            "1!0.10",
            "0.10+",
            "0.10+a..b",
            "0.10rc1x",
            "0.10 rc 1",
            "0.10dev1rc1",
            "vv0.10",
            "0.10-",
            "99999999999.1",
            "0.10+a+b",
        ] {
            assert_eq!(release(text), None, "{text}");
        }
    }

    #[test]
    fn a_version_is_written_with_its_three_numbers() {
        assert_eq!(NEWEST.to_string(), "0.16.7");
        assert_eq!(ApiVersion::read("0.17.0rc1").unwrap().to_string(), "0.17.0");
    }
}
