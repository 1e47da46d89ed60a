//! Reads JSON whose members may have unexpected types.
//!
//! **Invariant:** a value of an unexpected type is skipped. It is not an error and affects nothing else.
//!
//! Why not `#[derive(Deserialize)]`: there, one member of an unexpected type fails the complete body, so a delivery would show nothing
//! because of one odd field. Nothing is copied, and skipping does not recurse, so skipped values may be nested to any depth.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// The parts of an object or array that are kept.
pub(crate) trait Container<'de>: Default {
    /// Whether an array is expected; otherwise an object.
    const IS_LIST: bool = false;

    /// Reads or skips the value of a member. A repeated name calls it again, so the last value wins.
    fn member<A: MapAccess<'de>>(&mut self, _name: &str, map: &mut A) -> Result<(), A::Error> {
        skip_member(map)
    }

    /// Reads or skips the next element; false after the last.
    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        Ok(list.next_element::<IgnoredAny>()?.is_some())
    }
}

/// Declares a struct and, as its [`Container`], which member of an object each field keeps; other members are skipped.
macro_rules! lenient_object {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident<$life:lifetime> {
            $($(#[$field_attribute:meta])* $field_visibility:vis $field:ident: $type:ty = $member:literal,)*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name<$life> {
            $($(#[$field_attribute])* $field_visibility $field: $type,)*
        }

        impl<$life> $crate::json::Container<$life> for $name<$life> {
            fn member<A: serde::de::MapAccess<$life>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
                match name {
                    $($member => $crate::json::read_member(&mut self.$field, map),)*
                    _ => $crate::json::skip_member(map),
                }
            }
        }
    };
}
pub(crate) use lenient_object;

/// Reads the value of a member into a place that exists already: the structs of a payload are hundreds of bytes, and returning them through
/// several visitors would copy them at each.
pub(crate) fn read_member<'de, 'a, T, A: MapAccess<'de>>(
    place: &'a mut T,
    map: &mut A,
) -> Result<(), A::Error>
where
    &'a mut T: DeserializeSeed<'de, Value = ()>,
{
    map.next_value_seed(place)
}

/// Reads the next element as [`read_member`] does; false after the last.
pub(crate) fn read_element<'de, 'a, T, A: SeqAccess<'de>>(
    place: &'a mut T,
    list: &mut A,
) -> Result<bool, A::Error>
where
    &'a mut T: DeserializeSeed<'de, Value = ()>,
{
    Ok(list.next_element_seed(place)?.is_some())
}

/// Skips the value of a member.
pub(crate) fn skip_member<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// A value that is expected to be a `C`; `None` if it has another type.
#[derive(Debug, Default)]
pub(crate) struct Lenient<C>(pub(crate) Option<C>);

/// Replaces the value read before.
impl<'de, C: Container<'de>> DeserializeSeed<'de> for &mut Lenient<C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // A repeated name comes here again. If its last value is of another type, nothing of the one before may be left.
        self.0 = None;
        deserializer.deserialize_any(ContainerVisitor(&mut self.0))
    }
}

impl<'de, C: Container<'de>> Deserialize<'de> for Lenient<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut lenient = Self(None);
        DeserializeSeed::deserialize(&mut lenient, deserializer)?;
        Ok(lenient)
    }
}

/// The methods of a visitor that skip strings, numbers, booleans and null. Without them serde's default methods would answer with an
/// error of the type, which ends the reading of the whole body.
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
pub(crate) use pass_over_scalars;

struct ContainerVisitor<'a, C>(&'a mut Option<C>);

impl<'de, C: Container<'de>> Visitor<'de> for ContainerVisitor<'_, C> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let container = self.0.insert(C::default());
        while let Some(MemberName(name)) = map.next_key()? {
            container.member(&name, &mut map)?;
        }
        // Of the unexpected kind. It must be read to its end nevertheless: the next member begins there.
        if C::IS_LIST {
            *self.0 = None;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let container = self.0.insert(C::default());
        while container.element(&mut list)? {}
        if !C::IS_LIST {
            *self.0 = None;
        }
        Ok(())
    }

    pass_over_scalars!();
}

/// The name of a member, borrowed unless it contains escapes (serde's own `Cow` always copies).
pub(crate) struct MemberName<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for MemberName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(MemberNameVisitor)
    }
}

struct MemberNameVisitor;

impl<'de> Visitor<'de> for MemberNameVisitor {
    type Value = MemberName<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(MemberName(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(MemberName(Cow::Owned(name.to_owned())))
    }
}
