//! Paths of secrets in the parameters of a run: members of `kwargs.context` and `kwargs.config.configurable` with a name such as
//! `api_key` (LangGraph repeats both as the caller wrote them), and the record of the authenticated user.
//!
//! **Invariant:** only the path of a secret is kept, never the value. Depth, count and work are bounded; beyond the bounds, values are
//! skipped at the speed of the parser.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::domain::beginning::Beginning;
use crate::domain::observations::Observations;
use crate::json::{Container, Lenient, MemberName, RawJson, parse_or_repair, pass_over_scalars};

/// The record of the authenticated user, if the server authenticates its users.
pub(super) const AUTH_USER: &str = "langgraph_auth_user";
/// Levels below `context` or `configurable` that are searched.
const DEPTH_MAX: usize = 6;
/// Members and elements that one search visits, so that a hostile body cannot slow down captures. There are two searches per body.
const STEPS_MAX: usize = 4096;
/// Longest path that is kept, in bytes.
const PATH_BYTES_MAX: usize = 200;

/// Paths of members that may be secrets.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    pub(super) paths: Vec<String>,
    steps: usize,
}

impl Secrets {
    /// Searches the value at `path`. Invalid JSON ends the search; paths found before are kept.
    pub(super) fn search(&mut self, path: &str, json: RawJson<'_>) {
        self.search_at(&At::top(path), json);
    }

    /// Searches a member of the value at `path`, unless it is empty.
    pub(super) fn search_member(&mut self, path: &str, name: &str, value: RawJson<'_>) {
        if holds_something(value.json()) {
            self.search_at(&At::top(path).below(Step::Name(name)), value);
        }
    }

    fn search_at(&mut self, at: &At<'_>, json: RawJson<'_>) {
        let steps = self.steps;
        // If no attempt parses, the paths found before the error are kept.
        let _ = parse_or_repair(json.json(), |json| {
            self.steps = steps;
            self.read(at, json).ok()
        });
    }

    fn read(&mut self, at: &At<'_>, json: &str) -> serde_json::Result<()> {
        let visitor = SecretVisitor { secrets: self, at };
        visitor.deserialize(&mut serde_json::Deserializer::from_str(json))
    }

    /// Counts a visit; false if the search is over.
    fn may_continue(&mut self) -> bool {
        self.steps += 1;
        self.paths.len() < Observations::SECRETS_MAX && self.steps <= STEPS_MAX
    }

    fn keep(&mut self, at: &At<'_>) {
        let path = at.path();
        if !self.paths.contains(&path) {
            self.paths.push(path);
        }
    }
}

/// Whether a member of an object is not empty. Crons run as a user whose record has only empty members; that is not a secret.
#[derive(Debug, Default)]
struct Filled(bool);

impl<'de> Container<'de> for Filled {
    fn member<A: MapAccess<'de>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        self.0 |= holds_something(map.next_value::<RawJson<'de>>()?.json());
        Ok(())
    }
}

/// Whether this is a non-empty string, object or array. Numbers and booleans are not secrets.
fn holds_something(json: &str) -> bool {
    match json.as_bytes() {
        [b'"', .., b'"'] => json.len() > 2,
        [b'{' | b'[', inner @ .., _] => !inner.trim_ascii().is_empty(),
        _ => false,
    }
}

/// Whether a name is that of a secret, in any spelling: `apiKey`, `OPENAI_API_KEY`, `x-auth-token`.
pub(super) fn looks_secret(name: &str) -> bool {
    let mut letters = [0; 64];
    let mut count = 0;
    for byte in name.bytes() {
        if matches!(byte, b'-' | b'_' | b'.' | b' ') {
            continue;
        }
        let Some(place) = letters.get_mut(count) else {
            return false;
        };
        *place = byte.to_ascii_lowercase();
        count += 1;
    }
    let letters = &letters[..count];
    letters.ends_with(b"token") || (0..count).any(|at| begins_secret(&letters[at..]))
}

