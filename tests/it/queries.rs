//! Queries in the API and their documentation.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::app::{Creel, Minted};

const FAILED: &str = r#"{"run_id": "019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0b", "thread_id": "7c7f4d38-94d1-4e4b-9d8f-0fa4d5b1c7a6",
    "assistant_id": "a", "status": "error", "metadata": {"graph_id": "agent"}, "kwargs": {}, "values": {"city": "Z\u00fcrich"},
    "error": {"error": "ValueError", "message": "no"}, "webhook": "https://h", "created_at": "2026-11-21T21:49:08Z"}"#;

/// The deliveries that match, and the rest of the answer.
fn asked(creel: &Creel, endpoint: &Minted, query: &str, more: &str) -> (Vec<u64>, Value) {
    let q = utf8_percent_encode(query, NON_ALPHANUMERIC);
    let response = creel.api(endpoint, &format!("/deliveries?q={q}{more}"));
    assert_eq!(response.status, 200, "{query}: {}", response.text());
    let page = response.json();
    let items = page["items"].as_array().expect("a list").iter();
    (
        items.filter_map(|item| item["seq"].as_u64()).collect(),
        page,
    )
}

/// An endpoint with six deliveries: a failed run, three texts, the run again, a form.
fn filled(creel: &Creel) -> Minted {
    let endpoint = creel.mint("{}");
    let json = [("Content-Type", "application/json")];
    let form = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("X-Shop", "17"),
    ];
    creel.deliver(&endpoint, &json, FAILED);
    for text in ["one", "two", "three"] {
        creel.deliver(&endpoint, &[], text);
    }
    creel.deliver(&endpoint, &json, FAILED);
    creel.deliver(&endpoint, &form, "city=Z%C3%BCrich&note=one+more");
    endpoint
}

#[test]
fn a_query_chooses_deliveries_of_the_list() {
    let creel = Creel::start(&[]);
    let endpoint = filled(&creel);
    for (query, expected) in [
        ("", vec![6, 5, 4, 3, 2, 1]),
        ("status:error", vec![5, 1]),
        ("zürich", vec![6, 5, 1]),
        ("one", vec![6, 2]),
        ("-has:status -one", vec![4, 3]),
        (
            "run:019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0b attempt:2",
            vec![5],
        ),
        ("form.city:Zürich header.x-shop:>10", vec![6]),
        (
            "json.error.error:ValueError finding:delivered_again",
            vec![5],
        ),
        ("nothing has this", vec![]),
    ] {
        let (found, page) = asked(&creel, &endpoint, query, "");
        assert_eq!(found, expected, "{query}");
        assert_eq!(
            (&page["next"], &page["total"], &page["scanned_through"]),
            (&Value::Null, &6.into(), &1.into()),
            "{query}"
        );
        let (mut found, page) = asked(&creel, &endpoint, query, "&order=asc");
        found.reverse();
        assert_eq!(found, expected, "{query}");
        assert_eq!(page["scanned_through"], 6, "{query}");
    }
}

#[test]
fn pages_of_a_query_follow_one_another() {
    let creel = Creel::start(&[]);
    let endpoint = filled(&creel);
    for (order, bound, expected) in [("desc", "before", [6, 5, 1]), ("asc", "after", [1, 5, 6])] {
        let (mut all, mut next) = (Vec::new(), String::new());
        loop {
            let more = format!("&limit=1&order={order}{next}");
            let (found, page) = asked(&creel, &endpoint, "zürich", &more);
            assert!(found.len() <= 1);
            all.extend(found);
            match page["next"].as_u64() {
                Some(seq) => next = format!("&{bound}={seq}"),
                None => break,
            }
        }
        assert_eq!(all, expected);
    }
    let (found, page) = asked(&creel, &endpoint, "zürich", "&after=1&before=6");
    assert_eq!((found, &page["scanned_through"]), (vec![5], &2.into()));
}

#[test]
fn a_query_that_cannot_be_read_is_a_problem_with_its_position() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let asked = |query: &str| {
        let q = utf8_percent_encode(query, NON_ALPHANUMERIC);
        let response = creel.api(&endpoint, &format!("/deliveries?q={q}"));
        assert_eq!(response.status, 400, "{query}");
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json")
        );
        response.json()
    };
    let problem = asked("grün stauts:error");
    assert_eq!(problem["type"], "/problems/query");
    assert_eq!(
        (&problem["position"], &problem["suggestion"]),
        (&5.into(), &"status:".into())
    );
    assert_eq!(
        problem["detail"],
        "q: unknown field \"stauts\"; did you mean `status:`?"
    );
    let problem = asked("(a");
    assert_eq!(
        (&problem["position"], &problem["suggestion"]),
        (&0.into(), &Value::Null)
    );
}

#[test]
fn the_examples_of_the_documentation_work() {
    let creel = Creel::start(&[]);
    let endpoint = filled(&creel);
    let page = creel.http("GET", "/docs/query", &[], b"").text();
    let examples: Vec<String> = page
        .split("<code class=\"query-example\">")
        .skip(1)
        .filter_map(|rest| rest.split("</code>").next())
        .map(|code| {
            code.replace("&#34;", "\"")
                .replace("&#60;", "<")
                .replace("&#62;", ">")
                .replace("&#38;", "&")
        })
        .collect();
    assert!(examples.len() > 50, "{examples:?}");
    for example in examples {
        asked(&creel, &endpoint, &example, "");
    }
    for field in ["status:", "json.PATH:", "finding:", "after:"] {
        assert!(
            page.contains(&format!("<strong>{field}</strong>")),
            "{field}"
        );
    }
}
