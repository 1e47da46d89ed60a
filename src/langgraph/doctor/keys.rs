//! The keys of the webhook settings, and what keys are probably meant that the server ignores: misspelt ones, and those in the wrong place.
//!
//! **Invariant:** a value moves to another key only if that key is not set, and if the spelling leaves no doubt. A key that only resembles
//! another may mean the opposite of it (`loopback` and `disable_loopback`): it stays where it is.

use serde_json::{Map, Value};

pub(super) const BLOCK: &str = "webhooks";
pub(super) const BLOCK_KEYS: &[&str] = &["url", "headers", "env_prefix", "allowed_fields"];
pub(super) const URL_KEYS: &[&str] = &[
    "allowed_domains",
    "allowed_ports",
    "disable_loopback",
    "disable_private_ips",
    "max_url_length",
    "require_https",
];
/// Keys by which a whole `langgraph.json` is told from its `webhooks` block.
const FILE_KEYS: &[&str] = &[
    "$schema",
    "auth",
    "checkpointer",
    "dependencies",
    "dockerfile_lines",
    "env",
    "graphs",
    "http",
    "node_version",
    "python_version",
    "store",
    "ui",
];

/// A key that the server ignores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IgnoredKey {
    /// Its path, such as `webhooks.disable_loopback`.
    pub(super) path: String,
    /// The key that is meant.
    pub(super) meant: Option<Meant>,
}

/// The key that an ignored one stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    place: Place,
    key: &'static str,
    /// Whether there is no doubt.
    pub(super) is_sure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    File,
    Block,
    Url,
}

impl Place {
    fn path(self, key: &str) -> String {
        match self {
            Self::File => key.to_owned(),
            Self::Block => format!("{BLOCK}.{key}"),
            Self::Url => format!("{BLOCK}.url.{key}"),
        }
    }
}

impl Meant {
    /// The path of the right key.
    pub(super) fn path(&self) -> String {
        self.place.path(self.key)
    }

    /// The key in one of these places that a key in this place stands for.
    fn of(key: &str, place: Place, is_file: bool) -> Option<Self> {
        let block_keys = || BLOCK_KEYS.iter().map(|key| (Place::Block, *key));
        let url_keys = || URL_KEYS.iter().map(|key| (Place::Url, *key));
        let known: Vec<_> = match place {
            Place::File => [(Place::File, BLOCK)]
                .into_iter()
                .chain(
                    block_keys()
                        .chain(url_keys())
                        .filter(|(_, one)| *one == key),
                )
                .collect(),
            Place::Block => block_keys().chain(url_keys()).collect(),
            Place::Url => url_keys().chain(block_keys()).collect(),
        };
        let found = |is_meant: fn(&str, &str) -> bool, is_sure| {
            let (place, key) = known.iter().find(|(_, known)| is_meant(key, known))?;
            Some(Self {
                place: *place,
                key,
                is_sure,
            })
        };
        found(|key, known| key == known, true)
            .or_else(|| found(is_misspelt, true))
            .or_else(|| found(resembles, false).filter(|_| !is_file))
    }
}

/// Whether an object is a whole `langgraph.json`, not only its `webhooks` block.
pub(super) fn is_file(object: &Map<String, Value>) -> bool {
    let is_named =
        |key: &String| FILE_KEYS.contains(&key.as_str()) || is_misspelt(key, BLOCK) || key == BLOCK;
    object.is_empty() || object.keys().any(is_named)
}

/// The members of a `langgraph.json` without its `webhooks` that are probably meant for webhooks.
pub(super) fn outside(file: Map<String, Value>) -> Map<String, Value> {
    let is_meant = |key: &str| Meant::of(key, Place::File, true).is_some();
    file.into_iter().filter(|(key, _)| is_meant(key)).collect()
}

/// The keys that the server ignores: those outside the `webhooks` block, in it, and in its `url`.
pub(super) fn ignored(outside: &Map<String, Value>, block: &Map<String, Value>) -> Vec<IgnoredKey> {
    let url = block.get("url").and_then(Value::as_object);
    let unknown = |map: &Map<String, Value>, place: Place, known: &[&str]| -> Vec<_> {
        let keys = map.keys().filter(|key| !known.contains(&key.as_str()));
        keys.map(|key| IgnoredKey {
            path: place.path(key),
            meant: Meant::of(key, place, place == Place::File),
        })
        .collect()
    };
    let mut all = unknown(outside, Place::File, &[BLOCK]);
    all.extend(unknown(block, Place::Block, BLOCK_KEYS));
    all.extend(url.map_or_else(Vec::new, |url| unknown(url, Place::Url, URL_KEYS)));
    all
}

