//! The list of an endpoint: its filters, the rows that scripts fetch, and what a row says.

use serde_json::json;

use super::{between, seen};
use crate::app::{Creel, Minted, Response};

/// A run with this number and status.
fn run_with(n: usize, status: &str) -> String {
    json!({
        "run_id": format!("01a20015-a599-73cf-a7e4-{n:012x}"),
        "thread_id": "01a20015-a58e-7da0-9d3a-9bd4be40cd81",
        "assistant_id": "8b184351-3358-5cdd-b03b-9a70de2251e5",
        "metadata": {"graph_id": "agent"},
        "status": status,
        "kwargs": {},
        "values": {},
    })
    .to_string()
}

/// The seqs of the rows of a page, in their order.
fn seqs(page: &str) -> Vec<u64> {
    let rows = page.split("data-seq=\"").skip(1);
    let seqs = rows.filter_map(|row| row.split('"').next()?.parse().ok());
    seqs.collect()
}

/// The filters as they are shown.
fn strip(page: &str) -> String {
    seen(between(page, "<nav class=\"filters\"", "</nav>"))
}

/// The row of a delivery.
fn row(page: &str, seq: u64) -> &str {
    between(page, &format!("data-seq=\"{seq}\""), "</li>")
}

/// #1 succeeded, #2 failed, #3 is text, #4 exceeded the time limit, #5 has a wrong token.
fn mixed(creel: &Creel) -> Minted {
    let endpoint = creel.mint(r#"{"token": "auto"}"#);
    assert!(endpoint.target.contains("?token="), "{}", endpoint.target);
    let wrong = format!("/hook/{}?token=wrong", endpoint.id);
    for (target, body) in [
        (&endpoint.target, run_with(1, "success")),
        (&endpoint.target, run_with(2, "error")),
        (&endpoint.target, "text".to_owned()),
        (&endpoint.target, run_with(3, "timeout")),
        (&wrong, "{}".to_owned()),
    ] {
        assert_eq!(creel.http("POST", target, &[], body.as_bytes()).status, 200);
    }
    endpoint
}

#[test]
fn a_filter_shows_its_rows_and_every_number_at_once() {
    let creel = Creel::start(&[]);
    let endpoint = mixed(&creel);
    for (show, expected, current) in [
        ("", &[5, 4, 3, 2, 1][..], "All 5"),
        ("?show=failed", &[4, 2], "Failed 2"),
        ("?show=runs", &[4, 2, 1], "Runs 3"),
        ("?show=other", &[5, 3], "Other 2"),
        ("?show=token", &[5], "Token 1"),
        ("?show=nonsense", &[5, 4, 3, 2, 1], "All 5"),
        ("?show=", &[5, 4, 3, 2, 1], "All 5"),
    ] {
        let page = creel.inspect(&endpoint, show).text();
        assert_eq!(seqs(&page), expected, "{show}");
        assert_eq!(strip(&page), "All 5 Failed 2 Runs 3 Other 2 Token 1");
        let (_, behind) = page.split_once("aria-current=\"true\">").expect("one");
        assert_eq!(seen(behind.split("</a>").next().unwrap()), current);
    }
}

#[test]
fn every_link_of_a_filtered_list_keeps_the_filter() {
    let creel = Creel::start(&[]);
    let endpoint = mixed(&creel);
    let base = format!("/inspect/{}", endpoint.id);
    let list = creel.inspect(&endpoint, "?show=failed").text();
    assert!(row(&list, 4).contains(&format!("href=\"{base}/4?show=failed\"")));
    let open = creel.inspect(&endpoint, "/4?show=failed").text();
    assert_eq!(seqs(&open), [4, 2]);
    assert!(open.contains(&format!("class=\"back\" href=\"{base}?show=failed\"")));
    let tabs = between(&open, "<nav class=\"tabs\"", "</nav>");
    for tab in tabs.split("href=\"").skip(1) {
        let href = tab.split('"').next().unwrap();
        assert!(href.starts_with(&format!("{base}/4?show=failed")), "{href}");
    }
    let all = between(&open, "<nav class=\"filters\"", "</nav>");
    // The delivery stays open when the filter changes.
    assert!(all.contains(&format!("href=\"{base}/4\"")), "{all}");
    // A delivery that the filter hides can still be opened by its link.
    let hidden = creel.inspect(&endpoint, "/3?show=failed").text();
    assert_eq!(seqs(&hidden), [4, 2]);
    assert!(hidden.contains("data-delivery=\"3\""));
}

#[test]
fn a_filter_without_rows_is_shown_only_while_it_is_selected() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let page = creel.inspect(&endpoint, "").text();
    assert_eq!(strip(&page), "All 0");
    assert!(page.contains("No deliveries yet."));
    creel.deliver(&endpoint, &[], b"text");
    let page = creel.inspect(&endpoint, "").text();
    assert_eq!(strip(&page), "All 1");
    let page = creel.inspect(&endpoint, "?show=failed").text();
    assert_eq!(strip(&page), "All 1 Failed 0");
    assert!(page.contains("No delivery matches this filter."));
    assert!(!page.contains("No deliveries yet."));
}

