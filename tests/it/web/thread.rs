//! The history of a thread: what each delivery changed in the state, over real HTTP with recorded deliveries.

use super::seen;
use crate::app::{Creel, Minted};

const THREAD: &str = "01a20017-8e06-701c-8a97-83cbc0b849b8";

fn unchanged(body: String) -> String {
    body
}

/// The text of each delivery on the page.
fn entries(creel: &Creel, endpoint: &Minted, below: &str) -> Vec<String> {
    let page = creel.inspect(endpoint, below);
    assert_eq!(page.status, 200, "{}", page.text());
    let page = page.text();
    let turns = page.split("<li class=\"entry").skip(1);
    turns
        .map(|turn| {
            let (_, head) = turn.split_once('>').expect("an element");
            let turn = head.split("</ol>").next().unwrap_or_default();
            seen(turn).replace(" Compare first second", "")
        })
        .collect()
}

/// A run of the thread with these values.
fn run(number: usize, values: &str) -> String {
    format!(
        r#"{{"run_id":"01a20015-a599-73cf-a7e4-{number:012}","thread_id":"{THREAD}","status":"success","kwargs":{{"temporary":false}},"values":{values}}}"#
    )
}

fn thread_path(thread: &str) -> String {
    format!("/thread/{thread}")
}

#[test]
fn two_turns_show_what_the_second_changed() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "thread-turn-1", unchanged);
    creel.replay(&endpoint, "status-success-plain", unchanged);
    creel.replay(&endpoint, "thread-turn-1", unchanged);
    creel.replay(&endpoint, "thread-turn-2", unchanged);
    let turns = entries(&creel, &endpoint, &thread_path(THREAD));
    assert_eq!(turns.len(), 3, "{turns:#?}");
    let assert_in_order = |at: usize, words: &[&str]| {
        let mut rest = turns[at].as_str();
        for word in words {
            let (_, behind) = rest
                .split_once(word)
                .unwrap_or_else(|| panic!("{word}: {}", turns[at]));
            rest = behind;
        }
    };
    assert_in_order(
        0,
        &[
            "#1",
            "A run of agent ended with success",
            "First state received",
            "Human message 1 Oslo",
            "AI message 2 calls get_weather",
            "Tool get_weather message 3 sunny",
            "AI message 4 The weather",
        ],
    );
    assert_in_order(1, &["#3", "Same bytes as #1."]);
    assert_in_order(
        2,
        &[
            "#4",
            "values changed since #1",
            "added Human message 5 Rome",
            "messages[1].tool_calls[0].args.city changed \"Oslo\" \"Rome\"",
        ],
    );
    assert!(
        !turns[2].contains("message 4"),
        "unchanged messages are not repeated"
    );
    assert!(
        creel
            .inspect(&endpoint, &thread_path(THREAD))
            .text()
            .contains("compare?a=1&#38;b=4")
    );
}

#[test]
fn a_pause_and_its_resumption_show_the_changed_keys() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "status-interrupt-by-graph", unchanged);
    creel.replay(&endpoint, "status-resume-after-interrupt", unchanged);
    let page = creel.inspect(&endpoint, "/1").text();
    let (_, rest) = page
        .split_once(&format!("/inspect/{}/thread/", endpoint.id))
        .expect("a link");
    let thread = rest.split('"').next().unwrap_or_default();
    let turns = entries(&creel, &endpoint, &thread_path(thread));
    assert!(
        turns[0].contains("items [] note \"the first node finished\""),
        "{turns:#?}"
    );
    assert!(
        turns[1].contains("resumed after an interrupt"),
        "{turns:#?}"
    );
    assert!(
        turns[1].contains("answer added {\"approved\":true}"),
        "{turns:#?}"
    );
    assert!(!turns[1].contains("note"), "{turns:#?}");
}

