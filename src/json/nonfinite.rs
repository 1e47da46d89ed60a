//! `NaN`, `Infinity` and `-Infinity`, which are not JSON. Python's `json` writes them unless told otherwise, so a body with them is read
//! nevertheless.
//!
//! **Invariant:** only these three words are accepted in addition to JSON. Nothing recurses, so any depth works.

use super::raw::RawJson;
use super::token::{TokenKind, Tokens};

/// Longest path, in bytes.
const PATH_BYTES_MAX: usize = 200;
/// A number that stands for one of the words in a copy. No integer is read from it.
const STAND_IN: &str = "-0";

/// One of the words, with the path of its place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Nonfinite<'a> {
    pub(crate) path: String,
    pub(crate) word: &'a str,
}

fn is_nonfinite(token: &str) -> bool {
    matches!(token, "NaN" | "Infinity" | "-Infinity")
}

/// Whether a text may contain one of the words; it may also be in a string.
pub(super) fn may_contain(json: &str) -> bool {
    json.contains("NaN") || json.contains("Infinity")
}

/// A copy in which a number replaces each of the words; `None` if there is none.
pub(crate) fn without_nonfinite(json: &str) -> Option<String> {
    if !may_contain(json) {
        return None;
    }
    let mut copy = String::with_capacity(json.len());
    let mut tokens = Tokens::new(json);
    let mut copied = 0;
    while let Some((_, token)) = tokens.next() {
        if is_nonfinite(token) {
            let end = json.len() - tokens.rest().len();
            copy.push_str(&json[copied..end - token.len()]);
            copy.push_str(STAND_IN);
            copied = end;
        }
    }
    (copied > 0).then(|| copy + &json[copied..])
}

/// The first of the words in a text.
pub(crate) fn find_nonfinite(json: &str, max: usize) -> Vec<Nonfinite<'_>> {
    let (mut found, mut open) = (Vec::new(), Vec::<Step<'_>>::new());
    let mut tokens = Tokens::new(json);
    while found.len() < max
        && let Some((kind, token)) = tokens.next()
    {
        match (kind, open.last_mut()) {
            (TokenKind::Open, _) => open.push(Step::default()),
            (TokenKind::Close, _) => _ = open.pop(),
            (TokenKind::Comma, Some(step)) => step.position += 1,
            (TokenKind::String, Some(step)) if tokens.peek() == Some(TokenKind::Colon) => {
                step.name = Some(token);
            }
            (TokenKind::Number | TokenKind::Literal, _) if is_nonfinite(token) => {
                found.push(Nonfinite {
                    path: path(&open),
                    word: token,
                });
            }
            _ => {}
        }
    }
    found
}

/// A step of a path: the name of a member as received, or else the position of an element.
#[derive(Default)]
struct Step<'a> {
    name: Option<&'a str>,
    position: usize,
}

fn path(steps: &[Step<'_>]) -> String {
    let mut path = String::new();
    for step in steps {
        if !path.is_empty() {
            path.push('.');
        }
        match step.name {
            Some(name) => path.push_str(&RawJson::new(name).text_or_json()),
            None => path.push_str(&step.position.to_string()),
        }
        if path.len() > PATH_BYTES_MAX {
            break;
        }
    }
    if path.len() > PATH_BYTES_MAX {
        path.truncate(path.floor_char_boundary(PATH_BYTES_MAX));
        path.push('\u{2026}');
    }
    path
}

/// Calls `visit` with the children of an object or array from that position on: the name of each and its value. Where the text is not
/// JSON, apart from these words, it ends.
pub(super) fn each_child<'a>(
    json: &'a str,
    from: usize,
    mut visit: impl FnMut(usize, Option<RawJson<'a>>, RawJson<'a>),
) {
    let mut tokens = Tokens::new(json);
    let is_object = tokens.next().is_some_and(|(_, token)| token == "{");
    let mut position = 0;
    loop {
        let name = if is_object {
            let (Some((TokenKind::String, name)), Some((TokenKind::Colon, _))) =
                (tokens.next(), tokens.next())
            else {
                return;
            };
            Some(RawJson::new(name))
        } else {
            None
        };
        let Some(value) = value(json, &mut tokens) else {
            return;
        };
        if position >= from {
            visit(position, name, RawJson::new(value));
        }
        position += 1;
        if !matches!(tokens.next(), Some((TokenKind::Comma, _))) {
            return;
        }
    }
}

/// The next value, to its end.
fn value<'a>(json: &'a str, tokens: &mut Tokens<'a>) -> Option<&'a str> {
    let (kind, token) = tokens.next()?;
    let is_word = || is_nonfinite(token) || matches!(token, "true" | "false" | "null");
    match kind {
        TokenKind::String | TokenKind::Number => Some(token),
        TokenKind::Literal => is_word().then_some(token),
        TokenKind::Open => {
            let start = json.len() - tokens.rest().len() - token.len();
            let mut depth = 1_usize;
            while depth > 0 {
                match tokens.next()?.0 {
                    TokenKind::Open => depth += 1,
                    TokenKind::Close => depth -= 1,
                    _ => {}
                }
            }
            json.get(start..json.len() - tokens.rest().len())
        }
        TokenKind::Close | TokenKind::Comma | TokenKind::Colon => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c16_only_the_three_words_outside_of_strings_are_replaced() {
        for (json, expected) in [
            ("NaN", Some("-0")),
            (
                r#"{"NaN": [NaN, "Infinity",-Infinity ,Infinity], "a": 1}"#,
                Some(r#"{"NaN": [-0, "Infinity",-0 ,-0], "a": 1}"#),
            ),
            (r#"{"a": "NaN"}"#, None),
            ("[1, nan, inf, +Infinity, NaN2]", None),
            ("[1]", None),
        ] {
            assert_eq!(without_nonfinite(json).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn c16_each_word_is_found_with_its_path() {
        let json = r#"{"values": {"a\n": [1, {"score": NaN}, -Infinity]}, "b": Infinity}"#;
        let found: Vec<_> = find_nonfinite(json, 9)
            .into_iter()
            .map(|one| format!("{}={}", one.path, one.word))
            .collect();
        let expected = [
            "values.a\n.1.score=NaN",
            "values.a\n.2=-Infinity",
            "b=Infinity",
        ];
        assert_eq!(found, expected);
        assert_eq!(find_nonfinite(json, 1).len(), 1);
        let deep = format!("{}NaN", "[".repeat(1_000_000));
        assert!(find_nonfinite(&deep, 9)[0].path.len() <= PATH_BYTES_MAX + 3);
    }

    #[test]
    fn c16_children_are_as_received_and_end_where_the_text_is_not_json() {
        let children = |json: &str, from| {
            let mut found = Vec::new();
            each_child(json, from, |position, name, value| {
                let name = name.map(RawJson::json).unwrap_or_default();
                found.push(format!("{position}{name}={}", value.json()));
            });
            found
        };
        assert_eq!(
            children(r#" {"a": NaN, "b": [1, {"c": NaN}] , "a": "x]"} "#, 0),
            ["0\"a\"=NaN", "1\"b\"=[1, {\"c\": NaN}]", "2\"a\"=\"x]\""]
        );
        assert_eq!(children("[1, NaN, 2]", 1), ["1=NaN", "2=2"]);
        assert_eq!(children("[1, oops, 2]", 0), ["0=1"]);
        for none in ["{}", "[]", "{", "[", "{\"a\"}", "{\"a\" 1}", "1", "", "[[1"] {
            assert_eq!(children(none, 0), [""; 0], "{none}");
        }
    }
}
