//! Webhook settings with which the server does not start: header templates that use the wrong environment variables, and names of fields
//! that it does not have.
//!
//! **Invariant:** the texts are the server's, word for word. Measured on langgraph-api 0.16.7, which checks in this order.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::version::Version;

/// The prefix of environment variables in header templates, unless `env_prefix` says otherwise.
const DEFAULT_PREFIX: &str = "LG_WEBHOOK_";

/// The fields that `allowed_fields` may list, in the order of the server's text.
const ALLOWED_FIELDS: [&str; 14] = [
    "assistant_id",
    "created_at",
    "error",
    "kwargs",
    "metadata",
    "multitask_strategy",
    "run_ended_at",
    "run_id",
    "run_started_at",
    "status",
    "thread_id",
    "updated_at",
    "values",
    "webhook_sent_at",
];

/// Why the server does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StartFailure {
    /// A field in `allowed_fields` that cannot be listed.
    Field(String),
    /// A template that is not `env.NAME`.
    NotEnv { prefix: String },
    /// An environment variable whose name is empty or has a dot.
    Dotted { name: String, prefix: String },
    /// An environment variable without the prefix.
    Prefix { name: String, prefix: String },
}

impl StartFailure {
    /// The server's text.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::Field(name) => {
                let valid = ALLOWED_FIELDS.map(|name| format!("'{name}'")).join(", ");
                format!(
                    "webhooks.allowed_fields contains invalid field '{name}'. Valid fields are: [{valid}]"
                )
            }
            Self::NotEnv { prefix } => format!(
                "webhook headers: only env.VAR references are allowed (e.g. {{{{ env.{prefix}FOO_BAR }}}})"
            ),
            Self::Dotted { name, prefix } => format!(
                "webhook headers: invalid env reference '{name}'. Use env.VAR with no dots (e.g. {{{{ env.{prefix}FOO_BAR }}}})"
            ),
            Self::Prefix { name, prefix } => format!(
                "webhook headers: environment variable name '{name}' must start with the configured env_prefix '{prefix}'"
            ),
        }
    }

    /// creel's explanation.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Field(_) => "`allowed_fields` may only list fields that the server has. `langsmith_session_name` is sent, but cannot be \
                               listed."
                .to_owned(),
            Self::NotEnv { .. } | Self::Dotted { .. } => {
                "A header template is an environment variable of the server: `${{ env.NAME }}`."
                    .to_owned()
            }
            Self::Prefix { prefix, .. } if prefix == DEFAULT_PREFIX => format!(
                "The name of an environment variable in a header template must start with `{DEFAULT_PREFIX}`, unless `env_prefix` sets \
                 another prefix. Rename the variable in the server’s environment too."
            ),
            Self::Prefix { prefix, .. } => format!(
                "The name of an environment variable in a header template must start with `{prefix}`, because `env_prefix` says so. \
                 Rename the variable in the server’s environment too."
            ),
        }
    }
}

/// Why a server of that version does not start with a block; `None` if it starts.
pub(super) fn failure(block: &Map<String, Value>, version: Version) -> Option<StartFailure> {
    if !version.reads_block() {
        return None;
    }
    let invalid = fields(block).find(|name| !ALLOWED_FIELDS.contains(name));
    if let Some(name) = invalid.filter(|_| version.filters_fields()) {
        return Some(StartFailure::Field(name.to_owned()));
    }
    let all = headers(block).flat_map(|(_, value)| templates(value));
    all.into_iter()
        .find_map(|template| template_failure(template.expression, prefix(block)))
}

fn template_failure(expression: &str, prefix: &str) -> Option<StartFailure> {
    let prefix = prefix.to_owned();
    let Some(name) = expression.strip_prefix("env.") else {
        return Some(StartFailure::NotEnv { prefix });
    };
    let name = name.to_owned();
    if name.is_empty() || name.contains('.') {
        Some(StartFailure::Dotted { name, prefix })
    } else if !name.starts_with(&prefix) {
        Some(StartFailure::Prefix { name, prefix })
    } else {
        None
    }
}

