//! A matching and a failing example of each field, and the wording of queries.
//!
//! **Invariant:** each row of the table of fields is here.

use bytes::Bytes;

use super::*;
use crate::domain::delivery::{Delivery, Intake};
use crate::domain::head::Head;
use crate::domain::ids::{EndpointId, Seq};
use crate::domain::response::Response;
use crate::domain::token_check::{TokenCheck, TokenResult};
use crate::langgraph;

const NOW: &str = "2026-11-28T12:30:00Z";

const RUN: &str = r#"{"run_id": "019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0b", "thread_id": "7c7f4d38-94d1-4e4b-9d8f-0fa4d5b1c7a6",
    "assistant_id": "eb6db400-e3c8-5d06-a834-015cb89efe69", "status": "error",
    "metadata": {"graph_id": "Agent"}, "kwargs": {"config": {"configurable": {"cron_id": "C-1"}}},
    "values": {"score": 0.75, "ok": true, "none": null, "tags": ["rot", "Gr\u00fcn"], "count": 15, "id": 5.0,
        "messages": [{"type": "human", "content": "Hello"}, {"type": "ai", "content": "in Z\u00fcrich"}], "a.b": ["x y"]},
    "error": {"error": "ValueError", "message": "Recursion limit of 25 reached"},
    "created_at": "2026-11-21T21:49:08+00:00", "run_started_at": "2026-11-21T21:49:08+00:00",
    "run_ended_at": "2026-11-21T21:49:48+00:00", "webhook_sent_at": "2026-11-21T21:49:50Z", "webhook": "https://x/hook"}"#;

fn now() -> Time {
    Time::parse(NOW).unwrap()
}

