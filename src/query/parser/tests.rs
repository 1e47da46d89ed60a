//! Each error with its position, and the limits.
//!
//! **Invariant:** each message of the parser is here.

use crate::domain::time::Time;
use crate::query::{Query, QueryError};

fn error(text: &str) -> QueryError {
    match Query::parse(text, Time::from_micros(0)) {
        Ok(query) => panic!("{text} was read as: {query}"),
        Err(error) => error,
    }
}

/// Queries that cannot be read: where, why and what was meant.
#[rustfmt::skip]
const ERROR_CASES: &[(&str, usize, &str, Option<&str>)] = &[
    ("stauts:error", 0, "unknown field \"stauts\"", Some("status:")),
    ("seq:1 Heder.x:1", 6, "unknown field \"Heder\"", Some("header:")),
    ("signature:wrong", 0, "unknown field \"signature\"", Some("\"signature:wrong\"")),
    ("https://x/y", 0, "unknown field \"https\"", Some("\"https://x/y\"")),
    ("12:30", 0, "unknown field \"12\"", Some("\"12:30\"")),
    ("a ::1", 2, "a field is missing before the colon", Some("\"::1\"")),
    ("is:pinned", 0, "unknown field \"is\"", Some("\"is:pinned\"")),
    ("status:", 7, "status: needs a value", Some("status:error,timeout")),
    ("status: error", 7, "status: needs a value", Some("status:error,timeout")),
    ("status:eror", 7, "unknown status \"eror\"", Some("status:error")),
    ("status:error,tmeout", 13, "unknown status \"tmeout\"", Some("status:timeout")),
    ("status:x*", 7, "unknown status \"x\"", None),
    ("status:error,", 13, "a value is missing here", None),
    ("status:,error", 7, "a value is missing here", None),
    ("status:>error", 7, "only numbers can be compared with >", None),
    ("graph:>=a", 6, "only numbers can be compared with >=", None),
    ("sender:python", 7, "unknown sender \"python\"", Some("sender:langgraph_python")),
    ("token:ok", 6, "unknown token \"ok\"", None),
    ("kind:forms", 5, "unknown kind \"forms\"", Some("kind:form")),
    ("finding:secrets", 8, "unknown finding \"secrets\"", Some("finding:secrets_in_body")),
    ("http:3", 5, "unknown http \"3\"", None),
    ("client:localhost", 7, "\"localhost\" is not an IP address", None),
    ("client:127.0.0", 7, "\"127.0.0\" is not an IP address", Some("127.0.0*")),
    ("size:>big", 6, "a size is a number with a unit", None),
    ("size:>10x", 6, "a size is in bytes", Some("10kb")),
    ("size:1*", 5, "a number cannot end with *", None),
    ("duration:>30", 10, "a duration needs a unit", Some("30s")),
    ("attempt:1.5", 8, "\"1.5\" is not a whole number", None),
    ("json.a:>x", 8, "\"x\" is not a number", None),
    ("after:soon", 6, "\"soon\" is not a time", None),
    ("after:2026-11-31", 6, "\"2026-11-31\" is not a time", None),
    ("after:>15m", 6, "only numbers can be compared with >", None),
    ("larger:>1kb", 7, "a size is a number with a unit", None),
    ("header:x", 6, "header needs a name: header.NAME", None),
    ("header.:x", 7, "a name is missing after the dot", None),
    ("json.a..b:1", 7, "a name is missing after the dot", None),
    ("status.x:1", 6, "status has no names after a dot", None),
    ("has:", 4, "has: needs a value", Some("has:header.x-request-id")),
    ("has:\"x\"", 4, "has: needs a field", None),
    ("has:note", 4, "unknown field \"note\"", None),
    ("has:grph", 4, "unknown field \"grph\"", Some("has:graph")),
    ("has:method", 4, "each delivery has method", None),
    ("has:header", 10, "header needs a name", None),
    ("has:graph:x", 9, "write a blank here", None),
    ("\"open", 0, "this quote is not closed", None),
    ("a \"\"", 2, "there is nothing between these quotes", None),
    ("\"a\"b", 3, "write a blank here", None),
    ("a\"b\"", 1, "a quote inside a word", None),
    ("error:f(x)", 7, "a parenthesis inside a word", None),
    ("a*b", 1, "* can only be at the end", None),
    ("*", 0, "* needs a text before it", None),
    ("graph:*", 6, "* needs a text before it", None),
    ("a,status:error", 2, "a comma joins values of one field", None),
    ("a,,b", 2, "a value is missing here", None),
    (",a", 0, "a value is missing here", None),
    ("-", 0, "- needs a word directly after it", None),
    ("a - b", 2, "- needs a word directly after it", None),
    ("--x", 1, "only one - can be before a word", Some("\"--x\"")),
    ("OR a", 0, "OR needs a word before it", None),
    ("a OR", 4, "OR needs a word after it", None),
    ("a OR OR b", 5, "OR needs a word after it", None),
    ("(a OR )", 6, "OR needs a word after it", None),
    ("()", 1, "nothing is between these parentheses", None),
    ("(a", 0, "this parenthesis is not closed", None),
    ("(", 0, "this parenthesis is not closed", None),
    ("a )", 2, "this parenthesis closes nothing", None),
    (")", 0, "this parenthesis closes nothing", None),
    ("(a)b", 3, "write a blank after the parenthesis", None),
    ("a AND b", 2, "AND is not needed", Some("\"AND\"")),
    ("NOT a", 0, "write - instead of NOT", Some("\"NOT\"")),
    ("a || b", 2, "write OR instead of ||", Some("\"||\"")),
    ("zürich: x", 0, "unknown field \"zürich\"", Some("\"zürich:\"")),
    ("é é stauts:x", 4, "unknown field \"stauts\"", Some("status:")),
];

#[test]
fn each_error_has_its_position() {
    for (text, position, message, suggestion) in ERROR_CASES {
        let error = error(text);
        assert_eq!(error.position, *position, "{text}: {error}");
        assert!(error.message.starts_with(message), "{text}: {error}");
        assert_eq!(error.suggestion.as_deref(), *suggestion, "{text}: {error}");
        assert!(!error.message.ends_with('.'), "{text}: {error}");
    }
}

fn read(text: &str) {
    Query::parse(text, Time::from_micros(0)).unwrap();
}

#[test]
fn length_depth_and_values_are_bounded() {
    let long = error(&"a".repeat(2_001));
    assert_eq!(
        (long.position, long.message.as_str()),
        (2_000, "a query has at most 2000 characters")
    );
    read(&"a".repeat(2_000));
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    read(&nested(20));
    assert_eq!(error(&nested(21)).position, 20);
    let many = |count: usize| vec!["a"; count].join(",");
    read(&many(100));
    assert_eq!(error(&many(101)).position, 200);
    let path = |steps: usize| format!("has:json{}", ".a".repeat(steps));
    read(&path(32));
    assert_eq!(error(&path(33)).message, "a path has at most 32 steps");
}
