//! Who may read and who may change, over real HTTP: a capture URL grants no access, and missing access looks like a wrong id.

mod cookies;
mod hosts;
mod operator;
mod streams;

use crate::app::{Creel, Minted, Response};

pub(crate) const OPERATOR: &str = "an-operator-token-of-a-test";
/// No endpoint has this id.
pub(crate) const NOBODY: &str = "7c7f4d38-94d1-4e4b-9d8f-000000000000";

fn operated() -> Creel {
    // This test sends so many wrong tokens that each response would be delayed.
    let no_delay = ["--wrong-tokens-per-minute", "1000000"];
    Creel::start(&[&["--operator-token", OPERATOR], &no_delay[..]].concat())
}

pub(crate) fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

/// The bytes of a response, without its date.
pub(crate) fn whole(response: &Response) -> String {
    let lines = response.head.lines();
    let mut head: Vec<&str> = lines
        .filter(|line| !line.to_ascii_lowercase().starts_with("date:"))
        .collect();
    // The framework writes the lines in a different order each time.
    head[1..].sort_unstable();
    format!("{}\n\n{}", head.join("\n"), response.text())
}

/// The readable URLs of an endpoint.
pub(crate) fn readable(id: &str) -> Vec<String> {
    [
        "",
        "/deliveries",
        "/deliveries/1",
        "/deliveries/1/body",
        "/deliveries/1/body?decoded",
        "/deliveries/1/content",
        "/export?format=ndjson",
        "/events?after=x",
    ]
    .iter()
    .map(|below| format!("/api/v1/endpoints/{id}{below}"))
    .collect()
}

/// An endpoint with one delivery.
pub(crate) fn caught(creel: &Creel) -> Minted {
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, &[], b"caught");
    endpoint
}

pub(crate) fn change(creel: &Creel, method: &str, id: &str, headers: &[(&str, &str)]) -> Response {
    creel.http(
        method,
        &format!("/api/v1/endpoints/{id}"),
        headers,
        br#"{"name":"changed"}"#,
    )
}

/// Names of the endpoints that a caller lists, newest first.
fn listed(creel: &Creel, headers: &[(&str, &str)]) -> Vec<String> {
    let list = creel.http("GET", "/api/v1/endpoints", headers, b"").json();
    let items = list["items"].as_array().expect("a page has items").clone();
    items
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn without_access_the_response_is_that_of_an_unknown_endpoint() {
    let creel = operated();
    let (endpoint, other) = (caught(&creel), caught(&creel));
    let bearers = [&other.read_key, &endpoint.token, &endpoint.id, "", "x"].map(bearer);
    let basic = format!("Basic {}", endpoint.read_key);
    let owner = creel.owner_cookie("stranger");
    let operator = creel
        .cookies()
        .session(&endpoint.read_key)
        .stripped()
        .to_string();
    let mut strangers: Vec<Vec<(&str, &str)>> = vec![vec![]];
    strangers.extend(
        bearers
            .iter()
            .map(|bearer| vec![("Authorization", bearer.as_str())]),
    );
    strangers.push(vec![("Authorization", &basic)]);
    strangers.push(vec![("Cookie", &owner)]);
    strangers.push(vec![("Cookie", &operator)]);
    strangers.push(vec![
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-User", "operator"),
    ]);
    for stranger in &strangers {
        for (target, nowhere) in readable(&endpoint.id).iter().zip(readable(NOBODY)) {
            let (refused, unknown) = (
                creel.http("GET", target, stranger, b""),
                creel.http("GET", &nowhere, stranger, b""),
            );
            assert_eq!(refused.status, 404, "{target} {stranger:?}");
            assert_eq!(whole(&refused), whole(&unknown), "{target} {stranger:?}");
        }
        for method in ["PATCH", "DELETE"] {
            let (refused, unknown) = (
                change(&creel, method, &endpoint.id, stranger),
                change(&creel, method, NOBODY, stranger),
            );
            assert_eq!(refused.status, 404, "{method} {stranger:?}");
            assert_eq!(whole(&refused), whole(&unknown), "{method} {stranger:?}");
        }
        assert_eq!(listed(&creel, stranger), [""; 0], "{stranger:?}");
    }
    assert_eq!(
        creel.deliveries(&endpoint).len(),
        1,
        "it is there all the same"
    );
}

#[test]
fn a_capture_url_grants_no_read_access() {
    let creel = Creel::start(&[]);
    let endpoint = caught(&creel);
    let below = ["", "/", "/deliveries", "/1", "/../inspect", "/%2e%2e/api"];
    for below in below {
        let (bare, query) = endpoint.target.split_once('?').expect("it has a token");
        for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
            let response = creel.http(method, &format!("{bare}{below}?{query}"), &[], b"");
            assert_eq!(
                response.status, 200,
                "{method} {below}: caught, as everything"
            );
            let told = whole(&response);
            for secret in [&endpoint.read_key, &endpoint.token, &endpoint.id] {
                assert!(!told.contains(secret.as_str()), "{told}");
            }
            assert!(
                ["", "caught\n"].contains(&response.text().as_str()),
                "{told}"
            );
            assert_eq!(
                response
                    .header("location")
                    .or(response.header("set-cookie")),
                None
            );
        }
    }
    let query = endpoint.target.split_once('?').expect("it has a token").1;
    for target in readable(&endpoint.id) {
        let with_token = format!("{}?{query}", target.split('?').next().unwrap_or_default());
        assert_eq!(
            creel.http("GET", &with_token, &[], b"").status,
            404,
            "{with_token}"
        );
    }
}