#[test]
fn runs_without_a_state_are_skipped_in_the_comparison() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, &[], run(1, r#"{"a":1}"#));
    let null = |status: &str, extra: &str| {
        let body = run(status.len() + extra.len(), "null");
        body.replace("\"success\"", &format!("\"{status}\"{extra}"))
    };
    creel.deliver(&endpoint, &[], null("rollback", ""));
    creel.deliver(
        &endpoint,
        &[],
        null(
            "error",
            r#","error":{"error":"EmptyInputError","message":""}"#,
        ),
    );
    creel.deliver(
        &endpoint,
        &[],
        null("success", "").replace("\"temporary\":false", "\"temporary\":true"),
    );
    creel.deliver(&endpoint, &[], run(5, "0").replace(",\"values\":0", ""));
    creel.deliver(&endpoint, &[], run(6, r#"{"a":1}"#));
    creel.deliver(&endpoint, &[], run(7, r#"{"b":[1]}"#));
    let turns = entries(&creel, &endpoint, &thread_path(THREAD));
    for (turn, words) in turns.iter().zip([
        "First state received: a 1",
        "values is null because the run was rolled back.",
        "nothing was checkpointed",
        "the run is stateless",
        "The payload has no values",
        "values is unchanged since #1.",
        "values changed since #6: all differences a removed 1 b added [1]",
    ]) {
        assert!(turn.contains(words), "{words}: {turn}");
    }
    assert_eq!(turns.len(), 7);
}

#[test]
fn a_long_thread_is_paged_and_each_page_compares_with_the_state_before_it() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for number in 1..=45 {
        creel.deliver(&endpoint, &[], run(number, &format!("{{\"n\":{number}}}")));
    }
    let newest = entries(&creel, &endpoint, &thread_path(THREAD));
    assert_eq!(newest.len(), 20);
    assert!(
        newest[0].starts_with("#26 ") && newest[0].contains("values changed since #25"),
        "{newest:#?}"
    );
    let page = creel.inspect(&endpoint, &thread_path(THREAD)).text();
    assert!(
        page.contains("?before=26\">Earlier deliveries") && !page.contains("Newest deliveries")
    );
    let oldest = entries(
        &creel,
        &endpoint,
        &format!("{}?before=6", thread_path(THREAD)),
    );
    assert_eq!(oldest.len(), 5);
    assert!(
        oldest[0].contains("First state received: n 1"),
        "{oldest:#?}"
    );
    let page = creel
        .inspect(&endpoint, &format!("{}?before=6", thread_path(THREAD)))
        .text();
    assert!(!page.contains("Earlier deliveries") && page.contains("Newest deliveries"));
}

#[test]
fn a_state_with_too_many_values_is_reported() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let many = format!("[{}0]", "0,".repeat(1 << 20));
    creel.deliver(&endpoint, &[], run(1, &many));
    for number in 2..=21 {
        creel.deliver(&endpoint, &[], run(number, r#"{"a":1}"#));
    }
    let turns = entries(&creel, &endpoint, &thread_path(THREAD));
    assert!(turns[0].starts_with("#2 "), "{turns:#?}");
    assert!(turns[0].contains("Changes unknown"), "{turns:#?}");
    let oldest = entries(
        &creel,
        &endpoint,
        &format!("{}?before=3", thread_path(THREAD)),
    );
    assert!(oldest[0].contains("too large to compare"));
    assert!(oldest[1].contains("Changes unknown"));
}

#[test]
fn a_body_that_is_too_large_is_reported() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, &[], run(1, r#"{"a":1}"#));
    creel.deliver(
        &endpoint,
        &[],
        run(2, &format!("{{\"a\":\"{}\"}}", "x".repeat(9_000_000))),
    );
    creel.deliver(&endpoint, &[], run(3, r#"{"a":3}"#));
    let turns = entries(&creel, &endpoint, &thread_path(THREAD));
    assert!(
        turns[1].contains("The body is too large to compare here."),
        "{turns:#?}"
    );
    assert!(turns[2].contains("Changes unknown"), "{turns:#?}");
}

#[test]
fn a_thread_is_found_only_at_its_endpoint_by_id() {
    let creel = Creel::start(&[]);
    let (endpoint, other) = (creel.mint("{}"), creel.mint("{}"));
    creel.deliver(&endpoint, &[], run(1, "{}"));
    creel.deliver(&other, &[], "{}");
    assert_eq!(creel.inspect(&endpoint, &thread_path(THREAD)).status, 200);
    assert_eq!(creel.inspect(&other, &thread_path(THREAD)).status, 404);
    for wrong in ["x", "7c7f4d38-94d1-4e4b-9d8f-000000000000", ""] {
        assert_eq!(
            creel.inspect(&endpoint, &thread_path(wrong)).status,
            404,
            "{wrong}"
        );
    }
    let foreign = creel.key_cookie(&other);
    let target = format!("/inspect/{}/thread/{THREAD}", endpoint.id);
    let refused = creel.http("GET", &target, &[("Cookie", &foreign)], b"");
    assert_eq!(refused.status, 404);
}
