//! Texts: charsets (C08), XML (C10), records (C17), exact text (C18).

use serde_json::{Value, json};

use super::{Field, notes, typed};

#[test]
fn c08_the_charset_is_named_and_another_can_be_chosen() {
    let field = Field::new();
    let latin = b"{\"city\":\"Z\xfcrich\"}";
    let seq = field.post(&typed("application/json; charset=ISO-8859-1"), latin);
    let tab = field.body_tab(seq, "");
    assert!(tab.contains("Zürich"), "{tab}");
    assert!(
        tab.contains("windows-1252, declared in Content-Type"),
        "{tab}"
    );
    assert!(
        tab.contains("Read in another charset Charset As sent utf-8"),
        "{tab}"
    );
    for (label, text, name) in [
        ("koi8-r", "ZЭrich", "koi8-r"),
        ("ISO-8859-2", "Zürich", "iso-8859-2"),
        ("cp1251", "Zьrich", "windows-1251"),
        ("macintosh", "Z¸rich", "macintosh"),
    ] {
        let tab = field.body_tab(seq, &format!("&charset={label}"));
        assert!(tab.contains(text), "{label}: {tab}");
        assert!(tab.contains(&format!("{name}, chosen")), "{label}: {tab}");
        let content = field.content(seq, &format!("?charset={label}"));
        assert_eq!(
            (&content["charset"], &content["charset_from"]),
            (&json!(name), &json!("chosen"))
        );
        let copied = field.html(&format!("/{seq}/copy/text?charset={label}"));
        assert_eq!(copied, format!("{{\"city\":\"{text}\"}}"));
        let html = field.html(&format!("/{seq}?tab=body&charset={label}"));
        assert!(
            html.contains(&format!("<option selected>{name}</option>")),
            "{html}"
        );
    }
    for wrong in ["klingon", "utf-7", "replacement"] {
        let page = field
            .creel
            .inspect(&field.endpoint, &format!("/{seq}?tab=body&charset={wrong}"));
        assert_eq!(page.status, 400, "{wrong}");
        assert!(page.text().contains("WHATWG"), "{}", page.text());
    }
    assert!(
        field.body_tab(seq, "&charset=").contains("Zürich"),
        "no choice"
    );
}

#[test]
fn c08_siblings_are_read_in_their_charsets() {
    let field = Field::new();
    let utf32: Vec<u8> = "\u{feff}{\"a\":\"ü\"}"
        .chars()
        .flat_map(|one| u32::from(one).to_le_bytes())
        .collect();
    for (media_type, body, text, charset, from) in [
        (
            "application/json",
            &b"{\"city\":\"Z\xfcrich\"}"[..],
            "{\"city\":\"Zürich\"}",
            "windows-1252",
            "detected",
        ),
        (
            "text/plain; charset=\"windows-1251\"",
            b"\xcf\xf0\xe8\xe2\xe5\xf2",
            "Привет",
            "windows-1251",
            "header",
        ),
        (
            "text/plain; charset=Shift_JIS",
            b"\x83\x65\x83\x58\x83\x67",
            "テスト",
            "shift_jis",
            "header",
        ),
        (
            "application/json",
            b"\xff\xfe{\0}\0",
            "{}",
            "utf-16le",
            "bom",
        ),
        ("text/plain", b"\xef\xbb\xbfx", "x", "utf-8", "bom"),
        (
            "application/json",
            &utf32,
            "{\"a\":\"ü\"}",
            "utf-32le",
            "bom",
        ),
        (
            "application/json; charset=utf-32",
            b"\0\0\0{\0\0\0}",
            "{}",
            "utf-32be",
            "header",
        ),
        (
            "text/xml",
            b"<?xml version='1.0' encoding='ISO-8859-2'?><a>\xb1</a>",
            "<?xml version='1.0' encoding='ISO-8859-2'?><a>ą</a>",
            "iso-8859-2",
            "xml",
        ),
    ] {
        let seq = field.post(&typed(media_type), body);
        let content = field.content(seq, "");
        assert_eq!(
            [
                &content["text"],
                &content["charset"],
                &content["charset_from"]
            ],
            [text, charset, from],
            "{media_type}"
        );
        assert_eq!(
            field.delivery(seq)["body"]["charset"],
            charset,
            "{media_type}"
        );
    }
    let unknown = field.post(&typed("text/plain; charset=utf-7"), b"a");
    assert_eq!(notes(&field.content(unknown, "")), ["unknown_charset"]);
}