/// The block with the variables of header templates renamed and with invalid fields left out, so that the server starts.
pub(super) fn corrected(mut block: Map<String, Value>) -> Map<String, Value> {
    let prefix = prefix(&block).to_owned();
    if let Some(Value::Array(fields)) = block.get_mut("allowed_fields") {
        fields.retain(|name| {
            name.as_str()
                .is_some_and(|name| ALLOWED_FIELDS.contains(&name))
        });
    }
    if let Some(Value::Object(headers)) = block.get_mut("headers") {
        for value in headers.values_mut() {
            if let Value::String(text) = value {
                *text = with_prefix(text, &prefix);
            }
        }
    }
    block
}

/// A value of a header with the prefix before each variable.
fn with_prefix(value: &str, prefix: &str) -> String {
    let (mut made, mut end) = (String::new(), 0);
    for template in templates(value) {
        made.push_str(&value[end..template.start]);
        if template_failure(template.expression, prefix).is_none() {
            made.push_str(&value[template.start..template.end]);
        } else {
            let name = renamed(template.expression, prefix);
            made.extend(["${{ env.", &name, " }}"]);
        }
        end = template.end;
    }
    made + &value[end..]
}

/// The name that a variable must have: `LG_WEBHOOK_MY_TOKEN` for `env.MY_TOKEN`.
fn renamed(expression: &str, prefix: &str) -> String {
    let name = match expression.split_once('.') {
        Some((_, name)) if !name.is_empty() => name,
        Some(_) => "TOKEN",
        None => expression,
    };
    let name: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let without = |prefix: &str| {
        let start = name.get(..prefix.len())?;
        let rest = name.get(prefix.len()..)?;
        (start.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
    };
    let bare = without(prefix).or_else(|| without(DEFAULT_PREFIX));
    format!("{prefix}{}", bare.unwrap_or(&name))
}

/// The environment variables without which the server does not start.
pub(super) fn variables(block: &Map<String, Value>) -> BTreeSet<&str> {
    let all = headers(block).flat_map(|(_, value)| templates(value));
    all.filter_map(|template| template.expression.strip_prefix("env."))
        .collect()
}

/// The names of headers whose value looks like a template but is sent as it is, such as `Bearer ${TOKEN}`.
pub(super) fn literal_headers(block: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let is_literal = |value: &str| {
        let found = templates(value);
        let looks = value.matches("${").count() + value.matches("{{").count();
        looks > 2 * found.len()
    };
    headers(block)
        .filter(move |(_, value)| is_literal(value))
        .map(|(name, _)| name)
}

fn prefix(block: &Map<String, Value>) -> &str {
    let given = block.get("env_prefix").and_then(Value::as_str);
    given.unwrap_or(DEFAULT_PREFIX)
}

fn headers(block: &Map<String, Value>) -> impl Iterator<Item = (&str, &str)> {
    let headers = block.get("headers").and_then(Value::as_object);
    let pairs = headers.into_iter().flatten();
    pairs.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

fn fields(block: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let listed = block.get("allowed_fields").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str)
}

/// A `${{ … }}` in a value.
struct Template<'a> {
    start: usize,
    end: usize,
    expression: &'a str,
}

