//! The operator's sign-in, the session that it opens, and its end.

use super::OPERATOR;
use crate::app::{Creel, Response};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn operator_page(creel: &Creel, cookie: &str) -> Response {
    creel.http("GET", "/operator", &[("Cookie", cookie)], b"")
}

fn cookie(response: &Response) -> String {
    let line = response.header("set-cookie").expect("a cookie");
    line.split(';').next().unwrap_or_default().to_owned()
}

#[test]
fn the_session_cookie_is_random_and_same_site() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let form = format!("token={OPERATOR}");
    let response = creel.http("POST", "/operator", &[FORM], form.as_bytes());
    assert_eq!(
        (response.status, response.header("location")),
        (303, Some("/operator"))
    );
    let line = response.header("set-cookie").unwrap();
    assert!(
        !line.contains(OPERATOR) && line.starts_with("creel_session_"),
        "{line}"
    );
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(
            line.split("; ").any(|part| part == attribute),
            "{attribute}: {line}"
        );
    }
    assert_eq!(operator_page(&creel, &cookie(&response)).status, 200);
    let files = std::fs::read_dir(creel.data_dir()).unwrap();
    let cookie = cookie(&response);
    let (_, value) = cookie.split_once('=').unwrap();
    let secret = value.rsplit_once('.').unwrap().0.to_owned();
    for file in files {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for text in [secret.as_str(), OPERATOR] {
            assert_eq!(memchr::memmem::find(&bytes, text.as_bytes()), None);
        }
    }
}

#[test]
fn without_a_session_the_page_asks_for_the_token() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let forged = creel.cookies().session(OPERATOR).stripped().to_string();
    let old = format!("creel_operator={OPERATOR}");
    for cookie in ["", &forged, &old] {
        let page = operator_page(&creel, cookie);
        assert_eq!(page.status, 403, "{cookie}");
        assert!(page.text().contains("name=\"token\""));
    }
    let wrong = creel.http("POST", "/operator", &[FORM], b"token=wrong");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (403, None));
    assert!(wrong.text().contains("Wrong operator token."));
    let in_url = creel.http("GET", &format!("/operator?token={OPERATOR}"), &[], b"");
    assert_eq!((in_url.status, in_url.header("set-cookie")), (403, None));
}

#[test]
fn the_printed_link_signs_in_once() {
    let mut creel = Creel::start(&[]);
    let line = creel.greeting.last().unwrap().clone();
    let url = line
        .strip_prefix("operator: http://creel.localhost:")
        .unwrap();
    let (target, rest) = url[url.find('/').unwrap()..].split_once(' ').unwrap();
    assert_eq!(rest, "(works once)");
    let host = [("Cookie", "")];
    assert_eq!(
        creel.http("GET", "/operator?code=wrong", &host, b"").status,
        403
    );
    assert_eq!(
        creel.http("HEAD", target, &host, b"").status,
        403,
        "that is no use of it"
    );
    let first = creel.http("GET", target, &host, b"");
    assert_eq!(
        (first.status, first.header("location")),
        (303, Some("/operator"))
    );
    assert_eq!(operator_page(&creel, &cookie(&first)).status, 200);
    let again = creel.http("GET", target, &host, b"");
    assert_eq!((again.status, again.header("set-cookie")), (403, None));
    assert!(again.text().contains("was already used"));
    creel.restart();
    assert_eq!(
        operator_page(&creel, &cookie(&first)).status,
        403,
        "another token, other sessions"
    );
}

#[test]
fn signing_out_ends_the_session_and_no_other() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let (one, two) = (creel.sign_in(OPERATOR), creel.sign_in(OPERATOR));
    let out = creel.http("POST", "/operator/sign-out", &[("Cookie", &one)], b"");
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(operator_page(&creel, &one).status, 403);
    assert_eq!(operator_page(&creel, &two).status, 200);
    let foreign = [("Cookie", two.as_str()), ("Origin", "http://evil.example")];
    assert_eq!(
        creel
            .http("POST", "/operator/sign-out", &foreign, b"")
            .status,
        403
    );
}

#[test]
fn cookies_of_another_server_do_not_sign_out_the_operator() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let session = creel.sign_in(OPERATOR);
    let name = session.split('=').next().unwrap();
    let random = "x".repeat(43);
    let added = format!("{name}=junk; {name}={random}; ").repeat(40);
    let cookies = format!("{added}{session}");
    assert_eq!(operator_page(&creel, &cookies).status, 200);
    let out = creel.http("POST", "/operator/sign-out", &[("Cookie", &cookies)], b"");
    assert_eq!(out.status, 303);
    assert_eq!(
        operator_page(&creel, &session).status,
        403,
        "the session has ended"
    );
}

