//! creel below a path of its host (C40), behind a proxy that removes the path and behind one that passes it on: every link, form, redirect,
//! cookie and URL is below the path.

use std::collections::BTreeSet;

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted, Response, fixture};
use crate::http::Follower;

const BASE: &str = "/creel";
const PUBLIC: &str = "https://tools.example.com/creel";

fn below_path() -> Creel {
    Creel::start(&["--public-url", PUBLIC, "--operator-token", OPERATOR])
}

/// Attributes with a URL.
const URLS: [&str; 5] = ["href", "src", "action", "data-copy-href", "data-copy-link"];

/// The URLs in a page that lead to this host.
fn links(page: &str) -> BTreeSet<String> {
    let of = |name: &'static str| {
        let attribute = format!(" {name}=\"");
        let found: Vec<_> = page.split(&attribute).skip(1).collect();
        let values = found.into_iter().filter_map(|rest| rest.split('"').next());
        values
            .map(|value| value.replace("&#38;", "&"))
            .collect::<Vec<_>>()
    };
    let all = URLS.into_iter().flat_map(of);
    // An empty one is that of the page itself.
    all.filter(|url| !url.is_empty() && !url.starts_with("http") && !url.starts_with('#'))
        .collect()
}

/// The path that a proxy passes on: with the path of creel, or without.
fn passed_on(url: &str, removes: bool) -> &str {
    let below = url
        .strip_prefix(BASE)
        .unwrap_or_else(|| panic!("{url} is not below {BASE}"));
    let url = if removes { below } else { url };
    url.split('#').next().unwrap_or_default()
}

/// The first cookie that a response sets, as a browser sends it back, and its attributes.
fn cookie(response: &Response) -> (String, String) {
    let line = response.header("set-cookie").expect("a cookie");
    let (pair, attributes) = line.split_once("; ").expect("attributes");
    (pair.to_owned(), attributes.to_owned())
}

/// An endpoint of the operator's with a run, another delivery and a failed run.
fn captured(creel: &Creel) -> Minted {
    let endpoint = creel.mint("{\"reply\": [200, 500]}");
    let run = fixture("thread-turn-1");
    for body in [run["body"].as_str().unwrap(), "a=1", "{\"b\": [1, 2]}"] {
        let response = creel.http("POST", &endpoint.target, &[], body.as_bytes());
        assert!([200, 500].contains(&response.status), "{}", response.head);
    }
    endpoint
}

#[test]
fn c40_every_link_of_every_page_is_below_the_path_and_opens() {
    let creel = below_path();
    let endpoint = captured(&creel);
    let session = creel.sign_in(OPERATOR);
    for removes in [true, false] {
        let mut to_visit = vec![
            format!("{BASE}/"),
            format!("{BASE}/inspect/{}?how", endpoint.id),
        ];
        let mut visited = BTreeSet::new();
        while let Some(url) = to_visit.pop() {
            if !visited.insert(url.clone()) {
                continue;
            }
            let target = passed_on(&url, removes);
            let posts = [
                "sign-out",
                "/key",
                "/revoke",
                "/delete",
                "/reset",
                "/deployment",
                "/samples",
            ];
            if posts.iter().any(|post| target.contains(post)) || target.ends_with("/endpoints") {
                continue;
            }
            let response = creel.http("GET", target, &[("Cookie", &session)], b"");
            match response.status {
                200 => {}
                303 => to_visit.push(response.header("location").unwrap().to_owned()),
                status => panic!("{url}: {status}"),
            }
            let html = response.header("content-type").unwrap_or_default();
            if html.starts_with("text/html") {
                to_visit.extend(links(&response.text()));
            }
        }
        assert!(visited.len() > 90, "{}: {visited:#?}", visited.len());
        for seen in [
            "/operator",
            "/docs",
            "/compare?a=1&b=2",
            "/settings",
            "/body",
            "page.js",
        ] {
            let is_seen = visited.iter().any(|url| url.contains(seen));
            assert!(is_seen, "{seen}: {visited:#?}");
        }
    }
}

#[test]
fn redirects_forms_and_cookies_are_below_the_path() {
    let creel = below_path();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for before in [BASE, ""] {
        let made = creel.http("POST", &format!("{before}/endpoints"), &[form], b"name=x");
        assert_eq!(made.status, 303);
        let page = made.header("location").unwrap().to_owned();
        assert!(page.starts_with("/creel/inspect/"), "{page}");
        let (owner, attributes) = cookie(&made);
        assert!(owner.starts_with("__Secure-creel_owner_"), "{owner}");
        assert!(attributes.contains("Path=/creel;"), "{attributes}");
        assert!(attributes.contains("Secure"), "{attributes}");

        let mine = [("Cookie", owner.as_str()), form];
        let at = |below: &str| format!("{before}{}{below}", &page[BASE.len()..]);
        let saved = creel.http("POST", &at("/settings"), &mine, b"name=y");
        let expected = format!("{page}/settings?saved=general#general");
        assert_eq!(saved.header("location"), Some(expected.as_str()));
        let shared = creel.http("POST", &at("/key"), &mine, b"").text();
        let (_, key) = shared
            .split_once(&format!("{PUBLIC}/inspect/"))
            .expect("a share link");
        let (_, key) = key.split_once("?key=").expect("a key");
        let key: String = key
            .chars()
            .take_while(|letter| !"\"<".contains(*letter))
            .collect();
        let traded = creel.http("GET", &at(&format!("?key={key}")), &[], b"");
        assert_eq!(traded.header("location"), Some(page.as_str()));
        let id = &page["/creel/inspect/".len()..];
        for path in [page.clone(), format!("/creel/api/v1/endpoints/{id}")] {
            let line = format!("Path={path};");
            assert!(traded.head.contains(&line), "{line}: {}", traded.head);
        }
        let deleted = creel.http("POST", &at("/delete"), &mine, b"confirmed=yes");
        assert_eq!(deleted.header("location"), Some("/creel/?deleted"));
    }
    let token = format!("token={OPERATOR}");
    let signed_in = creel.http("POST", "/operator", &[form], token.as_bytes());
    assert_eq!(signed_in.header("location"), Some("/creel/operator"));
    let (session, attributes) = cookie(&signed_in);
    assert!(session.starts_with("__Secure-creel_session_"), "{session}");
    assert!(attributes.contains("Path=/creel;"), "{attributes}");
}

