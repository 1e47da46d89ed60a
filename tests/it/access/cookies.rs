//! creel's own cookies: never stored, never accepted from someone else, and of no use elsewhere.

use std::process::Command;

use serde_json::Value;

use super::{OPERATOR, bearer, caught};
use crate::app::{Creel, Minted, Response};
use crate::http::Follower;
use crate::store::migrations::BACK_TO_FOURTH;

/// All responses in which a reader could find captured data.
fn all_that_is_shown(creel: &Creel, endpoint: &Minted, seq: u64) -> Vec<String> {
    let page = |below: &str| creel.inspect(endpoint, below).text();
    let mut follower = Follower::new(creel, endpoint, "?after=0", &[]);
    let events = follower.events(usize::try_from(seq).unwrap());
    vec![
        creel.api(endpoint, "/deliveries").text(),
        creel.api(endpoint, &format!("/deliveries/{seq}")).text(),
        page(""),
        page(&format!("/{seq}?tab=headers")),
        page(&format!("/{seq}?tab=body")),
        page(&format!("/compare?a=1&b={seq}")),
        format!("{events:?}"),
    ]
}

fn database(creel: &Creel) -> Vec<u8> {
    let files = std::fs::read_dir(creel.data_dir()).unwrap();
    let bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    bytes.collect::<Vec<_>>().concat()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

/// The secret in a cookie, without the proof behind it.
fn secret_of(cookie: &str) -> &str {
    let (_, value) = cookie.split_once('=').unwrap();
    value.rsplit_once('.').unwrap().0
}

#[test]
fn values_of_creels_cookies_are_not_stored() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = caught(&creel);
    let (session, owner) = (
        creel.sign_in(OPERATOR),
        creel.owner_cookie("an-owner-secret"),
    );
    let key = creel.key_cookie(&endpoint);
    let cookie = format!("theme=dark; {session}; {owner}; {key}; last=1");
    let response = creel.http("GET", &endpoint.target, &[("Cookie", &cookie)], b"");
    assert_eq!(response.status, 200);
    let secrets = [&session, &owner, &key].map(|cookie| secret_of(cookie));
    for shown in all_that_is_shown(&creel, &endpoint, 2) {
        for secret in secrets {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
    }
    for secret in secrets {
        assert!(
            !contains(&database(&creel), secret),
            "{secret} is in a file"
        );
    }
    let delivery = creel.api(&endpoint, "/deliveries/2").json();
    let lines = delivery["headers"].as_array().unwrap();
    let kept = lines.iter().find(|line| line[0] == "Cookie").unwrap();
    let name = |cookie: &str| cookie.split_once('=').unwrap().0.to_owned();
    let expected = format!(
        "theme=dark; {}=removed-by-creel; {}=removed-by-creel; {}=removed-by-creel; last=1",
        name(&session),
        name(&owner),
        name(&key)
    );
    assert_eq!(kept[1], expected.as_str(), "the rest is as it was");
    assert_eq!(codes(&delivery), ["redirected_get", "own_cookies_removed"]);
}

fn codes(delivery: &Value) -> Vec<&str> {
    let findings = delivery["findings"].as_array().unwrap();
    let codes = findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap());
    codes.collect()
}

#[test]
fn values_of_creels_cookies_are_not_stored_over_http_2() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = caught(&creel);
    let session = creel.sign_in(OPERATOR);
    let sent = Command::new("curl")
        .args(["--silent", "--fail", "--http2-prior-knowledge", "--cookie"])
        .args([
            &session,
            &format!("http://{}{}", creel.addr, endpoint.target),
        ])
        .status();
    assert!(
        sent.expect("curl is installed: tests/run does it")
            .success()
    );
    let secret = secret_of(&session);
    for shown in all_that_is_shown(&creel, &endpoint, 2) {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!contains(&database(&creel), secret));
}

#[test]
fn cookies_stored_by_an_earlier_version_are_removed() {
    let mut creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = caught(&creel);
    creel.end("TERM");
    let file = creel.data_dir().join("creel.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    let head = "GET /hook/x HTTP/1.1\r\nCookie: a=b; creel_operator=THE-OLD-TOKEN; creel_owner=OLD\r\n\r\n";
    database
        .execute("update delivery set head = cast(?1 as blob)", [head])
        .unwrap();
    database.execute_batch(BACK_TO_FOURTH).unwrap();
    database
        .execute_batch("drop table session; drop table instance; pragma user_version = 3;")
        .unwrap();
    drop(database);
    creel.restart();
    let delivery = creel.api(&endpoint, "/deliveries/1").json();
    let expected = "a=b; creel_operator=removed-by-creel; creel_owner=removed-by-creel";
    assert_eq!(delivery["headers"][0][1], expected);
    assert_eq!(codes(&delivery), ["own_cookies_removed"]);
}

#[test]
fn an_old_operator_token_cookie_is_removed() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let old = format!("creel_operator={OPERATOR}; theme=dark");
    let response = creel.http("GET", "/", &[("Cookie", &old)], b"");
    let removal = response.header("set-cookie").unwrap();
    assert!(
        removal.starts_with("creel_operator=; ") && removal.contains("Max-Age=0"),
        "{removal}"
    );
    let response = creel.http("GET", "/", &[("Cookie", "theme=dark")], b"");
    assert_eq!(response.header("set-cookie"), None);
}

