//! Versions of the Python server as a user enters them, and what each version checks. The checks changed three times.
//!
//! **Invariant:** a minor version that creel does not know is an error, so nothing is claimed about it. A pre-, post-, dev-release or local
//! version is judged as its release.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::langgraph::version;

/// A version of langgraph-api: 0.16.7, or 0.16 if the patch level does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    minor: u32,
    patch: Option<u32>,
}

/// Which checks a version makes when a run is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Era {
    /// 0.4: none, and there is no `webhooks` block.
    Unchecked,
    /// 0.5 to 0.7: only with a `webhooks` block.
    WithBlock,
    /// 0.8 and 0.9: always; loopback is allowed unless the block says otherwise.
    Checked,
    /// 0.10 and newer: always; loopback is refused unless the block says otherwise.
    LoopbackRefused,
}

impl Version {
    /// The newest known version; most facts were measured on it.
    pub const NEWEST: Self = Self {
        minor: version::NEWEST.1,
        patch: Some(version::NEWEST.2),
    };

    const OLDEST_MINOR: u32 = version::OLDEST.1;

    /// All known minor versions, newest first.
    pub fn all() -> impl Iterator<Item = Self> {
        let minors = Self::OLDEST_MINOR..=Self::NEWEST.minor;
        minors.rev().map(|minor| Self { minor, patch: None })
    }

    /// The same without the last number.
    #[must_use]
    pub fn without_patch(self) -> Self {
        Self {
            patch: None,
            ..self
        }
    }

    pub(super) fn era(self) -> Era {
        match self.minor {
            ..5 => Era::Unchecked,
            5..8 => Era::WithBlock,
            8..10 => Era::Checked,
            10.. => Era::LoopbackRefused,
        }
    }

    /// Whether it has the `webhooks` block.
    pub(super) fn reads_block(self) -> bool {
        self.era() >= Era::WithBlock
    }

    /// Whether the block has `allowed_fields`.
    pub(super) fn filters_fields(self) -> bool {
        self.minor > 7 || (self.minor == 7 && self.patch.is_none_or(|patch| patch >= 11))
    }

    /// Whether it follows redirects.
    pub(super) fn follows_redirects(self) -> bool {
        self.minor >= 8
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_known = |minor: u32| (Self::OLDEST_MINOR..=Self::NEWEST.minor).contains(&minor);
        match version::release(text).as_deref() {
            Some(&[0, minor]) if is_known(minor) => Ok(Self { minor, patch: None }),
            Some(&[0, minor, patch]) if is_known(minor) => {
                let patch = Some(patch);
                Ok(Self { minor, patch })
            }
            _ => Err(format!(
                "versions 0.{} to {} are known, such as 0.10, 0.10.3 or 0.10.0rc3",
                Self::OLDEST_MINOR,
                Self::NEWEST
            )),
        }
    }
}

impl Display for Version {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "0.{}", self.minor)?;
        match self.patch {
            Some(patch) => write!(f, ".{patch}"),
            None => Ok(()),
        }
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_versions_name_the_known_ones() {
        for (text, era) in [
            ("0.4.48", Era::Unchecked),
            ("0.7", Era::WithBlock),
            ("0.9.1", Era::Checked),
            ("0.16.7", Era::LoopbackRefused),
        ] {
            let version: Version = text.parse().unwrap();
            assert_eq!((version.era(), version.to_string().as_str()), (era, text));
        }
        for text in [
            "", "1.0", "0.3", "0.17", "0", "0.16.7.1", "0.16.x", "latest",
        ] {
            assert_eq!(
                text.parse::<Version>().unwrap_err(),
                "versions 0.4 to 0.16.7 are known, such as 0.10, 0.10.3 or 0.10.0rc3"
            );
        }
        assert_eq!(Version::all().count(), 13);
    }

    #[test]
    fn l01_a_release_candidate_is_judged_as_its_release() {
        for (text, era, shown) in [
            ("0.10.0rc3", Era::LoopbackRefused, "0.10.0"),
            ("0.10.dev1", Era::LoopbackRefused, "0.10"),
            ("0.16.7.post1", Era::LoopbackRefused, "0.16.7"),
            ("v0.10", Era::LoopbackRefused, "0.10"),
            ("0.9.0+abc", Era::Checked, "0.9.0"),
        ] {
            let version: Version = text.parse().unwrap();
            assert_eq!((version.era(), version.to_string().as_str()), (era, shown));
        }
    }
}