#[test]
fn the_api_gives_urls_below_the_path_and_serves_both_forms() {
    let creel = below_path();
    assert!(
        creel
            .greeting
            .iter()
            .any(|line| line.contains(&format!("{PUBLIC}/operator")))
    );
    let made = creel.http("POST", "/creel/api/v1/endpoints", &[], b"{}");
    let json = made.json();
    let id = json["id"].as_str().unwrap();
    let location = format!("/creel/api/v1/endpoints/{id}");
    assert_eq!(made.header("location"), Some(location.as_str()));
    let url = |name: &str| json[name].as_str().unwrap().to_owned();
    assert!(url("capture_url").starts_with(&format!("{PUBLIC}/hook/{id}?token=")));
    assert!(url("inspect_url").starts_with(&format!("{PUBLIC}/inspect/{id}?key=")));
    let key = bearer(&url("read_key"));
    for target in [location.as_str(), &location[BASE.len()..]] {
        let shown = creel.http("GET", target, &[("Authorization", &key)], b"");
        assert_eq!(shown.status, 200, "{target}");
    }
    let document = creel
        .http("GET", "/creel/api/openapi.json", &[], b"")
        .json();
    assert_eq!(document["servers"], serde_json::json!([{"url": PUBLIC}]));
    for target in ["/creel/livez", "/creel/readyz", "/creel", "/creel/", "/"] {
        assert_eq!(creel.http("GET", target, &[], b"").status, 200, "{target}");
    }
    for target in [
        "/creelx/livez",
        "/creel/creel/livez",
        "/Creel/livez",
        "/other/",
    ] {
        assert_eq!(creel.http("GET", target, &[], b"").status, 404, "{target}");
    }
}

#[test]
fn captures_keep_their_target_whatever_the_proxy_does() {
    let creel = below_path();
    let endpoint = creel.mint("{}");
    let target = &endpoint.target[BASE.len()..];
    assert!(target.starts_with("/hook/"), "{target}");
    let (path, query) = target.split_once('?').unwrap();
    let targets = [
        format!("{BASE}{path}/a//b?{query}&c"),
        format!("{path}/a//b?{query}&c"),
    ];
    for (n, target) in (1..).zip(&targets) {
        let sent = creel.http("POST", target, &[("X-A", "b")], b"{}");
        assert_eq!(sent.status, 200);
        let shown = creel.api(&endpoint, &format!("/deliveries/{n}")).json();
        assert_eq!(shown["target"], target.as_str());
        assert_eq!(shown["path"], "/a//b");
        assert_eq!(shown["verdict"]["token"], "match");
        assert_eq!(shown["headers_exact"], true);
        let copied = creel.inspect(&endpoint, &format!("/{n}/copy/curl")).text();
        let url = format!("'https://tools.example.com{}'", targets[0]);
        assert!(copied.contains(&url), "{url}: {copied}");
    }
    let mut follower = Follower::new(&creel, &endpoint, "?after=0", &[]);
    assert_eq!(follower.events(2).len(), 2);
}

#[test]
fn what_strict_servers_refuse_is_kept_or_listed_below_the_path_too() {
    let creel = below_path();
    let endpoint = creel.mint("{}");
    let send = |below: &str, lines: &str| {
        let target = format!("{}{below}", endpoint.target);
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: tools.example.com\r\nConnection: close\r\n{lines}\r\n"
        );
        creel.raw(head.as_bytes()).status
    };
    assert_eq!(send("&name=Zo\u{eb}", ""), 200);
    assert_eq!(send("", &"X: y\r\n".repeat(120)), 200);
    assert_eq!(creel.deliveries(&endpoint).len(), 2);
    assert_eq!(send("", "Host: other\r\n"), 400);
    let refused = creel.api(&endpoint, "/refused").json();
    assert_eq!(refused["items"][0]["status"], 400, "{refused}");
    let list = creel.inspect(&endpoint, "").text();
    let link = format!("href=\"{BASE}/inspect/{}/refused\"", endpoint.id);
    assert!(list.contains(&link), "{link}");
}

#[test]
fn capture_urls_can_have_a_path_of_their_own() {
    let creel = Creel::start(&[
        "--public-url",
        "https://creel.example",
        "--capture-url",
        "https://hooks.example/in/1/",
    ]);
    let endpoint = creel.mint("{}");
    let url = format!("https://hooks.example/in/1/hook/{}?", endpoint.id);
    assert!(endpoint.capture_url.starts_with(&url));
    let head = |target: &str| {
        format!(
            "POST {target} HTTP/1.1\r\nHost: hooks.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
    };
    let below = endpoint.target.strip_prefix("/in/1").expect("the path");
    for target in [&endpoint.target, below] {
        assert_eq!(creel.raw(head(target).as_bytes()).status, 200, "{target}");
    }
    let page = creel.http("GET", "/", &[], b"").text();
    assert!(page.contains("action=\"/endpoints\""), "pages have no path");
}
