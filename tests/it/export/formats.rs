//! Every format is read back and compared with what was sent: hostile bytes stay what they are.

use std::process::Command;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use tempfile::TempDir;

use super::export;
use crate::app::{Creel, Minted};
use crate::web::copy::{body, lines};

/// A request to send.
pub(super) struct Sent {
    method: &'static str,
    target: String,
    /// Names and values of its header lines in their order, as ISO 8859-1 if they are not UTF-8.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Method, what comes below the endpoint in the target, own header lines, body.
type Case = (&'static str, &'static str, &'static [u8], &'static [u8]);

const CASES: &[Case] = &[
    (
        "POST",
        "",
        b"Content-Type: application/json\r\n",
        b"{\"run_id\": \"1\", \"a\": [1, \"\\u0000\"]}",
    ),
    (
        "POST",
        "/a,b;c?x='q'&x=2&y=%0A&=&z",
        b"X-Twice: 1\r\nx-twice: 2\r\nX-TWICE: 1\r\n",
        b"a,\"b\";\r\nc\n\n\"\"\r",
    ),
    (
        "POST",
        "",
        b"X-Quotes: it's \"$(echo pwned)\" `id` \\ ; , \t end\r\n",
        b"it's $(echo pwned) `id` \\ \"x\" %s",
    ),
    (
        "POST",
        "",
        b"X-Latin: caf\xe9\r\nX-Empty:\r\n",
        b"\xff\xfe\0binary\r\n\x80",
    ),
    ("POST", "", b"", b"a\0b"),
    ("POST", "", b"", b"=HYPERLINK(\"http://x\")"),
    ("POST", "", b"", b"+1"),
    ("POST", "", b"", b"-1"),
    ("POST", "", b"", b"@SUM(A1)"),
    ("POST", "", b"", b"\t=1"),
    ("POST", "", b"", b"\r=1"),
    ("POST", "", b"", b"\xfb\xef\xbe"),
    ("POST", "", b"", b"END\n'\nEND\n"),
    (
        "GET",
        "/x?a=[1-3]&b={c,d}&/../up",
        b"Cookie: a=1; b=2\r\n",
        b"",
    ),
    (
        "PUT",
        "",
        b"X-Utf8: \xc3\xa9\xe2\x80\xae\r\n",
        "\u{feff}\u{2028}\u{202e}é🙂\u{9b}".as_bytes(),
    ),
    ("DELETE", "", b"", b""),
    ("-odd!", "", b"", b"\x1b[31m\x07"),
];

fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// Sends all cases; the statuses of the first ones may differ from 200.
pub(super) fn send_all(creel: &Creel, endpoint: &Minted, statuses: &[u16]) -> Vec<Sent> {
    let send = |(number, (method, below, own, body)): (usize, &Case)| {
        let target = format!("{}{below}", endpoint.target);
        let length = format!("Content-Length: {}\r\n", body.len());
        let host = format!("Host: {}\r\nConnection: close\r\n", creel.addr);
        let head = [host.as_bytes(), own, length.as_bytes()].concat();
        let line = format!("{method} {target} HTTP/1.1\r\n");
        let status = creel
            .raw(&[line.as_bytes(), &head, b"\r\n", body].concat())
            .status;
        let expected = statuses.get(number).or(statuses.last()).unwrap_or(&200);
        assert_eq!(status, *expected, "{method} {below}");
        let lines = head
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        let pair = |line: &[u8]| {
            let colon = line.iter().position(|byte| *byte == b':').unwrap();
            (text(&line[..colon]), text(line[colon + 1..].trim_ascii()))
        };
        Sent {
            method,
            target,
            headers: lines.map(pair).collect(),
            body: body.to_vec(),
        }
    };
    CASES.iter().enumerate().map(send).collect()
}

fn sent() -> (Creel, Minted, Vec<Sent>) {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token": "none"}"#);
    let sent = send_all(&creel, &endpoint, &[]);
    (creel, endpoint, sent)
}

fn bytes(text: &Value, base64: &Value) -> Vec<u8> {
    match (text.as_str(), base64.as_str()) {
        (Some(text), None) => text.as_bytes().to_vec(),
        (None, Some(base64)) => STANDARD.decode(base64).unwrap(),
        (None, None) => Vec::new(),
        both => panic!("{both:?}"),
    }
}

#[test]
fn ndjson_and_json_have_each_delivery_in_full() {
    let (creel, endpoint, sent) = sent();
    let export_text = export(&creel, &endpoint, "ndjson").text();
    let items: Vec<Value> = export_text
        .split_terminator('\n')
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(items.len(), sent.len());
    for ((number, sent), item) in (1..).zip(&sent).zip(&items) {
        assert_eq!(item["seq"], number);
        assert_eq!(item["method"], sent.method);
        assert_eq!(item["target"], *sent.target);
        assert_eq!(item["headers"], serde_json::json!(sent.headers));
        let body = &item["body"];
        assert_eq!(bytes(&body["text"], &body["base64"]), sent.body, "{item}");
        let one = creel.api(&endpoint, &format!("/deliveries/{number}"));
        assert_eq!(*item, one.json());
    }
    assert_eq!(export(&creel, &endpoint, "json").json(), Value::from(items));
}

#[test]
fn har_has_each_request() {
    let (creel, endpoint, sent) = sent();
    let archive = export(&creel, &endpoint, "har").json();
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), sent.len());
    for ((number, sent), entry) in (1..).zip(&sent).zip(entries) {
        let request = &entry["request"];
        assert_eq!(entry["_creel"]["seq"], number);
        assert_eq!(request["method"], sent.method);
        let url = format!("http://{}{}", creel.addr, sent.target);
        assert_eq!(request["url"], url);
        let pairs = request["headers"].as_array().unwrap().iter();
        let pairs =
            pairs.map(|pair| [&pair["name"], &pair["value"]].map(|text| text.as_str().unwrap()));
        let expected = sent
            .headers
            .iter()
            .map(|(name, value)| [name.as_str(), value]);
        assert!(pairs.eq(expected), "{request}");
        assert_eq!(request["bodySize"], sent.body.len());
        let body = &request["postData"];
        assert_eq!(
            bytes(&body["text"], &body["_base64"]),
            sent.body,
            "{request}"
        );
    }
}

