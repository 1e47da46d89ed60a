//! Every finding, caused over HTTP: the request, and all findings of the API for it. The format of a line is `level code text`.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::Shutdown;

use creel::domain::time::Time;
use creel::langgraph::findings::Code;
use serde_json::{Value, json};

use crate::app::{Creel, Minted, fixture};

pub(super) const HTTPX: (&str, &str) = ("User-Agent", "python-httpx/0.28.1");
pub(super) const NODE: (&str, &str) = ("User-Agent", "node");
pub(super) const JSON: (&str, &str) = ("Content-Type", "application/json");
pub(super) const TEXT: (&str, &str) = ("Content-Type", "text/plain;charset=UTF-8");

/// A run on a thread that just failed with a `ValueError`, without findings; each case changes it.
pub(super) fn failed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let recorded = fixture("status-error-valueerror");
    let mut run: Value = serde_json::from_str(recorded["body"].as_str().unwrap()).unwrap();
    let now = Time::now().to_string();
    for name in [
        "created_at",
        "run_started_at",
        "run_ended_at",
        "webhook_sent_at",
    ] {
        run[name] = now.clone().into();
    }
    run["run_id"] = uuid::Uuid::now_v7().to_string().into();
    change(&mut run);
    run.to_string().into_bytes()
}

/// The findings of the newest delivery, in the list and in the full form.
pub(super) fn said(creel: &Creel, endpoint: &Minted) -> Vec<String> {
    let list = creel.api(endpoint, "/deliveries?limit=1").json();
    let summary = &list["items"][0];
    let full = creel
        .api(endpoint, &format!("/deliveries/{}", summary["seq"]))
        .json();
    assert_eq!(full["findings"], summary["findings"]);
    let findings = summary["findings"].as_array().expect("findings");
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                word(one, "level"),
                word(one, "code"),
                word(one, "text")
            )
        })
        .collect()
}

/// Sends bodies with a server's header lines and compares the findings with the expected ones; returns the codes.
pub(super) fn assert_said(headers: &[(&str, &str)], cases: Vec<(Vec<u8>, &[&str])>) {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    for (body, expected) in cases {
        creel.deliver(&endpoint, headers, &body);
        assert_eq!(
            said(&creel, &endpoint),
            expected,
            "{}",
            String::from_utf8_lossy(&body)
        );
    }
}

#[test]
fn secrets_are_named_by_path_and_never_by_value() {
    let keys = |run: &mut Value| {
        run["kwargs"]["context"] = json!({"openai_api_key": "sk-canary", "model": "m"});
        run["kwargs"]["config"]["configurable"]["servers"] =
            json!([{"headers": {"Authorization": "Bearer sk-canary"}}]);
    };
    let user = |run: &mut Value| {
        run["kwargs"]["config"]["configurable"]["langgraph_auth_user"] =
            json!({"identity": "sk-canary"});
    };
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                failed(keys),
                &[
                    "warning secrets_in_body The body contains possible secrets: `kwargs.context.openai_api_key`, `kwargs.config.configurable.servers.0.headers.Authorization`.",
                ],
            ),
            (
                failed(user),
                &[
                    "note secrets_in_body The body contains the record of the authenticated user: `kwargs.config.configurable.langgraph_auth_user`.",
                ],
            ),
        ],
    );
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"s3 cret"}"#);
    let webhook = format!("http://h/hook/{}?token=s3 cret", endpoint.id);
    let body = failed(|run| run["kwargs"]["webhook"] = webhook.into());
    let path = endpoint.target.split('?').next().unwrap();
    let echoed = "note token_in_body The body contains the URL’s token, in `kwargs.webhook`.";
    creel.http(
        "POST",
        &format!("{path}?token=s3%20cret"),
        &[HTTPX, JSON],
        &body,
    );
    assert_eq!(said(&creel, &endpoint), [echoed]);
    let body = failed(|run| run["kwargs"]["webhook"] = "http://me:s3%20cret@h/hook".into());
    let basic = ("Authorization", "Basic bWU6czMgY3JldA==");
    creel.http("POST", path, &[HTTPX, JSON, basic], &body);
    assert_eq!(said(&creel, &endpoint), [echoed]);
}

