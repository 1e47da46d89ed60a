//! Compare: what differs is always said, and different bytes are never called the same (C06, C12, C23 and their siblings).

use super::Field;
use crate::content::encodings::{gzip, zlib};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

type Sent<'a> = (&'a [(&'a str, &'a str)], &'a [u8]);

/// What the Body section says of each pair.
fn assert_said(cases: &[(Sent<'_>, Sent<'_>, &str)]) {
    let field = Field::new();
    for (a, b, expected) in cases {
        let pair = (field.post(a.0, a.1), field.post(b.0, b.1));
        let body = field.compared(pair, "body");
        assert!(body.contains(expected), "{expected}\n{body}");
        if a.1 != b.1 {
            assert!(!body.contains("Identical bytes"), "{body}");
        }
    }
}

#[test]
fn c06_compressed_bodies_are_compared_decoded() {
    let text = br#"{"event":"run.done","n":1}"#;
    let (zipped, other) = (gzip(text), gzip(br#"{"event":"run.done","n":2}"#));
    let deflated = zlib(text);
    let spaced = gzip(br#"{"event": "run.done", "n": 1}"#);
    let mut again = zipped.clone();
    again[4] = 7; // The time in the header of gzip.
    let as_gzip = [JSON, ("Content-Encoding", "gzip")];
    let as_deflate = [JSON, ("Content-Encoding", "deflate")];
    assert_said(&[
        (
            (&[JSON], text),
            (&as_gzip, &zipped),
            "Same meaning; differs in Content-Encoding.",
        ),
        (
            (&as_gzip, &zipped),
            (&as_deflate, &deflated),
            "Same meaning; differs in Content-Encoding.",
        ),
        (
            (&as_gzip, &zipped),
            (&as_gzip, &again),
            "Same meaning; differs in the compressed bytes.",
        ),
        (
            (&as_gzip, &zipped),
            (&as_gzip, &spaced),
            "Same meaning; differs in whitespace.",
        ),
        ((&as_gzip, &zipped), (&as_gzip, &other), "1 changed."),
        ((&as_gzip, &zipped), (&as_gzip, &zipped), "Identical bytes."),
        (
            (&as_gzip, &zipped),
            (&as_gzip, &zipped[..20]),
            "The gzip data ends too early",
        ),
    ]);
    let field = Field::new();
    let pair = (field.post(&[JSON], text), field.post(&as_gzip, &other));
    let body = field.compared(pair, "body");
    assert!(
        body.contains("Compared decoded. #2 was sent as gzip."),
        "{body}"
    );
    assert!(body.contains("n changed 1 2"), "{body}");
    let pair = (field.post(&[], &zipped), field.post(&as_gzip, &zipped));
    let body = field.compared(pair, "body");
    assert!(body.contains("They are declared differently"), "{body}");
}

#[test]
fn c12_json_of_the_same_meaning_is_told_from_the_same_bytes() {
    let case = |a: &'static str, b: &'static str, expected: &'static str| {
        (
            (&[JSON][..], a.as_bytes()),
            (&[JSON][..], b.as_bytes()),
            expected,
        )
    };
    assert_said(&[
        case(r#"{"id":1,"id":2}"#, r#"{"id":2,"id":1}"#, "2 changed."),
        case(r#"{"id":1,"id":2}"#, r#"{"id":1}"#, "1 removed."),
        case(r#"{"a":1}"#, r#"{"a":1.0}"#, "1 changed."),
        case("[1e2]", "[100]", "1 changed."),
        case(
            "[12345678901234567890]",
            "[12345678901234567891]",
            "1 changed.",
        ),
        case(
            r#"["\u00fc"]"#,
            r#"["ü"]"#,
            "Same meaning; differs in escapes in strings.",
        ),
        case(r#"["\ud83d"]"#, r#"["\ud83e"]"#, "1 changed."),
        case(
            r#"{"a":1,"b":2}"#,
            r#"{"b":2,"a":1}"#,
            "Same meaning; differs in the order of keys",
        ),
        case("[1]", "[1]\n", "Same meaning; differs in whitespace."),
        case(
            "[1]",
            "\u{feff}[1]",
            "Same meaning; differs in a byte order mark.",
        ),
        case(
            r#"[{"a":1},{"b":2}]"#,
            r#"[{"b":2},{"a":1}]"#,
            "1 added, 1 removed.",
        ),
    ]);
}

#[test]
fn c12_charsets_line_ends_and_escapes_are_named() {
    let latin = [("Content-Type", "text/plain; charset=iso-8859-1")];
    let utf8 = [("Content-Type", "text/plain; charset=utf-8")];
    let json_latin = [("Content-Type", "application/json; charset=iso-8859-1")];
    let xml = [("Content-Type", "text/xml")];
    let parts_a = [("Content-Type", "multipart/form-data; boundary=A")];
    let parts_b = [("Content-Type", "multipart/form-data; boundary=B")];
    let part = |boundary: &str, value: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n{value}\r\n--{boundary}--\r\n").into_bytes()
    };
    let [same_a, same_b, other_b] = [part("A", "1"), part("B", "1"), part("B", "2")];
    assert_said(&[
        (
            (&latin, b"Z\xfcrich"),
            (&utf8, "Zürich".as_bytes()),
            "Same text; differs in charset.",
        ),
        (
            (&json_latin, b"[\"\xfc\"]"),
            (&[JSON], "[\"ü\"]".as_bytes()),
            "Same meaning; differs in charset.",
        ),
        (
            (&[JSON], b"\xff\xfe[\0]\0"),
            (&[JSON], b"[]"),
            "Same meaning; differs in charset and a byte order mark.",
        ),
        (
            (&utf8, b"a\r\nb\r\n"),
            (&utf8, b"a\nb\n"),
            "Same lines; differs in line ends.",
        ),
        (
            (&utf8, b"a\nb"),
            (&utf8, b"a\nb\n"),
            "1 line removed, 1 added.",
        ),
        (
            (&utf8, b"a\xff"),
            (&utf8, b"a\xfe"),
            "They read the same, but their bytes differ",
        ),
        (
            (&[FORM], b"a=1&b=%20"),
            (&[FORM], b"a=1&b=+"),
            "Same fields; differs in percent-encoding.",
        ),
        (
            (&[FORM], b"a=1&b"),
            (&[FORM], b"a=1&b="),
            "1 field removed, 1 added.",
        ),
        (
            (&[FORM], b"a=%0Ab"),
            (&[FORM], b"a=&b"),
            "1 field removed, 2 added.",
        ),
        (
            (&[FORM], b"a=1&b=2"),
            (&[FORM], b"b=2&a=1"),
            "1 field removed, 1 added.",
        ),
        (
            (&[FORM], b"a=%FF%C3%BC"),
            (&[FORM], b"a=%FE%C3%BC"),
            "1 field removed, 1 added.",
        ),
        (
            (&xml, b"<a><b/></a>"),
            (&xml, b"<a>\n<b/>\n</a>"),
            "Same markup; differs in white space between elements.",
        ),
        (
            (&xml, b"<a><b/></a>"),
            (&xml, b"<a><c/></a>"),
            "1 line removed, 1 added.",
        ),
        (
            (&parts_a, &same_a),
            (&parts_b, &same_b),
            "Same parts; differs in the boundary",
        ),
        (
            (&parts_a, &same_a),
            (&parts_b, &other_b),
            "1 line removed, 1 added.",
        ),
        (
            (&[], b"\0\x01"),
            (&[], b"\0\x02"),
            "The bodies differ. Only text is compared in detail.",
        ),
        ((&[], b""), (&[], b"\0"), "has no body."),
    ]);
}

#[test]
fn c23_bare_and_empty_parameters_differ() {
    let field = Field::new();
    let sent = |below: &str| field.send("POST", below, &[], b"");
    for (a, b, expected) in [
        ("?flag", "?flag=", "1 changed."),
        ("?a=1&a=2", "?a=2&a=1", "changed"),
        ("?a=%ff", "?a=%fe", "1 changed."),
        (
            "?a=b+c",
            "?a=b%20c",
            "Same meaning; differs in percent-escapes or separators.",
        ),
        ("?a=1&b", "?a=1", "1 removed."),
        ("?flag", "?flag", "Identical, in the same order."),
    ] {
        let query = field.compared((sent(a), sent(b)), "query");
        assert!(query.contains(expected), "{a} {b}: {query}");
    }
}
