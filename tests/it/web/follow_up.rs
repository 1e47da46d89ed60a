//! The commands that query LangGraph after a delivery, on its Overview tab, and those that are not available.

use super::start::text;
use crate::access::OPERATOR;
use crate::app::{Creel, fixture};

/// The Overview tab of a recorded delivery, requested with the read key and these cookies.
fn run_tab(
    name: &str,
    edit: impl FnOnce(String) -> String,
    cookies: impl FnOnce(&Creel) -> String,
) -> String {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    let body = edit(fixture(name)["body"].as_str().unwrap().to_owned());
    creel.deliver(&endpoint, &[], body);
    let cookies = format!("{}; {}", creel.key_cookie(&endpoint), cookies(&creel));
    let target = format!("/inspect/{}/1", endpoint.id);
    creel
        .http("GET", &target, &[("Cookie", &cookies)], b"")
        .text()
}

fn no_cookies(_: &Creel) -> String {
    String::new()
}

/// The cookies of a browser with a stored deployment that requires an API key.
fn remembered(creel: &Creel) -> String {
    let deployment = "url=https%3A%2F%2Fagents.example.com&assistant=a&key";
    let cookie = creel.cookies().deployment("an owner", deployment);
    format!("{}; {}", creel.owner_cookie("an owner"), cookie.stripped())
}

fn unchanged(body: String) -> String {
    body
}

#[test]
fn a_possibly_paused_run_has_commands_to_check_and_resume() {
    let page = run_tab("status-interrupt-by-graph", unchanged, no_cookies);
    let body = fixture("status-interrupt-by-graph")["body"]
        .as_str()
        .unwrap()
        .to_owned();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let id = |name: &str| body[name].as_str().unwrap();
    let thread = format!("http://127.0.0.1:21101/threads/{}", id("thread_id"));
    let run = format!("{thread}/runs/{}", id("run_id"));
    for (number, url) in [
        (1, thread.clone()),
        (2, format!("{thread}/state")),
        (3, run.clone()),
        (4, format!("{run}/join")),
    ] {
        let command = text(&page, &format!("follow-up-{number}"));
        assert_eq!(command, format!("curl -sS '{url}'"));
    }
    let resume = text(&page, "follow-up-5");
    assert!(resume.starts_with(&format!("curl -sS -X POST '{thread}/runs'")));
    assert!(resume.contains("\"resume\": \"yes\"") && resume.contains("/hook/"));
    assert!(page.contains("the API URL in the delivery"));
}

#[test]
fn deleted_runs_have_a_reason_and_no_command() {
    let stateless = run_tab("stateless-runs-create", unchanged, no_cookies);
    assert_eq!(
        stateless.matches("its thread was deleted with it").count(),
        4
    );
    assert!(!stateless.contains("id=\"follow-up-1\""));
    let rolled_back = run_tab("status-cancel-rollback", unchanged, no_cookies);
    assert_eq!(rolled_back.matches("when it rolled it back").count(), 2);
    assert!(
        rolled_back.contains("id=\"follow-up-2\"") && !rolled_back.contains("id=\"follow-up-3\"")
    );
    let partial = run_tab("allowed-fields", unchanged, no_cookies);
    assert!(partial.contains("does not show whether the run was stateless"));
}

#[test]
fn without_an_api_url_the_stored_deployment_is_used() {
    let page = run_tab("js-threads-runs-create", unchanged, remembered);
    let command = text(&page, "follow-up-1");
    assert!(command.starts_with("curl -sS 'https://agents.example.com/threads/"));
    assert!(
        command.ends_with("-H \"x-api-key: $LANGSMITH_API_KEY\""),
        "{command}"
    );
    assert!(page.contains("the delivery has no API URL"));
    let named = run_tab("status-interrupt-by-graph", unchanged, remembered);
    assert!(
        !named.contains("x-api-key"),
        "a delivery does not get the key"
    );
    assert!(named.contains("so the API key is left out"));
}

#[test]
fn a_hostile_url_is_quoted_or_ignored() {
    let with = |url: &'static str| {
        let edit = move |body: String| body.replace("http://127.0.0.1:21101", url);
        run_tab("status-interrupt-by-graph", edit, no_cookies)
    };
    let page = with("http://h/'$(touch x)<script>");
    let command = text(&page, "follow-up-1");
    assert!(
        command.starts_with(r"curl -sS 'http://h/'\''$(touch%20x)%3Cscript%3E/threads/"),
        "{command}"
    );
    assert!(!page.contains("<script>"));
    for passed_over in ["javascript:alert(1)", "file:///etc/passwd", "http://u:p@h"] {
        let command = text(&with(passed_over), "follow-up-1");
        assert!(
            command.starts_with("curl -sS 'http://localhost:2024/threads/"),
            "{command}"
        );
    }
}

#[test]
fn an_untrusted_sender_gets_neither_command_nor_token() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint(r#"{"token":"s3cret"}"#);
    let body = fixture("status-interrupt-by-graph")["body"]
        .as_str()
        .unwrap()
        .replace("http://127.0.0.1:21101", "https://evil.example");
    let path = endpoint.target.split('?').next().unwrap();
    let send = |query: &str| {
        let target = format!("{path}{query}");
        let sent = creel.http("POST", &target, &[], body.as_bytes());
        assert_eq!(sent.status, 200);
    };
    for query in ["?token=wrong", "", "?token=s3cret&token=s3cret"] {
        send(query);
    }
    let of_strangers = |numbers: &[u64]| {
        for number in numbers {
            let page = creel.inspect(&endpoint, &format!("/{number}")).text();
            let commands: Vec<_> = (1..=5)
                .map(|number| text(&page, &format!("follow-up-{number}")))
                .collect();
            for command in &commands {
                assert!(!command.contains("evil"), "{command}");
            }
            let resume = &commands[4];
            assert!(
                resume.contains("'http://localhost:2024/threads/"),
                "{resume}"
            );
            assert!(
                page.contains("has another API URL, which is not trusted"),
                "{page}"
            );
        }
    };
    of_strangers(&[1, 2, 3]);
    send("?token=s3cret");
    let page = creel.inspect(&endpoint, "/4").text();
    let resume = text(&page, "follow-up-5");
    assert!(
        resume.contains("'https://evil.example/threads/"),
        "{resume}"
    );
    assert!(!resume.contains("s3cret"), "a reader: {resume}");
    let session = creel.sign_in(OPERATOR);
    let target = format!("/inspect/{}/4", endpoint.id);
    let page = creel.http("GET", &target, &[("Cookie", &session)], b"");
    let resume = text(&page.text(), "follow-up-5");
    assert!(resume.contains("?token=s3cret"), "{resume}");

    let operator = format!("Bearer {OPERATOR}");
    let change = |settings: &str| {
        let target = format!("/api/v1/endpoints/{}", endpoint.id);
        let headers = [("Authorization", operator.as_str())];
        let changed = creel.http("PATCH", &target, &headers, settings.as_bytes());
        assert_eq!(changed.status, 200, "{}", changed.text());
    };
    change(r#"{"token":"none"}"#);
    send("");
    of_strangers(&[1, 2, 3]);
    let page = creel.inspect(&endpoint, "/5").text();
    let resume = text(&page, "follow-up-5");
    assert!(
        resume.contains("'https://evil.example/threads/"),
        "{resume}"
    );
    assert!(!resume.contains("token="), "{resume}");
    change(r#"{"token":"another"}"#);
    of_strangers(&[1, 2, 3, 4, 5]);
}
