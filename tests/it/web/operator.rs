//! The operator's page: the state of the storage, and the searchable table of all endpoints.

use super::{Visitor, between, seen};
use crate::access::OPERATOR;
use crate::app::Creel;

fn operator(creel: &Creel) -> Visitor<'_> {
    let cookies = creel.sign_in(OPERATOR);
    Visitor { creel, cookies }
}

/// The rows of the table as text, from top to bottom.
fn rows(page: &str) -> Vec<String> {
    page.split("<tr>").skip(2).map(seen).collect()
}

#[test]
fn the_page_shows_the_storage_and_who_creates() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let page = operator(&creel).opens("/operator");
    let facts = seen(between(&page, "<ul class=\"health\">", "</ul>"));
    let [healthy, size, free, who] = [
        "Storage healthy",
        "Database ",
        " free on its disk",
        "Anyone can create endpoints",
    ]
    .map(|part| {
        facts
            .find(part)
            .unwrap_or_else(|| panic!("{part}: {facts}"))
    });
    assert!(healthy < size && size < free && free < who, "{facts}");
    let creel = Creel::start(&["--operator-token", OPERATOR, "--mint", "operator"]);
    let page = operator(&creel).opens("/operator");
    assert!(page.contains("Only the operator can create endpoints"));
}

#[test]
fn the_table_is_searched_by_name_and_id() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let operator = operator(&creel);
    let named = creel.mint(r#"{"name":"Größe <b> & staging"}"#);
    let unnamed = creel.mint("{}");
    creel.http("POST", &unnamed.target, &[], b"{}");
    let all = rows(&operator.opens("/operator"));
    assert_eq!(all.len(), 2);
    let begins = format!("Unnamed {} 1 delivery last ", &unnamed.id[..8]);
    assert!(all[0].starts_with(&begins), "{all:?}");
    assert!(all[0].contains(" created ") && all[0].ends_with("Delete"));
    assert!(
        all[1].starts_with("Größe &#60;b&#62; &#38; staging "),
        "{all:?}"
    );
    let found = |q: &str| {
        let page = operator.opens(&format!("/operator?q={q}"));
        let links = page.split("href=\"/inspect/").skip(1);
        let ids = links.filter_map(|rest| rest.split('"').next());
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    for q in ["STAG", "gr%C3%B6%C3%9Fe", "+%3Cb%3E+", "%26"] {
        assert_eq!(found(q), [named.id.as_str()], "{q}");
    }
    let end_of_id = unnamed.id[24..].to_uppercase();
    assert_eq!(found(&end_of_id), [unnamed.id.as_str()]);
    assert_eq!(found(""), [unnamed.id.as_str(), named.id.as_str()]);
    let none = operator.opens("/operator?q=%3Cscript%3E");
    assert!(
        none.contains("No endpoint has “&#60;script&#62;”"),
        "{none}"
    );
    assert!(
        none.contains("value=\"&#60;script&#62;\""),
        "it stays typed"
    );
}

#[test]
fn the_table_has_pages_that_keep_the_search() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let operator = operator(&creel);
    let oldest = creel.mint(r#"{"name":"a & b"}"#);
    for _ in 0..50 {
        creel.mint(r#"{"name":"a & b"}"#);
        creel.mint(r#"{"name":"other"}"#);
    }
    let first = operator.opens("/operator?q=a+%26+b");
    assert_eq!(rows(&first).len(), 50);
    let older = between(&first, "<p class=\"more\"><a href=\"", "\"").replace("&#38;", "&");
    let second = operator.opens(&older);
    assert_eq!(rows(&second).len(), 1, "{older}");
    assert!(second.contains(&oldest.id) && !second.contains("class=\"more\""));
    assert!(second.contains("value=\"a &#38; b\""), "{second}");
    assert!(second.contains("href=\"/operator\">Show all"));
}

#[test]
fn the_operator_deletes_an_endpoint_and_comes_back() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let operator = operator(&creel);
    let endpoint = creel.mint(r#"{"name":"old"}"#);
    let page = operator.opens("/operator");
    let delete = format!("/inspect/{}/delete", endpoint.id);
    assert!(page.contains(&format!("method=\"post\" action=\"{delete}\"")));
    let asked = operator.sends(&delete, "from=operator");
    assert_eq!(asked.status, 200);
    let asked = asked.text();
    assert!(asked.contains("Delete old permanently?"), "{asked}");
    assert!(asked.contains("href=\"/operator\">Cancel"), "{asked}");
    assert!(
        asked.contains("name=\"from\" value=\"operator\""),
        "{asked}"
    );
    let deleted = operator.sends(&delete, "from=operator&confirmed=yes");
    assert_eq!(deleted.header("location"), Some("/operator?deleted"));
    let page = operator.opens("/operator?deleted");
    assert!(page.contains("The endpoint is deleted."), "{page}");
    assert!(!page.contains(&endpoint.id));
}
