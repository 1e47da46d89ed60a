//! Samples sent from the page.

use std::collections::BTreeSet;

use creel::domain::time::Time;
use creel::langgraph::samples::{Group, SAMPLES};

use super::Visitor;
use crate::access::OPERATOR;
use crate::app::Creel;

/// The names in the menu of a page.
fn offered(page: &str) -> Vec<String> {
    let buttons = page.split("name=\"sample\" value=\"").skip(1);
    let mut names: Vec<_> = buttons
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn every_sample_of_the_menu_is_sent_and_shown() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let first = owner.mints();
    let names = offered(&owner.opens(&format!("/inspect/{first}")));
    let all: BTreeSet<_> = SAMPLES.iter().map(|sample| sample.name).collect();
    assert!(names.iter().eq(&all), "{names:?}");
    for sample in SAMPLES {
        let (name, id) = (sample.name, owner.mints());
        let target = owner.target(&id);
        let form = format!("sample={name}");
        let sent = owner.sends(&format!("/inspect/{id}/samples"), &form);
        assert_eq!(sent.status, 303, "{name}: {}", sent.text());
        let to = "http://127.0.0.1/?token=t".parse().unwrap();
        let sendings = sample.sendings("http://127.0.0.1/?token=t", &to, Time::now());
        let shown = format!("/inspect/{id}/{}", sendings.len());
        assert_eq!(sent.header("location"), Some(shown.as_str()), "{name}");
        assert!(owner.opens(&shown).contains("token ok"), "{name}");
        let headers = owner.opens(&format!("{shown}?tab=headers"));
        let last = sendings.last().unwrap();
        let target = match last.url.query() {
            Some(_) => target.as_str(),
            None => target.split('?').next().unwrap(),
        };
        let line = format!("{} {target} HTTP/1.1", last.method);
        assert!(headers.contains(&line), "{name}: {headers}");
        let host = format!("<code>{}</code>", creel.addr);
        assert!(headers.contains(&host), "{name}");
        let server = match sample.group {
            Group::JavaScript => "node",
            Group::LangSmith => "Content-Type",
            _ if name == "headers" => "acme-agents/1.0",
            _ => "python-httpx/",
        };
        assert!(headers.contains(server), "{name}");
    }
}

#[test]
fn a_sample_reaches_the_capture_listener() {
    let creel = Creel::start(&[
        "--capture-bind",
        "127.0.0.1:0",
        "--capture-url",
        "https://hooks.example.com",
    ]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let sent = owner.sends(&format!("/inspect/{id}/samples"), "sample=success");
    assert_eq!(sent.status, 303, "{}", sent.text());
    let headers = owner.opens(&format!("/inspect/{id}/1?tab=headers"));
    assert!(
        headers.contains("<code>hooks.example.com</code>"),
        "as it would come"
    );
    assert!(
        headers.contains("<p><code>127.0.0.1:"),
        "it was here all the time"
    );
    let body = owner.opens(&format!("/inspect/{id}/1?tab=body&view=raw"));
    assert!(body.contains("https://hooks.example.com/hook/"));
}

#[test]
fn readers_cannot_send_samples() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint("{}");
    let mut reader = Visitor::new(&creel);
    reader.cookies = creel.key_cookie(&endpoint);
    let page = reader.opens(&format!("/inspect/{}", endpoint.id));
    assert_eq!(offered(&page), [""; 0]);
    let samples = format!("/inspect/{}/samples", endpoint.id);
    assert_eq!(reader.sends(&samples, "sample=success").status, 404);
    assert_eq!(
        Visitor::new(&creel)
            .sends(&samples, "sample=success")
            .status,
        404
    );
    let cookie = creel.sign_in(OPERATOR);
    let foreign = [
        ("Cookie", cookie.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", "http://evil.example"),
    ];
    assert_eq!(
        creel
            .http("POST", &samples, &foreign, b"sample=success")
            .status,
        403
    );
    assert_eq!(creel.deliveries(&endpoint).len(), 0);
    assert_eq!(
        creel
            .http("POST", &samples, &foreign[..2], b"sample=success")
            .status,
        303
    );
    assert_eq!(creel.deliveries(&endpoint).len(), 1);
    let unknown = creel.http("POST", &samples, &foreign[..2], b"sample=%3Cx%3E");
    assert_eq!(unknown.status, 400);
    assert!(unknown.text().contains("unknown sample"));
}

#[test]
fn concurrent_samples_all_arrive() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let owner = &owner;
    let samples = format!("/inspect/{id}/samples");
    let mut shown: Vec<String> = std::thread::scope(|scope| {
        let send = || {
            owner
                .sends(&samples, "sample=error")
                .header("location")
                .map(str::to_owned)
        };
        let senders: Vec<_> = (0..12).map(|_| scope.spawn(send)).collect();
        let ends = senders.into_iter().map(|sender| sender.join().unwrap());
        ends.map(|location| location.expect("the way on")).collect()
    });
    shown.sort();
    let mut expected: Vec<_> = (1..=12).map(|seq| format!("/inspect/{id}/{seq}")).collect();
    expected.sort();
    assert_eq!(shown, expected);
}