/// The templates that the server finds, by its expression `\$\{\{\s*([^}]+?)\s*\}\}`.
fn templates(value: &str) -> Vec<Template<'_>> {
    let mut found: Vec<Template<'_>> = Vec::new();
    for (start, open) in value.match_indices("${{") {
        let inside = &value[start + open.len()..];
        let length = inside.find('}').unwrap_or(0);
        let is_free = found.last().is_none_or(|last| last.end <= start);
        if is_free && length > 0 && inside[length..].starts_with("}}") {
            found.push(Template {
                start,
                end: start + open.len() + length + 2,
                expression: inside[..length].trim(),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn block(json: Value) -> Map<String, Value> {
        serde_json::from_value(json).unwrap()
    }

    fn header(value: &str) -> Map<String, Value> {
        block(json!({"headers": {"A": value}}))
    }

    #[test]
    fn l06_templates_need_the_prefix_and_are_corrected() {
        let prefix = "must start with the configured env_prefix 'LG_WEBHOOK_'";
        for (value, text, corrected) in [
            ("x", None, "x"),
            ("$MY ${ env.MY } ${{}}", None, "$MY ${ env.MY } ${{}}"),
            (
                "Bearer ${{ env.LG_WEBHOOK_T }}",
                None,
                "Bearer ${{ env.LG_WEBHOOK_T }}",
            ),
            ("${{env.LG_WEBHOOK_T}}", None, "${{env.LG_WEBHOOK_T}}"),
            (
                "Bearer ${{ env.MY_T }}",
                Some(prefix),
                "Bearer ${{ env.LG_WEBHOOK_MY_T }}",
            ),
            (
                "${{ env.lg_webhook_t }}",
                Some(prefix),
                "${{ env.LG_WEBHOOK_t }}",
            ),
            (
                "${{ MY_T }}",
                Some("only env.VAR references"),
                "${{ env.LG_WEBHOOK_MY_T }}",
            ),
            (
                "${{ secrets.T }}",
                Some("only env.VAR references"),
                "${{ env.LG_WEBHOOK_T }}",
            ),
            (
                "${{ env.A.B }}",
                Some("invalid env reference 'A.B'"),
                "${{ env.LG_WEBHOOK_A_B }}",
            ),
            (
                "${{ env. }}",
                Some("invalid env reference ''"),
                "${{ env.LG_WEBHOOK_TOKEN }}",
            ),
            (
                "${{ env.A }}:${{ env.B }}!",
                Some("name 'A'"),
                "${{ env.LG_WEBHOOK_A }}:${{ env.LG_WEBHOOK_B }}!",
            ),
        ] {
            let found = failure(&header(value), Version::NEWEST).map(|found| found.detail());
            assert_eq!(found.is_some(), text.is_some(), "{value}");
            assert!(
                found.unwrap_or_default().contains(text.unwrap_or_default()),
                "{value}"
            );
            let made = super::corrected(header(value));
            assert_eq!(made, header(corrected), "{value}");
            assert_eq!(failure(&made, Version::NEWEST), None, "{value}");
        }
    }

    #[test]
    fn l06_env_prefix_replaces_the_default() {
        let with = |prefix: &str, name: &str| {
            block(json!({"env_prefix": prefix, "headers": {"A": format!("${{{{ env.{name} }}}}")}}))
        };
        assert_eq!(failure(&with("", "HOME"), Version::NEWEST), None);
        assert_eq!(failure(&with("MY_", "MY_T"), Version::NEWEST), None);
        let wrong = with("MY_", "LG_WEBHOOK_T");
        let found = failure(&wrong, Version::NEWEST).unwrap();
        assert_eq!(
            found.detail(),
            "webhook headers: environment variable name 'LG_WEBHOOK_T' must start with the configured env_prefix 'MY_'"
        );
        assert_eq!(corrected(wrong), with("MY_", "MY_T"));
        let old = "0.4".parse().unwrap();
        assert_eq!(failure(&with("MY_", "T"), old), None, "it has no block");
    }

    #[test]
    fn only_fields_of_the_server_can_be_listed() {
        let listed = block(json!({"allowed_fields": ["run_id", "langsmith_session_name"]}));
        let detail = failure(&listed, Version::NEWEST).unwrap().detail();
        assert!(
            detail.starts_with("webhooks.allowed_fields contains invalid field 'langsmith_session_name'. Valid fields are: ['assistant_id', "),
            "{detail}"
        );
        let only = block(json!({"allowed_fields": ["run_id"]}));
        assert_eq!(corrected(listed.clone()), only);
        assert_eq!(failure(&listed, "0.7.10".parse().unwrap()), None);
    }

    #[test]
    fn variables_and_values_that_only_look_like_templates_are_found() {
        let both = block(
            json!({"headers": {"A": "${{ env.LG_WEBHOOK_T }}", "B": "${TOKEN}", "C": "{{ env.T }}", "D": "$5"}}),
        );
        assert_eq!(variables(&both), BTreeSet::from(["LG_WEBHOOK_T"]));
        assert_eq!(literal_headers(&both).collect::<Vec<_>>(), ["B", "C"]);
    }
}
