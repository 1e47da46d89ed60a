//! Follows a path to a value.
//!
//! **Invariant:** one pass is enough, however long the path is: values before a step are skipped, and nothing after the end is read. Only a
//! text with numbers that are not JSON, and a path that leads nowhere, need a pass for each step.

use std::borrow::Cow;
use std::fmt::{self, Formatter};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::path::JsonPath;
use super::raw::RawJson;

impl<'a> RawJson<'a> {
    /// The value at the end of a path; `None` if there is none.
    #[must_use]
    pub(crate) fn seek(self, path: JsonPath) -> Option<Sought<'a>> {
        let mut sought = Sought {
            names: Vec::new(),
            value: self,
        };
        let mut found = false;
        let descent = Descent {
            positions: path.positions(),
            sought: &mut sought,
            found: &mut found,
        };
        let mut reader = serde_json::Deserializer::from_str(self.json());
        // Finding the value ends the pass with an error, too; `found` distinguishes the two.
        let _ = descent.deserialize(&mut reader);
        if found {
            Some(sought)
        } else {
            self.seek_by_children(path)
        }
    }

    /// The same, one step after the other. This also reads numbers that are not JSON, at which the single pass stops.
    fn seek_by_children(self, path: JsonPath) -> Option<Sought<'a>> {
        let mut sought = Sought {
            names: Vec::new(),
            value: self,
        };
        for position in path.positions() {
            let child = *sought.value.children(*position as usize, 1).0.first()?;
            sought.names.push(child.name());
            sought.value = child.value;
        }
        Some(sought)
    }
}

/// The value at the end of a path.
#[derive(Clone, Debug)]
pub(crate) struct Sought<'a> {
    /// The name at each step; `None` in an array.
    pub(crate) names: Vec<Option<Cow<'a, str>>>,
    pub(crate) value: RawJson<'a>,
}

/// The rest of a path, and where to put the value at its end.
struct Descent<'p, 'a> {
    positions: &'p [u32],
    sought: &'p mut Sought<'a>,
    found: &'p mut bool,
}

impl<'de> Descent<'_, 'de> {
    /// Whether the next step goes to the child at that position.
    fn goes_to(&self, position: usize) -> bool {
        self.positions
            .first()
            .is_some_and(|next| *next as usize == position)
    }

    /// The rest of the path, from the child on.
    fn into_child(self, name: Option<RawJson<'de>>) -> Self {
        self.sought.names.push(name.and_then(RawJson::text));
        Self {
            positions: self.positions.get(1..).unwrap_or_default(),
            ..self
        }
    }
}

impl<'de> DeserializeSeed<'de> for Descent<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.positions.is_empty() {
            return deserializer.deserialize_any(self);
        }
        self.sought.value = RawJson::deserialize(deserializer)?;
        *self.found = true;
        // An error is the only way to stop serde here; the rest of the text does not matter.
        Err(D::Error::custom("found"))
    }
}

impl<'de> Visitor<'de> for Descent<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut position = 0;
        while let Some(name) = map.next_key::<RawJson<'de>>()? {
            if self.goes_to(position) {
                return map.next_value_seed(self.into_child(Some(name)));
            }
            map.next_value::<IgnoredAny>()?;
            position += 1;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut position = 0;
        while !self.goes_to(position) {
            if list.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
            position += 1;
        }
        list.next_element_seed(self.into_child(None)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_value_or_nowhere() {
        let root = RawJson::new(r#"{"a": [10, {"b": "c"}]}"#);
        let at = |path: &str| {
            let sought = root.seek(path.parse().unwrap())?;
            Some(sought.value.json())
        };
        assert_eq!(at("0.0"), Some("10"));
        assert_eq!(at("0.1.0"), Some("\"c\""));
        assert_eq!((at("1"), at("0.2"), at("0.0.0")), (None, None, None));
        assert_eq!(at(""), Some(root.json()));
        let names = root.seek("0.1.0".parse().unwrap()).unwrap().names;
        assert_eq!(names, [Some("a".into()), None, Some("b".into())]);
    }

    #[test]
    fn c16_a_path_leads_past_numbers_that_are_not_json() {
        let root = RawJson::new(r#"{"a": NaN, "b": [Infinity, {"c": 1}]}"#);
        let sought = root.seek("1.1.0".parse().unwrap()).unwrap();
        assert_eq!(sought.value.json(), "1");
        assert_eq!(sought.names, [Some("b".into()), None, Some("c".into())]);
        assert!(root.seek("2".parse().unwrap()).is_none());
    }

    #[test]
    fn depth_does_no_harm() {
        let deep = "[".repeat(1_000_000) + "]".repeat(1_000_000).as_str();
        let full = vec!["0"; 32].join(".").parse().unwrap();
        let sought = RawJson::new(&deep).seek(full).unwrap();
        assert_eq!(sought.value.json().len(), deep.len() - 64);
    }
}
