//! Bodies: C01, C03, C04, C06, C42, and downloads.

use serde_json::{Value, json};

use super::{Field, typed};
use crate::content::encodings::gzip;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const PARTS: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=XX");
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\0IEND\xaeB`\x82";

#[test]
fn c01_a_form_is_a_table_of_fields_and_raw_one_click_away() {
    let field = Field::new();
    let sent = b"note=a%26b%3Dc+d&tag=x&tag=y&empty=&flag";
    let seq = field.post(&[FORM], sent);
    assert_eq!(
        field.content(seq, "")["fields"],
        json!([
            {"name": "note", "value": "a&b=c d"},
            {"name": "tag", "value": "x"},
            {"name": "tag", "value": "y"},
            {"name": "empty", "value": ""},
            {"name": "flag", "value": null},
        ])
    );
    let tab = field.body_tab(seq, "");
    assert!(tab.contains("note a&b=c d"), "{tab}");
    assert!(
        tab.contains("empty empty Copy flag no value, not even an equals sign"),
        "{tab}"
    );
    let raw = field.body_tab(seq, "&view=raw");
    assert!(
        raw.contains("note=a%26b%3Dc+d&tag=x&tag=y&empty=&flag"),
        "{raw}"
    );
    for (media_type, body, fields) in [
        (
            FORM.1,
            &b"payload=%7B%22a%22%3A1%7D"[..],
            json!([["payload", "{\"a\":1}"]]),
        ),
        (
            FORM.1,
            b"city=Z%FCrich&%E9=1",
            json!([["city", "Zürich"], ["é", "1"]]),
        ),
        (
            "application/x-www-form-urlencoded; charset=shift_jis",
            b"a=%83e%83X%83g",
            json!([["a", "テスト"]]),
        ),
        (
            FORM.1,
            b"_charset_=Shift_JIS&a=%83e",
            json!([["_charset_", "Shift_JIS"], ["a", "テ"]]),
        ),
        (FORM.1, b"&&a==b&", json!([["a", "=b"]])),
        (FORM.1, b"hello world", json!([["hello world", null]])),
        (
            FORM.1,
            b"a=100%&b=%zz",
            json!([["a", "100%"], ["b", "%zz"]]),
        ),
        (
            "application/x-www-form-urlencoded; charset=utf-16le",
            b"a\0=\0\x31\0",
            json!([["a", "1"]]),
        ),
    ] {
        let seq = field.post(&typed(media_type), body);
        let found = field.content(seq, "");
        let pair = |one: &Value| json!([one["name"], one["value"]]);
        let found: Vec<_> = found["fields"]
            .as_array()
            .expect("fields")
            .iter()
            .map(pair)
            .collect();
        assert_eq!(
            Value::from(found),
            fields,
            "{}",
            String::from_utf8_lossy(body)
        );
    }
}

#[test]
fn c01_the_list_and_the_headline_say_what_a_body_is() {
    let field = Field::new();
    for (media_type, body, word, kind) in [
        (FORM.1, &b"a=1"[..], "form", "form"),
        (
            PARTS.1,
            b"--XX\r\n\r\n1\r\n--XX--\r\n",
            "multipart",
            "multipart",
        ),
        ("text/xml", b"<a/>", "XML", "xml"),
        ("application/x-ndjson", b"{}\n[]\n", "JSON lines", "ndjson"),
        ("image/png", PNG, "picture", "image"),
        ("text/plain", b"hello", "text", "text"),
        (
            "application/octet-stream",
            b"\0\x01",
            "binary data",
            "binary",
        ),
        ("application/json", b"{\"a\":1}", "JSON", "json"),
    ] {
        let seq = field.post(&typed(media_type), body);
        let summary = &field
            .creel
            .api(&field.endpoint, "/deliveries?limit=1")
            .json()["items"][0];
        for one in [summary, &field.delivery(seq)] {
            assert_eq!(one["body"]["kind"], kind, "{media_type}");
            let charset = ["multipart", "image", "binary"].contains(&kind);
            let charset = if charset { Value::Null } else { "utf-8".into() };
            assert_eq!(
                (&one["body"]["charset"], &one["body"]["encoding"]),
                (&charset, &json!([]))
            );
        }
        let page = field.body_tab(seq, "");
        assert!(
            page.contains(&format!("POST /, {word}, {} B", body.len())),
            "{word}: {page}"
        );
        let row = page.split_once(&format!("#{seq}")).expect("a row").1;
        let row = &row[..row.char_indices().nth(120).map_or(row.len(), |(at, _)| at)];
        assert!(row.contains(word), "{word}: {row}");
    }
}

#[test]
fn c03_parts_have_their_names_types_sizes_and_contents() {
    let field = Field::new();
    let body = "--XX\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{\"kind\":\"photo\"}\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"naïve.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\ntwo\r\n\r\n--XX--\r\n";
    let seq = field.post(&[PARTS], body.as_bytes());
    let content = field.content(seq, "");
    let part = |n: usize| &content["parts"][n];
    assert_eq!(
        (&part(0)["name"], &part(0)["content"]["kind"]),
        (&json!("meta"), &json!("json"))
    );
    assert_eq!(
        (&part(1)["filename"], &part(1)["bytes"]),
        (&json!("naïve.txt"), &json!(10))
    );
    assert_eq!(part(1)["content"]["text"], "one\r\ntwo\r\n");
    let tab = field.body_tab(seq, "");
    for seen in [
        "meta",
        "naïve.txt",
        "\"kind\": \"photo\"",
        "Lines end with CRLF.",
    ] {
        assert!(tab.contains(seen), "{seen}: {tab}");
    }
    assert!(!tab.contains("oneCR"), "no mark on each line: {tab}");
    for (name, filename) in [
        ("filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"),
        ("filename=\"=?UTF-8?B?bmHDr3ZlLnR4dA==?=\"", "naïve.txt"),
        ("filename=\"a\\\"b.txt\"", "a\"b.txt"),
        ("filename=plain.txt", "plain.txt"),
        ("filename=\"na\u{ef}ve.txt\"", "naïve.txt"),
    ] {
        let body = format!(
            "--XX\r\nContent-Disposition: form-data; name=f; {name}\r\n\r\nx\r\n--XX--\r\n"
        );
        let seq = field.post(&[PARTS], body.as_bytes());
        assert_eq!(
            field.content(seq, "")["parts"][0]["filename"],
            filename,
            "{name}"
        );
    }
    let named = b"--XX\r\nContent-Disposition: form-data; name=\"_charset_\"\r\n\r\niso-8859-1\r\n--XX\r\nContent-Disposition: form-data; name=city\r\n\r\nZ\xfcrich\r\n--XX--\r\n";
    let city = field.content(field.post(&[PARTS], named), "")["parts"][1]["content"].clone();
    assert_eq!(
        (&city["text"], &city["charset"], &city["charset_from"]),
        (&json!("Zürich"), &json!("windows-1252"), &json!("form"))
    );
}

#[test]
fn c04_json_and_a_picture_in_parts_are_each_what_they_are() {
    let field = Field::new();
    let head = "--XX\r\nContent-Disposition: form-data; name=\"payload\"\r\nContent-Type: application/json\r\n\r\n{\"event\":\"media.play\",\"id\":7}\r\n--XX\r\nContent-Disposition: form-data; name=\"thumb\"; filename=\"../../thumb.png\"\r\nContent-Type: image/png\r\n\r\n";
    let body = [head.as_bytes(), PNG, b"\r\n--XX--\r\n"].concat();
    let seq = field.post(&[PARTS], &body);
    let tab = field.html(&format!("/{seq}?tab=body"));
    assert!(
        tab.contains("media.play") && tab.contains(&format!("/{seq}/picture/2")),
        "{tab}"
    );
    assert_eq!(field.bytes(seq, "body/parts/2"), PNG);
    let below = format!("/deliveries/{seq}/body/parts/2");
    let picture = field.creel.api(&field.endpoint, &below);
    assert_eq!(
        picture.header("content-disposition"),
        Some("attachment; filename=\"thumb.png\"")
    );
    // Siblings: the parts in a part, base64, and a false picture.
    let nested = b"--XX\r\nContent-Type: multipart/mixed; boundary=YY\r\n\r\n--YY\r\nContent-Transfer-Encoding: base64\r\n\r\nAAH+\r\n--YY--\r\n--XX\r\nContent-Type: image/png\r\n\r\n<script>1</script>\r\n--XX--\r\n";
    let seq = field.post(&[PARTS], nested);
    assert_eq!(field.bytes(seq, "body/parts/1.1"), b"\0\x01\xfe");
    let content = field.content(seq, "");
    assert_eq!(content["parts"][1]["content"]["kind"], "xml");
    let tab = field.html(&format!("/{seq}?tab=body"));
    assert!(
        !tab.contains("<script>1") && !tab.contains("class=\"picture\""),
        "{tab}"
    );
}

#[test]
fn c06_a_compressed_body_is_decoded_said_and_kept() {
    let field = Field::new();
    let lines = [
        ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"),
    ];
    let sent = gzip(b"{\"event\":\"run.done\"}");
    let seq = field.post(&lines, &sent);
    let tab = field.body_tab(seq, "");
    assert!(tab.contains("\"event\": \"run.done\""), "{tab}");
    assert!(
        tab.contains(&format!("JSON, 20 B · sent as gzip, {} B", sent.len())),
        "{tab}"
    );
    assert_eq!(field.bytes(seq, "body"), sent);
    assert_eq!(
        field.bytes(seq, "body?decoded"),
        b"{\"event\":\"run.done\"}"
    );
    let text = field.html(&format!("/{seq}/copy/text"));
    assert_eq!(text, "{\"event\":\"run.done\"}");
}

#[test]
fn c06_a_large_compressed_body_is_not_called_broken() {
    let field = Field::new();
    let list = format!("[{}0]", "12345678,".repeat(400_000));
    let lines = [
        ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"),
    ];
    for text in [list.clone(), format!("{{\"a\":{list},\"b\":{list}}}")] {
        let seq = field.post(&lines, &gzip(text.as_bytes()));
        assert_eq!(field.delivery(seq)["reading"]["kind"], "json");
        let tab = field.body_tab(seq, "");
        assert!(
            !tab.contains("Not valid JSON") && !tab.contains("stopped"),
            "{}",
            &tab[..2_000]
        );
        assert!(tab.contains("Cut at 262144 of"), "{}", &tab[..2_000]);
        assert_eq!(field.bytes(seq, "body?decoded"), text.as_bytes());
    }
    let bomb = gzip(&[b"[".to_vec(), vec![b' '; 40_000_000]].concat());
    let tab = field.body_tab(field.post(&lines, &bomb), "");
    assert!(tab.contains("Decoding gzip stopped"), "{}", &tab[..2_000]);
    assert!(!tab.contains("Not valid JSON"), "{}", &tab[..2_000]);
}

#[test]
fn c42_a_picture_is_shown_inert_with_its_bytes_beside_it() {
    let field = Field::new();
    for (media_type, body, served) in [
        ("image/png", PNG, "image/png"),
        ("text/html", PNG, "image/png"),
        ("", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
        ("image/gif", b"GIF89a\x01\0\x01\0\0\0\0;", "image/gif"),
        ("image/webp", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
    ] {
        let lines = typed(media_type);
        let lines = if media_type.is_empty() {
            &[]
        } else {
            &lines[..]
        };
        let seq = field.post(lines, body);
        let html = field.html(&format!("/{seq}?tab=body"));
        assert!(html.contains(&format!("/{seq}/picture\"")), "{html}");
        let picture = field
            .creel
            .inspect(&field.endpoint, &format!("/{seq}/picture"));
        assert_eq!((picture.status, picture.body.as_slice()), (200, body));
        assert_eq!(picture.header("content-type"), Some(served));
        assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
        let policy = picture.header("content-security-policy").expect("a policy");
        assert!(policy.contains("sandbox"), "{policy}");
        assert!(
            field.body_tab(seq, "&view=raw").contains("00000000 "),
            "hex beside it"
        );
    }
    for (media_type, body) in [
        ("image/png", &b"<script>1</script>"[..]),
        ("image/png", b"\x89PNX\r\n\x1a\n\0"),
        ("image/svg+xml", b"<svg/>"),
    ] {
        let seq = field.post(&typed(media_type), body);
        let picture = field
            .creel
            .inspect(&field.endpoint, &format!("/{seq}/picture"));
        assert_eq!(picture.status, 404, "{media_type}");
    }
}

#[test]
fn also_a_download_has_an_extension() {
    let field = Field::new();
    let zipped = gzip(b"{}");
    for (media_type, encoding, body, name) in [
        ("application/json", "", &b"{}"[..], "body.json"),
        ("text/plain", "", b"x", "body.txt"),
        ("text/html", "", b"<p>", "body.txt"),
        ("text/xml", "", b"<a/>", "body.xml"),
        ("application/x-ndjson", "", b"{}\n{}\n", "body.ndjson"),
        ("", "", PNG, "body.png"),
        ("", "", b"%PDF-1.7\n\xe2\xe3\0", "body.pdf"),
        ("application/octet-stream", "", b"\0\x01", "body.bin"),
        ("application/json", "gzip", &zipped, "body.json.gz"),
        ("application/json", "compress", b"\0\x01", "body.bin"),
    ] {
        let lines = [("Content-Type", media_type), ("Content-Encoding", encoding)];
        let lines: Vec<_> = lines
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let seq = field.post(&lines, body);
        let response = field
            .creel
            .api(&field.endpoint, &format!("/deliveries/{seq}/body"));
        let expected = format!("attachment; filename=\"delivery-{seq}-{name}\"");
        assert_eq!(
            response.header("content-disposition"),
            Some(expected.as_str())
        );
        let type_is_inert = response.header("content-type") == Some("application/octet-stream");
        assert!(type_is_inert && response.body == body);
    }
    let below = "/deliveries/9/body?decoded";
    let decoded = field.creel.api(&field.endpoint, below);
    let name = "attachment; filename=\"delivery-9-body-decoded.json\"";
    assert_eq!(decoded.header("content-disposition"), Some(name));
}
