//! The comparison of two deliveries, over real HTTP with recorded deliveries.

use super::{between, seen};
use crate::access::{NOBODY, whole};
use crate::app::{Creel, Minted};

fn unchanged(body: String) -> String {
    body
}

/// The text of a section of the page.
fn section(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!("id=\"{id}-title\"")).expect(id);
    seen(rest.split_once("</section>").expect("its end").0)
}

fn compared(creel: &Creel, endpoint: &Minted, a: u64, b: u64) -> String {
    let response = creel.inspect(endpoint, &format!("/compare?a={a}&b={b}"));
    assert_eq!(response.status, 200, "{}", response.text());
    response.text()
}

#[test]
fn two_turns_differ_in_messages_ids_and_times() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "thread-turn-1", unchanged);
    creel.replay(&endpoint, "thread-turn-2", unchanged);
    let page = compared(&creel, &endpoint, 1, 2);
    let body = section(&page, "body");
    for told in [
        "12 changed, 1 added.",
        "values.messages[1].tool_calls[0].args.city changed \"Oslo\" \"Rome\"",
        "kwargs.input.messages[0].content changed \"Oslo\" \"Rome\"",
        "values.messages[4] added { \"content\": \"Rome\"",
        "Ids and times (8)",
    ] {
        assert!(body.contains(told), "{told}: {body}");
    }
    let (stamps, _) = body
        .split_once("Ids and times (8)")
        .map(|(others, stamps)| (stamps, others))
        .unwrap();
    for name in [
        "run_id",
        "created_at",
        "webhook_sent_at",
        "kwargs.config.configurable.run_id",
    ] {
        assert!(
            stamps.contains(&format!("{name} changed")),
            "{name}: {stamps}"
        );
    }
    assert!(section(&page, "query").contains("Identical, in the same order."));
    assert!(
        section(&page, "headers").contains("1 changed."),
        "Content-Length"
    );
    assert!(section(&page, "line").contains("Same method, path and version."));
    let swapped = format!("/inspect/{}/compare?a=2&#38;b=1", endpoint.id);
    assert!(page.contains(&swapped), "{page}");
    let other_way = compared(&creel, &endpoint, 2, 1);
    assert!(section(&other_way, "body").contains("12 changed, 1 removed."));
}

#[test]
fn identical_bytes_are_reported() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "thread-turn-1", unchanged);
    creel.replay(&endpoint, "thread-turn-1", unchanged);
    let page = compared(&creel, &endpoint, 1, 2);
    assert!(section(&page, "body").contains("Identical bytes."));
    assert!(section(&page, "headers").contains("Identical, in the same order."));
    assert!(seen(&compared(&creel, &endpoint, 1, 1)).contains("Identical bytes."));
}

#[test]
fn a_word_selects_an_earlier_delivery_and_skips_attempts() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for name in [
        "thread-turn-1",
        "status-success-plain",
        "thread-turn-2",
        "thread-turn-2",
    ] {
        creel.replay(&endpoint, name, unchanged);
    }
    for (asked, numbers) in [
        ("a=before&b=4", "a=2&b=4"),
        ("a=thread&b=4", "a=1&b=4"),
        ("a=before&b=2", "a=1&b=2"),
    ] {
        let response = creel.inspect(&endpoint, &format!("/compare?{asked}"));
        assert_eq!(response.status, 303, "{asked}");
        let to = format!("/inspect/{}/compare?{numbers}", endpoint.id);
        assert_eq!(response.header("location"), Some(to.as_str()), "{asked}");
    }
    for (asked, told) in [
        ("a=before&b=1", "There is no earlier delivery."),
        (
            "a=thread&b=2",
            "There is no earlier delivery of this thread.",
        ),
        ("b=2", "Compare two deliveries"),
        ("a=x&b=y", "Compare two deliveries"),
    ] {
        let response = creel.inspect(&endpoint, &format!("/compare?{asked}"));
        assert_eq!(response.status, 200, "{asked}");
        assert!(seen(&response.text()).contains(told), "{asked}");
        assert!(!response.text().contains("id=\"body-title\""), "{asked}");
    }
}

#[test]
fn a_delivery_of_another_endpoint_is_not_found() {
    let creel = Creel::start(&[]);
    let (endpoint, other) = (creel.mint("{}"), creel.mint("{}"));
    creel.deliver(&endpoint, &[], b"mine");
    for _ in 0..3 {
        creel.deliver(&other, &[], b"theirs");
    }
    let cookie = creel.key_cookie(&endpoint);
    let ask = |id: &str, below: &str| {
        let target = format!("/inspect/{id}/{below}");
        creel.http("GET", &target, &[("Cookie", &cookie)], b"")
    };
    let nothing = ask(NOBODY, "compare?a=1&b=1");
    for (id, below) in [
        (&endpoint.id, "compare?a=1&b=2"),
        (&endpoint.id, "compare?a=3&b=1"),
        (&endpoint.id, "compare?a=0&b=1"),
        (&endpoint.id, "compare?a=1&b=18446744073709551615"),
    ] {
        let missing = ask(id, below);
        assert_eq!(missing.status, 404, "{id} {below}");
        assert!(missing.text().contains("There is no delivery #"), "{below}");
    }
    for below in ["compare?a=1&b=2", "compare"] {
        assert_eq!(whole(&ask(&other.id, below)), whole(&nothing), "{below}");
    }
    assert_eq!(ask(&endpoint.id, "compare?a=1&b=1").status, 200);
}

