//! Attempts and replies over real sockets: the response to each attempt, and how it is shown.

use serde_json::{Value, json};

use crate::app::{Creel, Minted, fixture};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Sends the body of a recording; returns the status of the response.
fn sends(creel: &Creel, endpoint: &Minted, body: &str) -> u16 {
    let response = creel.http("POST", &endpoint.target, &[JSON], body.as_bytes());
    response.status
}

fn recorded() -> String {
    let recording = fixture("retry-500-500-200");
    recording["body"].as_str().expect("it has one").to_owned()
}

#[test]
fn each_attempt_gets_its_status_and_has_its_gap() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [500, 503, 200]}"#);
    assert_eq!(
        creel.api(&endpoint, "").json()["reply"],
        json!([500, 503, 200])
    );
    let body = recorded();
    let statuses = [(); 4].map(|()| sends(&creel, &endpoint, &body));
    assert_eq!(statuses, [500, 503, 200, 200]);
    let other = body.replace("\"status\":\"success\"", "\"status\":\"error\"");
    assert_eq!(
        sends(&creel, &endpoint, &other),
        500,
        "it is another delivery"
    );
    let found = creel.deliveries(&endpoint);
    for (delivery, (number, first_seq)) in
        found.iter().zip([(1, 1), (2, 1), (3, 1), (4, 1), (1, 5)])
    {
        let attempt = &delivery["attempt"];
        assert_eq!(
            (&attempt["number"], &attempt["first_seq"]),
            (&json!(number), &json!(first_seq))
        );
        assert_eq!(attempt["gap_ms"].is_null(), number == 1, "{attempt}");
        assert_eq!(
            delivery["reply"]["status"],
            [500, 500, 503, 200, 200][if first_seq == 5 { 0 } else { number }]
        );
    }
}

#[test]
fn no_content_replies_are_empty_and_redirects_are_refused() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [204]}"#);
    let response = creel.http("POST", &endpoint.target, &[], b"x");
    assert_eq!((response.status, response.text().as_str()), (204, ""));
    for (reply, why) in [
        ("[302]", "not supported"),
        ("[]", "at least one"),
        ("[100]", "100"),
        ("[99999]", "reply"),
        ("\"200\"", "reply"),
    ] {
        let asked = format!("{{\"reply\": {reply}}}");
        let refused = creel.http("POST", "/api/v1/endpoints", &[JSON], asked.as_bytes());
        assert_eq!(refused.status, 400, "{reply}");
        let problem: Value = refused.json();
        assert!(
            problem["detail"].as_str().expect("a text").contains(why) || why == "reply",
            "{problem}"
        );
    }
}

#[test]
fn the_page_shows_predicted_and_observed_retries() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [500, 404, 200]}"#);
    let body = recorded();
    let page = |seq: u64| creel.inspect(&endpoint, &format!("/{seq}")).text();
    let says = |seq: u64, words: &[&str]| {
        let page = page(seq);
        for word in words {
            assert!(page.contains(word), "{word:?} is missing in {page}");
        }
    };
    sends(&creel, &endpoint, &body);
    says(
        1,
        &[
            "Attempt 1 of at most 3",
            "500: attempt 2 of 3 follows in 1 to 2 s",
        ],
    );
    sends(&creel, &endpoint, &body);
    says(1, &["2 identical attempts", "Lost: 404 is not retried"]);
    sends(&creel, &endpoint, &body);
    says(2, &["Retried unexpectedly.", "Accepted (any 2xx"]);
    sends(&creel, &endpoint, &body);
    says(
        4,
        &["4 identical attempts", "This sender makes fewer attempts"],
    );
}

#[test]
fn without_a_2xx_a_delivery_has_arrived_not_been_delivered() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"reply": [500, 200]}"#);
    let page = || {
        let newest = creel.deliveries(&endpoint).len();
        ["", &format!("/{newest}")].map(|below| creel.inspect(&endpoint, below).text())
    };
    sends(&creel, &endpoint, &recorded());
    let [list, delivery] = page();
    assert!(list.contains("answered 500"), "{list}");
    assert!(delivery.contains(", arrived "), "{delivery}");
    sends(&creel, &endpoint, &recorded());
    let [list, delivery] = page();
    assert!(!list.contains("answered 500"), "{list}");
    assert!(delivery.contains(", delivered "), "{delivery}");
}
