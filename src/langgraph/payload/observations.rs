//! Observations about a head and a payload, as inputs for findings.
//!
//! **Invariant:** nothing is allocated for an ordinary delivery. Of secrets, only their paths are kept.

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;

use super::repeats;
use super::scalars::{is_time, shortened, time};
use super::schema::{KwargsMembers, Payload};
use super::secrets::Secrets;
use crate::domain::head::Head;
use crate::domain::observations::{
    HttpClient, Langsmith, NotNumber, Observations, UnreadTime, ValuesState,
};
use crate::domain::own_cookies;
use crate::domain::run::Run;
use crate::domain::target::path_and_query;
use crate::json::{JsonType, RawJson, find_nonfinite};

/// Longest `webhook` that is searched, in bytes: the maximum that LangGraph accepts.
const WEBHOOK_BYTES_MAX: usize = 65_536;

/// Longest number that is kept in place of a time, in bytes. A time has fewer.
const NUMBER_BYTES_MAX: usize = 64;

pub(super) fn of_run(payload: &Payload<'_>, run: &Run, head: &Head) -> Observations {
    let kwargs = payload.kwargs.0.as_ref();
    let messages = payload.state.messages.as_ref();
    Observations {
        values: if payload.state.is_present() {
            payload.state.values
        } else {
            ValuesState::Absent
        },
        unanswered_calls: messages.map_or(0, |messages| messages.unanswered.len() as u64),
        pause_requested: kwargs.is_some_and(pause_requested),
        token_in_webhook: kwargs.is_some_and(|kwargs| token_in(kwargs.webhook, head)),
        secrets: kwargs.map_or_else(Vec::new, secrets),
        missing: missing(payload),
        unknown: payload.unknown.names.clone(),
        unread_times: unread_times(payload, run),
        repeated: repeated(payload),
        ..Observations::default()
    }
}

/// The webhook of LangSmith that a payload is, if it is one.
pub(super) fn langsmith(payload: &Payload<'_>) -> Option<Langsmith> {
    payload
        .unknown
        .langsmith(payload.type_name.text().as_deref())
}

/// More header lines than this are refused by some servers: the lowest limit of those that creel knows, which is that of its own framework.
const MANY_LINES: u32 = 96;

pub(super) fn of_head(head: &Head, bodyless: bool, observations: &mut Observations) {
    let (mut lines, mut all) = (0, 0);
    let values = head.header_bytes().filter_map(|(name, value)| {
        all += 1;
        let is_type = name.eq_ignore_ascii_case(b"content-type");
        is_type.then_some(value)
    });
    for value in values {
        if lines == 0 {
            let start = value.get(..5).unwrap_or_default();
            observations.content_type_text = start.eq_ignore_ascii_case(b"text/");
        }
        lines += 1;
    }
    observations.content_types = if lines > 1 { lines } else { 0 };
    // HTTP/2 has other limits, and its fields were made into lines by creel.
    if head.exact {
        observations.many_lines = if all > MANY_LINES { all } else { 0 };
        observations.raw_target = head
            .target_bytes()
            .iter()
            .any(|byte| MUST_BE_ENCODED[usize::from(*byte)]);
    }
    observations.own_cookies_removed = own_cookies::are_removed_from(head);
    if bodyless && head.request_line().0 == "GET" {
        observations.bodyless_get_by = http_client(head);
    }
}

/// Whether a byte may not be in a target as it is (RFC 3986 section 2). `[` and `]` may not either, but every server accepts them. A table,
/// because every byte of every target is looked up.
static MUST_BE_ENCODED: [bool; 256] = {
    let mut table = [true; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        table[byte as usize] = matches!(
            byte,
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
        );
        byte += 1;
    }
    table
};

fn http_client(head: &Head) -> Option<HttpClient> {
    match &*head.header("user-agent")? {
        "node" => Some(HttpClient::Node),
        name if name.starts_with("python-httpx/") => Some(HttpClient::Httpx),
        _ => None,
    }
}

/// Names that both servers send in every delivery and that are absent.
fn missing(payload: &Payload<'_>) -> Vec<String> {
    let present = [
        ("run_id", payload.run_id.is_present()),
        ("thread_id", payload.thread_id.is_present()),
        ("assistant_id", payload.assistant_id.is_present()),
        ("metadata", payload.has_metadata),
        ("status", payload.status.is_present()),
        ("kwargs", payload.has_kwargs),
        (
            "multitask_strategy",
            payload.multitask_strategy.is_present(),
        ),
        ("created_at", payload.created_at.is_present()),
        ("updated_at", payload.updated_at.is_present()),
        ("run_started_at", payload.run_started_at.is_present()),
        ("run_ended_at", payload.run_ended_at.is_present()),
        ("webhook_sent_at", payload.webhook_sent_at.is_present()),
    ];
    let missing = present.into_iter().filter(|(_, is_present)| !is_present);
    missing.map(|(name, _)| name.to_owned()).collect()
}

