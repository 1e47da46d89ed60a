//! Rows that another program changed: each is shown as damaged, and everything else works.

use std::fs::File;

use creel::store::sqlite::FILE_NAME;
use rusqlite::Connection;
use serde_json::Value;

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted};
use crate::http::Follower;

const RUN: &str = r#"{"run_id": "01a20015-a599-73cf-a7e4-82e5ac641e67", "thread_id": "01a20015-a599-73cf-a7e4-82e5ac641e68",
    "assistant_id": "a", "status": "error", "metadata": {}, "kwargs": {}, "values": {"messages": []}}"#;

/// SQL for a value that cannot be read, and the column that holds it.
const DAMAGE: &[(&str, &str)] = &[
    ("id", "x'00'"),
    ("received_at_us", "9223372036854775807"),
    ("peer", "'nowhere'"),
    ("client", "cast(x'ff' as text)"),
    ("http_version", "cast(x'ff' as text)"),
    ("method", "cast(x'ff' as text)"),
    ("target", "cast(x'2fff' as text)"),
    ("body_bytes", "-1"),
    ("body_sha256", "x'00'"),
    ("body_cut", "'broken'"),
    ("body_kind", "'broken'"),
    ("token", "'unknown'"),
    ("token_place", "'broken'"),
    ("reading", "'{'"),
    ("reply_status", "70000"),
    ("attempt", "'{'"),
];

/// A creel with three deliveries of one run, and its database.
fn caught(creel: &Creel) -> (Minted, Connection) {
    let endpoint = creel.mint("{}");
    for _ in 0..3 {
        creel.deliver(&endpoint, &[], RUN);
    }
    let file = Connection::open(creel.data_dir().join(FILE_NAME)).expect("it opens");
    (endpoint, file)
}

fn damage(file: &Connection, column: &str, value: &str) {
    let sql = format!("update delivery set {column} = {value} where key & 4294967295 = 3");
    assert_eq!(file.execute(&sql, []).expect("it is written"), 1, "{sql}");
}

/// The text of the finding that names damaged columns.
fn finding(delivery: &Value) -> Option<&str> {
    let findings = delivery["findings"].as_array().expect("findings");
    let found = findings.iter().find(|one| one["code"] == "row_damaged")?;
    assert_eq!(found["level"], "problem");
    found["text"].as_str()
}

#[test]
fn a_damaged_value_is_named_and_others_are_shown() {
    for (column, value) in DAMAGE {
        let creel = Creel::start(&["--operator-token", OPERATOR]);
        let (endpoint, file) = caught(&creel);
        damage(&file, column, value);
        let list = creel.deliveries(&endpoint);
        let named: Vec<_> = list.iter().map(finding).collect();
        assert_eq!((named[0], named[1]), (None, None), "{column}");
        let text = named[2].unwrap_or_else(|| panic!("{column} is not named"));
        assert!(text.starts_with(&format!("`{column}`")), "{column}: {text}");
        let mut stream = Follower::new(&creel, &endpoint, "?after=0", &[]);
        for (event, listed) in stream.events(3).iter().zip(&list) {
            assert_eq!(&event.json(), listed, "{column}");
        }
        let full = creel.api(&endpoint, "/deliveries/3");
        assert_eq!(full.status, 200, "{column}");
        assert_eq!(full.json()["body"]["text"], RUN, "{column}");
        let body = creel.api(&endpoint, "/deliveries/3/body");
        assert_eq!(body.body, RUN.as_bytes(), "{column}");
        let operator = bearer(OPERATOR);
        let operator = [("Authorization", operator.as_str())];
        for (page, mark) in [
            ("", "Damaged database row"),
            ("/3", "row_damaged"),
            ("/3?tab=body", "01a20015"),
            ("/2", "/3"),
            ("/compare?a=1&b=3", "#3"),
            ("/thread/01a20015-a599-73cf-a7e4-82e5ac641e68", "#3"),
        ] {
            let target = format!("/inspect/{}{page}", endpoint.id);
            let response = creel.http("GET", &target, &operator, b"");
            assert_eq!(response.status, 200, "{column} {page}");
            assert!(response.text().contains(mark), "{column} {page}: no {mark}");
        }
        // The next attempt of the same run is still captured and numbered, after those known to have the same bytes.
        let response = creel.http("POST", &endpoint.target, &[], RUN.as_bytes());
        assert_eq!(response.status, 200, "{column}");
        let newest = creel.api(&endpoint, "/deliveries?limit=1").json();
        let number = if *column == "body_sha256" { 3 } else { 4 };
        assert_eq!(newest["items"][0]["attempt"]["number"], number, "{column}");
        let home = creel.http("GET", "/operator", &operator, b"").text();
        assert!(home.contains("endpoint-count\">1<"), "{column}");
    }
}

