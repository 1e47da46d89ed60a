//! Hostile bodies: results stay within the limits, and any bytes can be read.

use creel::content::{BodyContent, ContentOptions, decode, indented_xml, part, read};
use creel::domain::body::BodyKind;
use proptest::prelude::*;

use super::encodings::gzip;
use super::{codes, content, head, xml_bomb};

/// Bytes of all texts in a result.
fn text_bytes(content: &BodyContent) -> usize {
    let fields = content.fields.iter();
    let fields: usize = fields
        .map(|field| field.name.len() + field.value.as_ref().map_or(0, String::len))
        .sum();
    let parts = content.parts.iter().map(|part| {
        let headers: usize = part
            .headers
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        headers + text_bytes(&part.content)
    });
    let records = content.records.iter().flat_map(|records| &records.items);
    let records: usize = records.map(String::len).sum();
    content.text.as_ref().map_or(0, String::len) + fields + records + parts.sum::<usize>()
}

#[test]
fn zeros_stop_at_the_ratio_and_at_the_limit() {
    let options = ContentOptions::default();
    let lines = head(&[("Content-Encoding", "gzip")]);
    let bomb = gzip(&vec![0; 80_000_000]);
    assert!(bomb.len() < 90_000);
    let decoded = decode(&lines, &bomb, &options);
    assert!(
        decoded.bytes.len() <= 64 * 1024 * 1024,
        "{}",
        decoded.bytes.len()
    );
    assert_eq!(decoded.notes[0].code(), "decoding_stopped");
    let small = ContentOptions {
        decoded_bytes: 1_000,
        ..options.clone()
    };
    let decoded = decode(&lines, &bomb, &small);
    assert_eq!(decoded.bytes.len(), 1_000);
    // Twice compressed, the second layer gives more than a thousand times the received bytes.
    let twice = gzip(&bomb);
    let lines = head(&[("Content-Encoding", "gzip, gzip")]);
    let decoded = decode(&lines, &twice, &options);
    assert!(
        decoded.bytes.len() <= (twice.len() * 1_000).max(1 << 20),
        "{}",
        decoded.bytes.len()
    );
    assert_eq!(decoded.notes[0].code(), "decoding_stopped");
}

#[test]
fn many_empty_streams_stop_at_the_steps() {
    let many = gzip(b"").repeat(50_000);
    let options = ContentOptions {
        steps: 1_000,
        ..ContentOptions::default()
    };
    let decoded = decode(&head(&[("Content-Encoding", "gzip")]), &many, &options);
    assert_eq!(
        (
            decoded.bytes.len(),
            decoded.notes.last().map(creel::content::Note::code)
        ),
        (many.len(), Some("decoding_stopped")),
        "nothing came of it, so the bytes are shown as they are"
    );
}

#[test]
fn xml_bombs_are_not_expanded() {
    let text = xml_bomb("<!ENTITY file SYSTEM \"file:///etc/passwd\">]><x>&e9;&file;</x>");
    let found = content("application/xml", &text);
    assert_eq!(
        (found.text.as_deref(), codes(&found)),
        (Some(text.as_str()), vec!["xml_entities"])
    );
    let indented = indented_xml(&text, 100_000);
    assert!(indented.text.len() < text.len() + 10 && indented.text.contains("&e9;&file;"));
    let deep = content("application/xml", "<a>".repeat(1_000_000));
    assert_eq!(codes(&deep), ["invalid_xml"]);
    let wide = indented_xml(&format!("<a>{}</a>", "<b/>".repeat(1_000_000)), 1_000_000);
    assert!(wide.cut && wide.text.len() <= 1_000_000);
}

#[test]
fn the_first_fields_parts_and_records_are_shown_and_all_counted() {
    let form = content("application/x-www-form-urlencoded", "a=1&".repeat(100_000));
    assert_eq!(
        (form.fields.len(), form.notes[0].to_string().as_str()),
        (1_000, "The first 1000 of 100000 fields.")
    );
    let part = "--b\r\nA: 1\r\n\r\nx\r\n";
    let parts = content("multipart/mixed; boundary=b", part.repeat(10_000) + "--b--");
    assert_eq!(
        (parts.parts.len(), parts.notes[0].to_string().as_str()),
        (200, "The first 200 of 10000 parts.")
    );
    let records = content("application/x-ndjson", "{}\n".repeat(1_000_000));
    let found = records.records.as_ref().expect("records");
    assert_eq!((found.count, found.items.len()), (1_000_000, 100));
    for found in [&form, &parts, &records] {
        assert!(
            text_bytes(found) <= 4 * 1024 * 1024,
            "{}",
            text_bytes(found)
        );
    }
}