/// Known members that occur more than once, at the top level or in `kwargs`.
fn repeated(payload: &Payload<'_>) -> Vec<String> {
    let kwargs = payload.kwargs.0.as_ref();
    let inside = kwargs.map(|kwargs| kwargs.repeats).unwrap_or_default();
    let names = payload.repeats.names(&repeats::RUN).map(str::to_owned);
    let inside = inside.names(&repeats::KWARGS);
    names
        .chain(inside.map(|name| format!("kwargs.{name}")))
        .collect()
}

/// The numbers of a body that JSON does not have.
pub(super) fn not_numbers(json: &str) -> Vec<NotNumber> {
    let found = find_nonfinite(json, Observations::NOT_NUMBERS_MAX);
    found
        .into_iter()
        .map(|one| NotNumber {
            path: one.path,
            text: one.word.to_owned(),
        })
        .collect()
}

/// The times that are present and no instants. `updated_at` is not in the run; it is parsed only if it does not look like the others.
fn unread_times(payload: &Payload<'_>, run: &Run) -> Vec<UnreadTime> {
    let updated = payload.updated_at;
    let has_offset = || updated.json().ends_with("+00:00\"") || updated.json().ends_with("Z\"");
    let times = [
        ("created_at", payload.created_at, run.created_at.is_some()),
        (
            "updated_at",
            updated,
            has_offset() || time(updated).is_some(),
        ),
        (
            "run_started_at",
            payload.run_started_at,
            run.started_at.is_some(),
        ),
        ("run_ended_at", payload.run_ended_at, run.ended_at.is_some()),
        (
            "webhook_sent_at",
            payload.webhook_sent_at,
            run.sent_at.is_some(),
        ),
    ];
    let unread = times
        .into_iter()
        .filter(|(_, json, is_read)| !is_read && json.is_present() && !json.is_null());
    unread
        .map(|(name, json, _)| {
            let is_number = json.json_type() == JsonType::Number;
            let is_kept = is_number || is_time(json);
            let text = is_kept.then(|| shortened(&json.text_or_json(), NUMBER_BYTES_MAX));
            UnreadTime {
                name: name.to_owned(),
                text: text.unwrap_or_default(),
            }
        })
        .collect()
}

/// Whether the run was created to stop before or after some node: a list of nodes, or `*`.
fn pause_requested(kwargs: &KwargsMembers<'_>) -> bool {
    let names_nodes = |json: RawJson<'_>| {
        let json = json.json().as_bytes();
        match json {
            [b'[', inner @ .., b']'] => !inner.trim_ascii().is_empty(),
            _ => json == b"\"*\"",
        }
    };
    names_nodes(kwargs.interrupt_before) || names_nodes(kwargs.interrupt_after)
}

fn secrets(kwargs: &KwargsMembers<'_>) -> Vec<String> {
    let mut secrets = Secrets::default();
    secrets.search("kwargs.context", kwargs.context);
    let configurable = kwargs.config.0.as_ref();
    let configurable = configurable.and_then(|config| config.configurable.0.as_ref());
    if let Some(configurable) = configurable {
        secrets.paths.extend_from_slice(&configurable.secrets.paths);
        secrets.paths.truncate(Observations::SECRETS_MAX);
    }
    secrets.paths
}

/// Whether the webhook URL contains this request's credentials: the token of its query, or user name and password.
fn token_in(webhook: RawJson<'_>, head: &Head) -> bool {
    let Some(webhook) = webhook.text().filter(|url| url.len() <= WEBHOOK_BYTES_MAX) else {
        return false;
    };
    query_token_in(&webhook, head) || user_in(&webhook, head)
}

/// The server escapes characters that a target must not contain, so the token may be spelled differently there and in the webhook URL.
fn query_token_in(webhook: &str, head: &Head) -> bool {
    let target = head.target();
    let query = path_and_query(&target).1.unwrap_or_default();
    let mut names_and_values = query.split('&').filter_map(|piece| piece.split_once('='));
    let token = names_and_values.find(|(name, value)| *name == "token" && !value.is_empty());
    let Some((_, token)) = token else {
        return false;
    };
    let holds = |token: &str| {
        let mut found = webhook.match_indices("token=");
        found.any(|(at, name)| webhook[at + name.len()..].starts_with(token))
    };
    let decoded = || percent_decode_str(token).decode_utf8_lossy();
    holds(token) || (token.contains('%') && holds(&decoded()))
}

/// httpx sends the user and the password of a URL as `Authorization: Basic`.
fn user_in(webhook: &str, head: &Head) -> bool {
    let Some(user) = userinfo(webhook) else {
        return false;
    };
    let authorization = head.header("authorization").unwrap_or_default();
    let credentials = authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let Some(pair) = credentials.and_then(|(_, pair)| STANDARD.decode(pair.trim()).ok()) else {
        return false;
    };
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let mut expected: Vec<u8> = percent_decode_str(name).collect();
    expected.push(b':');
    expected.extend(percent_decode_str(password));
    pair == expected
}