#[test]
fn problems_of_a_request_are_findings() {
    let creel = Creel::start(&["--body-bytes-max", "100000"]);
    let endpoint = creel.mint(r#"{"token":"s3cret"}"#);
    let path = endpoint.target.split('?').next().unwrap();
    let run = || failed(|_| ());
    let sends =
        |method: &str, query: &str, headers: &[(&str, &str)], body: &[u8], expected: &[&str]| {
            creel.http(method, &format!("{path}{query}"), headers, body);
            assert_eq!(said(&creel, &endpoint), expected, "{method} {query}");
        };
    let python = [HTTPX, JSON];
    sends("POST", "?token=s3cret", &python, &run(), &[]);
    sends(
        "POST",
        "",
        &python,
        &run(),
        &["warning token_missing This endpoint expects a token, but the request has none."],
    );
    sends(
        "POST",
        "?token=x",
        &python,
        &run(),
        &["warning token_wrong The token does not match this endpoint’s token."],
    );
    sends(
        "POST",
        "?token=s3cret&token=s3cret",
        &python,
        &run(),
        &[
            "warning token_repeated The query has more than one token; receivers differ in which one they use.",
        ],
    );
    sends(
        "POST",
        "?token=s3cret",
        &[HTTPX, JSON, ("content-type", "text/plain")],
        &run(),
        &[
            "warning content_type_repeated There are 2 Content-Type headers; receivers differ in which one they use.",
        ],
    );
    sends(
        "POST",
        "?token=s3cret",
        &[HTTPX, JSON, ("cookie", "creel_session_1a2b3c4d=x")],
        &run(),
        &[
            "note own_cookies_removed The request contained creel’s own cookies. Their values were not stored: each is replaced by `removed-by-creel`.",
        ],
    );
    let many = vec![("X-Many", "1"); 92];
    let many = [&python[..], &many].concat();
    let raw =
        "The target has characters that must be percent-encoded: a strict server answers 400.";
    let lines = "There are 97 header lines: a strict server answers 431 or 400.";
    for (query, headers, text) in [
        ("?token=s3cret&x={y}", &python[..], raw.to_owned()),
        ("?token=s3cret&name=Zo\u{eb}", &python[..], raw.to_owned()),
        ("?token=s3cret", &many[..], lines.to_owned()),
        ("?token=s3cret&a b", &many[..], format!("{raw} {lines}")),
    ] {
        let expected = format!("note not_strict_http {text}");
        sends("POST", query, headers, &run(), &[&expected]);
    }
    sends(
        "POST",
        "?token=s3cret",
        &python,
        &failed(|run| run["values"] = "x".repeat(100_000).into()),
        &["problem body_cut The body was longer than creel stores; these are its first bytes."],
    );
    sends(
        "GET",
        "?token=s3cret",
        &[HTTPX],
        b"",
        &[
            "problem redirected_get A GET without a body from `python-httpx`, which LangGraph’s server sends when it follows a 301, 302 or 303: something in front of this URL seems to redirect, and the run’s data was lost.",
        ],
    );
    sends(
        "GET",
        "?token=s3cret",
        &[("User-Agent", "Mozilla/5.0")],
        b"",
        &[
            "note redirected_get LangGraph delivers with POST. When it follows a 301, 302 or 303, it sends a GET without a body instead. If LangGraph sent this, something in front of this URL redirects, and the run’s data was lost.",
        ],
    );
    sends("POST", "?token=s3cret", &[HTTPX], b"", &[]);
    sends("GET", "?token=s3cret", &[HTTPX], b"{}", &[]);
}

#[test]
fn a_disconnected_sender_is_a_finding() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    let mut sender = creel.connect();
    let begun = format!(
        "POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{{\"a\":",
        endpoint.target
    );
    sender.write_all(begun.as_bytes()).unwrap();
    sender.shutdown(Shutdown::Both).unwrap();
    creel.wait_for(&endpoint, 1);
    assert_eq!(
        said(&creel, &endpoint),
        [
            "problem body_cut The sender disconnected before the end of the body; these are the bytes received."
        ]
    );
}

#[test]
fn contradicting_times_are_a_finding_and_give_no_duration() {
    let at = |name: &'static str, seconds: i64| {
        failed(move |run| {
            let now = Time::parse(run[name].as_str().unwrap()).unwrap();
            run[name] = Time::from_micros(now.micros() + seconds * 1_000_000)
                .to_string()
                .into();
        })
    };
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                at("run_ended_at", -2),
                &["note clock_skew By the sender’s clock, it ended 2.00 s before it started."],
            ),
            (
                at("created_at", 3),
                &[
                    "note clock_skew By the sender’s clock, it started 3.00 s before it was created.",
                ],
            ),
        ],
    );
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    creel.http(
        "POST",
        &endpoint.target,
        &[HTTPX, JSON],
        &at("webhook_sent_at", 100_000),
    );
    let said = said(&creel, &endpoint);
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("note clock_skew It was received 1 d 3 h before it was sent: "),
        "{said:?}"
    );
}

