//! What a run left behind: `values` of a delivery's body, and the list of messages in it, where there is one. Both are borrowed.

use super::conversation::Conversation;
use super::tree::{Node, Shape};

/// The state of the thread when the run ended.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// All of it.
    pub values: Node<'a>,
}

impl<'a> State<'a> {
    /// Finds it in the body of a run; `None` where `values` did not come or is null.
    #[must_use]
    pub fn of(body: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let json = Node::new(text.strip_prefix('\u{feff}').unwrap_or(text));
        let values = json.member("values")?.node;
        (!values.is_null()).then_some(Self { values })
    }

    /// Its messages, where `values.messages` is a list.
    #[must_use]
    pub fn conversation(self) -> Option<Conversation<'a>> {
        let found = self.values.member("messages")?;
        (found.node.shape() == Shape::List).then(|| Conversation::new(&found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_what_values_holds_last_unless_it_is_null() {
        let of =
            |body: &str| State::of(body.as_bytes()).map(|state| state.values.json().to_owned());
        assert_eq!(
            of(r#"{"values": 1, "values": {"a": 1.0} }"#).as_deref(),
            Some(r#"{"a": 1.0}"#)
        );
        assert_eq!(of("\u{feff}{\"values\":[]}").as_deref(), Some("[]"));
        for none in [r#"{"values": null}"#, "{}", "[]", "not json", ""] {
            assert_eq!(of(none), None, "{none}");
        }
        assert!(State::of(b"{\"values\": \"\xff\"}").is_none());
    }

    #[test]
    fn only_a_list_is_a_conversation() {
        let of = |body: &str| State::of(body.as_bytes()).unwrap().conversation().is_some();
        assert!(of(r#"{"values": {"messages": []}}"#));
        assert!(of(r#"{"values": {"messages": 1, "messages": [1]}}"#));
        for none in [r#"{"messages": {}}"#, "{}", r#"[["messages", []]]"#, "1"] {
            assert!(!of(&format!(r#"{{"values": {none}}}"#)), "{none}");
        }
    }
}