/// A cell without the apostrophe that keeps it from being a formula.
fn cell(text: &str) -> &str {
    assert!(
        !text.starts_with(['=', '+', '-', '@', '\t', '\r']),
        "{text:?}"
    );
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => text,
    }
}

#[test]
fn csv_has_each_request_and_no_formula() {
    let (creel, endpoint, sent) = sent();
    let table = export(&creel, &endpoint, "csv").body;
    let mut reader = csv::Reader::from_reader(&*table);
    let columns = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), sent.len());
    for ((number, sent), record) in (1..).zip(&sent).zip(&records) {
        let at = |name| columns.iter().position(|column| column == name).unwrap();
        let get = |name| cell(&record[at(name)]);
        assert!(record.iter().all(|text| cell(text).len() <= text.len()));
        assert_eq!(get("seq"), format!("{number}"));
        assert_eq!(get("method"), sent.method);
        assert_eq!(get("target"), sent.target);
        let lines = sent
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"));
        assert_eq!(get("headers"), lines.collect::<String>());
        let base64 = STANDARD.decode(get("body_base64")).unwrap();
        let body = [get("body").as_bytes(), &base64].concat();
        assert_eq!(body, sent.body, "{record:?}");
        assert_eq!(get("body_bytes"), sent.body.len().to_string());
    }
}

#[test]
fn the_script_of_curl_commands_sends_every_delivery_again() {
    let (creel, endpoint, sent) = sent();
    let long = vec![b'\''; 100 * 1024];
    creel.deliver(&endpoint, &[], &long);
    let count = sent.len() + 1;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("again.sh");
    std::fs::write(&file, export(&creel, &endpoint, "curl").body).unwrap();
    let mut shell = Command::new("timeout");
    shell
        .args(["60", "sh"])
        .arg(&file)
        .current_dir(folder.path());
    // No settings of the user who runs the tests.
    shell
        .env("CURL_HOME", folder.path())
        .env("HOME", folder.path());
    let ran = shell.output().expect("sh and curl are installed");
    assert!(ran.status.success(), "{ran:?}");
    assert!(!ran.stdout.windows(5).any(|word| word == b"pwned"));
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "it leaves no files");
    assert_eq!(creel.wait_for(&endpoint, 2 * count).len(), 2 * count);
    for seq in 1..=count {
        let request = |seq| (lines(&creel, &endpoint, seq), body(&creel, &endpoint, seq));
        assert_eq!(request(seq), request(seq + count), "{seq}");
    }
}
