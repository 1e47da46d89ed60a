//! The contract of the API: its document, compared with a snapshot so that every change is reviewed, and the JSON that programs depend on.

use std::io::{BufRead, BufReader, Write};

use serde_json::{Value, json};

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted};

/// The body of a run with all fields that a run can have.
const RUN: &str = r#"{"run_id": "019a-run", "thread_id": "019a-thread", "assistant_id": "019a-assistant", "status": "success",
    "metadata": {"graph_id": "agent"}, "kwargs": {"config": {}}, "values": {"messages": []}, "created_at": "2026-11-21T21:49:08+00:00",
    "run_started_at": "2026-11-21T21:49:08+00:00", "run_ended_at": "2026-11-21T21:49:09+00:00", "webhook_sent_at": "2026-11-21T21:49:10Z"}"#;

const SUMMARY: &[&str] = &[
    "attempt",
    "body",
    "client",
    "endpoint_id",
    "findings",
    "headers_exact",
    "http_version",
    "id",
    "method",
    "path",
    "peer",
    "reading",
    "received_at",
    "reply",
    "seq",
    "target",
    "verdict",
];
const RUN_SUMMARY: &[&str] = &[
    "assistant_id",
    "created_at",
    "cron_id",
    "ended_at",
    "error",
    "graph_id",
    "input_tokens",
    "lag_ms",
    "messages",
    "multitask_strategy",
    "output_tokens",
    "queue_ms",
    "resumed",
    "run_id",
    "run_ms",
    "sender",
    "sent_at",
    "started_at",
    "stateless",
    "status",
    "superseded_by",
    "thread_id",
];
const BODY: &[&str] = &[
    "bytes", "charset", "cut", "cut_why", "encoding", "kind", "sha256",
];

/// Names of an object's fields in alphabetical order.
fn keys(object: &Value) -> Vec<&str> {
    let object = object
        .as_object()
        .unwrap_or_else(|| panic!("an object: {object}"));
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn with<'a>(keys: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let mut all = [keys, more].concat();
    all.sort_unstable();
    all
}

fn operated() -> (Creel, Minted) {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, &[], RUN);
    (creel, endpoint)
}

#[test]
fn the_served_document_matches_its_snapshot() {
    let creel = Creel::start(&[]);
    let response = creel.http("GET", "/api/openapi.json", &[], b"");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let document = response.text();
    assert!(document.contains(&version), "it says which creel it is of");
    insta::assert_snapshot!(
        "document",
        document.replace(&version, "\"version\": \"[of creel]\"")
    );
}

#[test]
fn every_operation_is_served_with_a_documented_status() {
    let (creel, endpoint) = operated();
    let multipart = [("Content-Type", "multipart/form-data; boundary=b")];
    creel.deliver(&endpoint, &multipart, b"--b\r\n\r\none\r\n--b--");
    let document = creel.http("GET", "/api/openapi.json", &[], b"").json();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let target = path
                .replace("{endpoint}", &endpoint.id)
                .replace("{seq}", "2")
                .replace("{n}", "1");
            let query = if path.ends_with("/export") {
                "?format=json"
            } else {
                ""
            };
            let target = target + query;
            assert!(
                !target.contains('{'),
                "a parameter that this test does not know: {path}"
            );
            operations.push((
                method.to_uppercase(),
                target,
                operation["responses"].clone(),
            ));
        }
    }
    assert!(operations.len() > 10, "{operations:?}");
    // Deletions last, and of these the deepest path first.
    operations
        .sort_by_key(|(method, target, _)| (method == "DELETE", std::cmp::Reverse(target.len())));
    for (method, target, responses) in operations {
        // Only the head: one of the responses is an endless stream.
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Length: 0\r\n\r\n",
            creel.addr,
            bearer(OPERATOR)
        );
        let mut stream = creel.connect();
        stream
            .write_all(head.as_bytes())
            .expect("creel reads what is sent");
        let mut line = String::new();
        BufReader::new(stream)
            .read_line(&mut line)
            .expect("a response");
        let status = line.split(' ').nth(1).unwrap_or_default();
        assert!(status.starts_with('2'), "{method} {target}: {line}");
        assert!(
            keys(&responses).contains(&status),
            "{method} {target}: {status} is not in {:?}",
            keys(&responses)
        );
    }
}