#[test]
fn l10_times_without_a_zone_are_a_finding_and_give_no_duration() {
    let zoneless = |run: &mut Value| {
        run["created_at"] = "2026-11-21T21:49:08".into();
        run["webhook_sent_at"] = "2026-11-21 21:49:08.5".into();
    };
    assert_said(
        &[HTTPX, JSON],
        vec![
            (
                failed(zoneless),
                &[
                    "note time_without_zone These times have no time zone: `created_at`, `webhook_sent_at`. They are shown as received, and no duration is computed from them.",
                ],
            ),
            (failed(|run| run["created_at"] = "yesterday".into()), &[]),
        ],
    );
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    let odd = failed(|run| {
        zoneless(run);
        run["run_started_at"] = "sk-canary".into();
        run["run_ended_at"] = 7.into();
    });
    creel.http("POST", &endpoint.target, &[HTTPX, JSON], &odd);
    let run = &creel.api(&endpoint, "/deliveries/1").json()["reading"]["run"];
    for name in ["created_at", "sent_at", "queue_ms", "run_ms", "lag_ms"] {
        assert_eq!(run[name], Value::Null, "{name}");
    }
    let page = creel.inspect(&endpoint, "/1").text();
    let (_, times) = page.split_once("id=\"times-title\"").expect("the times");
    let (times, _) = times.split_once("</section>").expect("their end");
    for shown in [
        "<code>2026-11-21T21:49:08</code> <span class=\"quiet\">no time zone given</span>",
        "<code>2026-11-21 21:49:08.5</code> <span class=\"quiet\">no time zone given</span>",
        "<code>7</code> <span class=\"quiet\">not a time</span>",
        "<td><span class=\"quiet\">not a time</span>",
    ] {
        assert!(times.contains(shown), "{shown}: {times}");
    }
    assert!(!times.contains("not in the payload"), "{times}");
    assert!(!times.contains("in transit"), "{times}");
}

#[test]
fn attempts_and_different_bodies_are_findings() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none","reply":[500,200]}"#);
    let body = failed(|_| ());
    let sends = |body: &[u8]| {
        creel.http("POST", &endpoint.target, &[HTTPX, JSON], body);
        said(&creel, &endpoint)
    };
    assert_eq!(sends(&body), [""; 0]);
    let second = sends(&body);
    assert_eq!(second.len(), 1);
    assert!(
        second[0].starts_with("note delivered_again Attempt 2, "),
        "{second:?}"
    );
    assert!(
        second[0].ends_with(" after the previous one: same bytes as #1, the first attempt."),
        "{second:?}"
    );
    let third = sends(&body);
    assert!(
        third[0].starts_with("warning delivered_again Attempt 3, "),
        "{third:?}"
    );
    assert!(
        third[0].ends_with(
            "after which LangGraph’s servers do not retry, unless they did not receive the response."
        ),
        "{third:?}"
    );
    let mut other: Value = serde_json::from_slice(&body).unwrap();
    other["values"] = json!({"items": []});
    let other = sends(other.to_string().as_bytes());
    assert_eq!(other.len(), 1);
    assert!(
        other[0].starts_with("warning same_run_other_bytes #"),
        "{other:?}"
    );
    assert!(
        other[0].ends_with(" is of the same run, but has a different body."),
        "{other:?}"
    );
}

#[test]
fn langsmith_webhooks_are_recognised_and_other_json_is_not() {
    let bytes = |json: Value| json.to_string().into_bytes();
    assert_said(
        &[JSON],
        vec![
            (
                bytes(
                    json!({"rule_id": "d75d", "start_time": "2024-04-05", "end_time": "2024-04-05", "runs": [{"status": "success"}]}),
                ),
                &[
                    "note other_langchain_webhook This looks like a LangSmith automation rule’s webhook: `runs` are traces that the rule matched.",
                ],
            ),
            (
                bytes(
                    json!({"project_name": "p", "alert_rule_id": "a", "alert_rule_attribute": "latency", "triggered_metric_value": 3}),
                ),
                &[
                    "note other_langchain_webhook This looks like a LangSmith alert’s webhook: `alert_rule_id` names the alert.",
                ],
            ),
            (
                bytes(
                    json!({"prompt_id": "p", "prompt_name": "n", "commit_hash": "c", "event": "commit", "manifest": {}}),
                ),
                &[
                    "note other_langchain_webhook This looks like a LangSmith prompt’s webhook: `commit_hash` names the commit.",
                ],
            ),
            (
                bytes(
                    json!({"id": "i", "type": "issue.created", "created": 1, "request_id": "r", "data": {"object": {}}}),
                ),
                &[
                    "note other_langchain_webhook This looks like a LangSmith Engine webhook: `type` names the event.",
                ],
            ),
            (
                bytes(
                    json!({"id": "evt_1", "type": "invoice.paid", "created": 1, "request_id": "r", "data": {}}),
                ),
                &[],
            ),
            (bytes(json!({"rule_id": "d75d", "runs": []})), &[]),
        ],
    );
}

#[test]
fn every_code_has_a_case() {
    let source = concat!(
        include_str!("cases.rs"),
        include_str!("coded.rs"),
        include_str!("runs.rs"),
        include_str!("../damage.rs")
    );
    let words: BTreeSet<&str> = source
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .collect();
    let untried: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !words.contains(code.name()))
        .collect();
    assert!(untried.is_empty(), "{untried:?}");
}