#[test]
fn unreadable_values_are_unknown_and_never_guessed() {
    let creel = Creel::start(&[]);
    let (endpoint, file) = caught(&creel);
    for (column, value) in DAMAGE {
        damage(&file, column, value);
    }
    let found = creel.api(&endpoint, "/deliveries/3").json();
    let text = finding(&found).expect("a finding");
    for (column, _) in DAMAGE {
        assert!(text.contains(&format!("`{column}`")), "{column}: {text}");
    }
    for (pointer, expected) in [
        ("/id", Value::Null),
        ("/peer", Value::Null),
        ("/client", Value::Null),
        ("/body/sha256", Value::Null),
        ("/body/bytes", RUN.len().into()),
        ("/body/cut_why", "unknown".into()),
        ("/body/kind", "unknown".into()),
        ("/verdict/token", "unknown".into()),
        ("/verdict/where", "unknown".into()),
        ("/reading/kind", "unknown".into()),
        ("/reply/status", Value::Null),
        ("/attempt/number", Value::Null),
        ("/attempt/first_seq", Value::Null),
    ] {
        assert_eq!(found.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[test]
fn the_log_names_a_damaged_row_once_a_minute() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let path = folder.path().join("log");
    let log = File::create(&path).expect("a file");
    let creel = Creel::start_as(&[], |command| {
        command.stderr(log);
    });
    let (endpoint, file) = caught(&creel);
    damage(&file, "token", "'broken'");
    for _ in 0..20 {
        creel.deliveries(&endpoint);
    }
    let log = std::fs::read_to_string(path).expect("a log");
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("cannot be read"))
        .collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains(&endpoint.id) && lines[0].contains("token"));
}

#[test]
fn a_damaged_endpoint_is_an_error_and_left_out_of_lists() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let path = folder.path().join("log");
    let log = File::create(&path).expect("a file");
    let creel = Creel::start_as(&["--operator-token", OPERATOR], |command| {
        command.stderr(log);
    });
    let operator = bearer(OPERATOR);
    let operator = [("Authorization", operator.as_str())];
    let made: Vec<Minted> = (0..103).map(|_| creel.mint("{}")).collect();
    let file = Connection::open(creel.data_dir().join(FILE_NAME)).expect("it opens");
    let set = |number: usize, change: &str| {
        let sql = format!("update endpoint set {change} where number = {number}");
        assert_eq!(file.execute(&sql, []).expect("it is written"), 1);
    };
    set(103, "settings = json_set(settings, '$.reply', json('[]'))");
    set(50, "settings = cast(x'ff' as text)");
    set(2, "owner = x'00'");
    set(7, "settings = json_remove(settings, '$.token')");
    set(8, "settings = null");
    set(9, "created_at_us = 9223372036854775807");
    let damaged = [102, 49, 1, 6, 7, 8];
    for at in damaged {
        let response = creel.http("POST", &made[at].target, &[], b"x");
        assert_eq!(response.status, 503, "it is not answered with a guess");
    }
    let response = creel.http("POST", &made[0].target, &[], b"x");
    assert_eq!(response.status, 200);
    let mut ids = Vec::new();
    let mut next = String::new();
    loop {
        let target = format!("/api/v1/endpoints{next}");
        let page = creel.http("GET", &target, &operator, b"").json();
        let items = page["items"].as_array().expect("items").iter();
        ids.extend(items.map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(id) => next = format!("?before={id}"),
            None => break,
        }
    }
    let target = format!("/api/v1/endpoints/{}", made[102].id);
    let deleted = creel.http("DELETE", &target, &operator, b"");
    assert_eq!(deleted.status, 204, "the operator can remove it");
    let readable = (0..103).rev().filter(|at| !damaged.contains(at));
    let readable: Vec<_> = readable.map(|at| made[at].id.clone()).collect();
    assert_eq!(ids, readable);
    let page = creel.http("GET", "/operator", &operator, b"");
    assert_eq!(page.status, 200);
    assert!(page.text().contains(&made[101].id));
    assert_eq!(creel.http("GET", "/readyz", &[], b"").status, 200);
    let log = std::fs::read_to_string(path).expect("a log");
    let columns = [
        "settings",
        "settings",
        "owner",
        "settings",
        "settings",
        "created_at_us",
    ];
    for (at, column) in damaged.into_iter().zip(columns) {
        let named = format!("endpoint {} is damaged: {column}", made[at].id);
        assert!(log.contains(&named), "{named}: {log}");
    }
}
