//! Error pages name causes and next steps. (That a wrong id and missing access give the same page is tested in `web.rs`.)

use super::{Visitor, between};
use crate::access::NOBODY;
use crate::app::Creel;
use crate::guard::at_host;

#[test]
fn a_missing_page_names_causes_and_next_steps() {
    let creel = Creel::start(&[]);
    for target in ["/nowhere", &format!("/inspect/{NOBODY}")] {
        let response = creel.http("GET", target, &[], b"");
        assert_eq!(response.status, 404);
        let page = response.text();
        for part in [
            "<h1>Not found, or you have no access</h1>",
            "mistyped",
            "was deleted",
            "revoked",
            "not the one that created",
            "href=\"/operator\"",
            "href=\"/\"",
            "href=\"/docs\"",
        ] {
            let main = between(&page, "<main", "</main>");
            assert!(main.contains(part), "{target}: {part}\n{main}");
        }
    }
}

#[test]
fn every_error_page_has_a_next_step() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let settings = format!("/inspect/{}/settings", owner.mints());
    let long = "x".repeat(70_000);
    for (response, status, next) in [
        (owner.asks("POST", &settings), 400, "correct this"),
        (owner.sends(&settings, &long), 413, "shorten the input"),
        (
            at_host(&creel, "evil.example", "GET", "/", ""),
            403,
            "the address that it printed at start",
        ),
    ] {
        assert_eq!(response.status, status);
        let page = response.text();
        let step = between(&page, "<p class=\"error-next\">", "</p>");
        assert!(step.contains(next), "{step}");
    }
}
