//! The home page: creating an endpoint with a name, the list of one's own, and the command for programs.

use super::{Visitor, between, seen};
use crate::access::OPERATOR;
use crate::app::Creel;

#[test]
fn an_endpoint_is_created_with_a_name_that_is_checked_like_a_setting() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    owner.mints();
    let made = owner.sends("/endpoints", "name=+staging+%3Cagents%3E+");
    assert_eq!(made.status, 303);
    let page = owner.opens(made.header("location").expect("the way on"));
    assert!(page.contains("<title>staging &#60;agents&#62; ·"), "{page}");
    let long = "x".repeat(101);
    for (name, typed, why) in [
        ("a%00b", "value=\"a\0b\"", "control characters"),
        (long.as_str(), long.as_str(), "at most 100 characters"),
    ] {
        let refused = owner.sends("/endpoints", &format!("name={name}"));
        assert_eq!(refused.status, 400, "{name}");
        let page = refused.text();
        let form = between(&page, "action=\"/endpoints\"", "</form>");
        assert!(form.contains(why) && form.contains(typed), "{form}");
        assert!(form.contains("aria-invalid=\"true\""), "{form}");
    }
    let home = owner.opens("/");
    assert_eq!(home.matches("href=\"/inspect/").count(), 2);
}

#[test]
fn the_list_shows_name_id_deliveries_and_the_last_one() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let unnamed = owner.mints();
    owner.sends("/endpoints", "name=staging");
    let target = owner.target(&unnamed);
    for _ in 0..2 {
        assert_eq!(creel.http("POST", &target, &[], b"{}").status, 200);
    }
    let home = owner.opens("/");
    let rows: Vec<String> = home.split("<tr>").skip(2).map(seen).collect();
    assert_eq!(rows.len(), 2, "{home}");
    assert!(rows[0].starts_with("staging "), "{rows:?}");
    assert!(rows[0].contains(" 0 deliveries"), "{rows:?}");
    let begins = format!("Unnamed {} 2 deliveries last ", &unnamed[..8]);
    assert!(rows[1].starts_with(&begins), "{rows:?}");
}

/// The URL in the command of the home page.
fn command(page: &str) -> &str {
    between(page, "<pre id=\"create-command\" tabindex=\"0\">", "</pre>")
}

#[test]
fn the_command_creates_an_endpoint() {
    for args in [
        &[][..],
        &["--public-url", "http://staging.localhost:8080"],
        &["--capture-bind", "127.0.0.1:0"],
    ] {
        let creel = Creel::start(args);
        let host = format!("localhost:{}", creel.port());
        let home = crate::guard::at_host(&creel, &host, "GET", "/", "").text();
        let command = command(&home);
        let url = command
            .strip_prefix("curl -s -X POST http://")
            .expect("a command");
        let (addr, path) = url.split_once('/').expect("a path");
        assert_eq!(addr, creel.addr, "an address, which every program resolves");
        let made = creel.http("POST", &format!("/{path}"), &[], b"");
        assert_eq!(made.status, 201, "{command}");
    }
    let public = Creel::start(&["--public-url", "https://creel.example"]);
    let home = public.http("GET", "/", &[], b"").text();
    assert!(command(&home).ends_with(" https://creel.example/api/v1/endpoints"));
}

#[test]
fn the_operator_alone_creates_with_the_token_in_the_command() {
    let creel = Creel::start(&["--operator-token", OPERATOR, "--mint", "operator"]);
    let mut visitor = Visitor::new(&creel);
    let home = visitor.opens("/");
    assert!(!home.contains("create-command"), "it would response 404");
    visitor.cookies = creel.sign_in(OPERATOR);
    let home = visitor.opens("/");
    let command = seen(command(&home));
    let (_, header) = command.split_once(" -H ").expect("a header");
    assert_eq!(header, "\"Authorization: Bearer OPERATOR_TOKEN\"");
}
