//! The pages without JavaScript: headers, cookies, forms, and what they show without access.

mod assets;
mod body;
mod compare;
mod conversation;
pub(crate) mod copy;
mod errors;
mod fields;
mod follow_up;
mod home;
mod list;
mod navigation;
mod operator;
mod samples;
mod settings;
mod sources;
mod start;
mod tabs;
mod thread;

use std::io::Write;
use std::net::Shutdown;

use crate::access::{NOBODY, OPERATOR, caught, whole};
use crate::app::{Creel, Minted, Response};
use crate::guard::at_host;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A browser that keeps the cookies of creel's home page.
struct Visitor<'a> {
    creel: &'a Creel,
    cookies: String,
}

impl<'a> Visitor<'a> {
    /// A browser without cookies.
    fn new(creel: &'a Creel) -> Self {
        let cookies = String::new();
        Self { creel, cookies }
    }

    /// Creates an endpoint with the button of the home page, and owns it. Returns the id.
    fn mints(&mut self) -> String {
        let minted = self.sends("/endpoints", "");
        assert_eq!(minted.status, 303, "{}", minted.text());
        if let Some(cookie) = set_cookies(&minted).first() {
            cookie
                .split(';')
                .next()
                .unwrap_or_default()
                .clone_into(&mut self.cookies);
        }
        let path = minted.header("location").expect("the way on");
        path.strip_prefix("/inspect/")
            .expect("an endpoint's page")
            .to_owned()
    }

    fn asks(&self, method: &str, target: &str) -> Response {
        let cookies = [("Cookie", self.cookies.as_str())];
        self.creel.http(method, target, &cookies, b"")
    }

    fn opens(&self, target: &str) -> String {
        let response = self.asks("GET", target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        response.text()
    }

    /// Sends a form.
    fn sends(&self, target: &str, form: &str) -> Response {
        let headers = [
            ("Cookie", self.cookies.as_str()),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        self.creel.http("POST", target, &headers, form.as_bytes())
    }

    /// The capture URL's path and query, as the page shows it.
    fn target(&self, id: &str) -> String {
        let page = self.opens(&format!("/inspect/{id}"));
        let url = between(&page, "data-copy=\"", "\"");
        let (_, below) = url.split_once("/hook/").expect("a capture URL");
        format!("/hook/{below}")
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).expect(before);
    rest.split_once(after).expect(after).0
}

fn set_cookies(response: &Response) -> Vec<String> {
    let lines = response
        .head
        .lines()
        .filter_map(|line| line.split_once(": "));
    lines
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .map(|(_, value)| value.to_owned())
        .collect()
}

/// A cookie's attributes, sorted.
fn attributes(cookie: &str) -> Vec<&str> {
    let mut all: Vec<_> = cookie.split("; ").skip(1).collect();
    all.sort_unstable();
    all
}

fn assert_protected(response: &Response, what: &str) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(response.header(name), Some(value), "{what}: {name}");
    }
}

