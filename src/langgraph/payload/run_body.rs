//! The body of a run, for pages and the API: its large parts, found in one pass.
//!
//! **Invariant:** every part is a slice of the body, byte for byte. Values of unexpected types are skipped, as by `read`.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::json::{JsonType, RawJson, without_bom};
use crate::langgraph::conversation::Conversation;

/// The body of a run, parsed once. Every part is a slice of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunBody<'a> {
    /// The whole object.
    pub(crate) json: RawJson<'a>,
    kwargs: RawJson<'a>,
    values: RawJson<'a>,
    metadata: RawJson<'a>,
}

/// The parameters of a run; `None` for a part that is absent or null.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RunInputs<'a> {
    /// `kwargs.input`.
    pub(crate) input: Option<RawJson<'a>>,
    /// `kwargs.context`.
    pub(crate) context: Option<RawJson<'a>>,
    /// `kwargs.config`.
    pub(crate) config: Option<RawJson<'a>>,
    /// `metadata`.
    pub(crate) metadata: Option<RawJson<'a>>,
}

/// Deepest nesting that is returned as JSON: jq reads 256 levels, Python about a thousand.
const DEPTH_MAX: usize = 128;

/// `kwargs` and `values` of a run; null if absent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contents<'a> {
    /// The parameters of the run: an object, or a string if it is named in `given_as_text`.
    #[schema(value_type = Option<serde_json::Value>)]
    kwargs: Option<Given<'a>>,
    /// The state of the thread when the run ended: usually an object, or a string if it is named in `given_as_text`.
    #[schema(value_type = Option<serde_json::Value>)]
    values: Option<Given<'a>>,
    /// Which of the two are returned as a string of their JSON, because they are nested deeper than 128 levels, which many JSON parsers
    /// cannot read, or contain `NaN` or an infinity, which are not JSON. Usually empty.
    given_as_text: Vec<&'static str>,
}

/// A part of a body: as JSON, or as a string of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Given<'a> {
    Json(&'a RawValue),
    Text(&'a str),
}

impl<'a> RunBody<'a> {
    /// Parses a body. One that is not UTF-8, or not a JSON object, has no parts. Of a repeated name, the last one counts.
    #[must_use]
    pub fn parse(body: &'a [u8]) -> Self {
        let Ok(text) = std::str::from_utf8(body) else {
            return Self::default();
        };
        let mut parsed = Self {
            json: RawJson::new(without_bom(text)),
            ..Self::default()
        };
        parsed.json.each(|child| match child.name().as_deref() {
            Some("kwargs") => parsed.kwargs = child.value,
            Some("values") => parsed.values = child.value,
            Some("metadata") => parsed.metadata = child.value,
            _ => {}
        });
        parsed
    }

    /// The state of the thread when the run ended: `values`, unless it is null.
    #[must_use]
    pub(crate) fn state(&self) -> Option<RawJson<'a>> {
        given(self.values)
    }

    /// The messages in the state, if `values.messages` is an array.
    #[must_use]
    pub(crate) fn conversation(&self) -> Option<Conversation<'a>> {
        Conversation::new(&self.state()?.member("messages")?)
    }

    #[must_use]
    pub(crate) fn inputs(&self) -> RunInputs<'a> {
        let mut inputs = RunInputs {
            metadata: given(self.metadata),
            ..RunInputs::default()
        };
        self.kwargs.each(|child| match child.name().as_deref() {
            Some("input") => inputs.input = given(child.value),
            Some("context") => inputs.context = given(child.value),
            Some("config") => inputs.config = given(child.value),
            _ => {}
        });
        inputs
    }

    /// The server's API URL according to the delivery: `kwargs.config.metadata.langgraph_api_url`. It is not validated.
    #[must_use]
    pub(crate) fn api_url(&self) -> Option<Cow<'a, str>> {
        let path = ["config", "metadata", "langgraph_api_url"];
        let object = |json: RawJson<'a>, name: &str| {
            let is_object = json.json_type() == JsonType::Object;
            is_object
                .then(|| json.member(name))?
                .map(|child| child.value)
        };
        path.into_iter().try_fold(self.kwargs, object)?.text()
    }

    /// The large parts, for the API.
    #[must_use]
    pub(crate) fn contents(&self) -> Contents<'a> {
        let mut given_as_text = Vec::new();
        let mut part = |name, json| {
            let json = given(json)?.json();
            // A part of valid JSON is valid; of a body that is not, what is there is given all the same.
            match serde_json::from_str(json) {
                Ok(raw) if depth(json) <= DEPTH_MAX => Some(Given::Json(raw)),
                _ => {
                    given_as_text.push(name);
                    Some(Given::Text(json))
                }
            }
        };
        Contents {
            kwargs: part("kwargs", self.kwargs),
            values: part("values", self.values),
            given_as_text,
        }
    }
}