/// Newest seq and whether more follow, as the headers of a fragment say.
fn headers(fragment: &Response) -> (Option<&str>, bool) {
    let more = fragment.header("x-more").is_some();
    (fragment.header("x-newest"), more)
}

#[test]
fn fetched_rows_say_how_far_they_reach_although_a_filter_hides_the_newest() {
    let creel = Creel::start(&[]);
    let endpoint = mixed(&creel);
    for (query, expected, newest) in [
        ("?after=0", &[5, 4, 3, 2, 1][..], "5"),
        ("?after=3", &[5, 4], "5"),
        ("?after=5", &[], "5"),
        ("?after=0&show=failed", &[4, 2], "5"),
        ("?after=2&show=failed", &[4], "5"),
        ("?after=4&show=failed", &[], "5"),
        ("?after=0&show=token", &[5], "5"),
        ("?before=4&show=failed", &[2], "5"),
    ] {
        let fragment = creel.inspect(&endpoint, &format!("/rows{query}"));
        assert_eq!(seqs(&fragment.text()), expected, "{query}");
        assert_eq!(headers(&fragment), (Some(newest), false), "{query}");
        let strip = strip(&fragment.text());
        assert_eq!(strip, "All 5 Failed 2 Runs 3 Other 2 Token 1", "{query}");
        let keeps = fragment.text().contains("?show=failed\"><");
        assert!(!query.contains("before") || !keeps, "{query}");
    }
    let fragment = creel.inspect(&endpoint, "/rows?after=2&show=failed").text();
    let link = format!("href=\"/inspect/{}/4?show=failed\"", endpoint.id);
    assert!(row(&fragment, 4).contains(&link), "{fragment}");
}

#[test]
fn many_new_rows_are_fetched_page_by_page_without_a_gap() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for n in 0..130 {
        let status = if n % 13 == 0 { "success" } else { "error" };
        creel.deliver(&endpoint, &[], run_with(n, status));
    }
    let failed: Vec<u64> = (1..=130).filter(|seq| (seq - 1) % 13 != 0).collect();
    assert_eq!(failed.len(), 120);
    let (mut after, mut found, mut pages) = (0, Vec::new(), 0);
    loop {
        let fragment = creel.inspect(&endpoint, &format!("/rows?after={after}&show=failed"));
        let mut rows = seqs(&fragment.text());
        let (newest, more) = headers(&fragment);
        after = newest.and_then(|seq| seq.parse().ok()).expect("a seq");
        if more {
            assert_eq!(Some(&after), rows.first(), "nothing is skipped");
        }
        rows.reverse();
        found.extend(rows);
        pages += 1;
        if !more {
            break;
        }
    }
    assert_eq!((found, pages, after), (failed.clone(), 2, 130));
    // Backwards, by the link at the end of the list.
    let first = creel.inspect(&endpoint, "?show=failed").text();
    let older = between(&first, "id=\"older\" href=\"", "\"").replace("&#38;", "&");
    let last = seqs(&first).pop().expect("a row");
    let expected = format!("/inspect/{}?show=failed&before={last}", endpoint.id);
    assert_eq!(older, expected);
    let rest = creel.inspect(&endpoint, &format!("?show=failed&before={last}"));
    let mut both = seqs(&first);
    both.extend(seqs(&rest.text()));
    both.reverse();
    assert_eq!(both, failed);
}

