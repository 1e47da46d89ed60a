//! A run that is compressed, or in another charset, is read as a run (C06, C08), wherever its body is read again.

use serde_json::{Value, json};

use super::encodings::{gzip, raw, zlib};
use crate::app::{Creel, Minted, fixture};
use crate::web::seen;

const BROTLI: &[u8] = include_bytes!("../fixtures/content/run.json.br");
const ZSTD: &[u8] = include_bytes!("../fixtures/content/run.json.zst");

/// A recorded run of a thread with a conversation.
fn run() -> String {
    let recorded = fixture("thread-turn-2");
    recorded["body"].as_str().expect("a body").to_owned()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn utf32(text: &str, unit: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|one| unit(one.into())).collect()
}

/// Content-Encoding, Content-Type and body; encodings and charset in the API.
type Case = (&'static str, &'static str, Vec<u8>, Value, &'static str);

fn cases() -> Vec<Case> {
    let (run, json) = (run(), "application/json");
    let marked = format!("\u{feff}{run}");
    let bytes = run.as_bytes();
    vec![
        ("", json, bytes.to_vec(), json!([]), "utf-8"),
        ("gzip", json, gzip(bytes), json!(["gzip"]), "utf-8"),
        (
            "x-gzip",
            "text/plain",
            gzip(bytes),
            json!(["gzip"]),
            "utf-8",
        ),
        ("deflate", json, zlib(bytes), json!(["deflate"]), "utf-8"),
        ("deflate", json, raw(bytes), json!(["deflate"]), "utf-8"),
        ("br", json, BROTLI.to_vec(), json!(["br"]), "utf-8"),
        ("zstd", json, ZSTD.to_vec(), json!(["zstd"]), "utf-8"),
        (
            "deflate, gzip",
            json,
            gzip(&zlib(bytes)),
            json!(["deflate", "gzip"]),
            "utf-8",
        ),
        ("", json, marked.clone().into_bytes(), json!([]), "utf-8"),
        (
            "",
            json,
            utf16(&marked, u16::to_le_bytes),
            json!([]),
            "utf-16le",
        ),
        (
            "",
            json,
            utf16(&marked, u16::to_be_bytes),
            json!([]),
            "utf-16be",
        ),
        (
            "",
            "text/plain; charset=utf-16le",
            utf16(&run, u16::to_le_bytes),
            json!([]),
            "utf-16le",
        ),
        (
            "",
            json,
            utf32(&marked, u32::to_le_bytes),
            json!([]),
            "utf-32le",
        ),
        (
            "",
            json,
            utf32(&marked, u32::to_be_bytes),
            json!([]),
            "utf-32be",
        ),
        (
            "gzip",
            json,
            gzip(&utf16(&marked, u16::to_le_bytes)),
            json!(["gzip"]),
            "utf-16le",
        ),
    ]
}

fn deliver(creel: &Creel, endpoint: &Minted, (encoding, media_type, body): (&str, &str, &[u8])) {
    let lines = [("Content-Type", media_type), ("Content-Encoding", encoding)];
    let lines = &lines[..if encoding.is_empty() { 1 } else { 2 }];
    let response = creel.http("POST", &endpoint.target, lines, body);
    assert_eq!(response.status, 200);
}

/// A reading without what depends on the moment and on the sender's head.
fn timeless(mut reading: Value) -> Value {
    let run = reading["run"].as_object_mut().expect("a run");
    run.remove("lag_ms");
    run.remove("sender");
    reading
}

#[test]
fn c06_a_coded_run_is_read_as_the_same_run() {
    let creel = Creel::start(&[]);
    let mut plain = None;
    for (encoding, media_type, body, encodings, charset) in cases() {
        // Each on its own endpoint, so that all are first attempts.
        let endpoint = creel.mint("{}");
        deliver(&creel, &endpoint, (encoding, media_type, &body));
        let case = format!("{encoding} {media_type} {charset}");
        let summary = &creel.deliveries(&endpoint)[0];
        let full = creel.api(&endpoint, "/deliveries/1").json();
        for one in [summary, &full] {
            assert_eq!(one["body"]["kind"], "json", "{case}");
            assert_eq!(one["body"]["encoding"], encodings, "{case}");
            assert_eq!(one["body"]["charset"], charset, "{case}");
            assert_eq!(one["body"]["bytes"], body.len(), "{case}");
            assert_eq!(one["reading"]["kind"], "run", "{case}");
        }
        let reading = timeless(full["reading"].clone());
        assert!(reading["run"]["kwargs"].is_object() && reading["run"]["values"].is_object());
        assert_eq!(plain.get_or_insert(reading.clone()), &reading, "{case}");
        let received = creel.api(&endpoint, "/deliveries/1/body").body;
        assert_eq!(received, body, "{case}: the bytes are kept as sent");
    }
}

#[test]
fn c06_a_coded_run_has_all_its_tabs() {
    let creel = Creel::start(&[]);
    for (encoding, media_type, body, ..) in cases() {
        let endpoint = creel.mint("{}");
        deliver(&creel, &endpoint, (encoding, media_type, &body));
        let page = |query: &str| seen(&creel.inspect(&endpoint, &format!("/1{query}")).text());
        let overview = page("");
        assert!(
            overview.contains("A run of agent ended with success"),
            "{encoding}: {overview}"
        );
        let conversation = page("?tab=conversation");
        assert!(
            conversation.contains("The weather is sunny"),
            "{encoding}: {conversation}"
        );
        let fields = page("?tab=fields");
        assert!(fields.contains("kwargs"), "{encoding}: {fields}");
        let body = page("?tab=body");
        assert!(
            body.contains("\"run_id\": \"01a20017-91ed-7127-81b3-d92af2bf6451\""),
            "{body}"
        );
        let sent = format!("sent as {}", encoding.replace("x-gzip", "gzip"));
        assert!(
            encoding.is_empty() || body.contains(&sent),
            "{sent}: {body}"
        );
    }
}

#[test]
fn c06_a_thread_of_coded_runs_shows_what_changed() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for name in ["thread-turn-1", "thread-turn-2"] {
        let recorded = fixture(name);
        let body = gzip(recorded["body"].as_str().expect("a body").as_bytes());
        deliver(&creel, &endpoint, ("gzip", "application/json", &body));
    }
    let full = creel.api(&endpoint, "/deliveries/2").json();
    let thread = full["reading"]["run"]["thread_id"]
        .as_str()
        .expect("a thread");
    let page = seen(
        &creel
            .inspect(&endpoint, &format!("/thread/{thread}"))
            .text(),
    );
    assert!(page.contains("values changed since #1"), "{page}");
}