#[test]
fn signing_in_again_ends_the_previous_session() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let first = creel.sign_in(OPERATOR);
    let form = format!("token={OPERATOR}");
    let lines = [FORM, ("Cookie", first.as_str())];
    let second = creel.http("POST", "/operator", &lines, form.as_bytes());
    assert_eq!(operator_page(&creel, &first).status, 403);
    assert_eq!(operator_page(&creel, &cookie(&second)).status, 200);
}

#[test]
fn a_session_survives_a_restart_but_not_expiry_or_a_new_token() {
    let mut creel = Creel::start(&["--operator-token", OPERATOR]);
    let session = creel.sign_in(OPERATOR);
    creel.restart();
    assert_eq!(operator_page(&creel, &session).status, 200);
    creel.restart_with(&["--operator-token", "another-operator-token"]);
    assert_eq!(operator_page(&creel, &session).status, 403);
    creel.restart_with(&["--operator-token", OPERATOR]);
    assert_eq!(
        operator_page(&creel, &session).status,
        403,
        "it ended for good"
    );
    let session = creel.sign_in(OPERATOR);
    let database = rusqlite::Connection::open(creel.data_dir().join("creel.db")).unwrap();
    database
        .execute("update session set expires_at_us = 1", [])
        .unwrap();
    assert_eq!(operator_page(&creel, &session).status, 403);
}

#[test]
fn signing_in_replaces_the_owner_secret() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let planted = creel.owner_cookie("somebody else knows this");
    let created = creel.http("POST", "/api/v1/endpoints", &[("Cookie", &planted)], b"{}");
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let form = format!("token={OPERATOR}");
    let lines = [FORM, ("Cookie", planted.as_str())];
    let response = creel.http("POST", "/operator", &lines, form.as_bytes());
    let cookies: Vec<_> = response
        .head
        .lines()
        .filter_map(|line| line.split_once("creel_owner_"))
        .collect();
    let renewed = format!("creel_owner_{}", cookies[0].1.split(';').next().unwrap());
    let reads = |cookie: &str| {
        let target = format!("/api/v1/endpoints/{id}");
        creel
            .http("GET", &target, &[("Cookie", cookie)], b"")
            .status
    };
    assert_eq!((reads(&planted), reads(&renewed)), (404, 200));
}

#[test]
fn many_wrong_tokens_are_delayed_and_the_correct_one_is_not() {
    let log = tempfile::NamedTempFile::new().unwrap();
    let stderr = std::fs::File::create(log.path()).unwrap();
    let args = [
        "--operator-token",
        OPERATOR,
        "--wrong-tokens-per-minute",
        "3",
    ];
    let creel = Creel::start_as(&args, |command| {
        command.stderr(stderr);
    });
    let ask = |token: &str| {
        let began = std::time::Instant::now();
        let bearer = format!("Bearer {token}");
        let target = "/api/v1/endpoints";
        assert_eq!(
            creel
                .http("GET", target, &[("Authorization", &bearer)], b"")
                .status,
            200
        );
        began.elapsed().as_millis()
    };
    for _ in 0..3 {
        ask("wrong");
    }
    assert!(ask("wrong") >= 1000, "the fourth is late");
    let form = [FORM];
    let began = std::time::Instant::now();
    assert_eq!(
        creel
            .http("POST", "/operator", &form, b"token=wrong")
            .status,
        403
    );
    assert!(began.elapsed().as_millis() >= 1000, "so is the form");
    let endpoint = creel.mint("{}");
    let began = std::time::Instant::now();
    let guess = format!("/inspect/{}?key=a-key-of-somebody", endpoint.id);
    assert_eq!(creel.http("GET", &guess, &[], b"").status, 404);
    let cookie = creel
        .cookies()
        .key(endpoint.id.parse().unwrap(), "a-key-of-somebody");
    let cookie = cookie[0].stripped().to_string();
    let page = format!("/inspect/{}", endpoint.id);
    assert_eq!(
        creel.http("GET", &page, &[("Cookie", &cookie)], b"").status,
        404
    );
    assert!(
        began.elapsed().as_millis() >= 2000,
        "so are share links and their cookies"
    );
    ask(OPERATOR);
    let text = std::fs::read_to_string(log.path()).unwrap();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.contains("wrong tokens"))
        .collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(lines[0].contains("--wrong-tokens-per-minute") && !lines[0].contains(OPERATOR));
}