#[test]
fn a_row_says_what_arrived_in_the_words_of_its_sender() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token": "auto"}"#);
    let json = ("Content-Type", "application/json");
    let post = |headers: &[(&str, &str)], body: &[u8]| {
        let sent = creel.http("POST", &endpoint.target, headers, body);
        assert_eq!(sent.status, 200);
    };
    post(&[json, ("X-GitHub-Event", "push")], b"{}");
    let stripe = br#"{"id":"evt_1","object":"event","type":"invoice.paid"}"#;
    post(&[json, ("Stripe-Signature", "t=1,v1=x")], stripe);
    post(&[json], b"{\"a\": ");
    // Its last message has a tool call without a result.
    let call = r#""values":{"messages":[{"type":"ai","content":"","tool_calls":[{"name":"ask","args":{},"id":"c"}]}]}"#;
    let paused = run_with(1, "success").replace(r#""values":{}"#, call);
    post(&[json], paused.as_bytes());
    post(&[json], b"{\"plain\": 1}");
    post(&[("Content-Type", "text/plain")], b"text");
    creel.http("GET", &endpoint.target, &[], b"");
    let page = creel.inspect(&endpoint, "").text();
    for (seq, begins) in [
        (1, "POST GitHub push #1"),
        (2, "POST Stripe invoice.paid #2"),
        (3, "invalid JSON / #3"),
        (4, "success, paused? agent #4"),
        (5, "POST / #5 JSON"),
        (6, "POST / #6 text"),
        (7, "GET / #7 no body"),
    ] {
        let shown = seen(row(&page, seq)).replace('\u{a0}', " ");
        assert!(shown.starts_with(begins), "{begins:?}: {shown}");
        assert!(
            !shown.contains("token"),
            "a good token needs no words: {shown}"
        );
    }
}

#[test]
fn only_bad_tokens_are_shown_in_a_row() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token": "the one"}"#);
    let bare = format!("/hook/{}", endpoint.id);
    for (query, expected) in [
        ("?token=the%20one", None),
        ("", Some("no token")),
        ("?token=another", Some("wrong token")),
        ("?token=the%20one&token=the%20one", Some("token repeated")),
    ] {
        let sent = creel.http("POST", &format!("{bare}{query}"), &[], b"x");
        assert_eq!(sent.status, 200);
        let seq = creel.deliveries(&endpoint).len() as u64;
        let page = creel.inspect(&endpoint, "").text();
        let row = row(&page, seq);
        assert_eq!(row.contains("class=\"token"), expected.is_some(), "{row}");
        assert!(seen(row).contains(expected.unwrap_or_default()), "{row}");
    }
    let open = creel.api(&creel.mint(r#"{"token": "none"}"#), "").text();
    assert!(!open.contains("?token="), "{open}");
}

#[test]
fn a_long_path_is_shortened_in_its_row_and_headline() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token": "none"}"#);
    let long = format!("{}/{}", endpoint.target, "p".repeat(5000));
    assert_eq!(creel.http("POST", &long, &[], b"x").status, 200);
    let page = creel.inspect(&endpoint, "/1").text();
    for place in [row(&page, 1), between(&page, "class=\"headline\"", "</h2>")] {
        let letters = place.matches('p').count();
        assert!((50..300).contains(&letters), "{letters}: {place}");
    }
    // The request line has all of it.
    let page = creel.inspect(&endpoint, "/1?tab=request").text();
    let line = between(&page, "<pre class=\"request-line\"", "</pre>");
    assert!(line.matches('p').count() >= 5000);
}