/// Dispatches on the first letter: this runs at every letter of every name of every delivery.
fn begins_secret(letters: &[u8]) -> bool {
    let is = |word: &[u8]| letters.starts_with(word);
    match letters {
        [b'a', ..] => is(b"apikey") || is(b"accesskey") || is(b"authorization"),
        [b'c', ..] => is(b"credential") || is(b"cookie"),
        [b'p', ..] => is(b"password") || is(b"passwd") || is(b"passphrase") || is(b"privatekey"),
        [b's', ..] => is(b"secret"),
        _ => false,
    }
}

/// A value by its last step and the steps before it, on the stack: a path is written only for what is found.
struct At<'a> {
    step: Step<'a>,
    up: Option<&'a At<'a>>,
    /// Levels below the start of the search.
    depth: usize,
}

enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    fn top(path: &'a str) -> Self {
        Self {
            step: Step::Name(path),
            up: None,
            depth: 0,
        }
    }

    fn below<'b>(&'b self, step: Step<'b>) -> At<'b> {
        At {
            step,
            up: Some(self),
            depth: self.depth + 1,
        }
    }

    /// `a.b.0.c`, shortened if it is long.
    fn path(&self) -> String {
        let mut path = self.up.map_or_else(String::new, |up| up.path() + ".");
        match self.step {
            // Not the complete name: it may have megabytes, and thousands of secrets below it.
            Step::Name(name) => {
                path.push_str(&name[..name.floor_char_boundary(2 * PATH_BYTES_MAX)]);
            }
            Step::Index(index) => path.push_str(&index.to_string()),
        }
        Beginning::of_bytes(&path, PATH_BYTES_MAX).to_string()
    }
}

/// Keeps the path of a value whose name is that of a secret, or searches the value.
struct SecretVisitor<'a> {
    secrets: &'a mut Secrets,
    at: &'a At<'a>,
}

