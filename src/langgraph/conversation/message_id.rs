//! The id of a message, by which the messages of two states are matched.
//!
//! **Invariant:** an id that is missing, empty or not a string is `None`, so such messages are never matched by id.

use std::borrow::Cow;

use crate::diff::by_id;
use crate::json::HashedNode;

/// The `id` of an element of a state. The `id` of a constructor record names its class, and its `kwargs` contain the id.
#[must_use]
pub(crate) fn message_id(node: HashedNode<'_>) -> Option<Cow<'_, str>> {
    by_id(constructor_fields(node).unwrap_or(node))
}

/// The fields of a constructor record.
fn constructor_fields(node: HashedNode<'_>) -> Option<HashedNode<'_>> {
    node.member("lc")?;
    let is_constructor = node.member("type")?.string()? == "constructor";
    node.member("kwargs").filter(|_| is_constructor)
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;
    use crate::json::HashedTree;

    #[test]
    fn the_id_is_found_in_either_form() {
        for (message, id) in [
            (r#"{"type":"human","id":"1"}"#, Some("1")),
            (
                r#"{"lc":1,"type":"constructor","id":["langchain_core","messages","HumanMessage"],"kwargs":{"id":"3"}}"#,
                Some("3"),
            ),
            (
                r#"{"lc":1,"type":"other","id":"4","kwargs":{"id":"3"}}"#,
                Some("4"),
            ),
            (r#"{"lc":1,"type":"constructor"}"#, None),
            (r#"{"role":"user"}"#, None),
            ("[1]", None),
            (r#""text""#, None),
        ] {
            let tree = HashedTree::read(message, &RandomState::new()).unwrap();
            assert_eq!(message_id(tree.root()).as_deref(), id, "{message}");
        }
    }
}
