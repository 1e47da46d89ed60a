//! Every recording with a request, sent again over a raw socket byte for byte: the API returns the sent data, with the reading and findings
//! of the tables in `readings.rs` and `findings.rs`.

use std::io::Write;
use std::net::Shutdown;

use creel::domain::run::Reading;
use serde_json::Value;

use crate::app::{Creel, Minted, Response};
use crate::findings::TOLD;
use crate::readings::{Recording, TABLE, line, recordings};

/// Findings that depend on the endpoint, on the time of replay, or on the two recordings without a body.
const TOLD_BY_PLACE_AND_TIME: [&str; 5] = [
    "token_missing",
    "token_wrong",
    "token_repeated",
    "clock_skew",
    "body_cut",
];

/// The request target at the test's endpoint, with the recorded query.
fn target(endpoint: &Minted, recorded: &str) -> String {
    let query = recorded
        .split_once('?')
        .map_or(String::new(), |(_, query)| format!("?{query}"));
    format!("/hook/{}{query}", endpoint.id)
}

fn send(creel: &Creel, target: &str, recording: &Recording) -> u16 {
    let lines = recording
        .head
        .headers()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    let mut raw = format!(
        "POST {target} HTTP/1.1\r\n{}\r\n",
        lines.collect::<String>()
    )
    .into_bytes();
    raw.extend_from_slice(&recording.body);
    let mut stream = creel.connect();
    stream.write_all(&raw).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    Response::read(&mut stream).status
}

#[test]
fn every_replayed_recording_is_unchanged_and_read_as_expected() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"YOUR_SECRET_TOKEN"}"#);
    let recordings = recordings();
    assert_eq!(recordings.len(), TABLE.len());
    for (index, (name, recording)) in recordings.iter().enumerate() {
        let (method, recorded, _) = recording.head.request_line();
        assert_eq!(method, "POST", "{name}");
        let target = target(&endpoint, &recorded);
        let status = send(&creel, &target, recording);
        // Two recordings announce a length but have no body: their sender disconnected before the response.
        assert!(
            status == 200 || recording.body.is_empty(),
            "{name}: {status}"
        );
        creel.wait_for(&endpoint, index + 1);

        let seq = index + 1;
        let delivery = creel.api(&endpoint, &format!("/deliveries/{seq}")).json();
        assert_eq!(delivery["target"], target, "{name}");
        assert_eq!(delivery["headers"], sent_lines(recording), "{name}");
        assert_eq!(delivery["headers_exact"], true, "{name}");
        let body = creel
            .api(&endpoint, &format!("/deliveries/{seq}/body"))
            .body;
        assert!(body == recording.body, "{name}: the body differs");

        let reading: Reading = serde_json::from_value(delivery["reading"].clone()).unwrap();
        let told = line(name, &reading);
        assert!(TABLE.contains(&told.as_str()), "{told}");
        let findings = delivery["findings"].as_array().unwrap().iter();
        let codes: Vec<_> = findings
            .map(|finding| finding["code"].as_str().unwrap())
            .filter(|code| !TOLD_BY_PLACE_AND_TIME.contains(code))
            .collect();
        let expected = TOLD
            .iter()
            .find(|told| told.starts_with(&format!("{name} ")));
        let (_, expected) = expected.unwrap().split_once(" | ").unwrap();
        assert_eq!(codes.join(" "), expected.replace('!', ""), "{name}");
        if recorded.contains("token=YOUR_SECRET_TOKEN") {
            assert_eq!(delivery["verdict"]["token"], "match", "{name}");
        }
    }
}

fn sent_lines(recording: &Recording) -> Value {
    recording
        .head
        .headers()
        .map(|(name, value)| Value::from(vec![name.into_owned(), value.into_owned()]))
        .collect()
}
