//! Bodies that are small to send and large to read: each is kept whole, its page and its API answer within their limits, and a page of another
//! delivery too. Times and memory are measured elsewhere.

use serde_json::Value;

use super::encodings::gzip;
use super::xml_bomb;
use crate::app::Creel;

/// Largest page and largest answer of the API, in bytes. The text of an answer has at most 4 MiB, which JSON may escape.
const PAGE_BYTES_MAX: usize = 2_000_000;
const JSON_BYTES_MAX: usize = 16 * 1024 * 1024;

struct Bomb {
    name: &'static str,
    media_type: &'static str,
    encoding: &'static str,
    body: Vec<u8>,
    kind: &'static str,
    /// A note of its content.
    note: &'static str,
}

fn bomb(
    name: &'static str,
    media_type: &'static str,
    body: Vec<u8>,
    kind: &'static str,
    note: &'static str,
) -> Bomb {
    Bomb {
        name,
        media_type,
        encoding: "",
        body,
        kind,
        note,
    }
}

fn bombs() -> Vec<Bomb> {
    let zeros = gzip(&vec![0; 50_000_000]);
    let nested = gzip(&gzip(&vec![0; 50_000_000]));
    let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
    let parts = (part.repeat(10_000) + "--b--\r\n").into_bytes();
    let line = format!("{{\"a\":\"{}\"}}", "x".repeat(50_000_000)).into_bytes();
    let multipart = "multipart/form-data; boundary=b";
    vec![
        Bomb {
            encoding: "gzip",
            ..bomb(
                "zeros",
                "application/octet-stream",
                zeros,
                "binary",
                "decoding_stopped",
            )
        },
        Bomb {
            encoding: "gzip, gzip",
            ..bomb(
                "nested",
                "application/json",
                nested,
                "binary",
                "decoding_stopped",
            )
        },
        bomb(
            "entities",
            "application/xml",
            xml_bomb("]><x>&e9;</x>").into_bytes(),
            "xml",
            "xml_entities",
        ),
        bomb(
            "fields",
            "application/x-www-form-urlencoded",
            b"a=1&".repeat(100_000),
            "form",
            "fields_cut",
        ),
        bomb("parts", multipart, parts, "multipart", "parts_cut"),
        bomb(
            "records",
            "application/x-ndjson",
            b"{\"a\":1}\n".repeat(1_000_000),
            "ndjson",
            "records_cut",
        ),
        bomb("line", "application/json", line, "json", "text_cut"),
        bomb(
            "brackets",
            "application/json",
            vec![b'['; 1_000_000],
            "json",
            "invalid_json",
        ),
        bomb(
            "elements",
            "text/xml",
            b"<a>".repeat(1_000_000),
            "xml",
            "invalid_xml",
        ),
        bomb(
            "percents",
            "application/x-www-form-urlencoded",
            b"%".repeat(5_000_000),
            "form",
            "invalid_escapes",
        ),
    ]
}

#[test]
fn a_bomb_is_kept_whole_and_answered_within_the_limits() {
    let creel = Creel::start(&["--body-bytes-max", "60000000"]);
    for bomb in bombs() {
        let endpoint = creel.mint("{}");
        let name = bomb.name;
        let lines = [
            ("Content-Type", bomb.media_type),
            ("Content-Encoding", bomb.encoding),
        ];
        let lines = &lines[..if bomb.encoding.is_empty() { 1 } else { 2 }];
        creel.deliver(&endpoint, lines, &bomb.body);
        let summary = &creel.deliveries(&endpoint)[0];
        assert_eq!(summary["body"]["bytes"], bomb.body.len(), "{name}");
        assert_eq!(summary["body"]["kind"], bomb.kind, "{name}");
        assert_eq!(summary["body"]["cut"], false, "{name}");
        for below in [
            "/1",
            "/1?tab=body",
            "/1?tab=body&view=raw",
            "/1?tab=request",
        ] {
            let page = creel.inspect(&endpoint, below);
            assert_eq!(page.status, 200, "{name} {below}");
            assert!(
                page.body.len() < PAGE_BYTES_MAX,
                "{name} {below}: {}",
                page.body.len()
            );
            assert!(
                page.text().trim_end().ends_with("</html>"),
                "{name} {below}"
            );
        }
        let content = creel.api(&endpoint, "/deliveries/1/content");
        assert!(
            content.body.len() < JSON_BYTES_MAX,
            "{name}: {}",
            content.body.len()
        );
        let content = content.json();
        let notes = content["notes"].as_array().expect("notes").iter();
        let codes: Vec<_> = notes.filter_map(|note| note["code"].as_str()).collect();
        assert!(codes.contains(&bomb.note), "{name}: {codes:?}");
        assert_eq!(content["kind"], Value::from(bomb.kind), "{name}");
        let body = creel.api(&endpoint, "/deliveries/1/body").body;
        assert!(body == bomb.body, "{name}: the bytes are kept");
        let plain = creel.mint("{}");
        creel.deliver(&plain, &[], b"after it");
        assert!(
            creel
                .inspect(&plain, "/1?tab=body")
                .text()
                .contains("after it"),
            "{name}"
        );
    }
}