#[test]
fn a_summary_has_exactly_the_fields_of_the_contract() {
    let (creel, endpoint) = operated();
    let summary = creel.deliveries(&endpoint).remove(0);
    assert_eq!(keys(&summary), SUMMARY);
    assert_eq!(keys(&summary["body"]), BODY);
    assert_eq!(keys(&summary["verdict"]), ["token", "where"]);
    assert_eq!(keys(&summary["reply"]), ["fault", "status"]);
    assert_eq!(keys(&summary["reading"]), ["kind", "run", "why"]);
    assert_eq!(keys(&summary["reading"]["run"]), RUN_SUMMARY);
    assert_eq!(
        keys(&summary["reading"]["run"]["sender"]),
        ["kind", "version"]
    );
}

#[test]
fn a_full_delivery_adds_headers_query_content_and_run_parts() {
    let (creel, endpoint) = operated();
    let full = creel.api(&endpoint, "/deliveries/1").json();
    assert_eq!(
        keys(&full),
        with(SUMMARY, &["headers", "query", "trailers"])
    );
    assert_eq!(keys(&full["body"]), with(BODY, &["base64", "text"]));
    assert_eq!(
        keys(&full["reading"]["run"]),
        with(RUN_SUMMARY, &["given_as_text", "kwargs", "values"])
    );
    assert_eq!(full["query"], json!([["token", endpoint.token]]));
    assert_eq!(full["body"]["text"], RUN);
    assert_eq!(full["body"]["base64"], Value::Null);
    assert_eq!(full["reading"]["run"]["kwargs"], json!({"config": {}}));
    // The same texts in both.
    let mut summary = full.clone();
    for (pointer, field) in [
        ("", "headers"),
        ("", "query"),
        ("", "trailers"),
        ("/body", "base64"),
        ("/body", "text"),
        ("/reading/run", "given_as_text"),
        ("/reading/run", "kwargs"),
        ("/reading/run", "values"),
    ] {
        let object = summary.pointer_mut(pointer).and_then(Value::as_object_mut);
        assert!(
            object.expect("an object").remove(field).is_some(),
            "{pointer}/{field}"
        );
    }
    assert_eq!(summary, creel.deliveries(&endpoint)[0]);
}

#[test]
fn a_page_and_an_endpoint_have_exactly_the_fields_of_the_contract() {
    const ENDPOINT: &[&str] = &[
        "capture_url",
        "cors",
        "created_at",
        "id",
        "inspect_url",
        "last_seq",
        "name",
        "preflights",
        "reply",
        "reply_position",
        "token",
    ];
    let (creel, endpoint) = operated();
    assert_eq!(
        keys(&creel.api(&endpoint, "/deliveries").json()),
        [
            "dropped_through",
            "items",
            "next",
            "scanned_through",
            "total"
        ]
    );
    let of_a_reader: Vec<_> = ENDPOINT
        .iter()
        .copied()
        .filter(|name| *name != "token")
        .collect();
    assert_eq!(keys(&creel.api(&endpoint, "").json()), of_a_reader);
    let operator = bearer(OPERATOR);
    let list = creel
        .http(
            "GET",
            "/api/v1/endpoints",
            &[("Authorization", &operator)],
            b"",
        )
        .json();
    assert_eq!(keys(&list), ["items", "next"]);
    assert_eq!(keys(&list["items"][0]), ENDPOINT);
    let minted = creel.http("POST", "/api/v1/endpoints", &[], b"{}").json();
    assert_eq!(keys(&minted), with(ENDPOINT, &["read_key"]));
    let problem = creel.http("GET", "/api/v1/endpoints?nonsense=1", &[], b"");
    assert_eq!(problem.status, 400);
    assert_eq!(keys(&problem.json()), ["detail", "status", "title", "type"]);
}

