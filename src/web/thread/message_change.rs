//! A message that was added to a state or removed from it.
//!
//! **Invariant:** only a complete element of `messages` that has a role counts as a message; every other change is shown as JSON.

use crate::diff::{JsonChange, PathStep};
use crate::langgraph::conversation::{Message, Role};
use crate::web::compare::changes::ChangeKind;
use crate::web::conversation::message_excerpt::MessageExcerpt;

/// A message that was added or removed.
pub(crate) struct MessageChange {
    pub(crate) kind: ChangeKind,
    /// Its position, starting at 1.
    pub(crate) number: usize,
    pub(crate) message: MessageExcerpt,
}

impl MessageChange {
    /// `None`, unless a complete message was added or removed.
    pub(crate) fn of(change: &JsonChange<'_>) -> Option<Self> {
        let [PathStep::Member(list), PathStep::Element { a, b }] = change.path.as_slice() else {
            return None;
        };
        let (kind, node, position) = match (change.a, change.b) {
            (None, Some(node)) => (ChangeKind::Added, node, (*b)?),
            (Some(node), None) => (ChangeKind::Removed, node, (*a)?),
            _ => return None,
        };
        let message = Message::new(node.text());
        let is_message = list.as_str() == "messages" && message.role != Role::Unknown;
        is_message.then(|| Self {
            kind,
            number: position + 1,
            message: MessageExcerpt::of(&message),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;
    use crate::diff::{by_id, json};
    use crate::json::HashedTree;

    #[test]
    fn messages_that_were_added_or_removed_are_found() {
        let keys = RandomState::new();
        let before =
            r#"{"messages":[{"type":"human","id":"1"},{"type":"ai","id":"2"}],"other":[]}"#;
        let after = r#"{"messages":[{"type":"ai","id":"2"},{"type":"tool","id":"3"},{"id":"4","content":"nobody"}],"other":[{"type":"human","content":"elsewhere"}]}"#;
        let before = HashedTree::read(before, &keys).unwrap();
        let after = HashedTree::read(after, &keys).unwrap();
        let found = json(before.root(), after.root(), by_id, 99);
        let changes = found.list.iter().filter_map(MessageChange::of);
        let changes: Vec<_> = changes
            .map(|change| (change.kind, change.number, change.message.speaker))
            .collect();
        assert_eq!(
            changes,
            [
                (ChangeKind::Removed, 1, "Human"),
                (ChangeKind::Added, 2, "Tool")
            ]
        );
    }
}
