//! The webhook settings of a `langgraph.json`: the `webhooks` block, which is also the value of `LANGGRAPH_WEBHOOKS`, and whether webhooks
//! are disabled.
//!
//! **Invariant:** settings that prevent the server from starting are an error, and so are those that creel cannot interpret. Keys that
//! creel does not know stay in the block.

use serde_json::{Map, Value, json};

use super::version::Era;

const BLOCK_KEYS: &[&str] = &["url", "headers", "env_prefix", "allowed_fields"];
const URL_KEYS: &[&str] = &[
    "allowed_domains",
    "allowed_ports",
    "disable_loopback",
    "disable_private_ips",
    "max_url_length",
    "require_https",
];

/// The webhook settings of a server; none by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    block: Map<String, Value>,
    pub(super) disables_webhooks: bool,
}

/// The effective settings, with defaults filled in.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) chars_max: i64,
    pub(super) https_only: bool,
    /// In lower case; empty allows all.
    pub(super) domains: Vec<String>,
    /// Empty allows all.
    pub(super) ports: Vec<i64>,
    pub(super) loopback_refused: bool,
    pub(super) private_refused: bool,
}

impl Policy {
    /// Reads a whole `langgraph.json`, its `webhooks` block with or without its name, or a value of `LANGGRAPH_WEBHOOKS`.
    ///
    /// # Errors
    /// What is invalid, or prevents the server from starting.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_end_matches(',');
        if text.is_empty() {
            return Ok(Self::default());
        }
        let text = match text.split_once('=') {
            Some((name, value)) if name.trim_end().ends_with("LANGGRAPH_WEBHOOKS") => {
                value.trim().trim_matches('\'')
            }
            _ => text,
        };
        let named = format!("{{{text}}}");
        let text = if text.starts_with('"') { &named } else { text };
        let read: Value =
            serde_json::from_str(text).map_err(|why| format!("invalid JSON: {why}"))?;
        let Value::Object(mut file) = read else {
            return Err("must be a JSON object".to_owned());
        };
        let has = |file: &Map<String, Value>, keys: &[&str]| {
            keys.iter().any(|key| file.contains_key(*key))
        };
        let switch = file
            .get("http")
            .and_then(|http| http.get("disable_webhooks"));
        let disables_webhooks = switch == Some(&Value::Bool(true));
        let block = match file.remove("webhooks") {
            Some(Value::Object(block)) => block,
            Some(Value::Null) => Map::new(),
            Some(_) => return Err("`webhooks` must be an object".to_owned()),
            None if has(&file, BLOCK_KEYS) => file,
            None if has(&file, URL_KEYS) => {
                return Err("these keys belong inside `\"webhooks\": {\"url\": {…}}`".to_owned());
            }
            None => Map::new(),
        };
        check(&block)?;
        Ok(Self {
            block,
            disables_webhooks,
        })
    }

    /// Whether there is a `webhooks` block with something in it.
    pub(super) fn has_block(&self) -> bool {
        !self.block.is_empty()
    }

    /// Whether `key` is set in the `url` block.
    pub(super) fn sets(&self, key: &str) -> bool {
        self.url_key(key).is_some()
    }

    /// Keys in the `url` block that the server ignores.
    pub(super) fn unknown_keys(&self) -> impl Iterator<Item = &str> {
        let url = self.block.get("url").and_then(Value::as_object);
        let keys = url.into_iter().flat_map(Map::keys).map(String::as_str);
        keys.filter(|key| !URL_KEYS.contains(key))
    }

    fn url_key(&self, key: &str) -> Option<&Value> {
        self.block.get("url")?.get(key)
    }

    /// The effective settings in an era; `None` where nothing is checked.
    pub(super) fn rules(&self, era: Era) -> Option<Rules> {
        if era == Era::Unchecked || (era == Era::WithBlock && !self.has_block()) {
            return None;
        }
        let is_set = URL_KEYS.iter().any(|key| self.sets(key));
        let list = |key| {
            let values = self.url_key(key).and_then(Value::as_array);
            values.into_iter().flatten()
        };
        let switch = |key, default| {
            self.url_key(key)
                .and_then(Value::as_bool)
                .unwrap_or(default)
        };
        let chars_max = self.url_key("max_url_length").and_then(Value::as_i64);
        Some(Rules {
            chars_max: chars_max.unwrap_or(if is_set { 2048 } else { 4096 }),
            https_only: switch("require_https", is_set),
            domains: list("allowed_domains")
                .filter_map(Value::as_str)
                .map(|domain| domain.trim().to_lowercase())
                .collect(),
            ports: list("allowed_ports").filter_map(Value::as_i64).collect(),
            loopback_refused: switch("disable_loopback", era == Era::LoopbackRefused),
            private_refused: switch("disable_private_ips", false),
        })
    }

    /// The same with a key of the `url` block set.
    pub(super) fn set(mut self, key: &str, value: Value) -> Self {
        let url = self.block.entry("url").or_insert_with(|| json!({}));
        if let Value::Object(url) = url {
            url.insert(key.to_owned(), value);
        }
        self
    }

    /// The same with a member of the block set.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.block.insert(name.to_owned(), value);
        self
    }

    /// The same with something added to a list of the `url` block.
    pub(super) fn add(self, key: &str, value: Value) -> Self {
        let mut list = self
            .url_key(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        list.push(value);
        self.set(key, list.into())
    }

    /// The block as it is written in a `langgraph.json`.
    pub(crate) fn to_langgraph_json(&self) -> String {
        format!("\"webhooks\": {:#}", Value::Object(self.block.clone()))
    }

    /// The block as an environment variable, quoted for a shell.
    pub(super) fn to_environment(&self) -> String {
        let value = Value::Object(self.block.clone()).to_string();
        format!("LANGGRAPH_WEBHOOKS='{}'", value.replace('\'', r"'\''"))
    }
}

