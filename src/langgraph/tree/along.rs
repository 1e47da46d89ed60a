//! The walk along a path, in one pass however long the path is: what lies before the way is skipped, what lies behind its end is not read.

use std::borrow::Cow;
use std::fmt::{self, Formatter};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::{Node, Path};
use crate::langgraph::lenient::Leaf;

impl<'a> Node<'a> {
    /// Where a path leads; `None` if nowhere. One pass, however long the path.
    #[must_use]
    pub fn along(self, path: Path) -> Option<Along<'a>> {
        let mut along = Along {
            names: Vec::new(),
            node: self,
        };
        let mut found = false;
        let descent = Descent {
            steps: path.steps(),
            along: &mut along,
            found: &mut found,
        };
        let mut reader = serde_json::Deserializer::from_str(self.json());
        // An error may be no more than the word that all was found.
        let _ = descent.deserialize(&mut reader);
        found.then_some(along)
    }
}

/// Where a path leads.
#[derive(Clone, Debug)]
pub struct Along<'a> {
    /// The name at each step; none in a list.
    pub names: Vec<Option<Cow<'a, str>>>,
    /// The value at its end.
    pub node: Node<'a>,
}

/// A way down that is not at its end.
struct Descent<'p, 'a> {
    steps: &'p [u32],
    along: &'p mut Along<'a>,
    found: &'p mut bool,
}

impl<'de> Descent<'_, 'de> {
    /// Whether the next step leads to the child at that position.
    fn leads_to(&self, position: usize) -> bool {
        self.steps
            .first()
            .is_some_and(|step| *step as usize == position)
    }

    /// The way on from the child.
    fn step(self, name: Option<Leaf<'de>>) -> Self {
        self.along.names.push(name.and_then(Leaf::text));
        Self {
            steps: self.steps.get(1..).unwrap_or_default(),
            ..self
        }
    }
}

impl<'de> DeserializeSeed<'de> for Descent<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.steps.is_empty() {
            return deserializer.deserialize_any(self);
        }
        self.along.node = Node(Leaf::deserialize(deserializer)?);
        *self.found = true;
        // What stands behind it does not matter any more.
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
        while let Some(name) = map.next_key::<Leaf<'de>>()? {
            if self.leads_to(position) {
                return map.next_value_seed(self.step(Some(name)));
            }
            map.next_value::<IgnoredAny>()?;
            position += 1;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut position = 0;
        while !self.leads_to(position) {
            if list.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
            position += 1;
        }
        list.next_element_seed(self.step(None)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_node_or_nowhere() {
        let root = Node::new(r#"{"a": [10, {"b": "c"}]}"#);
        let at = |path: &str| {
            let along = root.along(path.parse().unwrap())?;
            Some(along.node.json())
        };
        assert_eq!(at("0.0"), Some("10"));
        assert_eq!(at("0.1.0"), Some("\"c\""));
        assert_eq!((at("1"), at("0.2"), at("0.0.0")), (None, None, None));
        assert_eq!(at(""), Some(root.json()));
        let names = root.along("0.1.0".parse().unwrap()).unwrap().names;
        assert_eq!(names, [Some("a".into()), None, Some("b".into())]);
    }

    #[test]
    fn depth_does_no_harm() {
        let deep = "[".repeat(1_000_000) + "]".repeat(1_000_000).as_str();
        let full = vec!["0"; 32].join(".").parse().unwrap();
        let along = Node::new(&deep).along(full).unwrap();
        assert_eq!(along.node.json().len(), deep.len() - 64);
    }
}