fn created(response: &Response) -> String {
    assert_eq!(response.status, 201);
    response.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn two_creels_on_one_host_use_different_cookie_names() {
    let (one, two) = (Creel::start(&[]), Creel::start(&[]));
    let name = |creel: &Creel| {
        creel
            .owner_cookie("x")
            .split('=')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_ne!(name(&one), name(&two));
    let mut again = one;
    let before = name(&again);
    again.restart();
    assert_eq!(name(&again), before, "also after a restart");
}

#[test]
fn a_deployment_cookie_of_another_server_is_ignored() {
    let creel = Creel::start(&[]);
    let owner = creel.owner_cookie("me");
    let id = created(&creel.http("POST", "/api/v1/endpoints", &[("Cookie", &owner)], b"{}"));
    let planted = "url=https%3A%2F%2Fevil.example&assistant=a";
    let of_another = creel.cookies().deployment("somebody else", planted);
    let name = of_another.name().to_owned();
    for cookie in [
        format!("creel_deployment={planted}"),
        format!("{name}={planted}"),
        format!("{name}=x.{planted}"),
        of_another.stripped().to_string(),
    ] {
        let cookies = format!("{owner}; {cookie}");
        let target = format!("/inspect/{id}");
        let page = creel.http("GET", &target, &[("Cookie", &cookies)], b"");
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("evil.example"), "{cookie}");
    }
}

#[test]
fn an_owner_cookie_of_another_server_neither_locks_out_nor_shares() {
    let creel = Creel::start(&[]);
    let (mine, planted) = (
        creel.owner_cookie("me"),
        creel.owner_cookie("somebody else"),
    );
    let id = created(&creel.http("POST", "/api/v1/endpoints", &[("Cookie", &mine)], b"{}"));
    let both = format!("{planted}; {mine}");
    let page = creel.http("GET", &format!("/inspect/{id}"), &[("Cookie", &both)], b"");
    assert_eq!(page.status, 200, "its own endpoint opens");
    for target in ["/api/v1/endpoints", "/endpoints"] {
        let refused = creel.http(
            "POST",
            target,
            &[
                ("Cookie", &both),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ],
            b"",
        );
        assert_eq!(refused.status, 400, "{target}");
        assert!(
            refused.text().contains("several owner cookies"),
            "{}",
            refused.text()
        );
    }
    let name = planted.split('=').next().unwrap();
    let junk = format!("{name}=junk; {name}=other.junk; {mine}");
    let created = creel.http("POST", "/api/v1/endpoints", &[("Cookie", &junk)], b"{}");
    assert_eq!(created.status, 201, "what was not made here does not count");
    let deployment = creel.cookies().deployment(
        "somebody else",
        "url=https%3A%2F%2Fevil.example&assistant=a",
    );
    let cookies = format!("{both}; {}", deployment.stripped());
    let page = creel.http(
        "GET",
        &format!("/inspect/{id}"),
        &[("Cookie", &cookies)],
        b"",
    );
    assert!(!page.text().contains("evil.example"));
}

#[test]
fn a_header_that_mentions_the_removal_causes_no_finding() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let lines = [("X-Note", "removed-by-creel"), ("Cookie", "a=b")];
    assert_eq!(
        creel.http("POST", &endpoint.target, &lines, b"x").status,
        200
    );
    let delivery = creel.api(&endpoint, "/deliveries/1").json();
    assert_eq!(codes(&delivery), [""; 0]);
}

#[test]
fn only_owner_and_operator_see_the_token() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint("{}");
    let (reader, operator) = (bearer(&endpoint.read_key), bearer(OPERATOR));
    let ask = |target: &str, proof: (&str, &str)| {
        let response = creel.http("GET", target, &[proof], b"");
        assert_eq!(response.status, 200, "{target}");
        response.text()
    };
    let api = format!("/api/v1/endpoints/{}", endpoint.id);
    let json: Value = serde_json::from_str(&ask(&api, ("Authorization", &reader))).unwrap();
    assert_eq!(json.get("token"), None);
    assert!(
        json["capture_url"]
            .as_str()
            .unwrap()
            .ends_with(&endpoint.id)
    );
    let json: Value = serde_json::from_str(&ask(&api, ("Authorization", &operator))).unwrap();
    assert_eq!(json["token"], endpoint.token.as_str());
    assert_eq!(json["capture_url"], endpoint.capture_url.as_str());
    let (key, session) = (creel.key_cookie(&endpoint), creel.sign_in(OPERATOR));
    for below in ["", "?how", "?how&way=batch&in=python"] {
        let page = format!("/inspect/{}{below}", endpoint.id);
        assert!(
            !ask(&page, ("Cookie", &key)).contains(&endpoint.token),
            "{page}"
        );
        assert!(
            ask(&page, ("Cookie", &session)).contains(&endpoint.token),
            "{page}"
        );
    }
}
