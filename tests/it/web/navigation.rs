//! The navigation that all pages besides the inspector share, and the index of the documentation.

use super::{Visitor, between};
use crate::access::{NOBODY, OPERATOR};
use crate::app::Creel;

/// The links of the navigation, and the text of the current one.
fn navigation(page: &str) -> (Vec<&str>, Option<&str>) {
    let nav = between(page, "<nav class=\"site-nav\"", "</nav>");
    let links: Vec<_> = nav.split("<a href=\"").skip(1).collect();
    let current = links.iter().find(|link| link.contains("aria-current="));
    let current = current.map(|link| between(link, ">", "</a>"));
    let hrefs = links.iter().filter_map(|link| link.split('"').next());
    (hrefs.collect(), current)
}

#[test]
fn all_pages_have_the_same_navigation_with_the_current_page_marked() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let same = ["/", "/docs", "/doctor"];
    for (target, current) in [
        ("/", Some("Endpoints")),
        ("/docs", Some("Docs")),
        ("/docs/starting-runs", Some("Docs")),
        ("/docs/nothing-arrives", Some("Docs")),
        ("/docs/proxies", Some("Docs")),
        ("/docs/query", Some("Docs")),
        ("/findings", Some("Docs")),
        ("/doctor", Some("Doctor")),
        ("/nowhere", None),
        (&format!("/inspect/{NOBODY}"), None),
    ] {
        let page = creel.http("GET", target, &[], b"").text();
        assert_eq!(navigation(&page), (same.to_vec(), current), "{target}");
    }
    let operator = Visitor {
        creel: &creel,
        cookies: creel.sign_in(OPERATOR),
    };
    let with_operator = ["/", "/docs", "/doctor", "/operator"].to_vec();
    for (target, current) in [("/", "Endpoints"), ("/operator", "Operator")] {
        let page = operator.opens(target);
        let expected = (with_operator.clone(), Some(current));
        assert_eq!(navigation(&page), expected, "{target}");
    }
    let sign_in = creel.http("GET", "/operator", &[], b"").text();
    assert_eq!(navigation(&sign_in).0, with_operator);
}

#[test]
fn every_link_of_the_documentation_index_opens() {
    let creel = Creel::start(&[]);
    let page = creel.http("GET", "/docs", &[], b"").text();
    let main = between(&page, "<main", "</main>");
    let links: Vec<_> = main.split("href=\"").skip(1).collect();
    assert!(links.len() >= 5, "{links:?}");
    for link in links {
        let target = link.split('"').next().unwrap_or_default();
        assert_eq!(creel.http("GET", target, &[], b"").status, 200, "{target}");
    }
}