#[test]
fn c10_xml_is_indented_beside_raw() {
    let field = Field::new();
    let text = "<o><i>7</i><l><x>1</x></l></o>";
    let seq = field.post(&typed("text/xml"), text.as_bytes());
    let html = field.html(&format!("/{seq}?tab=body"));
    let lines =
        "&#60;o&#62;\n  &#60;i&#62;7&#60;/i&#62;\n  &#60;l&#62;\n    &#60;x&#62;1&#60;/x&#62;";
    let lines = [
        lines.to_owned(),
        lines.replace("&#60;", "&lt;").replace("&#62;", "&gt;"),
    ];
    assert!(lines.iter().any(|lines| html.contains(lines)), "{html}");
    assert!(field.body_tab(seq, "&view=raw").contains(text));
    assert_eq!(field.content(seq, "")["text"], text);
    for (media_type, body, kind, expected) in [
        (
            "application/soap+xml",
            "<s:Envelope xmlns:s='x'/>",
            "xml",
            vec![],
        ),
        (
            "image/svg+xml",
            "<svg><script>1</script></svg>",
            "xml",
            vec![],
        ),
        ("text/xml", "<a><b></a>", "xml", vec!["invalid_xml"]),
        (
            "application/xml",
            "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
            "xml",
            vec!["xml_entities"],
        ),
        ("text/html", "<!DOCTYPE html><br>", "text", vec![]),
    ] {
        let content = field.content(field.post(&typed(media_type), body.as_bytes()), "");
        assert_eq!(
            (&content["kind"], notes(&content)),
            (&json!(kind), expected),
            "{body}"
        );
    }
}

#[test]
fn c17_json_lines_are_records() {
    let field = Field::new();
    let seq = field.post(&typed("application/x-ndjson"), b"{\"a\":1}\n{\"a\":2}\n");
    assert_eq!(
        field.content(seq, "")["records"],
        json!({"count": 2, "items": ["{\"a\":1}", "{\"a\":2}"], "wrong_count": 0, "wrong": []})
    );
    let tab = field.body_tab(seq, "");
    assert!(
        !tab.contains("cannot be read") && !tab.contains("invalid JSON"),
        "{tab}"
    );
    assert_eq!(field.delivery(seq)["reading"]["why"], Value::Null);
    for (media_type, body, count, wrong) in [
        (
            "application/jsonl",
            &b"{\"a\":1}\r\n\r\n{\"a\":2}"[..],
            2,
            0,
        ),
        ("application/json-seq", b"\x1e{\"a\":1}\n\x1e[\n2]\n", 2, 0),
        ("application/json", b"{\"a\":1}\n{\"a\":2}\n", 2, 0),
        (
            "application/x-ndjson",
            b"{\"a\":1}\n{\"a\":\n{\"a\":3}\n",
            3,
            1,
        ),
        ("application/stream+json", b"1\n\"x\"\nnull\n", 3, 0),
    ] {
        let records = field.content(field.post(&typed(media_type), body), "")["records"].clone();
        assert_eq!(
            (&records["count"], &records["wrong_count"]),
            (&json!(count), &json!(wrong)),
            "{media_type}"
        );
    }
}

#[test]
fn c18_the_text_is_exact_and_line_ends_are_said_once() {
    let field = Field::new();
    for (media_type, body, said) in [
        (
            "text/plain",
            &b"line one\r\nline two\r\n"[..],
            "Lines end with CRLF.",
        ),
        ("text/plain", b"one\rtwo\r", "Lines end with CR."),
        (
            "text/plain",
            b"one\r\ntwo\nthree\r",
            "Lines end in different ways.",
        ),
        ("text/csv", b"a,b\r\n1,2\r\n", "Lines end with CRLF."),
    ] {
        let seq = field.post(&typed(media_type), body);
        let tab = field.body_tab(seq, "");
        assert_eq!(tab.matches(said).count(), 1, "{tab}");
        assert_eq!(field.bytes(seq, "body"), body, "what Copy fetches");
        assert_eq!(field.html(&format!("/{seq}/copy/text")).as_bytes(), body);
        assert_eq!(
            field.delivery(seq)["body"]["text"]
                .as_str()
                .map(str::as_bytes),
            Some(body)
        );
    }
    let tab = field.body_tab(1, "");
    assert!(tab.contains("line one line two"), "{tab}");
    let plain = field.post(&typed("text/plain"), b"one\ntwo\n");
    assert!(!field.body_tab(plain, "").contains("Lines end"));
    let latin = field.post(&typed("text/plain; charset=iso-8859-1"), b"Z\xfcrich\r\n");
    let html = field.html(&format!("/{latin}?tab=body"));
    assert!(
        html.contains(&format!(
            "data-copy-href=\"/inspect/{}/{latin}/copy/text\"",
            field.endpoint.id
        )),
        "{html}"
    );
    assert_eq!(field.html(&format!("/{latin}/copy/text")), "Zürich\r\n");
}