#[test]
fn pages_and_errors_are_protected_and_not_cached() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    assert_eq!(
        creel.http("POST", &owner.target(&id), &[], b"{}").status,
        200
    );
    let page = format!("/inspect/{id}");
    for (below, status) in [
        ("", 200),
        ("?how", 200),
        ("?how=langgraph&way=cron&in=python", 200),
        ("/1", 200),
        ("/1?tab=body&view=raw", 200),
        ("/rows", 200),
        ("/rows?after=0", 200),
        ("/settings", 200),
        ("/compare", 200),
        ("/compare?a=1&b=1", 200),
        ("/compare?a=1&b=2", 404),
        ("/thread/7c7f4d38-94d1-4e4b-9d8f-000000000000", 404),
        ("/thread/x", 404),
        ("/2", 404),
        ("/18446744073709551615", 404),
        ("/99999999999999999999", 404),
        ("/nothing", 404),
        ("?key=wrong", 404),
    ] {
        let response = owner.asks("GET", &format!("{page}{below}"));
        assert_eq!(response.status, status, "{below}");
        assert_protected(&response, below);
    }
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    for (method, target, status) in [
        ("GET", "/", 200),
        ("GET", "/doctor", 200),
        ("GET", "/docs/nothing-arrives", 200),
        ("GET", "/docs/starting-runs", 200),
        ("GET", "/docs/proxies", 200),
        ("GET", "/docs/query", 200),
        ("GET", "/docs", 200),
        ("GET", "/operator", 403),
        ("GET", "/nowhere", 404),
        ("GET", "/inspect/x", 404),
        ("DELETE", "/", 404),
        ("POST", "/endpoints", 303),
    ] {
        let response = creel.http(method, target, &form, b"");
        assert_eq!(response.status, status, "{method} {target}");
        assert_protected(&response, target);
    }
    let invalid = owner.sends(&format!("{page}/settings"), "token=x");
    assert_eq!(invalid.status, 400);
    assert_protected(&invalid, "a form with a wrong value");
    let signed_in = owner.sends("/operator", &format!("token={OPERATOR}"));
    assert_eq!(signed_in.status, 303);
    assert_protected(&signed_in, "signing in");
    let long = format!("name={}&token=keep", "x".repeat(70_000));
    let too_large = owner.sends(&format!("{page}/settings"), &long);
    assert_eq!(too_large.status, 413);
    assert_protected(&too_large, "a form that is too large");
    let foreign = [("Origin", "http://evil.example")];
    let foreign = creel.http("POST", "/endpoints", &foreign, b"");
    assert_eq!(foreign.status, 403);
    assert_protected(&foreign, "a form of another site");
    let rebound = at_host(&creel, "evil.example", "GET", "/", "");
    assert_eq!(rebound.status, 403);
    assert_protected(&rebound, "a name that is not ours");
}

#[test]
fn head_is_answered_like_get_without_body() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let page = format!("/inspect/{}", owner.mints());
    let home = owner.opens("/");
    let sheet = format!("/static/{}", between(&home, "href=\"/static/", "\""));
    for target in ["/", &page, &format!("{page}/settings"), &sheet, "/nowhere"] {
        let (get, head) = (owner.asks("GET", target), owner.asks("HEAD", target));
        assert_eq!(head.status, get.status, "{target}");
        assert_eq!(head.text(), "", "{target}");
        for name in ["content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{target}: {name}");
        }
    }
}

