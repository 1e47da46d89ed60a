//! One JSON value as received: a slice of the text, read as a string, number or boolean on demand.
//!
//! **Invariant:** `json` is the text as received. Reading never fails: a value of another type is `None`.

use std::borrow::Cow;

use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use serde_json::value::RawValue;

use super::token::{TokenKind, Tokens};

/// The JSON text of one value, without surrounding whitespace; empty if a member is absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RawJson<'a>(&'a str);

impl<'de> Deserialize<'de> for RawJson<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self(raw.get()))
    }
}

impl<'de> DeserializeSeed<'de> for &mut RawJson<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self = Deserialize::deserialize(deserializer)?;
        Ok(())
    }
}

impl<'a> RawJson<'a> {
    /// The value of a text. Nothing is checked: text that is not JSON has no children and is not a string.
    #[must_use]
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text.trim_matches([' ', '\t', '\n', '\r']))
    }

    /// The JSON as received.
    #[must_use]
    pub(crate) fn json(self) -> &'a str {
        self.0
    }

    /// Whether there is a value; null counts.
    pub(crate) fn is_present(self) -> bool {
        !self.0.is_empty()
    }

    #[must_use]
    pub(crate) fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// The string without escapes, if the value is one.
    #[must_use]
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if !inner.contains('\\') {
            return Some(Cow::Borrowed(inner));
        }
        parse_or_repair(self.0, |json| serde_json::from_str(json).ok()).map(Cow::Owned)
    }

    /// The string, or the JSON of a value that is none: in any case what was received.
    #[must_use]
    pub(crate) fn text_or_json(self) -> Cow<'a, str> {
        self.text().unwrap_or(Cow::Borrowed(self.0))
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        self.0.parse().ok()
    }

    /// The number, if it is an integer from 0 to `u64::MAX`.
    pub(crate) fn number(self) -> Option<u64> {
        self.0.parse().ok()
    }
}

/// JSON without the byte order mark that some senders put before it (RFC 8259 section 8.1 lets a reader ignore one).
#[must_use]
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The result of `parse` for the text as received, or, if it fails, for the text as [`parse_repaired`] changes it.
///
/// The text as received is tried first, because nearly all texts parse, and then nothing is copied.
pub(crate) fn parse_or_repair<T>(
    json: &str,
    mut parse: impl FnMut(&str) -> Option<T>,
) -> Option<T> {
    parse(json).or_else(|| parse_repaired(json, parse))
}

/// The result of `parse` for JSON that no Rust string or number can represent: with its surrogates replaced, or, if that fails, with its
/// huge numbers replaced too.
pub(crate) fn parse_repaired<T>(json: &str, mut parse: impl FnMut(&str) -> Option<T>) -> Option<T> {
    let repaired = replace_surrogates(json);
    parse(&repaired).or_else(|| parse(&replace_huge_numbers(&repaired)))
}

/// A copy of JSON in which `null` replaces each number beyond `f64` (`1e999`). The grammar of JSON allows those.
fn replace_huge_numbers(json: &str) -> String {
    let mut copy = String::with_capacity(json.len());
    let mut tokens = Tokens::new(json);
    let mut rest = json;
    while let Some((kind, token)) = tokens.next() {
        let space = rest.len() - tokens.rest().len() - token.len();
        copy.push_str(&rest[..space]);
        let is_huge = kind == TokenKind::Number && serde_json::from_str::<f64>(token).is_err();
        copy.push_str(if is_huge { "null" } else { token });
        rest = tokens.rest();
    }
    copy + rest
}

/// A copy of JSON in which U+FFFD replaces each escaped surrogate (`\ud83d`).
///
/// JavaScript writes half of a surrogate pair if it cuts a string within an emoji. The grammar of JSON allows that, but no Rust string can
/// contain it. Complete pairs are replaced too, because only texts that do not parse otherwise are passed here.
fn replace_surrogates(json: &str) -> String {
    let mut copy = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        copy.push_str(&rest[..at]);
        let escape = &rest[at..];
        if is_surrogate(escape.as_bytes()) && escape.is_char_boundary(6) {
            copy.push_str("\\ufffd");
            rest = &escape[6..];
        } else {
            // Both characters at once, so that the second backslash of `\\` does not start another escape.
            let both = escape.chars().take(2).map(char::len_utf8).sum();
            copy.push_str(&escape[..both]);
            rest = &escape[both..];
        }
    }
    copy + rest
}

/// Whether this begins with an escape from `\ud800` to `\udfff`.
fn is_surrogate(escape: &[u8]) -> bool {
    matches!(
        escape,
        [
            b'\\',
            b'u',
            b'd' | b'D',
            b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F',
            ..,
        ]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Option<String> {
        let raw: RawJson<'_> = serde_json::from_str(json).unwrap();
        raw.text().map(Cow::into_owned)
    }

    #[test]
    fn strings_are_unescaped_and_other_types_are_none() {
        assert_eq!(text(r#""plain é""#).as_deref(), Some("plain é"));
        assert_eq!(
            text(r#""a\n\"b\" \ud83d\ude00""#).as_deref(),
            Some("a\n\"b\" 😀")
        );
        assert_eq!(text(r#""cut \ud83d""#).as_deref(), Some("cut \u{fffd}"));
        for other in ["1", "null", "true", "[\"a\"]", "{\"a\":\"b\"}"] {
            assert_eq!(text(other), None, "{other}");
        }
    }

    #[test]
    fn only_escaped_surrogates_are_replaced() {
        for (json, expected) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\uD83D x""#, r#""\ufffd x""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\u00e9 \ud7ff""#, r#""\u00e9 \ud7ff""#),
            (r"\", r"\"),
            (r"\é", r"\é"),
            (r"\ud8", r"\ud8"),
            (r"\ud88é", r"\ud88é"),
        ] {
            assert_eq!(replace_surrogates(json), expected);
        }
    }

    #[test]
    fn only_numbers_beyond_f64_are_replaced() {
        let digits = "9".repeat(400);
        let huge = format!(" [1e999, -1E+400,{digits} ,{{\"1e999\": 1e999 }}]\n");
        let replaced = " [null, null,null ,{\"1e999\": null }]\n";
        assert_eq!(replace_huge_numbers(&huge), replaced);
        for other in [
            r#" {"1e999": [1e308, -0, 1e-999 , true, "\"1e999"]} "#,
            "1",
            " ",
        ] {
            assert_eq!(replace_huge_numbers(other), other);
        }
    }

    #[test]
    fn numbers_and_booleans_are_read_by_type() {
        let raw = |json| serde_json::from_str::<RawJson<'_>>(json).unwrap();
        assert_eq!(raw("42").number(), Some(42));
        assert_eq!(raw("true").boolean(), Some(true));
        for other in ["-1", "1.5", "1e999", "\"42\"", "null"] {
            assert_eq!(raw(other).number(), None, "{other}");
            assert_eq!(raw(other).boolean(), None, "{other}");
        }
    }
}
