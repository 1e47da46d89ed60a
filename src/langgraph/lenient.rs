//! JSON whose types are only hoped for. A part of another type than hoped for is passed over and spoils nothing beside it; only
//! what is not JSON is an error. Nothing is copied and nothing recurses: passed-over values may nest as deep as they like.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

/// What is kept of an object or of a list.
pub(super) trait Part<'de>: Default {
    /// Whether it is hoped to be a list; else an object.
    const LIST: bool = false;

    /// Takes or skips the value of a member. Where a name comes twice it is called twice, so that the last one wins.
    fn member<A: MapAccess<'de>>(&mut self, _name: &str, map: &mut A) -> Result<(), A::Error> {
        skip(map)
    }

    /// Takes or skips the next element; false behind the last.
    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        Ok(list.next_element::<IgnoredAny>()?.is_some())
    }
}

/// Keeps the value of a member, in a place that is there already: what is large is not moved.
pub(super) fn keep<'de, 'a, T, A: MapAccess<'de>>(
    place: &'a mut T,
    map: &mut A,
) -> Result<(), A::Error>
where
    &'a mut T: DeserializeSeed<'de, Value = ()>,
{
    map.next_value_seed(place)
}

/// Keeps the next element, as [`keep`] does; false behind the last.
pub(super) fn keep_next<'de, 'a, T, A: SeqAccess<'de>>(
    place: &'a mut T,
    list: &mut A,
) -> Result<bool, A::Error>
where
    &'a mut T: DeserializeSeed<'de, Value = ()>,
{
    Ok(list.next_element_seed(place)?.is_some())
}

/// Passes over the value of a member.
pub(super) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// A value that is hoped to be a `P`; `None` where it is of another type.
#[derive(Debug, Default)]
pub(super) struct Hoped<P>(pub(super) Option<P>);

/// Forgets what was read before.
impl<'de, P: Part<'de>> DeserializeSeed<'de> for &mut Hoped<P> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0 = None;
        deserializer.deserialize_any(Hope(&mut self.0))
    }
}

impl<'de, P: Part<'de>> Deserialize<'de> for Hoped<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut hoped = Self(None);
        DeserializeSeed::deserialize(&mut hoped, deserializer)?;
        Ok(hoped)
    }
}

/// The part of a visitor that passes over what is neither an object nor a list.
macro_rules! pass_over_scalars {
    () => {
        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
            Ok(())
        }

        fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
            Ok(())
        }

        fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
            Ok(())
        }

        fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
            Ok(())
        }

        fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
            Ok(())
        }

        fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
            Ok(())
        }
    };
}
pub(super) use pass_over_scalars;

struct Hope<'a, P>(&'a mut Option<P>);

impl<'de, P: Part<'de>> Visitor<'de> for Hope<'_, P> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let part = self.0.insert(P::default());
        while let Some(Name(name)) = map.next_key()? {
            part.member(&name, &mut map)?;
        }
        if P::LIST {
            *self.0 = None;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let part = self.0.insert(P::default());
        while part.element(&mut list)? {}
        if !P::LIST {
            *self.0 = None;
        }
        Ok(())
    }

    pass_over_scalars!();
}

/// The name of a member, borrowed unless it holds escapes (serde's own `Cow` always copies).
pub(super) struct Name<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

/// The JSON text of a value that is understood later, if at all; empty when it did not come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leaf<'de>(&'de str);

impl<'de> Deserialize<'de> for Leaf<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self(raw.get()))
    }
}

impl<'de> DeserializeSeed<'de> for &mut Leaf<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self = Deserialize::deserialize(deserializer)?;
        Ok(())
    }
}

impl<'de> Leaf<'de> {
    /// A value whose text, without blanks around it, is at hand.
    pub(super) fn of(json: &'de str) -> Self {
        Self(json)
    }

    /// The JSON as it came.
    pub(super) fn json(self) -> &'de str {
        self.0
    }

    /// Whether anything came, be it null.
    pub(super) fn came(self) -> bool {
        !self.0.is_empty()
    }

    /// Whether null came.
    pub(super) fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// The string, where it is one.
    pub(super) fn text(self) -> Option<Cow<'de, str>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if !inner.contains('\\') {
            return Some(Cow::Borrowed(inner));
        }
        let text = serde_json::from_str(self.0)
            .or_else(|_| serde_json::from_str(&without_surrogates(self.0)));
        text.ok().map(Cow::Owned)
    }

    /// The truth value, where it is one.
    pub(super) fn flag(self) -> Option<bool> {
        self.0.parse().ok()
    }

    /// The whole number, where it is one from 0 up.
    pub(super) fn count(self) -> Option<u64> {
        self.0.parse().ok()
    }
}

/// A copy of JSON whose escaped surrogates (`\ud83d`) are U+FFFD. JavaScript writes one alone where a text was cut in the middle of
/// an emoji; the JSON grammar allows that, but no Rust string can hold it. Those that stand in pairs go too: only broken texts come here.
pub(super) fn without_surrogates(json: &str) -> String {
    let mut copy = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        copy.push_str(&rest[..at]);
        let escape = &rest[at..];
        if is_surrogate(escape.as_bytes()) && escape.is_char_boundary(6) {
            copy.push_str("\\ufffd");
            rest = &escape[6..];
        } else {
            // Both characters go over together, so that an escaped backslash cannot open another escape.
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
        let leaf: Leaf<'_> = serde_json::from_str(json).unwrap();
        leaf.text().map(Cow::into_owned)
    }

    #[test]
    fn a_string_is_read_whatever_it_escapes_and_other_types_are_no_string() {
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
            assert_eq!(without_surrogates(json), expected);
        }
    }

    #[test]
    fn numbers_and_truth_values_are_read_only_where_they_are_such() {
        let leaf = |json| serde_json::from_str::<Leaf<'_>>(json).unwrap();
        assert_eq!(leaf("42").count(), Some(42));
        assert_eq!(leaf("true").flag(), Some(true));
        for other in ["-1", "1.5", "1e999", "\"42\"", "null"] {
            assert_eq!(leaf(other).count(), None, "{other}");
            assert_eq!(leaf(other).flag(), None, "{other}");
        }
    }
}