#[test]
fn a_long_line_is_cut() {
    let json = format!("{{\"a\":\"{}\"}}", "x".repeat(50_000_000));
    let found = content("application/json", &json);
    assert_eq!((found.kind, found.bytes), (BodyKind::Json, json.len()));
    assert_eq!(found.text.as_ref().map(String::len), Some(4 * 1024 * 1024));
    assert_eq!(codes(&found), ["text_cut"]);
}

#[test]
fn long_names_and_values_share_the_limit() {
    let long = "x".repeat(3_000_000);
    let form = content(
        "application/x-www-form-urlencoded",
        format!("{long}={long}&{long}"),
    );
    assert!(text_bytes(&form) <= 4 * 1024 * 1024 && codes(&form).contains(&"fields_cut"));
    let part = format!(
        "--b\r\nContent-Disposition: form-data; filename=\"{}\"\r\n\r\n{long}\r\n",
        "n".repeat(100_000)
    );
    let parts = content("multipart/mixed; boundary=b", part.repeat(5));
    assert!(
        text_bytes(&parts) <= 4 * 1024 * 1024,
        "{}",
        text_bytes(&parts)
    );
    assert!(
        parts
            .parts
            .iter()
            .all(|part| part.download_name.len() <= 120)
    );
}

/// Bytes with much that the readers look for.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"--b",
        b"\r\n",
        b"\n",
        b"--b--",
        b": ",
        b"Content-Disposition: form-data; filename=\"a",
        b"\"",
        b"filename*=UTF-8''%",
        b"{\"a\":",
        b"}",
        b"[",
        b"<a",
        b">",
        b"</a>",
        b"<!DOCTYPE a [",
        b"&x;",
        b"<![CDATA[",
        b"]]>",
        b"%",
        b"%E",
        b"=",
        b"&",
        b"+",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xa9",
        b"\x1b$B",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"\x28\xb5\x2f\xfd\x04\x58",
        b"\x78\x9c",
        b"\x1e",
        b"=?utf-8?Q?",
        b"?=",
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
    ];
    let piece = prop_oneof![
        prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_can_be_read(body in bytes(), kind in 0_usize..9, encoding in 0_usize..6) {
        let kinds = ["", "application/json", "application/x-ndjson", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
            "multipart/mixed", "text/xml", "text/plain; charset=utf-16", "image/png"];
        let encodings = ["identity", "gzip", "deflate", "br", "zstd", "gzip, zstd"];
        let lines = head(&[("Content-Type", kinds[kind]), ("Content-Encoding", encodings[encoding])]);
        let options = ContentOptions { text_bytes: 200, fields: 3, parts: 3, records: 2, decoded_bytes: 2_000, ..ContentOptions::default() };
        let found = read(&lines, &body, &options);
        prop_assert!(text_bytes(&found) <= 200);
        prop_assert!(found.notes.iter().all(|note| !note.to_string().is_empty()));
        let decoded = decode(&lines, &body, &options);
        prop_assert!(decoded.bytes.len() <= 2_000.max(body.len()));
        for shown in &found.parts {
            prop_assert!(shown.content.bytes <= decoded.bytes.len());
            let given = part(&lines, &body, &shown.n, &options);
            prop_assert_eq!(given.map(|given| (given.bytes.len(), given.download_name)), Some((shown.content.bytes, shown.download_name.clone())));
        }
        if let Some(text) = &found.text {
            let indented = indented_xml(text, 300);
            prop_assert!(indented.text.len() <= 300);
        }
    }

    #[test]
    fn encoded_bytes_with_one_wrong_byte_can_be_read(at in any::<prop::sample::Index>(), byte in any::<u8>(), name in 0_usize..3) {
        let (name, body): (&str, &[u8]) = [
            ("zstd", &include_bytes!("../fixtures/content/long.txt.zst")[..]),
            ("br", &include_bytes!("../fixtures/content/long.txt.br")[..]),
            ("gzip", &include_bytes!("../fixtures/content/long.txt.gz")[..]),
        ][name];
        let mut body = body.to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        let options = ContentOptions { decoded_bytes: 400_000, ..ContentOptions::default() };
        let decoded = decode(&head(&[("Content-Encoding", name)]), &body, &options);
        prop_assert!(decoded.bytes.len() <= 400_000);
    }
}