#[test]
fn c06_damaged_and_endless_data_is_kept_and_said() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let whole = gzip(run().as_bytes());
    let bomb = gzip(&vec![b' '; 80_000_000]);
    for (body, why) in [
        (&whole[..whole.len() / 2], "The gzip data ends too early"),
        (
            &bomb,
            "Decoding gzip stopped after 33554432 bytes: the limit",
        ),
        (
            b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x07\x01",
            "The gzip data is damaged",
        ),
    ] {
        deliver(&creel, &endpoint, ("gzip", "application/json", body));
        let newest = creel.deliveries(&endpoint).pop().expect("a delivery");
        assert_eq!(newest["reading"]["kind"], "unreadable", "{why}");
        let said = newest["reading"]["why"].as_str().expect("a reason");
        assert!(said.starts_with(why), "{said}");
        assert_eq!(newest["body"]["encoding"], json!(["gzip"]));
        let below = format!("/deliveries/{}/body", newest["seq"]);
        assert_eq!(creel.api(&endpoint, &below).body, body, "{why}");
    }
}

#[test]
fn other_json_is_read_decoded_too() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let body = gzip(br#"{"type":"invoice.paid","data":{}}"#);
    deliver(&creel, &endpoint, ("gzip", "application/json", &body));
    let newest = creel.deliveries(&endpoint).pop().expect("a delivery");
    assert_eq!(newest["reading"]["kind"], "json");
    assert_eq!(newest["reading"]["source"]["event"], "invoice.paid");
}