/// The block with every value at the key that is surely meant, as far as that key is not set.
pub(super) fn corrected(
    outside: &Map<String, Value>,
    block: &Map<String, Value>,
) -> Map<String, Value> {
    let mut made = block.clone();
    for (key, value) in outside {
        move_value(&mut made, key, value, Place::File);
    }
    for (key, value) in made.clone() {
        if !BLOCK_KEYS.contains(&key.as_str()) && move_value(&mut made, &key, &value, Place::Block)
        {
            made.remove(&key);
        }
    }
    let url = made.get("url").and_then(Value::as_object).cloned();
    for (key, value) in url.unwrap_or_default() {
        if !URL_KEYS.contains(&key.as_str())
            && move_value(&mut made, &key, &value, Place::Url)
            && let Some(Value::Object(url)) = made.get_mut("url")
        {
            url.remove(&key);
        }
    }
    made
}

/// Puts a value to the key that is meant; whether it is there now.
fn move_value(block: &mut Map<String, Value>, key: &str, value: &Value, from: Place) -> bool {
    let Some(meant) = Meant::of(key, from, from == Place::File).filter(|meant| meant.is_sure)
    else {
        return false;
    };
    let holder = match (meant.place, value) {
        (Place::File, Value::Object(inside)) if block.is_empty() => {
            block.clone_from(inside);
            return true;
        }
        (Place::File, _) => return false,
        (Place::Block, _) => block,
        (Place::Url, _) => {
            let url = block.entry("url").or_insert_with(|| Map::new().into());
            match url {
                Value::Object(url) => url,
                _ => return false,
            }
        }
    };
    let is_free = !holder.contains_key(meant.key);
    if is_free {
        holder.insert(meant.key.to_owned(), value.clone());
    }
    is_free
}

/// Whether a key differs from a known one only in case, in its separators, or in a letter or two.
fn is_misspelt(key: &str, known: &str) -> bool {
    let (key, known) = (letters(key), letters(known));
    let distance = distance(&key, &known);
    distance <= 2 && distance * 3 <= known.len().min(key.len())
}

/// Whether one of two keys is contained in the other.
fn resembles(key: &str, known: &str) -> bool {
    let (key, known) = (letters(key), letters(known));
    let contains = |long: &[u8], short: &[u8]| {
        short.len() >= 5 && long.windows(short.len()).any(|part| part == short)
    };
    contains(&known, &key) || contains(&key, &known)
}

/// The letters and digits of a key, in lower case.
fn letters(key: &str) -> Vec<u8> {
    let bytes = key.bytes().take(100);
    bytes
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
        .collect()
}

/// How many letters must be inserted, removed or replaced to make one text of the other.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, one) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (to, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(one != other);
            diagonal = row[to + 1];
            row[to + 1] = replaced.min(diagonal + 1).min(row[to] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l07_a_wrong_key_is_known_by_its_spelling_or_its_place() {
        for (key, place, expected) in [
            ("webhook", Place::File, Some("webhooks")),
            ("Web-Hooks", Place::File, Some("webhooks")),
            ("headers", Place::File, Some("webhooks.headers")),
            ("header", Place::File, None),
            ("graph", Place::File, None),
            (
                "disable_loopback",
                Place::Block,
                Some("webhooks.url.disable_loopback"),
            ),
            (
                "disableLoopback",
                Place::Block,
                Some("webhooks.url.disable_loopback"),
            ),
            ("urls", Place::Block, Some("webhooks.url")),
            ("header", Place::Block, Some("webhooks.headers")),
            (
                "allowed_field",
                Place::Block,
                Some("webhooks.allowed_fields"),
            ),
            ("headers", Place::Url, Some("webhooks.headers")),
            (
                "require_http",
                Place::Url,
                Some("webhooks.url.require_https"),
            ),
            ("retries", Place::Block, None),
            ("secret", Place::Url, None),
        ] {
            let meant = Meant::of(key, place, place == Place::File);
            let sure = meant
                .filter(|meant| meant.is_sure)
                .map(|meant| meant.path());
            assert_eq!(sure.as_deref(), expected, "{key}");
        }
        let unsure = Meant::of("loopback", Place::Url, false).unwrap();
        assert_eq!(unsure.path(), "webhooks.url.disable_loopback");
        assert!(!unsure.is_sure);
    }

    #[test]
    fn distances_count_letters() {
        for (a, b, expected) in [("", "abc", 3), ("abc", "abc", 0), ("abc", "axcd", 2)] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }
}
