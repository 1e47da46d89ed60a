//! The Body tab with hostile bodies: bounded, escaped, and true.

use crate::app::Creel;
use crate::content::encodings::gzip;

/// Largest page of a body, in bytes.
const PAGE_BYTES_MAX: usize = 2_000_000;

/// The Body tab of a request with these header lines.
fn body_tab(lines: &[(&str, &str)], body: &[u8]) -> String {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, lines, body);
    let page = creel.inspect(&endpoint, "/1?tab=body");
    assert_eq!(page.status, 200);
    page.text()
}

#[test]
fn no_body_makes_a_page_large() {
    let part = |name: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\nx\r\n"
        )
    };
    let parts = part(&"\u{1}".repeat(8_000)).repeat(200) + "--b--\r\n";
    let deep = format!("{}{}\n", "[".repeat(1_200), "]".repeat(1_200));
    let multipart = "multipart/form-data; boundary=b";
    let xml = format!("<a></{}>", "\u{7f}".repeat(2_000_000));
    for (media_type, body) in [
        (multipart, parts.into_bytes()),
        ("application/x-ndjson", deep.repeat(100).into_bytes()),
        ("application/x-www-form-urlencoded", b"%01&".repeat(200_000)),
        ("application/xml", xml.into_bytes()),
        ("text/plain", "\u{202e}".repeat(900_000).into_bytes()),
    ] {
        let page = body_tab(&[("Content-Type", media_type)], &body);
        assert!(page.len() < PAGE_BYTES_MAX, "{media_type}: {}", page.len());
    }
}

#[test]
fn a_compressed_bomb_is_decoded_a_little_and_says_so() {
    let lines = [
        ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"),
    ];
    let page = body_tab(&lines, &gzip(&vec![b' '; 50_000_000]));
    assert!(page.contains("Decoding gzip stopped after"), "{page}");
    assert!(page.len() < PAGE_BYTES_MAX);
}

#[test]
fn the_hex_of_a_compressed_body_is_that_of_the_decoded_bytes() {
    let lines = [
        ("Content-Type", "application/octet-stream"),
        ("Content-Encoding", "gzip"),
    ];
    let page = body_tab(&lines, &gzip(b"\x01\xfe\x02\xff\x00"));
    assert!(page.contains("00000000  01 fe 02 ff 00"), "{page}");
}

#[test]
fn a_part_that_is_not_shown_is_not_called_empty() {
    let body = b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.bin\"\r\n\r\n\x00\xff\x01\xfe\r\n--b--\r\n";
    let lines = [("Content-Type", "multipart/form-data; boundary=b")];
    let page = body_tab(&lines, body);
    assert!(page.contains("Not shown here: download it."), "{page}");
    assert!(!page.contains("The body is empty"));
}

#[test]
fn broken_xml_is_shown_to_its_end() {
    let lines = [("Content-Type", "application/xml")];
    let page = body_tab(&lines, b"<?xml version=\"1.0\"?>\n<a><b></a> and the rest");
    assert!(page.contains("Not well-formed XML"), "{page}");
    assert!(page.contains("and the rest"));
}