#[test]
fn a_read_key_reads_only_its_endpoint_and_changes_nothing() {
    let creel = Creel::start(&[]);
    let endpoint = caught(&creel);
    let key = bearer(&endpoint.read_key);
    let cookie = creel.key_cookie(&endpoint);
    for proof in [("Authorization", key.as_str()), ("Cookie", &cookie)] {
        let mut readable = readable(&endpoint.id);
        assert_eq!(
            creel
                .http("GET", &readable.pop().expect("the stream"), &[proof], b"")
                .status,
            400
        );
        for target in readable {
            assert_eq!(
                creel.http("GET", &target, &[proof], b"").status,
                200,
                "{target}"
            );
        }
        for method in ["PATCH", "DELETE"] {
            assert_eq!(
                change(&creel, method, &endpoint.id, &[proof]).status,
                404,
                "{method}"
            );
        }
        assert_eq!(listed(&creel, &[proof]), [""; 0]);
    }
    let shown = creel.api(&endpoint, "").json();
    assert_eq!(
        shown["name"],
        serde_json::Value::Null,
        "nothing was changed"
    );
    assert_eq!(
        shown["read_key"],
        serde_json::Value::Null,
        "a key is shown at minting only"
    );
}

#[test]
fn an_owner_manages_only_its_own_endpoints() {
    let creel = Creel::start(&[]);
    let of = |owner: &str| {
        let cookie = [("Cookie", owner)];
        let minted = creel.http("POST", "/api/v1/endpoints", &cookie, b"{}");
        assert_eq!(minted.status, 201);
        minted.json()["id"].as_str().expect("an id").to_owned()
    };
    let one = &creel.owner_cookie("one");
    let two = &format!("theme=dark; {}", creel.owner_cookie("two"));
    let (first, second, other) = (of(one), of(one), of(two));
    let nobodys = creel.mint("{}").id;
    assert_eq!(
        listed(&creel, &[("Cookie", one)]),
        [second.clone(), first.clone()]
    );
    assert_eq!(listed(&creel, &[("Cookie", two)]), [other.as_str()]);
    let target = |id: &str| format!("/api/v1/endpoints/{id}");
    for id in [&first, &second] {
        assert_eq!(
            creel
                .http("GET", &target(id), &[("Cookie", one)], b"")
                .status,
            200
        );
    }
    for id in [&other, &nobodys] {
        for method in ["GET", "PATCH", "DELETE"] {
            let response = change(&creel, method, id, &[("Cookie", one)]);
            assert_eq!(response.status, 404, "{method}");
        }
    }
    let changed = change(&creel, "PATCH", &first, &[("Cookie", one)]);
    assert_eq!(
        (changed.status, &changed.json()["name"]),
        (200, &"changed".into())
    );
    assert_eq!(
        change(&creel, "DELETE", &first, &[("Cookie", one)]).status,
        204
    );
    assert_eq!(listed(&creel, &[("Cookie", one)]), [second]);
    assert_eq!(
        creel
            .http("POST", &format!("/hook/{first}"), &[], b"")
            .status,
        404
    );
}

