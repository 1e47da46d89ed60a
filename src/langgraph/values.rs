//! `values`, the state of the thread: whether it holds anything, and its messages. Nothing of it is kept.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::lenient::{Hoped, Name, keep, skip};
use super::messages::Messages;
use crate::domain::facts::ValuesFact;

/// `values`, summed up.
#[derive(Debug, Default)]
pub(super) struct Values<'de> {
    /// What it is; `NotRead` when it did not come.
    pub(super) fact: ValuesFact,
    pub(super) messages: Option<Messages<'de>>,
}

impl<'de> Deserialize<'de> for Values<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValues)
    }
}

impl<'de> DeserializeSeed<'de> for &mut Values<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self = Deserialize::deserialize(deserializer)?;
        Ok(())
    }
}

impl Values<'_> {
    /// Whether it came at all, be it null.
    pub(super) fn came(&self) -> bool {
        self.fact != ValuesFact::NotRead
    }

    fn of(holds_something: bool) -> Self {
        let fact = if holds_something {
            ValuesFact::Present
        } else {
            ValuesFact::Empty
        };
        Self {
            fact,
            messages: None,
        }
    }
}

struct AnyValues;

impl<'de> Visitor<'de> for AnyValues {
    type Value = Values<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Values::of(false);
        let mut messages = Hoped(None);
        while let Some(Name(name)) = map.next_key()? {
            values.fact = ValuesFact::Present;
            match &*name {
                "messages" => keep(&mut messages, &mut map)?,
                _ => skip(&mut map)?,
            }
        }
        values.messages = messages.0;
        Ok(values)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut holds_something = false;
        while list.next_element::<IgnoredAny>()?.is_some() {
            holds_something = true;
        }
        Ok(Values::of(holds_something))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Values {
            fact: ValuesFact::Null,
            messages: None,
        })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Values::of(!text.is_empty()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Values::of(true))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Values::of(true))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Values::of(true))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Values::of(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_empty_and_present_are_told_apart() {
        let fact = |json: &str| serde_json::from_str::<Values<'_>>(json).unwrap().fact;
        assert_eq!(fact("null"), ValuesFact::Null);
        for empty in ["{}", "[]", "\"\""] {
            assert_eq!(fact(empty), ValuesFact::Empty, "{empty}");
        }
        for present in ["{\"a\":null}", "[null]", "\"a\"", "false", "0", "-1", "0.0"] {
            assert_eq!(fact(present), ValuesFact::Present, "{present}");
        }
    }
}