#[test]
fn assets_are_cached_forever_by_build_hash() {
    let creel = Creel::start(&[]);
    let home = creel.http("GET", "/", &[], b"").text();
    let root = format!("/static/{}", between(&home, "\"/static/", "/"));
    for (path, content_type) in [
        ("creel.svg", "image/svg+xml"),
        ("css/base.css", "text/css; charset=utf-8"),
        ("js/inspect.js", "text/javascript; charset=utf-8"),
    ] {
        let found = creel.http("GET", &format!("{root}/{path}"), &[], b"");
        assert_eq!(found.status, 200, "{path}");
        assert_eq!(found.header("content-type"), Some(content_type));
        assert_eq!(
            found.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(found.header("x-content-type-options"), Some("nosniff"));
        for wrong in ["/static/0123456789abcdef", "/static", &format!("{root}0")] {
            let missing = creel.http("GET", &format!("{wrong}/{path}"), &[], b"");
            assert_eq!(missing.status, 404, "{wrong}");
            assert_protected(&missing, wrong);
        }
    }
    for path in ["", "/", "/css", "/../Cargo.toml", "/js/%2e%2e/creel.svg"] {
        let missing = creel.http("GET", &format!("{root}{path}"), &[], b"");
        assert_eq!(missing.status, 404, "{path}");
    }
}

#[test]
fn a_share_link_becomes_two_cookies_for_its_endpoint() {
    let creel = Creel::start(&[]);
    let (endpoint, other) = (caught(&creel), caught(&creel));
    let (id, key) = (&endpoint.id, &endpoint.read_key);
    let traded = creel.http("GET", &format!("/inspect/{id}?key={key}"), &[], b"");
    assert_eq!(traded.status, 303);
    let clean = format!("/inspect/{id}");
    assert_eq!(traded.header("location"), Some(clean.as_str()));
    let cookies = set_cookies(&traded);
    let of_path = |path: String| [path, "HttpOnly".to_owned(), "SameSite=Lax".to_owned()];
    for (cookie, path) in cookies.iter().zip([
        format!("Path=/inspect/{id}"),
        format!("Path=/api/v1/endpoints/{id}"),
    ]) {
        assert!(cookie.starts_with(&format!("{}; ", creel.key_cookie(&endpoint))));
        for wanted in of_path(path) {
            assert!(attributes(cookie).contains(&wanted.as_str()), "{cookie}");
        }
        assert!(!attributes(cookie).contains(&"Secure"), "{cookie}");
    }
    assert_eq!(cookies.len(), 2);
    let cookie = creel.key_cookie(&endpoint);
    let reader = [("Cookie", cookie.as_str())];
    let read = creel.http("GET", &clean, &reader, b"");
    assert_eq!(read.status, 200);
    assert!(!read.text().contains("/settings"), "it may change nothing");
    for target in [
        format!("/inspect/{}", other.id),
        format!("/inspect/{id}/settings"),
    ] {
        let refused = creel.http("GET", &target, &reader, b"");
        assert_eq!(refused.status, 404, "{target}");
    }
    for wrong in [&other.read_key, &endpoint.token, "", "x"] {
        let refused = creel.http("GET", &format!("/inspect/{id}?key={wrong}"), &[], b"");
        assert_eq!(refused.status, 404, "{wrong}");
        assert_eq!(set_cookies(&refused), [""; 0]);
        assert!(refused.text().contains("Not found"));
    }
}

#[test]
fn creating_an_endpoint_sets_one_protected_owner_cookie() {
    for (args, secure) in [
        (&[][..], false),
        (&["--public-url", "https://creel.example"], true),
        (&["--public-url", "http://creel.example"], false),
    ] {
        let creel = Creel::start(args);
        let minted = Visitor::new(&creel).sends("/endpoints", "");
        let cookies = set_cookies(&minted);
        assert_eq!(cookies.len(), 1, "{args:?}");
        let prefix = if secure { "__Host-" } else { "" };
        assert!(cookies[0].starts_with(&format!("{prefix}creel_owner_")));
        let mut expected = vec!["HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=Lax"];
        expected.extend(secure.then_some("Secure"));
        assert_eq!(attributes(&cookies[0]), expected, "{args:?}");
        let owner = cookies[0].split(';').next().unwrap_or_default();
        let cookies = owner.to_owned();
        let again = Visitor {
            creel: &creel,
            cookies,
        };
        let again = again.sends("/endpoints", "");
        assert_eq!(again.status, 303);
        assert_eq!(set_cookies(&again), [""; 0], "it is an owner already");
    }
}

#[test]
fn the_home_page_lists_only_this_browsers_endpoints() {
    let creel = Creel::start(&[]);
    let (mut one, mut two) = (Visitor::new(&creel), Visitor::new(&creel));
    let (first, second, other) = (one.mints(), one.mints(), two.mints());
    let nobodys = creel.mint("{}").id;
    let listed = |visitor: &Visitor<'_>| {
        let page = visitor.opens("/");
        let links = page.split("href=\"/inspect/").skip(1);
        let ids = links.filter_map(|rest| rest.split('"').next());
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(listed(&one), [second, first]);
    assert_eq!(listed(&two), [other]);
    let stranger = Visitor::new(&creel);
    assert_eq!(listed(&stranger), [""; 0]);
    assert!(!stranger.opens("/").contains(&nobodys));
}

#[test]
fn with_mint_operator_the_home_page_has_no_button() {
    let creel = Creel::start(&["--operator-token", OPERATOR, "--mint", "operator"]);
    let mut stranger = Visitor::new(&creel);
    let home = stranger.opens("/");
    assert!(home.contains("Only the operator can create endpoints here"));
    assert!(!home.contains("<form"));
    let refused = stranger.sends("/endpoints", "");
    let api = creel.http("POST", "/api/v1/endpoints", &[], b"{}");
    assert_eq!((refused.status, api.status), (404, 404));
    assert_eq!(whole(&refused), whole(&stranger.sends("/nowhere", "")));
    stranger.cookies = creel.sign_in(OPERATOR);
    assert!(stranger.opens("/").contains("action=\"/endpoints\""));
    stranger.mints();
}

#[test]
fn without_access_the_page_is_that_of_an_unknown_endpoint() {
    let creel = Creel::start(&[]);
    let endpoint = caught(&creel);
    let mut stranger = Visitor::new(&creel);
    stranger.mints();
    let reader = creel.key_cookie(&endpoint);
    for below in [
        "",
        "/1",
        "/1?tab=body",
        "/1/copy/curl",
        "/rows",
        "/rows?after=0&show=failed",
        "/settings",
        "?key=x",
        "/compare",
        "/compare?a=1&b=1",
        "/thread/7c7f4d38-94d1-4e4b-9d8f-000000000000",
    ] {
        let ask = |id: &str| stranger.asks("GET", &format!("/inspect/{id}{below}"));
        let refused = ask(&endpoint.id);
        assert_eq!(refused.status, 404, "{below}");
        assert_eq!(whole(&refused), whole(&ask(NOBODY)), "{below}");
    }
    for below in [
        "/settings",
        "/key",
        "/revoke",
        "/delete",
        "/samples",
        "/reply/reset",
    ] {
        let form = "name=x&token=none&confirmed=yes&sample=success";
        let ask = |id: &str| stranger.sends(&format!("/inspect/{id}{below}"), form);
        let refused = ask(&endpoint.id);
        assert_eq!(refused.status, 404, "{below}");
        assert_eq!(whole(&refused), whole(&ask(NOBODY)), "{below}");
        // Readers cannot manage.
        let headers = [
            ("Cookie", reader.as_str()),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let target = format!("/inspect/{}{below}", endpoint.id);
        let refused = creel.http("POST", &target, &headers, form.as_bytes());
        assert_eq!(refused.status, 404, "{below}");
    }
    let sent = creel.http("POST", &endpoint.target, &[], b"");
    let verdict = creel.deliveries(&endpoint)[1]["verdict"]["token"].clone();
    assert_eq!(
        (sent.status, verdict),
        (200, "match".into()),
        "the token is as it was"
    );
}

/// Elements that are separate from the text before them.
const BLOCKS: [&str; 8] = ["dd", "dt", "li", "p", "pre", "td", "th", "tr"];

/// The visible text of a page, with whitespace collapsed.
pub(crate) fn seen(page: &str) -> String {
    let pieces = page.split('<').map(|piece| match piece.split_once('>') {
        Some((tag, text)) if BLOCKS.iter().any(|block| tag.starts_with(block)) => [" ", text],
        Some((_, text)) => ["", text],
        None => ["", piece],
    });
    let text = pieces.flatten().collect::<Vec<_>>().concat();
    let text = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text, |text, (escaped, plain)| text.replace(escaped, plain));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page of an endpoint's only delivery.
fn delivery_page(creel: &Creel, endpoint: &Minted) -> String {
    creel.wait_for(endpoint, 1);
    creel.inspect(endpoint, "/1").text()
}

#[test]
fn a_delivery_shows_its_response_or_the_disconnect() {
    let creel = Creel::start(&[]);
    let answered = caught(&creel);
    let page = delivery_page(&creel, &answered);
    assert!(page.contains("answered <code>200</code>"));
    let left = creel.mint("{}");
    let mut sender = creel.connect();
    let begun = format!(
        "POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{{\"a\":",
        left.target
    );
    sender.write_all(begun.as_bytes()).unwrap();
    sender.shutdown(Shutdown::Both).unwrap();
    let page = delivery_page(&creel, &left);
    assert!(page.contains("The sender disconnected"), "{page}");
    assert!(page.contains("sender disconnected"), "{page}");
    assert!(!page.contains("answered <code>"), "{page}");
}
