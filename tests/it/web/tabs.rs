//! The tabs of a delivery by its kind, those of the first page, and times that add up.

use rusqlite::{Connection, params};

use super::{Visitor, between, seen};
use crate::app::{Creel, Minted};
use crate::readings::recordings;

/// The labels of the tabs without their counts, and the current one.
fn tabs(page: &str) -> (Vec<String>, String) {
    let nav = between(page, "<nav class=\"tabs\"", "</nav>");
    let label = |link: &str| {
        let text = link.split_once('>').expect("a tag").1;
        text.split(['<', '\n'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let links: Vec<&str> = nav.split("<a ").skip(1).collect();
    let current = links
        .iter()
        .filter(|link| link.contains("aria-current=\"page\""));
    let current: Vec<_> = current.map(|link| label(link)).collect();
    assert_eq!(current.len(), 1, "{nav}");
    (
        links.iter().map(|link| label(link)).collect(),
        current.concat(),
    )
}

/// An endpoint with a delivery of each kind, and how many there are.
fn kinds(creel: &Creel) -> Minted {
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "threads-runs-create", |body| body);
    creel.replay(&endpoint, "status-success-plain", |body| body);
    let json = [("Content-Type", "application/json")];
    creel.deliver(&endpoint, &json, b"{\"a\": 1}");
    creel.deliver(&endpoint, &json, b"{\"a\": ");
    creel.deliver(&endpoint, &[], b"text");
    creel.deliver(&endpoint, &[], b"\xff\0");
    creel.deliver(&endpoint, &[], b"");
    creel.replay(&endpoint, "js-stateless-runs-wait", |body| body);
    endpoint
}

#[test]
fn a_delivery_has_the_tabs_of_its_kind_and_opens_the_first() {
    let creel = Creel::start(&[]);
    let endpoint = kinds(&creel);
    for (seq, expected) in [
        (
            1,
            &["Overview", "Conversation", "Body", "Request", "Fields"][..],
        ),
        (2, &["Overview", "State", "Body", "Request", "Fields"]),
        (3, &["Body", "Request"]),
        (4, &["Body", "Request"]),
        (5, &["Body", "Request"]),
        (6, &["Body", "Request"]),
        (7, &["Request"]),
        // Its payload has no values.
        (8, &["Overview", "Body", "Request", "Fields"]),
    ] {
        let page = creel.inspect(&endpoint, &format!("/{seq}")).text();
        let (labels, current) = tabs(&page);
        assert_eq!(labels, expected, "#{seq}");
        assert_eq!(current, expected[0], "#{seq}");
    }
}

#[test]
fn every_tab_opens_by_its_link_and_by_links_of_earlier_versions() {
    let creel = Creel::start(&[]);
    let endpoint = kinds(&creel);
    for (seq, query, expected) in [
        (1, "tab=overview", "Overview"),
        (1, "tab=run", "Overview"),
        (1, "tab=conversation", "Conversation"),
        (1, "tab=body", "Body"),
        (1, "tab=body&view=raw", "Body"),
        (1, "tab=request", "Request"),
        (1, "tab=headers", "Request"),
        (1, "tab=query", "Request"),
        (1, "tab=fields", "Fields"),
        (1, "tab=nonsense", "Overview"),
        (2, "tab=conversation", "State"),
        // A tab that it does not have: its first one.
        (3, "tab=run", "Body"),
        (3, "tab=conversation", "Body"),
        (3, "tab=fields", "Body"),
        (3, "tab=headers", "Request"),
        (7, "tab=body", "Request"),
        (8, "tab=conversation", "Overview"),
    ] {
        let page = creel.inspect(&endpoint, &format!("/{seq}?{query}")).text();
        assert_eq!(tabs(&page).1, expected, "#{seq}?{query}");
    }
    let page = creel.inspect(&endpoint, "/1").text();
    let nav = between(&page, "<nav class=\"tabs\"", "</nav>").to_owned();
    for link in nav.split("href=\"").skip(1) {
        let (href, label) = link.split_once('"').expect("an attribute");
        let label = label.split_once('>').expect("a tag").1;
        let below = href
            .split_once(&endpoint.id)
            .expect("its page")
            .1
            .replace("&#38;", "&");
        let page = creel.inspect(&endpoint, &below).text();
        assert!(label.starts_with(&tabs(&page).1), "{href}");
    }
}

#[test]
fn the_first_page_has_a_tab_for_each_kind_of_sender() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let page = format!("/inspect/{}", owner.mints());
    for (query, current, content) in [
        ("", "curl", "Send JSON"),
        ("?how", "curl", "Send JSON"),
        ("?how=curl", "curl", "creel send"),
        ("?how=langgraph", "LangGraph", "Start a run"),
        ("?how=services", "Other services", "Payload URL"),
        ("?how=nonsense", "curl", "Send JSON"),
    ] {
        let shown = owner.opens(&format!("{page}{query}"));
        let (labels, selected) = tabs(&shown);
        assert_eq!(labels, ["curl", "LangGraph", "Other services"]);
        assert_eq!(selected, current, "{query}");
        assert!(shown.contains(content), "{query}");
        // Warnings about LangGraph only where it was chosen.
        let warns = shown.contains("rejects this URL");
        assert_eq!(warns, current == "LangGraph", "{query}");
    }
}

/// The milliseconds in a text such as `delivered 7 ms later`.
fn ms(text: &str) -> Option<i64> {
    let text = text.replace('\u{a0}', " ").replace("&#60;", "<");
    let text = text.trim().trim_start_matches('+');
    if text.starts_with("<1 ms") {
        return Some(0);
    }
    text.strip_suffix(" ms")?.parse().ok()
}

#[test]
fn the_times_of_every_recording_add_up_to_its_headline() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let recordings = recordings();
    for name in recordings.keys() {
        let mut raw = format!("POST {} HTTP/1.1\r\n", endpoint.target).into_bytes();
        for (name, value) in recordings[name].head.headers() {
            if !["content-length", "transfer-encoding"].contains(&&*name.to_ascii_lowercase()) {
                raw.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
        }
        let body = &recordings[name].body;
        raw.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        raw.extend_from_slice(body);
        let mut stream = creel.connect();
        std::io::Write::write_all(&mut stream, &raw).expect("it is sent");
        stream.shutdown(std::net::Shutdown::Write).expect("it ends");
        let status = crate::app::Response::read(&mut stream).status;
        assert_eq!(status, 200, "{name}");
    }
    // As if each had arrived when it was recorded.
    let file = Connection::open(creel.data_dir().join("creel.db")).expect("it opens");
    for (n, recording) in (1_i64..).zip(recordings.values()) {
        let sql = "update delivery set received_at_us = ?1 where key & 4294967295 = ?2";
        let times = params![recording.received_at.micros(), n];
        assert_eq!(file.execute(sql, times).expect("it is written"), 1);
    }
    let mut compared = 0;
    for (n, name) in (1..).zip(recordings.keys()) {
        let page = creel.inspect(&endpoint, &format!("/{n}")).text();
        let headline = seen(between(&page, "class=\"headline\"", "</h2>"));
        let Some((_, later)) = headline.rsplit_once("delivered ") else {
            continue;
        };
        let Some(whole) = later.strip_suffix(" later").and_then(ms) else {
            continue;
        };
        let times = between(&page, "<table class=\"times\">", "</table>");
        let since = |doing: &str| {
            let row = times
                .split("</tr>")
                .find(|row| row.contains(doing))
                .expect(doing);
            ms(between(row, "<strong>", "</strong>")).expect(doing)
        };
        let parts = since("until sent") + since("in transit");
        assert_eq!(parts, whole, "{name}: {headline}");
        assert!(!times.contains("+0"), "{name}");
        let first = page.contains("Attempt 1 of") || page.contains("Only attempt");
        assert!(!first || !times.contains("earlier attempts"), "{name}");
        compared += 1;
    }
    assert!(compared > 40, "{compared}");
}
