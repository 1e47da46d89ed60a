//! Findings about bodies that are compressed, or in another charset.

use super::cases::{HTTPX, JSON, failed, said};
use crate::app::Creel;
use crate::content::encodings::gzip;

/// Header lines, body, and findings.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [u8], &'a [&'a str]);

#[test]
fn a_coded_body_is_a_finding() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    let run = failed(|_| ());
    let small = gzip(b"{\"event\":\"run.done\"}");
    let latin = ("Content-Type", "application/json; charset=ISO-8859-1");
    let utf16 = [b"\xff\xfe".to_vec(), wide(&failed(|_| ()))].concat();
    let gzipped = ("Content-Encoding", "gzip");
    let cases: [Case<'_>; 10] = [
        (&[HTTPX, JSON], &run, &[]),
        (
            &[JSON, gzipped],
            &small,
            &[
                "note body_compressed The body was sent as `gzip`, 40 B, and decoded for reading, 20 B.",
            ],
        ),
        (
            &[JSON, gzipped],
            b"{\"a\":1}",
            &[
                "warning body_compressed The body was sent as `gzip`, 7 B, and could not be decoded as that. Content-Encoding says gzip, but the bytes are not gzip; they are shown as they are.",
            ],
        ),
        (
            &[JSON, ("Content-Encoding", "aws-chunked")],
            b"{\"a\":1}",
            &[
                "warning body_compressed The body was sent as `aws-chunked`, 7 B, and could not be decoded as that. Content-Encoding aws-chunked is not known to creel, so the bytes are shown as they are.",
            ],
        ),
        (&[JSON, ("Content-Encoding", "identity")], b"{\"a\":1}", &[]),
        (
            &[latin],
            b"{\"city\":\"Z\xfcrich\"}",
            &[
                "warning charset_not_utf8 The JSON was sent as `windows-1252` and not in UTF-8, which JSON must be in.",
            ],
        ),
        (
            &[JSON],
            &utf16,
            &[
                "warning charset_not_utf8 The JSON was sent as `utf-16le` and not in UTF-8, which JSON must be in.",
            ],
        ),
        (
            &[("Content-Type", "text/plain; charset=ISO-8859-1")],
            b"Z\xfcrich",
            &[],
        ),
        (
            &[("Content-Type", "application/x-www-form-urlencoded")],
            b"city=Z%FCrich",
            &[],
        ),
        (
            &[("Content-Type", "application/json; charset=utf-8")],
            b"[\"\xc3\xbc\"]",
            &[],
        ),
    ];
    for (headers, body, expected) in cases {
        creel.http("POST", &endpoint.target, headers, body);
        assert_eq!(said(&creel, &endpoint), expected, "{headers:?}");
    }
}

fn wide(text: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(text).expect("text");
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