#[test]
fn pages_continue_at_the_cursor_and_refuse_unknown_parameters() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for _ in 0..7 {
        creel.deliver(&endpoint, &[], b"x");
    }
    let page = |query: &str| {
        let page = creel.api(&endpoint, &format!("/deliveries{query}")).json();
        let items = page["items"].as_array().expect("a page has items").clone();
        let seqs: Vec<u64> = items
            .iter()
            .filter_map(|item| item["seq"].as_u64())
            .collect();
        (seqs, page["next"].as_u64())
    };
    assert_eq!(page(""), (vec![7, 6, 5, 4, 3, 2, 1], None));
    assert_eq!(page("?limit=3"), (vec![7, 6, 5], Some(5)));
    assert_eq!(page("?limit=3&before=5"), (vec![4, 3, 2], Some(2)));
    assert_eq!(page("?limit=3&before=2"), (vec![1], None));
    assert_eq!(page("?limit=3&order=asc"), (vec![1, 2, 3], Some(3)));
    assert_eq!(page("?limit=3&order=asc&after=6"), (vec![7], None));
    assert_eq!(page("?after=2&before=5&order=desc"), (vec![4, 3], None));
    for wrong in [
        "?limit=0",
        "?limit=501",
        "?limit=x",
        "?order=up",
        "?after=-1",
        "?before=x",
        "?offset=1",
    ] {
        let response = creel.api(&endpoint, &format!("/deliveries{wrong}"));
        assert_eq!(response.status, 400, "{wrong}");
        assert_eq!(response.json()["type"], "/problems/invalid");
    }
    for seq in [
        "0",
        "8",
        "x",
        "-1",
        "18446744073709551616",
        "18446744073709551615",
    ] {
        assert_eq!(
            creel.api(&endpoint, &format!("/deliveries/{seq}")).status,
            404,
            "{seq}"
        );
    }
}

#[test]
fn a_body_is_served_as_an_inert_attachment() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let html = b"<script>alert(1)</script>\0\xff";
    let headers = [("Content-Type", "text/html")];
    creel.deliver(&endpoint, &headers, html);
    let response = creel.api(&endpoint, "/deliveries/1/body");
    assert_eq!(response.body, html);
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        (
            "content-disposition",
            "attachment; filename=\"delivery-1-body.bin\"",
        ),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(response.header(name), Some(value), "{name}");
    }
}

#[test]
fn every_error_is_a_problem_document() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let owner = format!("Bearer {}", endpoint.read_key);
    let mine = format!("/api/v1/endpoints/{}", endpoint.id);
    let large = vec![b' '; 70_000];
    for (method, target, body, status) in [
        ("GET", "/api/nope".to_owned(), &b""[..], 404),
        ("GET", "/api/v1/nope".to_owned(), b"", 404),
        ("GET", format!("{mine}/nope"), b"", 404),
        ("GET", format!("{mine}/deliveries/1"), b"", 404),
        ("GET", format!("{mine}/deliveries/x"), b"", 404),
        ("POST", format!("{mine}/deliveries"), b"", 405),
        ("PUT", "/api/v1/endpoints".to_owned(), b"", 405),
        ("POST", "/readyz".to_owned(), b"", 405),
        ("POST", "/api/v1/endpoints".to_owned(), b"{", 400),
        (
            "POST",
            "/api/v1/endpoints".to_owned(),
            b"{\"colour\":1}",
            400,
        ),
        (
            "POST",
            "/api/v1/endpoints".to_owned(),
            b"{\"token\":\"\"}",
            400,
        ),
        ("POST", "/api/v1/endpoints".to_owned(), &large, 413),
        ("GET", format!("{mine}/deliveries?limit=0"), b"", 400),
        ("GET", format!("{mine}/deliveries?q=stauts:error"), b"", 400),
        ("GET", format!("{mine}/events?typo=1"), b"", 400),
        ("GET", format!("{mine}/export?format=xml"), b"", 400),
    ] {
        let response = creel.http(method, &target, &[("Authorization", &owner)], body);
        assert_eq!(
            response.status,
            status,
            "{method} {target}: {}",
            response.text()
        );
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json"),
            "{method} {target}"
        );
        let problem = response.json();
        assert_eq!(problem["status"], status, "{method} {target}");
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
        assert_eq!(
            problem["limit"],
            if status == 413 {
                65_536.into()
            } else {
                Value::Null
            }
        );
    }
}

#[test]
fn the_last_page_has_no_cursor() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for _ in 0..4 {
        creel.http("POST", &endpoint.target, &[], b"x");
    }
    let next =
        |query: &str| creel.api(&endpoint, &format!("/deliveries?{query}")).json()["next"].clone();
    assert_eq!(next("limit=4"), Value::Null);
    assert_eq!(next("limit=3"), 2);
    assert_eq!(next("limit=3&order=asc"), 3);
    assert_eq!(next("limit=2&before=3"), Value::Null);
}

#[test]
fn a_request_body_that_is_a_list_is_refused() {
    let creel = Creel::start(&[]);
    let body = br#"["a name", "none", [200]]"#;
    let response = creel.http("POST", "/api/v1/endpoints", &[], body);
    assert_eq!(response.status, 400);
    assert!(
        response.text().contains("must be a JSON object"),
        "{}",
        response.text()
    );
}
