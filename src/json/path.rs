//! A path within a JSON text, as the position of a child at every step.
//!
//! **Invariant:** a path has positions and no names, so a URL with a path contains no received text. It has at most `LENGTH_MAX` steps.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// Longest path. The pages link to values by path; deeper ones are read in the raw text.
const LENGTH_MAX: usize = 32;

/// A path from a root to a value, written `3.0.12`. It has positions and no names, so a URL with a path contains no received text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct JsonPath {
    positions: [u32; LENGTH_MAX],
    length: usize,
}

impl JsonPath {
    #[must_use]
    pub(crate) fn positions(&self) -> &[u32] {
        self.positions.get(..self.length).unwrap_or_default()
    }

    /// Whether no step can be added.
    #[must_use]
    pub(crate) fn is_full(&self) -> bool {
        self.length == LENGTH_MAX
    }

    /// The path to a child; a full path stays as it is.
    #[must_use]
    pub(crate) fn child(mut self, position: usize) -> Self {
        if let (Some(place), Ok(position)) =
            (self.positions.get_mut(self.length), u32::try_from(position))
        {
            *place = position;
            self.length += 1;
        }
        self
    }
}

impl Display for JsonPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, position) in self.positions().iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            write!(f, "{dot}{position}")?;
        }
        Ok(())
    }
}

impl FromStr for JsonPath {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut path = Self::default();
        for position in text.split('.').filter(|_| !text.is_empty()) {
            if path.is_full() {
                return Err(());
            }
            let position: u32 = position.parse().map_err(|_| ())?;
            path = path.child(position as usize);
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_round_trip_and_are_bounded() {
        for text in ["", "0", "3.0.12", "4294967295"] {
            assert_eq!(text.parse::<JsonPath>().unwrap().to_string(), text);
        }
        for wrong in [".", "1.", "-1", "a", "4294967296", "1 "] {
            assert!(wrong.parse::<JsonPath>().is_err(), "{wrong}");
        }
        let long = |steps: usize| vec!["1"; steps].join(".").parse::<JsonPath>();
        let full = long(LENGTH_MAX).unwrap();
        assert!(full.is_full() && full.child(7) == full && long(LENGTH_MAX + 1).is_err());
    }
}