#[test]
fn the_operator_manages_all_endpoints() {
    let creel = operated();
    let owned = creel.http(
        "POST",
        "/api/v1/endpoints",
        &[("Cookie", &creel.owner_cookie("o"))],
        b"{}",
    );
    let owned = owned.json()["id"].as_str().expect("an id").to_owned();
    let endpoint = caught(&creel);
    let (token, cookie) = (bearer(OPERATOR), creel.sign_in(OPERATOR));
    for proof in [("Authorization", token.as_str()), ("Cookie", &cookie)] {
        assert_eq!(
            listed(&creel, &[proof]),
            [endpoint.id.clone(), owned.clone()]
        );
        for target in &readable(&endpoint.id)[..4] {
            assert_eq!(
                creel.http("GET", target, &[proof], b"").status,
                200,
                "{target}"
            );
        }
        assert_eq!(change(&creel, "PATCH", &owned, &[proof]).status, 200);
    }
    assert_eq!(
        change(&creel, "DELETE", &owned, &[("Authorization", &token)]).status,
        204
    );
    assert_eq!(listed(&creel, &[("Cookie", &cookie)]), [endpoint.id]);
}

#[test]
fn with_mint_operator_only_the_operator_creates_endpoints() {
    let creel = Creel::start(&["--operator-token", OPERATOR, "--mint", "operator"]);
    let mint = |headers: &[(&str, &str)]| creel.http("POST", "/api/v1/endpoints", headers, b"{}");
    let owner = creel.owner_cookie("x");
    for stranger in [
        &[][..],
        &[("Cookie", owner.as_str())],
        &[("Authorization", "Bearer x")],
    ] {
        assert_eq!(mint(stranger).status, 404, "{stranger:?}");
    }
    let operator = bearer(OPERATOR);
    let minted = mint(&[("Authorization", &operator)]);
    assert_eq!(minted.status, 201);
    let target = format!("/hook/{}", minted.json()["id"].as_str().expect("an id"));
    assert_eq!(
        creel.http("POST", &target, &[], b"").status,
        200,
        "captures are for all"
    );
}

#[test]
fn a_forged_owner_cookie_owns_nothing() {
    let creel = Creel::start(&[]);
    let other = Creel::start(&[]);
    let foreign = other.cookies().owner("secret").value().to_owned();
    let cookie = creel.owner_cookie("secret");
    let (name, value) = cookie.split_once('=').expect("a cookie");
    let mac = value.split_once('.').expect("a value with its MAC").1;
    for value in ["", "secret", "secret.", &format!("other.{mac}"), &foreign] {
        let cookie = format!("{name}={value}");
        let headers = [("Cookie", cookie.as_str())];
        let minted = creel.http("POST", "/api/v1/endpoints", &headers, b"{}");
        assert_eq!(minted.status, 201);
        let listed = creel.http("GET", "/api/v1/endpoints", &headers, b"");
        assert_eq!(listed.json()["items"], serde_json::json!([]), "{value:?}");
    }
}