impl Rules {
    /// Whether the exact host is listed.
    pub(super) fn names(&self, host: &str) -> bool {
        self.domains
            .iter()
            .any(|domain| domain == host && !domain.starts_with("*."))
    }

    /// Whether a `*.domain` entry matches the host.
    pub(super) fn names_parent(&self, host: &str) -> bool {
        let parents = self
            .domains
            .iter()
            .filter_map(|domain| domain.strip_prefix('*'));
        parents
            .filter(|parent| parent.starts_with('.'))
            .any(|parent| host.ends_with(parent))
    }
}

/// Rejects settings that prevent the server from starting, and those that creel cannot interpret.
fn check(block: &Map<String, Value>) -> Result<(), String> {
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

fn is_domain(value: &Value) -> bool {
    let domain = value.as_str().unwrap_or_default();
    !domain.is_empty() && (!domain.contains('*') || domain.starts_with("*."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_read_in_every_pasted_form() {
        let expected = Policy::default().set("require_https", false.into());
        for text in [
            r#"{"graphs": {}, "webhooks": {"url": {"require_https": false}}}"#,
            r#"{"url": {"require_https": false}}"#,
            r#""webhooks": {"url": {"require_https": false}},"#,
            r#"LANGGRAPH_WEBHOOKS='{"url":{"require_https":false}}'"#,
            r#"  export LANGGRAPH_WEBHOOKS={"url":{"require_https":false}}"#,
            &format!("{{{}}}", expected.to_langgraph_json()),
            &expected.to_environment(),
        ] {
            assert_eq!(Policy::read(text), Ok(expected.clone()), "{text}");
        }
        for text in ["", " ", "{}", r#"{"graphs": {}}"#, r#"{"webhooks": null}"#] {
            assert_eq!(Policy::read(text), Ok(Policy::default()), "{text}");
        }
        let off = Policy::read(r#"{"http": {"disable_webhooks": true}}"#).unwrap();
        assert!(off.disables_webhooks);
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        for (text, expected) in [
            ("nonsense", "invalid JSON"),
            ("[]", "object"),
            (r#"{"webhooks": []}"#, "`webhooks`"),
            (r#"{"url": null}"#, "`webhooks.url`"),
            (r#"{"require_https": false}"#, "belong inside"),
            (r#"{"url": {"require_https": "no"}}"#, "true or false"),
            (r#"{"url": {"allowed_domains": ["a.*"]}}"#, "`*.domain`"),
            (r#"{"url": {"allowed_domains": [""]}}"#, "list of hosts"),
            (r#"{"url": {"allowed_ports": ["80"]}}"#, "list of numbers"),
            (r#"{"url": {"max_url_length": null}}"#, "a number"),
        ] {
            let why = Policy::read(text).unwrap_err();
            assert!(why.contains(expected), "{text}: {why}");
        }
    }

    #[test]
    fn any_key_of_the_url_block_switches_https_only_on() {
        let rules = |text| {
            Policy::read(text)
                .unwrap()
                .rules(Era::LoopbackRefused)
                .unwrap()
        };
        let none = rules("{}");
        assert_eq!((none.https_only, none.chars_max), (false, 4096));
        let some = rules(r#"{"url": {"disable_loopback": false}}"#);
        assert_eq!((some.https_only, some.chars_max), (true, 2048));
        let unknown = rules(r#"{"url": {"loopback": false}}"#);
        assert_eq!((unknown.https_only, unknown.chars_max), (false, 4096));
    }
}
