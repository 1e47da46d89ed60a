//! The schema of HTTP Archive 1.2, by hand: every member that it requires, with its type.

use serde_json::Value;

use super::export;
use crate::app::Creel;
use crate::export::formats::send_all;

type Check = fn(&Value) -> bool;

const TEXT: Check = Value::is_string;
const NUMBER: Check = Value::is_i64;
const OBJECT: Check = Value::is_object;
const LIST: Check = Value::is_array;

/// Where in an entry which members are required.
const ENTRY: &[(&str, &[(&str, Check)])] = &[
    (
        "",
        &[
            ("startedDateTime", TEXT),
            ("time", NUMBER),
            ("request", OBJECT),
            ("response", OBJECT),
            ("cache", OBJECT),
            ("timings", OBJECT),
        ],
    ),
    (
        "/request",
        &[
            ("method", TEXT),
            ("url", TEXT),
            ("httpVersion", TEXT),
            ("cookies", LIST),
            ("headers", LIST),
            ("queryString", LIST),
            ("headersSize", NUMBER),
            ("bodySize", NUMBER),
        ],
    ),
    (
        "/response",
        &[
            ("status", NUMBER),
            ("statusText", TEXT),
            ("httpVersion", TEXT),
            ("cookies", LIST),
            ("headers", LIST),
            ("content", OBJECT),
            ("redirectURL", TEXT),
            ("headersSize", NUMBER),
            ("bodySize", NUMBER),
        ],
    ),
    ("/response/content", &[("size", NUMBER), ("mimeType", TEXT)]),
    (
        "/timings",
        &[("send", NUMBER), ("wait", NUMBER), ("receive", NUMBER)],
    ),
];
/// Members that may be there, too.
const OPTIONAL: [&str; 2] = ["comment", "postData"];

/// Checks an archive against the schema.
pub(super) fn assert_valid(archive: &Value) {
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    assert!(log["creator"]["name"].is_string() && log["creator"]["version"].is_string());
    for entry in log["entries"].as_array().expect("entries") {
        for (at, required) in ENTRY {
            let object = entry.pointer(at).expect("it is there");
            for (name, is_valid) in *required {
                assert!(is_valid(&object[*name]), "{at}/{name}: {object}");
            }
            for name in object.as_object().expect("an object").keys() {
                let is_known = required.iter().any(|(required, _)| required == name);
                let may_be = OPTIONAL.contains(&name.as_str()) || name.starts_with('_');
                assert!(is_known || may_be, "{at}/{name} is not in the schema");
            }
        }
        let request = &entry["request"];
        for list in ["cookies", "headers", "queryString"] {
            for pair in request[list].as_array().expect("a list") {
                let pair = pair.as_object().expect("a pair");
                assert!(pair.len() == 2 && pair["name"].is_string() && pair["value"].is_string());
            }
        }
        if let Some(body) = request.get("postData") {
            assert!(body["mimeType"].is_string(), "{body}");
            assert!(
                body["text"].is_string() || body["_base64"].is_string(),
                "{body}"
            );
        }
        let time = entry["startedDateTime"].as_str().unwrap_or_default();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
        let url = request["url"].as_str().unwrap_or_default();
        assert!(url.parse::<url::Url>().is_ok(), "{url}");
        let parts = ["send", "wait", "receive"].map(|part| entry["timings"][part].as_i64());
        let sum: i64 = parts.into_iter().flatten().sum();
        assert_eq!(entry["time"], sum);
    }
}

#[test]
fn an_archive_of_hostile_deliveries_has_all_that_the_format_requires() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token": "none", "reply": [503, 204]}"#);
    let sent = send_all(&creel, &endpoint, &[503, 204]);
    let archive = export(&creel, &endpoint, "har").json();
    assert_valid(&archive);
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), sent.len());
    assert_eq!(entries[0]["response"]["status"], 503);
    assert_eq!(entries[0]["response"]["statusText"], "Service Unavailable");
    assert_eq!(entries[1]["response"]["status"], 204);
}
