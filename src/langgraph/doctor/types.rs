//! The types of the webhook settings.
//!
//! **Invariant:** a setting of a wrong type is an error that says what it must be. The server converts some of them, such as `"no"` to false;
//! creel does not.

use serde_json::{Map, Value};

use super::keys::URL_KEYS;

/// The first key of an `url` block that was pasted without the rest; `None` for a `webhooks` block.
pub(super) fn lone_url_key(block: &Map<String, Value>) -> Option<&str> {
    let is_url = |key: &String| URL_KEYS.contains(&key.as_str());
    let mut keys = block.keys();
    let first = keys.find(|key| is_url(key))?;
    block.keys().all(is_url).then_some(first)
}

/// Rejects settings of a wrong type. With most of them the server does not start.
pub(super) fn check(block: &Map<String, Value>) -> Result<(), String> {
    for (key, value) in block {
        let (is_right, wanted) = match key.as_str() {
            "headers" => (is_object_of_texts(value), "an object of strings"),
            "env_prefix" => (value.is_string(), "a string"),
            "allowed_fields" => (is_list_of_texts(value), "a list of strings"),
            _ => continue,
        };
        if !is_right {
            return Err(format!("`webhooks.{key}` must be {wanted}"));
        }
    }
    let Some(url) = block.get("url") else {
        return Ok(());
    };
    let Value::Object(url) = url else {
        return Err("`webhooks.url` must be an object".to_owned());
    };
    for (key, value) in url {
        let all = |is_right: fn(&Value) -> bool| {
            value
                .as_array()
                .is_some_and(|list| list.iter().all(is_right))
        };
        let (is_right, wanted) = match key.as_str() {
            "allowed_domains" => (all(is_domain), "a list of hosts, each exact or `*.domain`"),
            "allowed_ports" => (all(Value::is_i64), "a list of numbers"),
            "max_url_length" => (value.is_i64(), "a number"),
            key if URL_KEYS.contains(&key) => (value.is_boolean(), "true or false"),
            _ => continue,
        };
        if !is_right {
            return Err(format!("`webhooks.url.{key}` must be {wanted}"));
        }
    }
    Ok(())
}

fn is_object_of_texts(value: &Value) -> bool {
    let members = value.as_object();
    members.is_some_and(|members| members.values().all(Value::is_string))
}

/// Null is no list, and lists nothing.
fn is_list_of_texts(value: &Value) -> bool {
    let list = value.as_array();
    value.is_null() || list.is_some_and(|list| list.iter().all(Value::is_string))
}

fn is_domain(value: &Value) -> bool {
    let domain = value.as_str().unwrap_or_default();
    !domain.is_empty() && (!domain.contains('*') || domain.starts_with("*."))
}
