//! Multipart bodies (C03, C04): names, nesting, broken boundaries, downloads.

use creel::content::{BodyContent, BodyPart, ContentOptions, part, read};
use creel::domain::body::BodyKind;
use creel::domain::head::Head;

use super::{codes, content, head};

const TYPE: &str = "multipart/form-data; boundary=XX";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\0IEND\xaeB`\x82";

/// A body of parts, each of header lines and content.
fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (head, content) in parts {
        body.extend(format!("--XX\r\n{head}\r\n\r\n").as_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    body
}

fn shown(part: &BodyPart) -> (&str, Option<&str>, &str, BodyKind) {
    (
        part.n.as_str(),
        part.name.as_deref(),
        part.download_name.as_str(),
        part.content.kind,
    )
}

#[test]
fn c03_parts_have_names_types_and_contents() {
    let parts = body(&[
        (
            "Content-Disposition: form-data; name=\"meta\"",
            b"{\"kind\":\"photo\"}",
        ),
        (
            "Content-Disposition: form-data; name=\"file\"; filename=\"naïve.txt\"\r\nContent-Type: text/plain",
            b"one\r\ntwo\r\n",
        ),
        ("Content-Disposition: form-data; name=\"empty\"", b""),
        (
            "Content-Disposition: form-data; name=\"list\"\r\nContent-Type: application/x-www-form-urlencoded",
            b"a=1&b",
        ),
    ]);
    let found = content(TYPE, &parts);
    assert_eq!((found.kind, codes(&found)), (BodyKind::Multipart, vec![]));
    assert_eq!(
        found.parts.iter().map(shown).collect::<Vec<_>>(),
        [
            ("1", Some("meta"), "part-1.json", BodyKind::Json),
            ("2", Some("file"), "naïve.txt", BodyKind::Text),
            ("3", Some("empty"), "part-3.bin", BodyKind::Empty),
            ("4", Some("list"), "part-4.txt", BodyKind::Form),
        ]
    );
    assert_eq!(
        found.parts[1].content.text.as_deref(),
        Some("one\r\ntwo\r\n")
    );
    assert_eq!(found.parts[3].content.fields.len(), 2);
    assert_eq!(
        &parts[found.parts[0].range.clone()],
        b"{\"kind\":\"photo\"}"
    );
    assert_eq!(found.text, None);
}

#[test]
fn c04_a_picture_in_a_part_is_named_and_downloadable() {
    let parts = body(&[
        (
            "Content-Disposition: form-data; name=\"payload\"\r\nContent-Type: application/json",
            b"{\"event\":\"media.play\",\"id\":7}",
        ),
        (
            "Content-Disposition: form-data; name=\"thumb\"; filename=\"../../thumb\u{202e}gnp.exe\"\r\nContent-Type: text/html",
            PNG,
        ),
    ]);
    let found = content(TYPE, &parts);
    let picture = &found.parts[1];
    assert_eq!(
        shown(picture),
        ("2", Some("thumb"), "thumbgnp.exe", BodyKind::Image)
    );
    assert_eq!(codes(&picture.content), ["other_type"]);
    let lines = head(&[("Content-Type", TYPE)]);
    let given = part(&lines, &parts, "2", &ContentOptions::default()).expect("there are two");
    assert_eq!(
        (given.bytes.as_ref(), given.file_type.media_type),
        (PNG, "image/png")
    );
    for wrong in [
        "0",
        "3",
        "02",
        "2.1",
        "",
        "x",
        "-1",
        "99999999999999999999",
        "1.1.1.1.1.1",
    ] {
        assert!(
            part(&lines, &parts, wrong, &ContentOptions::default()).is_none(),
            "{wrong}"
        );
    }
}

#[test]
fn boundaries_are_found_in_every_form() {
    for (media_type, body, parts, notes) in [
        (
            "multipart/mixed; boundary=\"a b\"",
            "--a b\r\n\r\none\r\n--a b--",
            1,
            &[][..],
        ),
        ("multipart/mixed; BOUNDARY=a", "--a\n\none\n--a--\n", 1, &[]),
        (
            "multipart/mixed; boundary=a",
            "--a\r\n\r\none\r\n--a\r\n\r\ntw",
            2,
            &["no_final_boundary"],
        ),
        (
            "multipart/mixed; boundary=a",
            "hello\r\n--a\r\n\r\none\r\n--a--\r\nbye",
            1,
            &["preamble", "epilogue"],
        ),
        (
            "multipart/mixed",
            "--a\r\n\r\none\r\n--a--",
            1,
            &["boundary_guessed"],
        ),
        (
            "multipart/mixed; boundary=a",
            "--a\r\nA: 1\r\n--a--",
            1,
            &["no_blank_line"],
        ),
        ("multipart/mixed; boundary=a", "--a--\r\n", 0, &[]),
    ] {
        let found = content(media_type, body);
        assert_eq!(
            (found.kind, found.parts.len()),
            (BodyKind::Multipart, parts),
            "{media_type} {body:?}"
        );
        assert_eq!(codes(&found), notes, "{media_type} {body:?}");
    }
    for (media_type, body) in [
        ("multipart/mixed; boundary=a", "no parts"),
        ("multipart/mixed", "{\"a\":1}"),
    ] {
        let found = content(media_type, body);
        assert_eq!(
            (found.parts.len(), codes(&found)),
            (0, vec!["no_parts", "other_type"])
        );
    }
}

#[test]
fn parts_inside_parts_have_numbers() {
    let inner =
        "--in\r\n\r\none\r\n--in\r\nContent-Transfer-Encoding: base64\r\n\r\ndHdv\r\n--in--";
    let outer = body(&[
        ("A: 1", b"first"),
        (
            "Content-Type: multipart/mixed; boundary=in",
            inner.as_bytes(),
        ),
    ]);
    let found = content(TYPE, &outer);
    let numbers = found.parts[1]
        .content
        .parts
        .iter()
        .map(|part| part.n.clone());
    assert_eq!(numbers.collect::<Vec<_>>(), ["2.1", "2.2"]);
    assert_eq!(
        found.parts[1].content.parts[1].content.text.as_deref(),
        Some("two")
    );
    let lines = head(&[("Content-Type", TYPE)]);
    let given = part(&lines, &outer, "2.2", &ContentOptions::default()).expect("it is there");
    assert_eq!(
        (given.bytes.as_ref(), given.download_name.as_str()),
        (&b"two"[..], "part-2.2.txt")
    );
}

/// Multipart bodies inside each other.
fn nested_body(depth: usize) -> (Head, Vec<u8>) {
    let mut body = b"end".to_vec();
    let mut declared = "text/plain".to_owned();
    for level in 0..depth {
        let mut outer = format!("--b{level}\r\nContent-Type: {declared}\r\n\r\n").into_bytes();
        outer.extend(body);
        outer.extend(format!("\r\n--b{level}--").bytes());
        body = outer;
        declared = format!("multipart/mixed; boundary=b{level}");
    }
    (head(&[("Content-Type", &declared)]), body)
}

fn nested(depth: usize) -> BodyContent {
    let (lines, body) = nested_body(depth);
    read(&lines, &body, &ContentOptions::default())
}

#[test]
fn parts_are_read_down_to_the_fourth_level() {
    let mut level = nested(50);
    for _ in 0..4 {
        assert_eq!(level.kind, BodyKind::Multipart);
        level = level.parts.remove(0).content;
    }
    assert_eq!((level.kind, level.parts.len()), (BodyKind::Text, 0));
    assert_eq!(codes(&level)[0], "too_deep");
    let mut level = nested(4);
    for _ in 0..4 {
        level = level.parts.remove(0).content;
    }
    assert_eq!(level.text.as_deref(), Some("end"));
}

#[test]
fn a_part_has_the_same_name_in_the_list_and_alone() {
    let (lines, body) = nested_body(5);
    let options = ContentOptions::default();
    let mut level = read(&lines, &body, &options);
    for _ in 0..4 {
        let listed = level.parts.remove(0);
        let alone = part(&lines, &body, &listed.n, &options).expect("a listed part");
        assert_eq!(alone.download_name, listed.download_name, "{}", listed.n);
        level = listed.content;
    }
}

#[test]
fn an_encoded_multipart_body_is_decoded_first() {
    let parts = super::encodings::gzip(&body(&[("Content-Disposition: form-data; name=a", b"1")]));
    let lines = head(&[("Content-Type", TYPE), ("Content-Encoding", "gzip")]);
    let found = read(&lines, &parts, &ContentOptions::default());
    assert_eq!((found.kind, found.parts.len()), (BodyKind::Multipart, 1));
    let given = part(&lines, &parts, "1", &ContentOptions::default()).expect("one part");
    assert_eq!(given.bytes.as_ref(), b"1");
}