impl<'de> DeserializeSeed<'de> for SecretVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { secrets, at } = self;
        if !secrets.may_continue() {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        let holds_secret = match at.step {
            Step::Name(AUTH_USER) => {
                let Lenient(user) = Lenient::<Filled>::deserialize(deserializer)?;
                user.is_some_and(|user| user.0)
            }
            Step::Name(name) if looks_secret(name) => {
                holds_something(RawJson::deserialize(deserializer)?.json())
            }
            _ if at.depth >= DEPTH_MAX => {
                return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
            }
            _ => return deserializer.deserialize_any(Self { secrets, at }),
        };
        if holds_secret {
            secrets.keep(at);
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for SecretVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(MemberName(name)) = map.next_key()? {
            map.next_value_seed(SecretVisitor {
                secrets: &mut *self.secrets,
                at: &self.at.below(Step::Name(&name)),
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for index in 0.. {
            let element = SecretVisitor {
                secrets: &mut *self.secrets,
                at: &self.at.below(Step::Index(index)),
            };
            if list.next_element_seed(element)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    pass_over_scalars!();
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn searched(json: &str) -> Vec<String> {
        let mut secrets = Secrets::default();
        secrets.search("kwargs.context", serde_json::from_str(json).unwrap());
        secrets.paths
    }

    /// The paths found, relative to the start of the search.
    fn paths(json: &Value) -> Vec<String> {
        let cut = |path: String| path.strip_prefix("kwargs.context.").unwrap().to_owned();
        searched(&json.to_string()).into_iter().map(cut).collect()
    }

    #[test]
    fn secret_names_are_recognised_in_every_spelling() {
        for name in [
            "api_key",
            "OPENAI_API_KEY",
            "openaiApiKey",
            "x-api-key",
            "token",
            "github_token",
            "X-Auth-Token",
            "client_secret",
            "DB_PASSWORD",
            "Authorization",
            "aws_access_key_id",
            "credentials",
            "set-cookie",
        ] {
            assert!(looks_secret(name), "{name}");
        }
        for name in [
            "",
            "user_id",
            "max_tokens",
            "tokens",
            "token_count",
            "key",
            "model",
            "thread_id",
            "author",
            "langgraph_auth_user_id",
            "langgraph_auth_permissions",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
        assert!(!looks_secret(&format!("{}secret", "x".repeat(100))));
    }

    #[test]
    fn secrets_are_found_and_empty_values_are_not() {
        let found = paths(&json!({
            "api_key": "sk-1", "model": "m", "password": "", "secret": null, "token": 7, "cookie": true,
            "servers": [{"url": "u"}, {"headers": {"Authorization": "Bearer x"}}],
            "credentials": {"user": "u"}, "client_secret": {}, "langgraph_auth_user": {"identity": "u"}
        }));
        let expected = [
            "api_key",
            "credentials",
            "langgraph_auth_user",
            "servers.1.headers.Authorization",
        ];
        assert_eq!(
            found.iter().collect::<std::collections::BTreeSet<_>>(),
            expected.map(str::to_owned).iter().collect()
        );
    }

    #[test]
    fn a_user_record_counts_if_it_names_somebody() {
        let user = |user: Value| paths(&json!({"langgraph_auth_user": user}));
        assert_eq!(user(json!({"identity": "u"})), ["langgraph_auth_user"]);
        for nobody in [
            json!(null),
            json!({}),
            json!({"identity": "", "is_authenticated": true, "display_name": ""}),
        ] {
            assert_eq!(user(nobody), [""; 0]);
        }
    }

    #[test]
    fn unreadable_values_are_passed_over() {
        let half_an_emoji = r#"{"a": "\ud83d", "b": {"token": "x"}}"#;
        assert_eq!(searched(half_an_emoji), ["kwargs.context.b.token"]);
        let huge = r#"{"a": "\ud83d", "n": [-1e999], "langgraph_auth_user": 1e999, "b": {"c": 1e999, "secret": "y"}}"#;
        assert_eq!(searched(huge), ["kwargs.context.b.secret"]);
        let late = format!(
            r#"{{"a": [{}1e999], "token": "x"}}"#,
            "0,".repeat(STEPS_MAX - 10)
        );
        assert_eq!(searched(&late), ["kwargs.context.token"]);
        for other in ["null", "1", "[]", "\"token\""] {
            assert_eq!(searched(other), [""; 0], "{other}");
        }
    }

    #[test]
    fn an_unreadable_member_hides_no_other() {
        let mut secrets = Secrets::default();
        for (name, value) in [
            ("a", r#"{"token": "x", "n": 1e999, "secret": "y"}"#),
            ("b", r#"[{"cut": "\ud83d", "cookie": "x"}]"#),
            ("n", "1e999"),
            ("token", "7"),
            ("api_key", r#""k""#),
        ] {
            secrets.search_member("c", name, RawJson::new(value));
        }
        let found = ["c.a.token", "c.a.secret", "c.b.0.cookie", "c.api_key"];
        assert_eq!(secrets.paths, found);
    }

    #[test]
    fn count_depth_and_length_are_bounded() {
        let many: serde_json::Map<String, Value> = (0..100)
            .map(|number| (format!("key{number}_token"), json!("x")))
            .collect();
        assert_eq!(paths(&many.into()).len(), Observations::SECRETS_MAX);
        let deep = |depth| (0..depth).fold(json!({"token": "x"}), |inner, _| json!({"a": inner}));
        assert_eq!(paths(&deep(DEPTH_MAX - 1)), ["a.a.a.a.a.token"]);
        assert_eq!(paths(&deep(DEPTH_MAX)), [""; 0]);
        let long = "é".repeat(1000);
        let found = paths(&json!({(long): {"token": "x"}}));
        assert!(found[0].ends_with("é\u{2026}") && found[0].len() <= PATH_BYTES_MAX);
    }
}
