//! The Fields tab without JavaScript.

use serde_json::{Value, json};

use super::Visitor;
use crate::app::{Creel, fixture};

/// Sends a body to a new endpoint of the visitor; returns the content of the tab.
fn tab(creel: &Creel, owner: &mut Visitor<'_>, body: &[u8]) -> String {
    let id = owner.mints();
    let sender = [("User-Agent", "python-httpx/0.28.1")];
    creel.http("POST", &owner.target(&id), &sender, body);
    let page = owner.opens(&format!("/inspect/{id}/1?tab=fields"));
    let (_, content) = page.split_once("<div class=\"delivery-body\">").unwrap();
    content.split_once("</article>").unwrap().0.to_owned()
}

fn body(recording: &str) -> Value {
    serde_json::from_str(fixture(recording)["body"].as_str().unwrap()).unwrap()
}

/// The line of a field, without its markup.
fn line(tab: &str, name: &str) -> String {
    let begin = format!("<code>{name}</code>");
    let (_, rest) = tab
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{name} in {tab}"));
    let line = rest.split_once("</li>").unwrap().0;
    let pieces = line
        .split('<')
        .map(|piece| piece.rsplit('>').next().unwrap());
    pieces.collect::<String>().trim().to_owned()
}

#[test]
fn a_complete_run_has_every_field() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let tab = tab(
        &creel,
        &mut owner,
        body("threads-runs-create").to_string().as_bytes(),
    );
    let summary = "54 of 54 fields of langgraph-api <code>0.16.7</code> are present.";
    assert!(tab.contains(summary), "{tab}");
    assert!(!tab.contains("field-missing") && !tab.contains("class=\"note\""));
    assert_eq!(line(&tab, "langsmith_session_name"), "null present");
    assert_eq!(
        line(&tab, "cron_id"),
        "absent: sent only for runs of a cron"
    );
    for object in ["kwargs", "kwargs.config.configurable", "metadata"] {
        assert!(
            tab.contains(&format!(
                "<code>{object}</code> <span class=\"fields-count\">"
            )),
            "{object}"
        );
    }
}

#[test]
fn differences_are_listed_first() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let mut body = body("threads-runs-create");
    body["status"] = json!(7);
    body["surprise"] = json!(true);
    body["metadata"]["mine"] = json!("x");
    body.as_object_mut().unwrap().remove("updated_at");
    let tab = tab(&creel, &mut owner, body.to_string().as_bytes());
    assert!(
        tab.contains("53 of 54 fields") && tab.contains("; 1 unexpected; 1 of another type."),
        "{tab}"
    );
    let unexpected = "boolean unexpected: not known to be sent by this server";
    for (name, told) in [
        ("status", "number other type: expected string"),
        (
            "updated_at",
            "missing: possibly excluded by webhooks.allowed_fields",
        ),
        ("surprise", unexpected),
        ("mine", "string set by the caller"),
    ] {
        assert_eq!(line(&tab, name), told);
    }
    let place = |name: &str| tab.find(&format!("<code>{name}</code>"));
    for name in ["status", "updated_at", "surprise"] {
        assert!(place(name) < place("run_id"), "{name}");
    }
}

#[test]
fn a_field_name_with_markup_is_escaped() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let mut body = body("threads-runs-create");
    body["<script>alert(1)</script>\u{202e}"] = json!(1);
    let tab = tab(&creel, &mut owner, body.to_string().as_bytes());
    assert!(tab.contains("<code>&lt;script&gt;alert(1)&lt;/script&gt;<span class=\"ctl\""));
    assert!(!tab.contains("<script>alert"));
}

#[test]
fn other_deliveries_have_no_fields_tab() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let other = tab(&creel, &mut owner, b"{\"status\": \"ok\"}");
    assert!(
        other.contains("aria-label=\"Body\"") && !other.contains("tab=fields"),
        "{other}"
    );
    let id = owner.mints();
    creel.http("POST", &owner.target(&id), &[], b"{}");
    let run = body("threads-runs-create").to_string();
    creel.http("POST", &owner.target(&id), &[], run.as_bytes());
    let links = |seq| {
        owner
            .opens(&format!("/inspect/{id}/{seq}"))
            .contains("tab=fields")
    };
    assert_eq!((links(1), links(2)), (false, true));
}
