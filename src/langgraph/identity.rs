//! By what an element of a list in a state is known, so that two states can be compared.

use std::borrow::Cow;

use crate::domain::diff::{Node, by_id};

/// The string called `id`; of a constructor record of @langchain/langgraph-api (`{lc, type: "constructor", id, kwargs: {..}}`), whose
/// `id` names its class, the one in its `kwargs`.
#[must_use]
pub fn identity(node: Node<'_>) -> Option<Cow<'_, str>> {
    by_id(record(node).unwrap_or(node))
}

/// The fields of a constructor record.
fn record(node: Node<'_>) -> Option<Node<'_>> {
    node.member("lc")?;
    let is_record = node.member("type")?.string()? == "constructor";
    node.member("kwargs").filter(|_| is_record)
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;
    use crate::domain::diff::Tree;

    #[test]
    fn a_message_is_known_by_its_id_in_either_form() {
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
            let tree = Tree::read(message, &RandomState::new()).unwrap();
            assert_eq!(identity(tree.root()).as_deref(), id, "{message}");
        }
    }
}
