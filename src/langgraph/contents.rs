//! The large parts of a run, token for token as received. What `read` understood, this finds; both pass over what is odd.

use serde::Serialize;
use serde::de::MapAccess;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::lenient::{Hoped, Leaf, Part, keep, skip, without_surrogates};

/// Levels of objects and arrays that are given as JSON: jq reads 256 of them, Python about a thousand.
const DEPTH_MAX: usize = 128;

/// `kwargs` and `values` of a run; null where they did not come.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Contents {
    /// How the run was asked for: an object, or a string when it is named in `given_as_text`.
    #[schema(value_type = Option<serde_json::Value>)]
    pub kwargs: Option<Box<RawValue>>,
    /// The state of the thread when the run ended: an object as a rule, or a string when it is named in `given_as_text`.
    #[schema(value_type = Option<serde_json::Value>)]
    pub values: Option<Box<RawValue>>,
    /// Which of the two are given as a string of their JSON, because they are nested deeper than 128 levels: many readers of JSON cannot
    /// read them. Empty as a rule.
    pub given_as_text: Vec<&'static str>,
}

/// What a run was created with, part by part; null where it did not come.
#[derive(Debug, Default)]
pub struct Parts {
    /// `kwargs.input`.
    pub input: Option<Box<RawValue>>,
    /// `kwargs.context`.
    pub context: Option<Box<RawValue>>,
    /// `kwargs.config`.
    pub config: Option<Box<RawValue>>,
    /// `metadata`.
    pub metadata: Option<Box<RawValue>>,
}

/// Finds `kwargs` and `values` in a body; where a name comes twice, the last one holds.
#[must_use]
pub fn contents(body: &[u8]) -> Contents {
    let found = |json: &str| {
        let leaves: Leaves<'_> = read(json)?;
        let mut given_as_text = Vec::new();
        let mut member = |name, leaf| {
            let raw = raw(leaf)?;
            let Some(text) = as_text(&raw) else {
                return Some(raw);
            };
            given_as_text.push(name);
            Some(text)
        };
        Some(Contents {
            kwargs: member("kwargs", leaves.kwargs),
            values: member("values", leaves.values),
            given_as_text,
        })
    };
    first_of(body, found)
}

/// Finds what a run was created with in a body.
#[must_use]
pub fn parts(body: &[u8]) -> Parts {
    let found = |json: &str| {
        let leaves: Leaves<'_> = read(json)?;
        let kwargs: KwargsLeaves<'_> = read(leaves.kwargs.json()).unwrap_or_default();
        Some(Parts {
            input: raw(kwargs.input),
            context: raw(kwargs.context),
            config: raw(kwargs.config),
            metadata: raw(leaves.metadata),
        })
    };
    first_of(body, found)
}

/// What is found in a body as it is, or else without what no Rust string can hold.
fn first_of<T: Default>(body: &[u8], found: impl Fn(&str) -> Option<T>) -> T {
    let Ok(text) = std::str::from_utf8(body) else {
        return T::default();
    };
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    found(json)
        .or_else(|| found(&without_surrogates(json)))
        .unwrap_or_default()
}

fn read<'de, P: Part<'de>>(json: &'de str) -> Option<P> {
    let Hoped(part) = serde_json::from_str(json).ok()?;
    part
}

fn raw(leaf: Leaf<'_>) -> Option<Box<RawValue>> {
    let came = leaf.came() && !leaf.is_null();
    came.then(|| RawValue::from_string(leaf.json().to_owned()).ok())?
}

/// A string of this JSON, if it is nested too deep.
fn as_text(raw: &RawValue) -> Option<Box<RawValue>> {
    if depth(raw.get()) <= DEPTH_MAX {
        return None;
    }
    serde_json::value::to_raw_value(raw.get()).ok()
}

/// How many levels of objects and arrays JSON has.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[derive(Debug, Default)]
struct Leaves<'de> {
    kwargs: Leaf<'de>,
    values: Leaf<'de>,
    metadata: Leaf<'de>,
}

impl<'de> Part<'de> for Leaves<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "kwargs" => keep(&mut self.kwargs, map),
            "values" => keep(&mut self.values, map),
            "metadata" => keep(&mut self.metadata, map),
            _ => skip(map),
        }
    }
}

#[derive(Debug, Default)]
struct KwargsLeaves<'de> {
    input: Leaf<'de>,
    context: Leaf<'de>,
    config: Leaf<'de>,
}

impl<'de> Part<'de> for KwargsLeaves<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "input" => keep(&mut self.input, map),
            "context" => keep(&mut self.context, map),
            "config" => keep(&mut self.config, map),
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

    #[test]
    fn what_is_nested_too_deep_is_given_as_text_and_named() {
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        let (most, more) = (nested(DEPTH_MAX), nested(DEPTH_MAX + 1));
        let found = contents(format!("{{\"kwargs\":{most},\"values\":{more}}}").as_bytes());
        assert_eq!(found.kwargs.unwrap().get(), most);
        assert_eq!(found.values.unwrap().get(), format!("\"{more}\""));
        assert_eq!(found.given_as_text, ["values"]);
        let text = format!("[\"\\\"{}\"]", "[".repeat(500));
        assert_eq!(depth(&text), 1, "brackets in a text are no levels");
    }

    #[test]
    fn what_a_run_was_created_with_comes_part_by_part() {
        let found =
            parts(br#"{"metadata":{"b":1},"kwargs":{"input": [1.0],"config":null,"input":2}}"#);
        let shown = |part: Option<Box<RawValue>>| part.map(|raw| raw.get().to_owned());
        assert_eq!(shown(found.input).as_deref(), Some("2"));
        assert_eq!(shown(found.metadata).as_deref(), Some("{\"b\":1}"));
        assert_eq!((shown(found.config), shown(found.context)), (None, None));
        assert!(parts(br#"{"kwargs": 1}"#).input.is_none());
    }
}
