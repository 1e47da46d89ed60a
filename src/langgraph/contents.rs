//! The two large parts of a run, token for token as received. What `read` understood, this finds; both pass over what is odd.

use serde::Serialize;
use serde::de::MapAccess;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::lenient::{Hoped, Leaf, Part, keep, skip, without_surrogates};

/// `kwargs` and `values` of a run; null where they did not come.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Contents {
    /// How the run was asked for.
    #[schema(value_type = Option<Object>)]
    pub kwargs: Option<Box<RawValue>>,
    /// The state of the thread when the run ended.
    #[schema(value_type = Option<Object>)]
    pub values: Option<Box<RawValue>>,
}

/// Finds both in a body; where a name comes twice, the last one holds.
#[must_use]
pub fn contents(body: &[u8]) -> Contents {
    let Ok(text) = std::str::from_utf8(body) else {
        return Contents::default();
    };
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = |json: &str| {
        let Hoped(leaves) = serde_json::from_str::<Hoped<Leaves<'_>>>(json).ok()?;
        let leaves = leaves?;
        Some(Contents {
            kwargs: raw(leaves.kwargs),
            values: raw(leaves.values),
        })
    };
    found(json)
        .or_else(|| found(&without_surrogates(json)))
        .unwrap_or_default()
}

fn raw(leaf: Leaf<'_>) -> Option<Box<RawValue>> {
    let came = leaf.came() && !leaf.is_null();
    came.then(|| RawValue::from_string(leaf.json().to_owned()).ok())?
}

#[derive(Debug, Default)]
struct Leaves<'de> {
    kwargs: Leaf<'de>,
    values: Leaf<'de>,
}

impl<'de> Part<'de> for Leaves<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "kwargs" => keep(&mut self.kwargs, map),
            "values" => keep(&mut self.values, map),
            _ => skip(map),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_come_as_received_whatever_stands_around_them() {
        let shown = |body: &str| {
            let found = contents(body.as_bytes());
            [found.kwargs, found.values].map(|raw| raw.map(|raw| raw.get().to_owned()))
        };
        let both = [Some("{\"a\": 1.0}".to_owned()), Some("[]".to_owned())];
        assert_eq!(shown("{\"kwargs\":{\"a\": 1.0},\"values\":[]}"), both);
        assert_eq!(
            shown("\u{feff}{\"values\":[],\"kwargs\":2,\"kwargs\":{\"a\": 1.0}}"),
            both
        );
        assert_eq!(
            shown("{\"x\":\"\\ud83d\",\"kwargs\":{\"a\": 1.0},\"values\":[]}"),
            both
        );
        assert_eq!(shown("{\"values\":null}"), [None, None]);
        assert_eq!(shown("not json"), [None, None]);
    }
}
