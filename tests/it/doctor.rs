//! The URL doctor: its page, its command, their agreement, and the note on the page of a waiting endpoint.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use url::form_urlencoded::Serializer;

use crate::access::{NOBODY, whole};
use crate::app::{Creel, Response};

const LOOPBACK: &str = "Webhook host blocked: loopback IP range";
const LOCAL: &str = r#"{"webhooks": {"url": {"disable_loopback": false, "require_https": false}}}"#;

fn doctor(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
    let command = command.arg("doctor").args(args);
    command.output().expect("creel runs")
}

fn json(args: &[&str]) -> Value {
    let out = doctor(&[args, &["--json"]].concat());
    serde_json::from_slice(&out.stdout).expect("JSON is printed")
}

fn config(folder: &Path, text: &str) -> String {
    let file = folder.join("langgraph.json");
    std::fs::write(&file, text).expect("a file");
    file.to_string_lossy().into_owned()
}

/// The response to these fields of its form.
fn posted(creel: &Creel, fields: &[(&str, &str)]) -> Response {
    let form = Serializer::new(String::new()).extend_pairs(fields).finish();
    let lines = [("Content-Type", "application/x-www-form-urlencoded")];
    creel.http("POST", "/doctor", &lines, form.as_bytes())
}

/// The page for these fields of its form.
fn page(creel: &Creel, fields: &[(&str, &str)]) -> String {
    let response = posted(creel, fields);
    assert_eq!(response.status, 200);
    response.text()
}

#[test]
fn exit_codes_report_the_result() {
    let folder = TempDir::new().unwrap();
    let local = config(folder.path(), LOCAL);
    let missing = folder.path().join("missing.json");
    for (args, code) in [
        (&["https://10.0.0.1/"][..], 0),
        (&["https://hooks.example.com/"], 0),
        (&["http://127.0.0.1:1/", "--config", &local], 0),
        (&["http://127.0.0.1:1/", "--langgraph", "0.9"], 0),
        (&["http://127.0.0.1:1/"], 1),
        (&["HTTP://127.0.0.1:1/", "--config", &local], 1),
        (&["http://[::1]:1/", "--config", &local], 1),
        (&[""], 1),
        (&[], 2),
        (&["http://127.0.0.1:1/", "--langgraph", "0.3"], 2),
        (
            &["http://127.0.0.1:1/", "--config", missing.to_str().unwrap()],
            2,
        ),
    ] {
        assert_eq!(doctor(args).status.code(), Some(code), "{args:?}");
    }
    let wrong = config(
        folder.path(),
        r#"{"webhooks": {"url": {"require_https": "no"}}}"#,
    );
    let out = doctor(&["http://127.0.0.1:1/", "--config", &wrong]);
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(
        said.contains("`webhooks.url.require_https` must be true or false"),
        "{said}"
    );
}

#[test]
fn l01_a_pre_release_is_judged_as_its_release() {
    let url = "http://127.0.0.1:8080/hook/x";
    for (version, release, code) in [
        ("0.10.0rc3", "0.10.0", 1),
        ("0.10.dev1", "0.10", 1),
        ("0.16.7.post1", "0.16.7", 1),
        ("v0.10", "0.10", 1),
        ("0.10.0+abc", "0.10.0", 1),
        ("0.9.0a1", "0.9.0", 0),
    ] {
        let out = doctor(&[url, "--langgraph", version, "--json"]);
        assert_eq!(out.status.code(), Some(code), "{version}");
        let found: Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(found["langgraph"], release, "{version}");
    }
    let out = doctor(&[url, "--langgraph", "0.10.x"]);
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("such as 0.10, 0.10.3 or 0.10.0rc3"), "{said}");
    let creel = Creel::start(&[]);
    let shown = page(&creel, &[("url", url), ("langgraph", "0.10.0rc3")]);
    assert!(shown.contains("LangGraph 0.10 rejects this URL"), "{shown}");
}

#[test]
fn json_has_stable_names() {
    let found = json(&["http://127.0.0.1:8080/hook"]);
    assert_eq!(found["langgraph"], "0.16.7");
    assert_eq!(found["accepted"], false);
    assert_eq!(found["status"], 422);
    assert_eq!(found["reason"], LOOPBACK);
    assert_eq!(found["delivered"], false);
    assert_eq!(found["if_resolved"], false);
    let block = found["advice"][0]["langgraph_json"].as_str().unwrap();
    assert!(block.contains("\"disable_loopback\": false"), "{block}");
    let found = json(&["https://hooks.example.com/", "--langgraph", "0.8"]);
    assert_eq!(found["reason"], Value::Null);
    assert_eq!(
        (&found["delivered"], &found["if_resolved"]),
        (&true.into(), &true.into())
    );
}

