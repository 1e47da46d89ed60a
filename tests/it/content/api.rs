//! The decoded body in the API.

use serde_json::json;

use super::encodings::gzip;
use crate::app::Creel;

const MULTIPART: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=XX");

#[test]
fn a_form_is_given_as_fields() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    creel.deliver(
        &endpoint,
        &form,
        b"note=a%26b%3Dc+d&tag=x&tag=y&empty=&flag",
    );
    let content = creel.api(&endpoint, "/deliveries/1/content").json();
    assert_eq!(
        content,
        json!({
            "kind": "form",
            "media_type": "application/x-www-form-urlencoded",
            "bytes": 40,
            "encoding": [],
            "charset": "utf-8",
            "charset_from": "default",
            "text": "note=a%26b%3Dc+d&tag=x&tag=y&empty=&flag",
            "fields": [
                {"name": "note", "value": "a&b=c d"},
                {"name": "tag", "value": "x"},
                {"name": "tag", "value": "y"},
                {"name": "empty", "value": ""},
                {"name": "flag", "value": null},
            ],
            "notes": [],
        })
    );
}

#[test]
fn an_encoded_body_is_decoded_and_kept_as_received() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let body = gzip(b"{\"event\":\"run.done\"}");
    let headers = [
        ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"),
    ];
    creel.deliver(&endpoint, &headers, &body);
    let content = creel.api(&endpoint, "/deliveries/1/content").json();
    assert_eq!(content["text"], "{\"event\":\"run.done\"}");
    assert_eq!(
        (&content["kind"], &content["encoding"]),
        (&json!("json"), &json!(["gzip"]))
    );
    let get = |below: &str| creel.api(&endpoint, &format!("/deliveries/1/body{below}"));
    assert_eq!(get("").body, body);
    let decoded = get("?decoded");
    assert_eq!(decoded.text(), "{\"event\":\"run.done\"}");
    assert_eq!(
        decoded.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(decoded.header("content-encoding"), None);
    assert_eq!(get("?decoded=true").body, decoded.body);
    assert_eq!(get("?decoded=false").body, body);
    for wrong in ["?decoded=2", "?other"] {
        assert_eq!(get(wrong).status, 400, "{wrong}");
    }
}

#[test]
fn a_charset_can_be_chosen() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let json = [("Content-Type", "application/json; charset=ISO-8859-1")];
    creel.deliver(&endpoint, &json, b"{\"city\":\"Z\xfcrich\"}");
    let read = |query: &str| creel.api(&endpoint, &format!("/deliveries/1/content{query}"));
    let content = read("").json();
    assert_eq!(
        (&content["charset"], &content["charset_from"]),
        (&json!("windows-1252"), &json!("header"))
    );
    assert_eq!(content["text"], "{\"city\":\"Zürich\"}");
    let content = read("?charset=KOI8-R").json();
    assert_eq!(
        (&content["charset"], &content["charset_from"]),
        (&json!("koi8-r"), &json!("chosen"))
    );
    assert_eq!(content["text"], "{\"city\":\"ZЭrich\"}");
    for wrong in ["?charset=klingon", "?charset=", "?other=1"] {
        let response = read(wrong);
        assert_eq!(
            (response.status, &response.json()["type"]),
            (400, &json!("/problems/invalid")),
            "{wrong}"
        );
    }
}

#[test]
fn parts_are_listed_and_downloaded_under_safe_names() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let body = [
        &b"--XX\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{\"id\":7}\r\n"[..],
        "--XX\r\nContent-Disposition: form-data; name=\"p\"; filename=\"../na\u{202e}ïve\\\"\n.png\"\r\nContent-Type: text/html\r\n\r\n".as_bytes(),
        png,
        b"\r\n--XX\r\nContent-Disposition: form-data; name=h; filename=x.html\r\n\r\n<script>1</script>\r\n--XX--\r\n",
    ]
    .concat();
    creel.deliver(&endpoint, &[MULTIPART], &body);
    let content = creel.api(&endpoint, "/deliveries/1/content").json();
    let part = &content["parts"][0];
    assert_eq!(
        (&part["n"], &part["name"], &part["bytes"]),
        (&json!("1"), &json!("payload"), &json!(8))
    );
    assert_eq!(
        part["headers"],
        json!([["Content-Disposition", "form-data; name=\"payload\""]])
    );
    assert_eq!(
        (&part["content"]["kind"], &part["content"]["text"]),
        (&json!("json"), &json!("{\"id\":7}"))
    );
    assert_eq!(
        (&content["parts"][1]["content"]["kind"], content.get("text")),
        (&json!("image"), None)
    );
    let get = |n: &str| creel.api(&endpoint, &format!("/deliveries/1/body/parts/{n}"));
    let picture = get("2");
    assert_eq!((picture.status, picture.body.as_slice()), (200, &png[..]));
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(picture.header(name), Some(value), "{name}");
    }
    let disposition = picture
        .header("content-disposition")
        .expect("it is a download");
    assert!(
        disposition.starts_with("attachment; filename=\"na") && disposition.is_ascii(),
        "{disposition}"
    );
    let page = get("3");
    assert_eq!(
        page.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(
        page.header("content-disposition"),
        Some("attachment; filename=\"x.html\"")
    );
    for missing in ["0", "4", "1.1", "x", "%2e%2e"] {
        assert_eq!(get(missing).status, 404, "{missing}");
    }
}

#[test]
fn an_encoded_bomb_is_cut_and_other_requests_are_answered() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let bomb = gzip(&vec![b'a'; 70_000_000]);
    creel.deliver(&endpoint, &[("Content-Encoding", "gzip")], &bomb);
    let content = creel.api(&endpoint, "/deliveries/1/content").json();
    let notes: Vec<_> = content["notes"]
        .as_array()
        .expect("notes")
        .iter()
        .map(|note| note["code"].clone())
        .collect();
    assert_eq!(notes, ["decoding_stopped", "text_cut"]);
    assert_eq!(content["bytes"], 16 * 1024 * 1024);
    assert_eq!(
        content["text"].as_str().map(str::len),
        Some(4 * 1024 * 1024)
    );
    let decoded = creel.api(&endpoint, "/deliveries/1/body?decoded");
    assert_eq!(
        (decoded.status, decoded.body.len()),
        (200, 64 * 1024 * 1024)
    );
}