fn query(text: &str) -> Query {
    Query::parse(text, now()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A delivery with number 7 that arrived 10 minutes ago, and with these header lines.
fn delivery(target: &str, lines: &str, body: &[u8]) -> Delivery {
    let head = Head {
        raw: Bytes::from(format!("POST {target} HTTP/1.1\r\n{lines}\r\n")),
        exact: true,
    };
    let received_at = Time::parse("2026-11-28T12:20:00Z").unwrap();
    let read = langgraph::read(&head, body, None, received_at);
    let intake = Intake {
        received_at,
        peer: "127.0.0.1:5000".parse().ok(),
        client: "2001:db8::1".parse().ok(),
        head,
        body: Bytes::copy_from_slice(body),
        cut: None,
        trailers: Bytes::new(),
    };
    let token_check = TokenCheck {
        result: TokenResult::Missing,
        place: None,
    };
    let mut delivery = Delivery::new(EndpointId::random(), intake, token_check, read);
    delivery.summary.seq = Seq(7);
    delivery.summary.attempt.number = 2;
    delivery.summary.response = Some(Response { status: 503 });
    delivery
}

fn run() -> Delivery {
    let lines = "Content-Type: application/json\r\nX-Retry: 3\r\nx-retry: two\r\n";
    delivery(
        "/hook/id/Orders/17?source=Cron&n=5&flag&city=Z%C3%BCrich+West",
        lines,
        RUN.as_bytes(),
    )
}

fn form() -> Delivery {
    let lines = "Content-Type: application/x-www-form-urlencoded\r\nContent-Encoding: identity\r\n";
    delivery("/hook/id", lines, b"City=Z%C3%BCrich&n=5&bare&note=a+b")
}

/// Each field with queries that the run matches, and others that it does not.
#[rustfmt::skip]
const FIELD_CASES: &[(&str, &[&str], &[&str])] = &[
    (
        "status",
        &[
            "status:error",
            "status:ERROR",
            "status:success,error",
            "status:err*",
            "status:=error",
            "has:status",
        ],
        &[
            "status:success",
            "status:other",
            "status:=Error",
            "status:=err",
            "-status:error",
        ],
    ),
    (
        "graph",
        &[
            "graph:agent",
            "graph:ag*",
            "graph:=Agent",
            "graph:=Ag*",
            "graph:x,agent",
            "has:graph",
        ],
        &["graph:age", "graph:=agent", "graph:gent*"],
    ),
    (
        "assistant",
        &[
            "assistant:EB6DB400-e3c8-5d06-a834-015cb89efe69",
            "assistant:eb6db400*",
        ],
        &["assistant:eb6db400"],
    ),
    (
        "thread",
        &[
            "thread:7c7f4d38-94d1-4e4b-9d8f-0fa4d5b1c7a6",
            "thread:7C7F*",
        ],
        &["thread:7c7f4d3894d14e4b9d8f0fa4d5b1c7a6"],
    ),
    (
        "run",
        &["run:019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0b", "run:019a*"],
        &["run:019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0c"],
    ),
    ("cron", &["cron:c-1", "has:cron"], &["cron:c-2"]),
    (
        "sender",
        &["-sender:langgraph_js", "has:sender"],
        &["sender:langgraph_js"],
    ),
    (
        "version",
        &["version:0.16.7 OR -has:version"],
        &["version:0.15*"],
    ),
    (
        "error",
        &[
            "error:valueerror",
            "error:\"recursion limit\"",
            "error:=ValueError",
            "error:Recurs*",
            "has:error",
        ],
        &["error:limits", "error:=Value", "error:limit*"],
    ),
    (
        "duration",
        &[
            "duration:40s",
            "duration:>30s",
            "duration:<1s,40000ms",
            "has:duration",
        ],
        &["duration:>40s", "duration:<40s"],
    ),
    ("lag", &["lag:>5s", "lag:>6d"], &["lag:<0s"]),
    ("messages", &["messages:2", "messages:>1"], &["messages:>2"]),
    (
        "method",
        &["method:post", "method:P*"],
        &["method:get", "method:=post"],
    ),
    (
        "path",
        &["path:/orders", "path:=/Orders/17", "path:/ord*"],
        &["path:source", "path:=/orders/17", "path:17*"],
    ),
    (
        "target",
        &["target:source=cron", "target:/hook*"],
        &["target:localhost"],
    ),
    (
        "client",
        &[
            "client:2001:db8::1",
            "client:2001:DB8:0::1 OR client:2001:*",
            "has:client",
        ],
        &["client:127.0.0.1"],
    ),
    (
        "token",
        &["token:missing", "token:wrong,missing", "token:miss*"],
        &["token:match", "-token:missing"],
    ),
    (
        "kind",
        &["kind:run", "kind:json", "kind:text,run"],
        &["kind:text", "kind:empty"],
    ),
    (
        "encoding",
        &["-has:encoding", "-encoding:gzip"],
        &["encoding:gzip", "has:encoding"],
    ),
    ("http", &["http:1.1", "http:1*"], &["http:2", "http:1.0"]),
    (
        "header",
        &[
            "header.CONTENT-TYPE:json",
            "header.x-retry:two",
            "header.x-retry:=3",
            "header.x-retry:>=3",
            "has:header.x-retry",
        ],
        &[
            "header.x-retry:four",
            "header.x-retry:>3",
            "header.x-retry:=Two",
            "has:header.x",
            "header.x-retry:wo*",
        ],
    ),
    (
        "query",
        &[
            "query.source:cron",
            "query.n:<6",
            "query.city:\"zürich west\"",
            "has:query.flag",
            "query.flag:=\"\"",
        ],
        &["query.Source:cron", "query.n:>5", "has:query.m"],
    ),
    ("form", &["-has:form.city"], &["form.City:zürich"]),
    (
        "json",
        &[
            "json.error.error:ValueError",
            "json.values.score:>0.5",
            "json.values.messages.*.type:ai",
            "json.values.messages.1.content:zürich",
            "json.values.ok:true",
            "json.values.none:null",
            "has:json.values.none",
            "json.values.id:5",
            "json.values.tags:grün",
            "json.values.tags.*:=rot",
            "json.values.\"a.b\".0:x",
            "json.values.count:1*",
        ],
        &[
            "json.error.error:=valueerror",
            "json.values.score:>0.75",
            "json.values.count:5",
            "json.values.messages.2.type:ai",
            "has:json.values.x",
            "json.values.id:=5",
            "json.values.tags:=rot",
            "json.Values:x",
            "json.values.ok:>0",
        ],
    ),
    (
        "body",
        &[
            "body:\"in zürich\"",
            "content:hello",
            "body:Z\\u00fcrich",
            "body:{*",
        ],
        &["body:orders", "body:hello*"],
    ),
    (
        "has",
        &["has:graph,cron", "has:json.values.*.0"],
        &["has:json.nothing", "-has:error"],
    ),
    (
        "finding",
        &["finding:token_missing", "finding:token*"],
        &["finding:token_wrong", "-finding:warning,note,problem"],
    ),
    (
        "size",
        &["size:>500", "larger:0.5kb", "smaller:1mb", "size:<1kib,>1kib"],
        &["size:0", "size:>1gb", "smaller:0.5kb"],
    ),
    ("attempt", &["attempt:>1", "attempt:2"], &["attempt:1"]),
    (
        "seq",
        &["seq:7", "seq:>=7", "seq:1,7"],
        &["seq:8", "seq:<7"],
    ),
    (
        "answered",
        &["answered:503", "answered:>=500", "has:answered"],
        &["answered:200", "-has:answered"],
    ),
    (
        "after",
        &[
            "after:2026-11-28T12:20Z",
            "after:15m",
            "after:today",
            "since:1h",
            "after:2026-11-28T13:20:00+01:00",
        ],
        &["after:5m", "after:2026-11-28T12:20:01Z"],
    ),
    (
        "before",
        &["before:5m", "until:now", "before:2026-11-29"],
        &["before:2026-11-28T12:20Z", "before:1h", "before:yesterday"],
    ),
];

#[test]
fn each_field_holds_and_does_not() {
    let run = run();
    let holds = |text: &&&str| query(text).matches(&run);
    for (name, matching, failing) in FIELD_CASES {
        let missed: Vec<_> = matching.iter().filter(|text| !holds(text)).collect();
        let found: Vec<_> = failing.iter().filter(holds).collect();
        assert_eq!((missed, found), (vec![], vec![]), "{name}");
    }
    let named: Vec<_> = FIELD_CASES.iter().map(|(name, ..)| *name).collect();
    let fields: Vec<_> = FIELDS.iter().map(|entry| entry.name).collect();
    assert_eq!(named, fields);
}

#[test]
fn words_are_found_in_target_header_lines_and_body() {
    let run = run();
    for text in [
        "orders",
        "source=cron",
        "\"zürich west\"",
        "x-retry",
        "\"content-type: APPLICATION\"",
        "two",
        "hello",
        "\"in zürich\"",
        "Z\\u00fcrich",
        "rec*",
        "zür*",
        "\"recursion limit\"",
        "nothing,hello",
        "\"\\\"ValueError\\\"\"",
    ] {
        assert!(query(text).matches(&run), "{text}");
    }
    for text in ["nowhere", "POST", "ursion*", "\"hello in\"", "HTTP/1.1"] {
        assert!(!query(text).matches(&run), "{text}");
    }
    let form = form();
    for text in [
        "zürich",
        "note=a",
        "\"a b\"",
        "form.City:ZÜRICH",
        "form.n:>4",
        "has:form.bare",
        "kind:text",
        "status:error OR bare",
    ] {
        assert!(query(text).matches(&form), "{text}");
    }
    for text in [
        "form.city:zürich",
        "has:form.x",
        "status:other",
        "duration:<1h",
        "has:encoding",
        "json.a:1",
    ] {
        assert!(!query(text).matches(&form), "{text}");
    }
}

#[test]
fn blanks_bind_tighter_than_or() {
    let run = run();
    for (text, expected) in [
        ("", true),
        ("  ", true),
        ("seq:7 seq:8", false),
        ("seq:7 OR seq:8", true),
        ("seq:8 seq:8 OR seq:7", true),
        ("seq:8 (seq:8 OR seq:7)", false),
        ("(seq:8 OR seq:7) status:error", true),
        ("-(seq:8 OR seq:9)", true),
        ("!seq:7", false),
        ("-seq:8,9", true),
        ("(seq:7)(seq:7)", true),
        ("or seq:7", true),
        ("seq:7 OR(seq:8)", true),
    ] {
        assert_eq!(query(text).matches(&run), expected, "{text}");
    }
}

#[test]
fn records_and_broken_json_are_read() {
    let lines = delivery("/hook/id", "", b"{\"a\": 1}\n{\"a\": 2, \"b\": [3]}\n");
    assert!(query("json.a:2 json.b.0:3 -json.a:3").matches(&lines));
    let cut = delivery("/hook/id", "", b"{\"a\": \"Z\\u00fcrich\", \"b\": [1, ");
    assert!(query("json.a:zürich zürich -has:json.b").matches(&cut));
    let numbers = delivery("/hook/id", "", b"{\"a\": NaN, \"b\": 2}");
    assert!(query("json.b:2 has:json.a -json.a:>0 -json.a:<0").matches(&numbers));
}

#[test]
fn a_row_alone_is_enough_or_says_that_it_is_not() {
    let run = run();
    let known = |text: &str| query(text).matches_loaded(&Candidate::row(&run.summary));
    assert_eq!(known("status:error"), Some(true));
    assert_eq!(known("status:success hello"), Some(false));
    assert_eq!(known("status:error OR hello"), Some(true));
    assert_eq!(known("orders"), Some(true));
    assert_eq!(known("status:error hello"), None);
    assert_eq!(known("-hello"), None);
    assert_eq!(known("has:header.x"), None);
    let head =
        query("has:header.x").matches_loaded(&Candidate::row(&run.summary).with_head(&run.head));
    assert_eq!(head, Some(false));
}

#[test]
fn examples_of_the_table_are_queries_of_their_field() {
    for entry in FIELDS {
        for example in entry.examples {
            let words = query(example).to_string();
            assert!(!words.is_empty());
            assert!(example.contains(entry.name), "{example}");
        }
    }
}

#[test]
fn a_query_is_said_in_words() {
    for (text, words) in [
        ("", "every delivery"),
        (
            "status:error,timeout graph:agent",
            "status is error or timeout, and graph is agent",
        ),
        (
            "hello \"two words\"",
            "the request contains hello, and the request contains \"two words\"",
        ),
        (
            "a* OR body:b,=c",
            "the request has a word that begins with a, or the body contains b or is exactly c",
        ),
        (
            "-(seq:5 OR size:>1kb)",
            "not (seq is 5, or size is more than 1kb)",
        ),
        (
            "seq:1 (seq:2 OR -seq:<=3)",
            "seq is 1, and (seq is 2, or not (seq is at most 3))",
        ),
        (
            "after:15m before:2026-11-29",
            "received at or after 2026-11-28T12:15:00.000000Z, and received before 2026-11-29T00:00:00.000000Z",
        ),
        (
            "has:json.a.*.b,graph",
            "JSON value a.*.b is there, or graph is there",
        ),
        (
            "header.x:=\"\" query.a:>1.5 form.b:c*",
            "header x is exactly \"\", and query parameter a is more than 1.5, and form field b begins with c",
        ),
    ] {
        assert_eq!(query(text).to_string(), words, "{text}");
    }
}
