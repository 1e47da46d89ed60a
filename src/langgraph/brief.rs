//! A message of a state in short: who speaks, how it begins, which tools it calls. Both forms are known: that of langgraph-api
//! (`{type: "ai", content, ..}`) and the constructor records of @langchain/langgraph-api (`{lc, type: "constructor", id, kwargs: {..}}`).

use std::borrow::Cow;

use crate::domain::diff::{Node, Shape, by_id};

/// So much of a message is kept, in characters.
const CHARS_MAX: usize = 280;
/// So many tool calls of a message are named.
const CALLS_MAX: usize = 8;

/// A message in short, in its own words.
#[derive(Debug, PartialEq, Eq)]
pub struct Brief {
    /// Who speaks: `human`, `ai`, `tool`; of a constructor record its class, `HumanMessage`.
    pub role: String,
    /// How it begins; what is no text is not in it.
    pub text: String,
    /// Whether it goes on.
    pub goes_on: bool,
    /// Names of the tools that it calls.
    pub calls: Vec<String>,
}

/// By what an element of a list is known: the string called `id`, of a constructor record the one in its `kwargs`.
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

impl Brief {
    /// What is known of a message; `None` for what does not say who speaks.
    #[must_use]
    pub fn of(message: Node<'_>) -> Option<Self> {
        let fields = record(message);
        let role = match fields {
            Some(_) => message.member("id")?.children().last()?.string()?,
            None => (message.member("type").or_else(|| message.member("role")))?.string()?,
        };
        let fields = fields.unwrap_or(message);
        let text = fields.member("content").map(text).unwrap_or_default();
        let shown: String = text.chars().take(CHARS_MAX).collect();
        Some(Self {
            role: role.chars().take(CHARS_MAX).collect(),
            goes_on: shown.len() < text.len(),
            text: shown,
            calls: fields.member("tool_calls").map(calls).unwrap_or_default(),
        })
    }
}

/// The content of a message, or what is text in the blocks that it is made of.
fn text(content: Node<'_>) -> Cow<'_, str> {
    if let Some(text) = content.string() {
        return text;
    }
    let block = |block: Node<'_>| match block.string() {
        Some(text) => Some(text.into_owned()),
        None => Some(block.member("text")?.string()?.into_owned()),
    };
    let blocks = (content.shape() == Shape::List).then(|| content.children());
    let texts: Vec<_> = blocks.into_iter().flatten().filter_map(block).collect();
    texts.join("\n").into()
}

fn calls(calls: Node<'_>) -> Vec<String> {
    let name = |call: Node<'_>| {
        let name = call.member("name")?.string()?;
        Some(name.chars().take(CHARS_MAX).collect())
    };
    calls.children().filter_map(name).take(CALLS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;
    use crate::domain::diff::Tree;

    fn told(message: &str) -> (Option<String>, Option<String>) {
        let tree = Tree::read(message, &RandomState::new()).unwrap();
        let id = identity(tree.root()).map(Cow::into_owned);
        let brief = Brief::of(tree.root()).map(|brief| {
            let dots = if brief.goes_on { "..." } else { "" };
            format!("{}: {}{dots} {:?}", brief.role, brief.text, brief.calls)
        });
        (id, brief)
    }

    #[test]
    fn a_message_is_told_in_short_in_either_form() {
        for (message, id, brief) in [
            (
                r#"{"type":"human","id":"1","content":"Oslo"}"#,
                Some("1"),
                Some("human: Oslo []"),
            ),
            (
                r#"{"type":"ai","id":"2","content":"","tool_calls":[{"name":"get_weather","args":{}},{"name":1},{"name":"b"}]}"#,
                Some("2"),
                Some("ai:  [\"get_weather\", \"b\"]"),
            ),
            (
                r#"{"lc":1,"type":"constructor","id":["langchain_core","messages","HumanMessage"],"kwargs":{"content":"Oslo","id":"3"}}"#,
                Some("3"),
                Some("HumanMessage: Oslo []"),
            ),
            (
                r#"{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"},"b"]}"#,
                None,
                Some("user: a\nb []"),
            ),
            (
                r#"{"type":"ai","content":{"text":"a"},"tool_calls":1}"#,
                None,
                Some("ai:  []"),
            ),
            (r#"{"id":"4","content":"who?"}"#, Some("4"), None),
            (r#""text""#, None, None),
            ("[1]", None, None),
            (
                r#"{"lc":1,"type":"constructor"}"#,
                None,
                Some("constructor:  []"),
            ),
        ] {
            let expected = (id.map(str::to_owned), brief.map(str::to_owned));
            assert_eq!(told(message), expected, "{message}");
        }
    }

    #[test]
    fn a_long_message_is_cut() {
        let (_, brief) = told(&format!(
            r#"{{"type":"ai","content":"{}"}}"#,
            "ü".repeat(9_000)
        ));
        let brief = brief.unwrap();
        assert!(brief.ends_with("ü... []") && brief.chars().count() < CHARS_MAX + 20);
    }
}
