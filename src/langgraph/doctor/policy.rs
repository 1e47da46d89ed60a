//! The webhook settings of a `langgraph.json`: the `webhooks` block, which is also the value of `LANGGRAPH_WEBHOOKS`, and whether webhooks
//! are disabled.
//!
//! **Invariant:** settings of a wrong type are an error, because creel cannot interpret them. Keys that creel does not know stay in the block.

use serde_json::{Map, Value, json};

use super::keys::{self, BLOCK, BLOCK_KEYS, IgnoredKey, URL_KEYS};
use super::startup::{self, StartFailure};
use super::types;
use super::version::{Era, Version};

/// The webhook settings of a server; none by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    block: Map<String, Value>,
    /// Members of the file outside the block that are probably meant for it.
    outside: Map<String, Value>,
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
    /// What is invalid.
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
        let switch = file
            .get("http")
            .and_then(|http| http.get("disable_webhooks"));
        let disables_webhooks = switch == Some(&Value::Bool(true));
        let (block, outside) = match file.remove(BLOCK) {
            Some(Value::Object(block)) => (block, keys::outside(file)),
            Some(Value::Null) => (Map::new(), keys::outside(file)),
            Some(_) => return Err("`webhooks` must be an object".to_owned()),
            None if keys::is_file(&file) => (Map::new(), keys::outside(file)),
            None => match types::lone_url_key(&file) {
                Some(key) => {
                    let place = "`\"webhooks\": {\"url\": {…}}`";
                    return Err(format!("`{key}` belongs inside {place}"));
                }
                None => (file, Map::new()),
            },
        };
        types::check(&block)?;
        Ok(Self {
            block,
            outside,
            disables_webhooks,
        })
    }

    /// Whether there is a `webhooks` block with something in it.
    pub(super) fn has_block(&self) -> bool {
        BLOCK_KEYS.iter().any(|key| self.block.contains_key(*key))
    }

    /// Whether `key` is set in the `url` block.
    pub(super) fn sets(&self, key: &str) -> bool {
        self.url_key(key).is_some()
    }

    /// The keys that the server ignores.
    pub(super) fn ignored_keys(&self) -> Vec<IgnoredKey> {
        keys::ignored(&self.outside, &self.block)
    }

    /// Why a server of that version does not start with these settings; `None` if it starts.
    pub(super) fn start_failure(&self, version: Version) -> Option<StartFailure> {
        startup::failure(&self.block, version)
    }

    /// The environment variables without which the server does not start.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        startup::variables(&self.block).into_iter()
    }

    /// The names of headers whose value only looks like a template.
    pub(super) fn literal_headers(&self) -> impl Iterator<Item = &str> {
        startup::literal_headers(&self.block)
    }

    /// The settings with misplaced keys in their place and with header templates that a server accepts. If that makes other settings
    /// invalid, only the templates are corrected.
    pub(super) fn corrected(&self) -> Self {
        let moved = keys::corrected(&self.outside, &self.block);
        let (block, outside) = match types::check(&moved) {
            Ok(()) => (moved, Map::new()),
            Err(_) => (self.block.clone(), self.outside.clone()),
        };
        Self {
            block: startup::corrected(block),
            outside,
            disables_webhooks: self.disables_webhooks,
        }
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
            (
                r#"{"require_https": false}"#,
                "`require_https` belongs inside",
            ),
            (
                r#"{"headers": null}"#,
                "`webhooks.headers` must be an object",
            ),
            (
                r#"{"headers": {"A": 1}}"#,
                "`webhooks.headers` must be an object",
            ),
            (
                r#"{"env_prefix": null}"#,
                "`webhooks.env_prefix` must be a string",
            ),
            (
                r#"{"allowed_fields": "run_id"}"#,
                "`webhooks.allowed_fields`",
            ),
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
    fn l07_values_of_wrong_keys_move_to_the_right_ones() {
        let right = |text| Policy::read(text).unwrap();
        let expected = right(r#"{"webhooks": {"url": {"disable_loopback": false}}}"#);
        for text in [
            r#"{"graphs": {}, "webhook": {"url": {"disable_loopback": false}}}"#,
            r#"{"webhook": {"disable_loopback": false}}"#,
            r#"{"webhooks": {"disable_loopback": false}}"#,
            r#"{"webhooks": {"urls": {"disableLoopback": false}}}"#,
            r#"{"urls": {"disable_loopback": false}}"#,
            r#"{"graphs": {}, "disable_loopback": false}"#,
            r#"{"graphs": {}, "url": {"disable_loopback": false}}"#,
        ] {
            let policy = right(text);
            assert!(!policy.ignored_keys().is_empty(), "{text}");
            let corrected = policy.corrected();
            assert_eq!(corrected, expected, "{text}");
            assert_eq!(corrected.ignored_keys(), [], "{text}");
        }
        for stays in [
            r#"{"webhooks": {"url": {"loopback": true}}}"#,
            r#"{"webhooks": {"url": {}, "disable_loopback": "no"}}"#,
            r#"{"webhooks": {"retries": 3}}"#,
        ] {
            let policy = right(stays);
            assert_eq!(policy.ignored_keys().len(), 1, "{stays}");
            assert_eq!(policy.corrected(), policy, "{stays}");
        }
        let both =
            right(r#"{"webhooks": {"url": {"require_https": true}, "require_https": false}}"#);
        assert_eq!(both.corrected(), both, "which one is meant is unknown");
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
