//! The path of a JSON value in a query: `values.messages.*.type`.
//!
//! **Invariant:** of a repeated name the last value counts, as everywhere in creel. Only as many levels are entered as the path has steps.

use std::fmt;

use crate::json::{JsonType, RawJson};

/// Most steps of a path.
pub(super) const STEPS_MAX: usize = 32;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JsonStep {
    /// The member with this name, or the element at this index.
    Name(String),
    /// Each member or element.
    Each,
}

/// A path by names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonNames {
    pub(super) steps: Vec<JsonStep>,
}

impl JsonNames {
    /// Calls `test` with the values at the end of the path until it holds for one.
    pub(super) fn any<'a>(&self, root: RawJson<'a>, test: &dyn Fn(RawJson<'a>) -> bool) -> bool {
        follow(&self.steps, root, test)
    }
}

fn follow<'a>(steps: &[JsonStep], value: RawJson<'a>, test: &dyn Fn(RawJson<'a>) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return value.is_present() && test(value);
    };
    match step {
        JsonStep::Each => {
            let (children, _) = value.children(0, usize::MAX);
            children.iter().any(|child| follow(rest, child.value, test))
        }
        JsonStep::Name(name) => child(value, name).is_some_and(|child| follow(rest, child, test)),
    }
}

fn child<'a>(value: RawJson<'a>, name: &str) -> Option<RawJson<'a>> {
    match value.json_type() {
        JsonType::Object => value.member(name).map(|child| child.value),
        JsonType::Array => {
            let index: usize = name.parse().ok()?;
            let (children, _) = value.children(index, 1);
            children.first().map(|child| child.value)
        }
        JsonType::String | JsonType::Number | JsonType::Literal => None,
    }
}

impl fmt::Display for JsonNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            match step {
                JsonStep::Name(name) => write!(f, "{dot}{name}")?,
                JsonStep::Each => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &[&str], json: &str) -> Vec<String> {
        let step = |name: &&str| match *name {
            "*" => JsonStep::Each,
            name => JsonStep::Name(name.to_owned()),
        };
        let names = JsonNames {
            steps: path.iter().map(step).collect(),
        };
        let values = std::cell::RefCell::new(Vec::new());
        names.any(RawJson::new(json), &|value| {
            values.borrow_mut().push(value.json().to_owned());
            false
        });
        values.into_inner()
    }

    #[test]
    fn names_indexes_and_each() {
        let json = r#"{"a": [{"b": 1}, {"b": null}, 3], "a b": {"0": "x"}, "c": 1, "c": 2}"#;
        assert_eq!(found(&["a", "*", "b"], json), ["1", "null"]);
        assert_eq!(found(&["a", "2"], json), ["3"]);
        assert_eq!(found(&["a b", "0"], json), ["\"x\""]);
        assert_eq!(found(&["c"], json), ["2"]);
        assert_eq!(found(&["a", "9"], json), [""; 0]);
        assert_eq!(found(&["c", "d"], json), [""; 0]);
        assert_eq!(found(&["a"], r#"{"a": 1, "b": NaN}"#), ["1"]);
    }
}
