//! The header lines that each server sends, in its order and spelling.
//!
//! **Invariant:** `Content-Length` is last, followed only by the Authorization that httpx creates from `user:password@` in a URL. So lines
//! are started here, extended, and completed by `close`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

/// The header lines so far.
type Lines = Vec<(&'static str, String)>;

/// What the Python server sends.
pub(super) fn python(url: &Url) -> Lines {
    vec![
        ("Host", host(url)),
        ("Accept", "*/*".to_owned()),
        ("Accept-Encoding", "gzip, deflate, zstd".to_owned()),
        ("Connection", "keep-alive".to_owned()),
        ("User-Agent", "python-httpx/0.28.1".to_owned()),
        ("Content-Type", "application/json".to_owned()),
    ]
}

/// What the JavaScript server sends.
pub(super) fn javascript(url: &Url) -> Lines {
    vec![
        ("host", host(url)),
        ("connection", "keep-alive".to_owned()),
        ("content-type", "text/plain;charset=UTF-8".to_owned()),
        ("accept", "*/*".to_owned()),
        ("accept-language", "*".to_owned()),
        ("sec-fetch-mode", "cors".to_owned()),
        ("user-agent", "node".to_owned()),
        ("accept-encoding", "gzip, deflate".to_owned()),
    ]
}

/// The minimum for a request with JSON: LangSmith's documentation names no other headers.
pub(super) fn langsmith(url: &Url) -> Lines {
    vec![
        ("Host", host(url)),
        ("Content-Type", "application/json".to_owned()),
    ]
}

/// Adds lines of `webhooks.headers`, one of them with the token. A configured User-Agent replaces the server's, at another position.
pub(super) fn configure(lines: &mut Lines, token: Option<&str>) {
    lines.retain(|(name, _)| *name != "User-Agent");
    let token = token.unwrap_or("hook-secret-1");
    lines.extend([
        ("Authorization", format!("Bearer {token}")),
        ("X-Environment", "staging".to_owned()),
        ("User-Agent", "acme-agents/1.0".to_owned()),
    ]);
}

/// Adds a `content-type` of `webhooks.headers`, which does not replace the server's if its spelling differs.
pub(super) fn second_content_type(lines: &mut Lines) {
    lines.push(("content-type", "application/vnd.acme+json".to_owned()));
}

/// Completes the lines of a request with a body of this length in bytes, or without a body.
pub(super) fn close(lines: &mut Lines, body_bytes: Option<usize>, url: &Url) {
    let lower = lines.first().is_some_and(|(name, _)| *name == "host");
    let name = if lower {
        "content-length"
    } else {
        "Content-Length"
    };
    lines.extend(body_bytes.map(|bytes| (name, bytes.to_string())));
    if !lower {
        lines.extend(basic(url).map(|value| ("Authorization", value)));
    }
}

/// A URL without its `token`, and the token.
pub(super) fn without_token(url: &Url) -> (Url, Option<String>) {
    let is_token = |pair: &&str| pair.split('=').next() == Some("token");
    let query = url.query().unwrap_or_default();
    let token = url.query_pairs().find(|(name, _)| name == "token");
    let others: Vec<&str> = query.split('&').filter(|pair| !is_token(pair)).collect();
    let mut bare = url.clone();
    bare.set_query(Some(others.join("&").as_str()).filter(|query| !query.is_empty()));
    (bare, token.map(|(_, value)| value.into_owned()))
}

/// The value of the Host header, with the port if it is not the scheme's default.
#[must_use]
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The Authorization that httpx creates from `user:password@` in a URL.
fn basic(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut pair: Vec<u8> = percent_decode_str(url.username()).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(url.password().unwrap_or_default()));
    Some(format!("Basic {}", STANDARD.encode(pair)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_the_port_unless_default() {
        let host = |url| host(&Url::parse(url).unwrap());
        assert_eq!(host("http://localhost:8080/a"), "localhost:8080");
        assert_eq!(host("https://creel.example:443/a"), "creel.example");
        assert_eq!(host("http://[::1]:81/"), "[::1]:81");
    }

    #[test]
    fn a_user_in_the_address_becomes_a_basic_authorization() {
        let basic = |url| basic(&Url::parse(url).unwrap());
        assert_eq!(
            basic("http://user:pa%40ss@h/").as_deref(),
            Some("Basic dXNlcjpwYUBzcw==")
        );
        assert_eq!(basic("http://h/"), None);
    }

    #[test]
    fn only_the_token_is_removed_from_a_url() {
        let without = |url| {
            let (bare, token) = without_token(&Url::parse(url).unwrap());
            (bare.to_string(), token)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            without("http://h/a?token=s%2Bx"),
            ("http://h/a".to_owned(), some("s+x"))
        );
        assert_eq!(
            without("http://h/a?b=%2F&token=s&tokens=c"),
            ("http://h/a?b=%2F&tokens=c".to_owned(), some("s"))
        );
        assert_eq!(without("http://h/a?b"), ("http://h/a?b".to_owned(), None));
    }
}
