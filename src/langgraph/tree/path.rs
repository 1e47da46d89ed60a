//! The way from a root to a node, in numbers.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// How many steps lead down from the root at most: what is deeper is a matter for who reads the text.
const STEPS_MAX: usize = 32;

/// The way from a root to a node, as the position of a child for every step. Written `3.0.12`: it holds no name, so that an address
/// made of it holds nothing that was received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path {
    steps: [u32; STEPS_MAX],
    length: usize,
}

impl Path {
    /// The positions.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        self.steps.get(..self.length).unwrap_or_default()
    }

    /// Whether it is as long as a path gets.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.length == STEPS_MAX
    }

    /// The path to a child of its node; a full one stays where it is.
    #[must_use]
    pub fn child(mut self, position: usize) -> Self {
        if let (Some(step), Ok(position)) =
            (self.steps.get_mut(self.length), u32::try_from(position))
        {
            *step = position;
            self.length += 1;
        }
        self
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps().iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            write!(f, "{dot}{step}")?;
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut path = Self::default();
        for step in text.split('.').filter(|_| !text.is_empty()) {
            if path.is_full() {
                return Err(());
            }
            let step: u32 = step.parse().map_err(|_| ())?;
            path = path.child(step as usize);
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_it_is_read_and_never_grows_over_its_length() {
        for text in ["", "0", "3.0.12", "4294967295"] {
            assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        }
        for wrong in [".", "1.", "-1", "a", "4294967296", "1 "] {
            assert!(wrong.parse::<Path>().is_err(), "{wrong}");
        }
        let long = |steps: usize| vec!["1"; steps].join(".").parse::<Path>();
        let full = long(STEPS_MAX).unwrap();
        assert!(full.is_full() && full.child(7) == full && long(STEPS_MAX + 1).is_err());
    }
}