/// The part between `://` and `@`.
fn userinfo(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    authority.rsplit_once('@').map(|(user, _)| user)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::time::Time;
    use crate::langgraph::read;

    fn observe(head: &str, body: &str) -> Observations {
        let raw = format!("{head}\r\n\r\n").into();
        let head = Head { raw, exact: true };
        read(&head, body.as_bytes(), None, Time::from_micros(0))
            .1
            .observations
    }

    fn token_echoed(head: &str, webhook: &str) -> bool {
        let id = "01a20015-a599-73cf-a7e4-82e5ac641e67";
        let body = json!({"run_id": id, "kwargs": {"webhook": webhook}});
        observe(head, &body.to_string()).token_in_webhook
    }

    #[test]
    fn credentials_are_found_in_every_spelling() {
        let query =
            |target: &str, webhook: &str| token_echoed(&format!("POST {target} HTTP/1.1"), webhook);
        assert!(query("/hook/x?token=abc", "http://h/hook/x?token=abc"));
        assert!(query(
            "/hook/x?a=b&token=a%20b",
            "http://h/hook/x?token=a b"
        ));
        assert!(query(
            "/hook/x?token=s%2Bcr",
            "http://h/hook/x?token=s%2Bcr&n"
        ));
        assert!(!query("/hook/x?token=abc", "http://h/hook/abc?token=ab"));
        assert!(!query("/hook/x?token=", "http://h/hook/x?token="));
        assert!(!query("/hook/x", "http://h/hook/x?token=abc"));
        let basic = |pair: &str, webhook: &str| {
            token_echoed(
                &format!("POST / HTTP/1.1\r\nAuthorization: Basic {pair}"),
                webhook,
            )
        };
        assert!(basic("dXNlcjpwYUBzcw==", "http://user:pa%40ss@h/"));
        assert!(!basic("dXNlcjpwYUBzcw==", "http://user:other@h/"));
        assert!(!basic("dXNlcjpwYUBzcw==", "http://h/user:pa@ss@"));
        assert!(!basic("!!", "http://user:pa%40ss@h/"));
    }

    #[test]
    fn c13_every_known_member_is_noticed_if_it_is_repeated() {
        let id = "01a20015-a599-73cf-a7e4-82e5ac641e67";
        let repeated = |members: &str| {
            let body = format!(
                r#"{{"run_id": "{id}", "thread_id": "{id}", "status": "success", {members}}}"#
            );
            observe("POST / HTTP/1.1", &body).repeated
        };
        for name in repeats::RUN {
            let value = if name == "run_id" { id } else { "x" };
            let again = format!(r#""{name}": 1, "{name}": "{value}""#);
            assert_eq!(repeated(&again), [name]);
        }
        for name in repeats::KWARGS {
            let again = format!(r#""kwargs": {{"{name}": 1, "other": 2, "{name}": 3}}"#);
            assert_eq!(repeated(&again), [format!("kwargs.{name}")]);
        }
        assert_eq!(
            repeated(r#""a": 1, "a": 2, "kwargs": {"b": 1, "b": 2}"#),
            [""; 0]
        );
        let last = r#""kwargs": {"input": 1, "input": 2}, "kwargs": {}"#;
        assert_eq!(repeated(last), ["kwargs"], "of what counts");
    }

    #[test]
    fn content_types_are_counted_and_text_is_noticed() {
        let of = |lines: &str| {
            let observations = observe(&format!("POST / HTTP/1.1\r\n{lines}"), "{}");
            (observations.content_type_text, observations.content_types)
        };
        assert_eq!(of("Content-Type: application/json"), (false, 0));
        assert_eq!(of("content-type: Text/Plain; x"), (true, 0));
        assert_eq!(
            of("Content-Type: a/b\r\ncontent-type: text/plain"),
            (false, 2)
        );
        assert_eq!(of("X: text/plain"), (false, 0));
    }

    #[test]
    fn only_bodyless_gets_name_their_client() {
        let of = |head: &str, body: &str| observe(head, body).bodyless_get_by;
        let httpx = "User-Agent: python-httpx/0.28.1";
        assert_eq!(
            of(&format!("GET / HTTP/1.1\r\n{httpx}"), ""),
            Some(HttpClient::Httpx)
        );
        assert_eq!(
            of("GET / HTTP/1.1\r\nuser-agent: node", ""),
            Some(HttpClient::Node)
        );
        assert_eq!(of(&format!("GET / HTTP/1.1\r\n{httpx}"), "{}"), None);
        assert_eq!(of(&format!("HEAD / HTTP/1.1\r\n{httpx}"), ""), None);
        assert_eq!(of("GET / HTTP/1.1\r\nUser-Agent: Mozilla/5.0", ""), None);
    }
}