#[test]
fn the_suggested_block_is_accepted() {
    let folder = TempDir::new().unwrap();
    let found = json(&["http://localhost:8080/hook"]);
    for name in ["langgraph_json", "environment"] {
        let file = config(folder.path(), found["advice"][0][name].as_str().unwrap());
        let out = doctor(&["http://localhost:8080/hook", "--config", &file]);
        assert!(out.status.success(), "{name}: {out:?}");
    }
}

#[test]
fn l06_a_template_without_the_prefix_keeps_the_server_from_starting() {
    let folder = TempDir::new().unwrap();
    let wrong = r#"{"webhooks":{"headers":{"Authorization":"Bearer ${{ env.MY_TOKEN }}"}}}"#;
    let text = "webhook headers: environment variable name 'MY_TOKEN' must start with the configured env_prefix 'LG_WEBHOOK_'";
    let file = config(folder.path(), wrong);
    let url = "http://127.0.0.1:8080/hook/x";
    let out = doctor(&[url, "--config", &file]);
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(
        said.starts_with("LangGraph 0.16: the server will not start with these settings\n"),
        "{said}"
    );
    assert!(said.contains(text), "{said}");
    let found = json(&[url, "--config", &file]);
    assert_eq!(
        (&found["starts"], &found["accepted"]),
        (&false.into(), &false.into())
    );
    assert_eq!(
        (&found["status"], &found["reason"]),
        (&Value::Null, &text.into())
    );
    let block = found["advice"][0]["langgraph_json"].as_str().unwrap();
    assert!(
        block.contains("Bearer ${{ env.LG_WEBHOOK_MY_TOKEN }}"),
        "{block}"
    );
    let corrected = config(folder.path(), block);
    assert!(doctor(&[url, "--config", &corrected]).status.success());
    let creel = Creel::start(&[]);
    let page = page(&creel, &[("url", url), ("webhooks", wrong)]);
    for part in [
        "the server will not start",
        "LG_WEBHOOK_MY_TOKEN",
        "must start with the configured env_prefix",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let prefixed =
        r#"{"env_prefix":"MY_","headers":{"Authorization":"Bearer ${{ env.MY_TOKEN }}"}}"#;
    let file = config(folder.path(), prefixed);
    assert!(
        doctor(&["https://10.0.0.1/", "--config", &file])
            .status
            .success()
    );
}

#[test]
fn l07_an_ignored_key_is_named_with_the_right_one() {
    let folder = TempDir::new().unwrap();
    let url = "http://127.0.0.1:8080/hook/x";
    for (text, named, right) in [
        (
            r#"{"webhook":{"url":{"disable_loopback":false}}}"#,
            "`webhook`",
            "`webhooks`",
        ),
        (
            r#"{"webhooks":{"disable_loopback":false}}"#,
            "`webhooks.disable_loopback`",
            "`webhooks.url.disable_loopback`",
        ),
        (
            r#"{"webhooks":{"url":{"disable_loopbak":false}}}"#,
            "`webhooks.url.disable_loopbak`",
            "`webhooks.url.disable_loopback`",
        ),
        (
            r#"{"webhooks":{"retries":3}}"#,
            "`webhooks.retries`",
            "a key that it does not know",
        ),
    ] {
        let file = config(folder.path(), text);
        let found = json(&[url, "--config", &file]);
        assert_eq!(found["reason"], LOOPBACK, "{text}");
        let said = found["advice"][1]["text"].as_str().unwrap();
        assert!(
            said.contains(named) && said.contains(right),
            "{text}: {said}"
        );
        let block = found["advice"][0]["langgraph_json"].as_str().unwrap();
        let corrected = config(folder.path(), block);
        assert!(
            doctor(&[url, "--config", &corrected]).status.success(),
            "{block}"
        );
    }
}

#[test]
fn page_and_command_agree() {
    let creel = Creel::start(&[]);
    let urls = [
        "http://127.0.0.1:8080/hook",
        "http://[::1]:8080/hook",
        "https://hooks.example.com/",
        "https://10.0.0.1/",
        "https://x/<script>alert(1)</script>",
    ];
    for url in urls {
        let out = doctor(&[url, "--langgraph", "0.16"]);
        let said = String::from_utf8(out.stdout).unwrap();
        let page = page(
            &creel,
            &[("url", url), ("langgraph", "0.16"), ("webhooks", "")],
        );
        let sentence = said.lines().next().unwrap();
        assert!(page.contains(sentence), "{url}: {sentence}\n{page}");
        assert!(!page.contains("<script>alert"), "{page}");
    }
    let refused = page(&creel, &[("url", urls[0])]);
    for text in [
        LOOPBACK,
        "disable_loopback",
        "LANGGRAPH_WEBHOOKS=",
        "http://host.docker.internal:8080/hook",
    ] {
        assert!(refused.contains(text), "{text}: {refused}");
    }
}

#[test]
fn the_page_accepts_a_block_and_reports_an_invalid_one() {
    let creel = Creel::start(&[]);
    let url = ("url", "http://127.0.0.1:8080/hook");
    assert!(page(&creel, &[url, ("webhooks", LOCAL)]).contains("and delivers to it"));
    assert!(
        page(&creel, &[url, ("langgraph", "0.9")])
            .contains("LangGraph 0.9 accepts this URL and delivers to it")
    );
    let wrong = page(&creel, &[url, ("webhooks", "nonsense")]);
    assert!(wrong.contains("invalid JSON"), "{wrong}");
    assert!(
        wrong.contains(">nonsense</textarea>"),
        "what was pasted is still there"
    );
    let form = page(&creel, &[]);
    assert!(form.contains("name=\"url\"") && !form.contains("class=\"diagnosis"));
}

#[test]
fn the_form_posts_so_that_no_token_gets_into_a_url() {
    let creel = Creel::start(&[]);
    let form = creel.http("GET", "/doctor", &[], b"").text();
    assert!(
        form.contains("method=\"post\" action=\"/doctor\""),
        "{form}"
    );
    assert!(!form.contains("class=\"diagnosis"));
    let linked = creel.http("GET", "/doctor?url=http://127.0.0.1/x", &[], b"");
    assert!(linked.text().contains(LOOPBACK), "a link from elsewhere");
    let foreign = [
        ("Origin", "http://evil.example"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let foreign = creel.http("POST", "/doctor", &foreign, b"url=http://h/");
    assert_eq!(foreign.status, 403);
}

#[test]
fn a_link_names_the_endpoint_and_the_page_fills_in_its_url() {
    let creel = Creel::start(&[]);
    let owner = creel.owner_cookie("me");
    let endpoint = creel.mint_as("{}", &[("Cookie", &owner)]);
    let link = format!("/doctor?endpoint={}", endpoint.id);
    let open = |link: &str, cookie: &str| creel.http("GET", link, &[("Cookie", cookie)], b"");
    let page = open(&link, &owner).text();
    let url = format!("value=\"{}\"", endpoint.capture_url);
    assert!(page.contains(&url) && page.contains(LOOPBACK), "{page}");
    let bearer = format!("Bearer {}", endpoint.read_key);
    let reader = creel.http("GET", &link, &[("Authorization", &bearer)], b"");
    let shown = reader.text();
    assert!(
        shown.contains(&format!("/hook/{}\"", endpoint.id)),
        "{shown}"
    );
    assert!(!shown.contains(&endpoint.token), "readers do not see it");
    let nobodys = format!("/doctor?endpoint={NOBODY}");
    let stranger = creel.owner_cookie("somebody else");
    let (refused, unknown) = (open(&link, &stranger), open(&nobodys, &stranger));
    assert_eq!(refused.status, 404);
    assert_eq!(whole(&refused), whole(&unknown));
    let page = open(&format!("/inspect/{}", endpoint.id), &owner).text();
    assert!(page.contains(&format!("href=\"{link}\"")), "{page}");
}

#[test]
fn an_unknown_version_is_an_error() {
    let creel = Creel::start(&[]);
    let status = |version: &str| {
        let fields = [("url", "http://h/"), ("langgraph", version)];
        posted(&creel, &fields).status
    };
    assert_eq!(status("0.9"), 200);
    assert_eq!(status("9.9"), 400);
    assert_eq!(status(""), 400);
}

#[test]
fn a_waiting_endpoint_warns_that_its_url_is_refused() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let key = format!("Bearer {}", endpoint.read_key);
    let path = format!("/inspect/{}?how=langgraph", endpoint.id);
    let page = creel
        .http("GET", &path, &[("Authorization", &key)], b"")
        .text();
    for text in [
        LOOPBACK,
        "&quot;disable_loopback&quot;: false",
        "/doctor?endpoint=",
    ] {
        let escaped = text.replace("&quot;", "&#34;");
        assert!(
            page.contains(text) || page.contains(&escaped),
            "{text}: {page}"
        );
    }
    let open = Creel::start(&["--capture-url", "https://hooks.example.com"]);
    let endpoint = open.mint("{}");
    let key = format!("Bearer {}", endpoint.read_key);
    let path = format!("/inspect/{}", endpoint.id);
    let page = open
        .http("GET", &path, &[("Authorization", &key)], b"")
        .text();
    assert!(
        !page.contains("rejects this URL") && page.contains("/doctor?endpoint="),
        "{page}"
    );
}