/// Nesting depth of JSON.
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

/// A value, unless it is absent or null.
fn given(json: RawJson<'_>) -> Option<RawJson<'_>> {
    (json.is_present() && !json.is_null()).then_some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_as_received() {
        let contents = |body: &str| {
            let found = RunBody::parse(body.as_bytes()).contents();
            [found.kwargs, found.values]
                .map(|part| part.map(|part| serde_json::to_string(&part).unwrap()))
        };
        let both = [Some("{\"a\": 1.0}".to_owned()), Some("[]".to_owned())];
        assert_eq!(contents("{\"kwargs\":{\"a\": 1.0},\"values\":[]}"), both);
        assert_eq!(
            contents("\u{feff}{\"values\":[],\"kwargs\":2,\"kwargs\":{\"a\": 1.0}}"),
            both
        );
        assert_eq!(
            contents("{\"x\":\"\\ud83d\",\"kwargs\":{\"a\": 1.0},\"values\":[]}"),
            both
        );
        assert_eq!(contents("{\"values\":null}"), [None, None]);
        assert_eq!(contents("not json"), [None, None]);
    }

    #[test]
    fn c16_parts_with_numbers_that_are_not_json_are_returned_as_text() {
        let body = r#"{"values": {"score": NaN}, "kwargs": {"input": 1}}"#;
        let json = serde_json::to_string(&RunBody::parse(body.as_bytes()).contents()).unwrap();
        assert_eq!(
            json,
            r#"{"kwargs":{"input": 1},"values":"{\"score\": NaN}","given_as_text":["values"]}"#
        );
    }

    #[test]
    fn deeply_nested_parts_are_returned_as_text_and_named() {
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        let (most, more) = (nested(DEPTH_MAX), nested(DEPTH_MAX + 1));
        let body = format!("{{\"kwargs\":{most},\"values\":{more}}}");
        let found = RunBody::parse(body.as_bytes()).contents();
        let json = |part: Option<Given<'_>>| serde_json::to_string(&part.unwrap()).unwrap();
        assert_eq!(json(found.kwargs), most);
        assert_eq!(json(found.values), format!("\"{more}\""));
        assert_eq!(found.given_as_text, ["values"]);
        let text = format!("[\"\\\"{}\"]", "[".repeat(500));
        assert_eq!(depth(&text), 1, "brackets in a string are not levels");
    }

    #[test]
    fn inputs_are_found_part_by_part() {
        let inputs = |body: &'static str| RunBody::parse(body.as_bytes()).inputs();
        let found =
            inputs(r#"{"metadata":{"b":1},"kwargs":{"input": [1.0],"config":null,"input":2}}"#);
        let shown = |part: Option<RawJson<'static>>| part.map(RawJson::json);
        assert_eq!(shown(found.input), Some("2"));
        assert_eq!(shown(found.metadata), Some("{\"b\":1}"));
        assert_eq!((shown(found.config), shown(found.context)), (None, None));
        assert!(inputs(r#"{"kwargs": 1}"#).input.is_none());
    }

    #[test]
    fn the_state_is_the_last_values_unless_null() {
        let state = |body: &str| {
            let state = RunBody::parse(body.as_bytes()).state();
            state.map(|state| state.json().to_owned())
        };
        assert_eq!(
            state(r#"{"values": 1, "values": {"a": 1.0} }"#).as_deref(),
            Some(r#"{"a": 1.0}"#)
        );
        assert_eq!(state("\u{feff}{\"values\":[]}").as_deref(), Some("[]"));
        for none in [r#"{"values": null}"#, "{}", "[]", "not json", ""] {
            assert_eq!(state(none), None, "{none}");
        }
        assert!(RunBody::parse(b"{\"values\": \"\xff\"}").state().is_none());
    }

    #[test]
    fn a_part_that_is_not_json_is_given_as_text() {
        let body = RunBody {
            values: RawJson::new("{nope"),
            ..RunBody::default()
        };
        let json = serde_json::to_string(&body.contents()).unwrap();
        assert_eq!(
            json,
            r#"{"kwargs":null,"values":"{nope","given_as_text":["values"]}"#
        );
    }

    #[test]
    fn only_a_list_is_a_conversation() {
        let is_conversation = |body: &str| RunBody::parse(body.as_bytes()).conversation().is_some();
        assert!(is_conversation(r#"{"values": {"messages": []}}"#));
        assert!(is_conversation(
            r#"{"values": {"messages": 1, "messages": [1]}}"#
        ));
        for none in [r#"{"messages": {}}"#, "{}", r#"[["messages", []]]"#, "1"] {
            assert!(
                !is_conversation(&format!(r#"{{"values": {none}}}"#)),
                "{none}"
            );
        }
    }
}
