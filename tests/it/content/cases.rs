//! The cases from the field by their ids, each with siblings of its kind.

use creel::content::{CharsetFrom, ContentOptions, indented_xml, read};
use creel::domain::body::BodyKind;

use super::{codes, content, head};

const FORM: &str = "application/x-www-form-urlencoded";

/// Names and values.
type Pairs<'a> = &'a [(&'a str, Option<&'a str>)];

fn fields(body: &[u8], media_type: &str) -> Vec<(String, Option<String>)> {
    let found = content(media_type, body);
    assert_eq!(found.kind, BodyKind::Form, "{found:?}");
    found
        .fields
        .into_iter()
        .map(|field| (field.name, field.value))
        .collect()
}

fn pairs(pairs: Pairs<'_>) -> Vec<(String, Option<String>)> {
    let pair =
        |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
    pairs.iter().map(pair).collect()
}

#[test]
fn c01_forms_have_fields_in_order() {
    let cases: [(&str, &[u8], Pairs<'_>); 7] = [
        (
            FORM,
            b"note=a%26b%3Dc+d&tag=x&tag=y&empty=&flag",
            &[
                ("note", Some("a&b=c d")),
                ("tag", Some("x")),
                ("tag", Some("y")),
                ("empty", Some("")),
                ("flag", None),
            ],
        ),
        (
            FORM,
            b"payload=%7B%22a%22%3A1%7D",
            &[("payload", Some("{\"a\":1}"))],
        ),
        (
            FORM,
            b"tel=%2B467325+44690&a[0][b]=%",
            &[("tel", Some("+467325 44690")), ("a[0][b]", Some("%"))],
        ),
        (FORM, b"city=Z%FCrich", &[("city", Some("Zürich"))]),
        (FORM, "city=Zürich".as_bytes(), &[("city", Some("Zürich"))]),
        (
            "application/x-www-form-urlencoded; charset=shift_jis",
            b"a=%83e%83X%83g",
            &[("a", Some("テスト"))],
        ),
        (FORM, b"hello world", &[("hello world", None)]),
    ];
    for (media_type, body, expected) in cases {
        assert_eq!(
            fields(body, media_type),
            pairs(expected),
            "{:?}",
            String::from_utf8_lossy(body)
        );
    }
    assert_eq!(
        content(FORM, "a=%FC").charset.map(|charset| charset.from),
        Some(CharsetFrom::Detected)
    );
    assert_eq!(
        content("", "a=1&b=2").kind,
        BodyKind::Text,
        "nothing says that it is a form"
    );
    assert_eq!(
        content(FORM, "a=1").text.as_deref(),
        Some("a=1"),
        "the raw text is there"
    );
}

#[test]
fn c08_charsets_are_read_and_named() {
    let json = "application/json";
    let cases: [(&str, &[u8], &str, CharsetFrom, &str); 8] = [
        (
            "application/json; charset=ISO-8859-1",
            b"{\"city\":\"Z\xfcrich\"}",
            "windows-1252",
            CharsetFrom::Header,
            "{\"city\":\"Zürich\"}",
        ),
        (
            json,
            b"{\"city\":\"Z\xfcrich\"}",
            "windows-1252",
            CharsetFrom::Detected,
            "{\"city\":\"Zürich\"}",
        ),
        (
            "text/plain; charset=\"windows-1251\"",
            b"\xcf\xf0\xe8\xe2\xe5\xf2",
            "windows-1251",
            CharsetFrom::Header,
            "Привет",
        ),
        (
            "text/plain; charset=Shift_JIS",
            b"\x83\x65\x83\x58\x83\x67",
            "shift_jis",
            CharsetFrom::Header,
            "テスト",
        ),
        (
            "text/plain; charset=gb2312",
            b"\xc4\xe3\xba\xc3",
            "gbk",
            CharsetFrom::Header,
            "你好",
        ),
        (
            json,
            b"\xef\xbb\xbf{\"a\":1}",
            "utf-8",
            CharsetFrom::Bom,
            "{\"a\":1}",
        ),
        (
            json,
            b"\xff\xfe{\0\"\0a\0\"\0:\0\x31\0}\0",
            "utf-16le",
            CharsetFrom::Bom,
            "{\"a\":1}",
        ),
        (
            json,
            b"{\0\"\0a\0\"\0:\0\x31\0}\0",
            "utf-16le",
            CharsetFrom::Detected,
            "{\"a\":1}",
        ),
    ];
    for (media_type, body, label, from, text) in cases {
        let found = content(media_type, body);
        let charset = found.charset.expect("it is text");
        assert_eq!(
            (charset.label.as_str(), charset.from),
            (label, from),
            "{media_type} {body:?}"
        );
        assert_eq!(found.text.as_deref(), Some(text));
    }
}

#[test]
fn c08_a_chosen_charset_overrides_and_wrong_ones_are_named() {
    let options = ContentOptions {
        charset: Some("iso-8859-2".to_owned()),
        ..ContentOptions::default()
    };
    let lines = head(&[("Content-Type", "text/plain; charset=utf-8")]);
    let found = read(&lines, b"\xb1", &options);
    assert_eq!(found.text.as_deref(), Some("ą"));
    assert_eq!(
        found.charset.map(|charset| charset.from),
        Some(CharsetFrom::Chosen)
    );
    assert_eq!(
        codes(&content("text/plain; charset=klingon", "a")),
        ["unknown_charset"]
    );
    assert_eq!(
        codes(&content("text/plain; charset=latin1", "é")),
        ["charset_doubtful"]
    );
    assert_eq!(
        codes(&content("text/plain; charset=utf-8", b"Z\xfcrich")),
        ["charset_doubtful", "invalid_bytes"]
    );
    assert_eq!(
        codes(&content("text/plain; charset=utf-16", "hello")),
        ["charset_doubtful", "invalid_bytes"]
    );
}

#[test]
fn c10_xml_is_indented_and_kept() {
    let text = "<o><i>7</i><l><x>1</x></l></o>";
    let found = content("text/xml", text);
    assert_eq!(
        (found.kind, found.text.as_deref()),
        (BodyKind::Xml, Some(text))
    );
    assert_eq!(codes(&found), [""; 0]);
    let indented = indented_xml(text, 1_000).text;
    assert_eq!(
        indented,
        "<o>\n  <i>7</i>\n  <l>\n    <x>1</x>\n  </l>\n</o>"
    );
    for (media_type, body, expected) in [
        (
            "application/soap+xml",
            "<s:Envelope xmlns:s='x'/>",
            BodyKind::Xml,
        ),
        (
            "image/svg+xml",
            "<svg><script>1</script></svg>",
            BodyKind::Xml,
        ),
        ("", "<?xml version='1.0'?><a/>", BodyKind::Xml),
        ("application/atom+xml", "\u{feff}<feed/>", BodyKind::Xml),
        ("text/html", "<!DOCTYPE html><br>", BodyKind::Text),
        ("", "1 < 2", BodyKind::Text),
    ] {
        assert_eq!(
            content(media_type, body).kind,
            expected,
            "{media_type} {body}"
        );
    }
    let latin = content(
        "application/xml",
        b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>",
    );
    assert_eq!(
        latin.charset.map(|charset| charset.from),
        Some(CharsetFrom::Xml)
    );
    assert!(latin.text.is_some_and(|text| text.ends_with("<a>é</a>")));
    assert_eq!(codes(&content("text/xml", "<a><b></a>")), ["invalid_xml"]);
}

#[test]
fn c16_broken_json_stays_json_with_its_place() {
    for (body, place) in [
        ("{\"values\":{\"score\":NaN}}", "line 1, column 20"),
        ("{\"a\":1,}", "line 1, column 8"),
        ("{\n\"a\": 'x'}", "line 2, column 6"),
        ("{\"a\":1} trailing", "line 1, column 9"),
        ("hello", "line 1, column 1"),
    ] {
        let found = content("application/json", body);
        assert_eq!(
            (found.kind, codes(&found)),
            (BodyKind::Json, vec!["invalid_json"]),
            "{body}"
        );
        let sentence = found.notes[0].to_string();
        assert!(sentence.contains(place), "{body}: {sentence}");
    }
}

#[test]
fn c12_c13_json_is_kept_as_it_is() {
    for body in [
        "{\"id\":1,\"id\":2}",
        "{\"n\":12345678901234567890123, \"half\":\"\\ud83d\"}",
        "{\"huge\":1e999}",
    ] {
        let found = content("application/json", body);
        assert_eq!(
            (found.kind, found.text.as_deref()),
            (BodyKind::Json, Some(body))
        );
        assert_eq!(codes(&found), [""; 0]);
    }
}

#[test]
fn c17_records_are_counted() {
    for (media_type, body, count) in [
        ("application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n", 2),
        ("application/jsonl", "{\"a\":1}\r\n\r\n{\"a\":2}", 2),
        ("application/json-seq", "\u{1e}{\"a\":1}\n\u{1e}[\n2]\n", 2),
        ("application/x-ndjson", "1\n\"two\"\nnull", 3),
        ("", "{\"a\":1}\n{\"a\":2}\n", 2),
        ("application/json", "{\"a\":1}\n{\"a\":2}\n", 2),
    ] {
        let found = content(media_type, body);
        assert_eq!(found.kind, BodyKind::Ndjson, "{media_type} {body:?}");
        let records = found.records.expect("records");
        assert_eq!(
            (records.count, records.items.len(), records.wrong_count),
            (count, count, 0),
            "{body:?}"
        );
    }
    let broken = content("application/x-ndjson", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n");
    assert_eq!(codes(&broken), ["wrong_records"]);
    assert_eq!(
        broken
            .records
            .map(|records| (records.count, records.wrong[0].line)),
        Some((3, 2))
    );
}

#[test]
fn c18_texts_are_exact_and_line_ends_are_said_once() {
    for (body, expected) in [
        ("line one\r\nline two\r\n", "Lines end with CRLF."),
        ("one\rtwo\r", "Lines end with CR."),
        ("one\r\ntwo\nthree\r", "Lines end in different ways."),
    ] {
        let found = content("text/plain", body);
        assert_eq!(
            (found.kind, found.text.as_deref()),
            (BodyKind::Text, Some(body))
        );
        assert_eq!(
            found
                .notes
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            [expected]
        );
    }
    assert_eq!(codes(&content("text/plain", "one\ntwo\n")), [""; 0]);
}

#[test]
fn c42_images_are_known_by_their_bytes() {
    let png: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
    for (media_type, body, kind, extension, notes) in [
        ("image/png", png, BodyKind::Image, "png", &[][..]),
        ("", png, BodyKind::Image, "png", &[]),
        ("text/html", png, BodyKind::Image, "png", &["other_type"]),
        (
            FORM,
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            BodyKind::Image,
            "jpg",
            &["other_type"],
        ),
        (
            "image/webp",
            b"RIFF\x24\0\0\0WEBPVP8 ",
            BodyKind::Image,
            "webp",
            &[],
        ),
        (
            "image/png",
            b"<script>alert(1)</script>",
            BodyKind::Xml,
            "xml",
            &["other_type"],
        ),
        (
            "image/png",
            b"\x89PNX\r\n\x1a\n\0",
            BodyKind::Binary,
            "bin",
            &[],
        ),
        (
            "image/bmp",
            b"BM\x46\0\0\0\0\0\0\0\x36\0",
            BodyKind::Binary,
            "bmp",
            &[],
        ),
        (
            "",
            b"PK\x03\x04\x14\0\x08\0\x08\0",
            BodyKind::Binary,
            "zip",
            &[],
        ),
        (
            "application/json",
            b"\0\x01\x02",
            BodyKind::Binary,
            "bin",
            &["other_type"],
        ),
        ("image/png", b"", BodyKind::Empty, "bin", &[]),
    ] {
        let found = content(media_type, body);
        assert_eq!(
            (found.kind, found.file_type.extension),
            (kind, extension),
            "{media_type} {body:?}"
        );
        assert_eq!(codes(&found), notes, "{media_type} {body:?}");
        assert_eq!(
            found.file_type.media_type.starts_with("image/"),
            kind == BodyKind::Image || extension == "bmp"
        );
    }
}