#[test]
fn header_lines_and_parameters_are_compared_in_their_order() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let post = |below: &str, lines: &[(&str, &str)]| {
        let response = creel.http(
            "POST",
            &format!("{}{below}", endpoint.target),
            lines,
            b"same",
        );
        assert_eq!(response.status, 200);
    };
    post(
        "&n=1&n=2",
        &[("X-One", "a"), ("X-Two", "b"), ("X-Gone", "c")],
    );
    post(
        "&n=1&n=3&flag",
        &[("X-Two", "b"), ("x-one", "a"), ("X-Two", "d")],
    );
    let page = compared(&creel, &endpoint, 1, 2);
    let headers = section(&page, "headers");
    assert!(
        headers.contains("1 changed, 1 added, 1 removed, 1 moved."),
        "{headers}"
    );
    for told in [
        "X-One → x-one",
        "X-Gone removed c",
        "X-Two repeated added d",
    ] {
        assert!(headers.contains(told), "{told}: {headers}");
    }
    let query = section(&page, "query");
    assert!(query.contains("1 changed, 1 added."), "{query}");
    assert!(query.contains("n repeated changed 2 3"), "{query}");
    let path = format!("/hook/{}/other?token={}", endpoint.id, endpoint.token);
    assert_eq!(creel.http("PUT", &path, &[], b"\0").status, 200);
    let page = compared(&creel, &endpoint, 1, 3);
    assert!(section(&page, "line").contains("Method POST PUT Path / /other Version HTTP/1.1"));
    assert!(section(&page, "body").contains("Only text is compared in detail."));
    assert!(
        page.contains("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        "hash of NUL"
    );
}

#[test]
fn c12_the_order_of_a_repeated_member_is_a_difference() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for body in [
        r#"{"id":1,"id":2}"#,
        r#"{"id":2,"id":1}"#,
        r#"{"id":2, "id":1}"#,
    ] {
        creel.deliver(&endpoint, &[], body.as_bytes());
    }
    let body = section(&compared(&creel, &endpoint, 1, 2), "body");
    assert!(body.contains("2 changed."), "{body}");
    assert!(body.contains("id changed 1 2"), "{body}");
    let body = section(&compared(&creel, &endpoint, 2, 3), "body");
    assert!(
        body.contains("Same meaning; differs in whitespace."),
        "{body}"
    );
}

#[test]
fn c23_a_bare_name_is_told_from_an_empty_value() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for below in ["&flag", "&flag=", "&flag"] {
        let target = format!("{}{below}", endpoint.target);
        assert_eq!(creel.http("POST", &target, &[], b"").status, 200);
    }
    let query = section(&compared(&creel, &endpoint, 1, 2), "query");
    assert!(query.contains("1 changed."), "{query}");
    assert!(query.contains("flag changed no value empty"), "{query}");
    let query = section(&compared(&creel, &endpoint, 1, 3), "query");
    assert!(query.contains("Identical, in the same order."), "{query}");
}

#[test]
fn hostile_text_stays_text() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let script = "<script>alert(1)</script>\"'";
    let json = |value: &str| {
        let script = script.replace('"', "\\\"");
        format!("{{\"{script}\":\"{script}{value}\u{202e}\",\"list\":[\"{script}\"]}}")
    };
    for value in ["a", "b"] {
        creel.deliver(
            &endpoint,
            &[("X-Html", script), ("X-Value", value)],
            json(value).as_bytes(),
        );
    }
    creel.deliver(
        &endpoint,
        &[(&script[..7].replace(['<', '>'], ""), script)],
        script.as_bytes(),
    );
    for (a, b) in [(1, 2), (2, 3), (3, 1)] {
        let page = compared(&creel, &endpoint, a, b);
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(!page.contains('\u{202e}'));
    }
    let page = compared(&creel, &endpoint, 1, 2);
    assert!(seen(&page).contains(script), "{page}");
    assert!(between(&page, "<td class=\"side-a\"", "</td>").contains("U+202E"));
}

#[test]
fn five_megabytes_are_compared_and_the_page_stays_small() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let messages = |salt: usize| {
        let message = |at: usize| {
            let text = format!("{} {}", "word ".repeat(40), at % (7 + salt));
            format!(r#"{{"type":"ai","id":"message-{at}","content":"{text}","tool_calls":[]}}"#)
        };
        let all: Vec<_> = (0..20_000).map(message).collect();
        format!(r#"{{"values":{{"messages":[{}]}}}}"#, all.join(","))
    };
    for salt in [0, 1] {
        let body = messages(salt);
        assert!(body.len() > 5_000_000);
        creel.deliver(&endpoint, &[], body.as_bytes());
    }
    let page = compared(&creel, &endpoint, 1, 2);
    assert!(section(&page, "body").contains("more values differ"));
    assert!(page.len() < 600_000, "{}", page.len());
}

#[test]
fn concurrent_comparisons_wait_and_are_all_answered() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "thread-turn-1", unchanged);
    creel.replay(&endpoint, "thread-turn-2", unchanged);
    let missing = creel.inspect(&endpoint, "/compare?a=1&b=3");
    assert_eq!(missing.status, 404);
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let page = compared(&creel, &endpoint, 1, 2);
                assert!(section(&page, "body").contains("12 changed, 1 added."));
            });
        }
    });
}
