//! Content-Encoding: every encoding by a real encoder, alone and in layers, whole and broken (C06).

use std::io::Write;

use creel::content::{BodyContent, ContentOptions, decode, read};
use creel::domain::body::BodyKind;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::{codes, head};

/// `{"event":"run.done"}` and a line end, encoded by the command line tools.
const DONE: &str = "{\"event\":\"run.done\"}\n";
const GZIP: &[u8] = include_bytes!("../fixtures/content/done.json.gz");
const BROTLI: &[u8] = include_bytes!("../fixtures/content/done.json.br");
const ZSTD: &[u8] = include_bytes!("../fixtures/content/done.json.zst");

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn raw(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: &[u8]) -> BodyContent {
    let lines = [
        ("Content-Type", "application/json"),
        ("Content-Encoding", encoding),
    ];
    read(&head(&lines), body, &ContentOptions::default())
}

#[test]
fn c06_every_encoding_is_undone() {
    let cases: [(&str, &[u8], &[&str]); 10] = [
        ("gzip", GZIP, &[]),
        ("X-Gzip", GZIP, &[]),
        ("deflate", &zlib(DONE.as_bytes()), &[]),
        ("deflate", &raw(DONE.as_bytes()), &["raw_deflate"]),
        ("br", BROTLI, &[]),
        ("zstd", ZSTD, &[]),
        ("identity", DONE.as_bytes(), &[]),
        ("gzip, br", &[], &[]),
        ("deflate, gzip", &gzip(&zlib(DONE.as_bytes())), &[]),
        ("gzip, identity, gzip", &gzip(GZIP), &[]),
    ];
    for (encoding, body, notes) in cases {
        let found = encoded(encoding, body);
        let expected = if body.is_empty() { None } else { Some(DONE) };
        assert_eq!(found.text.as_deref(), expected, "{encoding}");
        assert_eq!(codes(&found), notes, "{encoding}");
        assert_eq!(found.kind == BodyKind::Json, !body.is_empty());
    }
    let names = |encoding, body: &[u8]| {
        encoded(encoding, body)
            .encodings
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("deflate, x-gzip", &gzip(&zlib(b"x"))),
        ["deflate", "gzip"]
    );
}

#[test]
fn c06_lines_of_content_encoding_are_one_list() {
    let lines = [
        ("Content-Encoding", "deflate"),
        ("content-encoding", "gzip"),
    ];
    let body = gzip(&zlib(DONE.as_bytes()));
    let decoded = decode(&head(&lines), &body, &ContentOptions::default());
    assert_eq!(decoded.bytes.as_ref(), DONE.as_bytes());
}

#[test]
fn bodies_that_are_not_encoded_as_declared_are_shown_as_they_are() {
    for (encoding, body, note) in [
        ("gzip", DONE.as_bytes(), "not_encoded"),
        ("br", DONE.as_bytes(), "not_encoded"),
        ("deflate", DONE.as_bytes(), "not_encoded"),
        ("zstd", DONE.as_bytes(), "not_encoded"),
        ("compress", DONE.as_bytes(), "unknown_encoding"),
        ("gzip, aws-chunked", DONE.as_bytes(), "unknown_encoding"),
    ] {
        let found = encoded(encoding, body);
        assert_eq!(
            (found.text.as_deref(), codes(&found)),
            (Some(DONE), vec![note]),
            "{encoding}"
        );
    }
    let five = ["gzip"; 5].join(", ");
    let mut body = DONE.as_bytes().to_vec();
    for _ in 0..5 {
        body = gzip(&body);
    }
    assert_eq!(
        codes(&encoded(&five, &body)),
        ["too_many_layers", "other_type"]
    );
}

#[test]
fn broken_data_is_kept_as_far_as_it_goes() {
    let numbers = (0..40_000).map(|number| (number * 7919 % 10_007).to_string());
    let text = numbers.collect::<Vec<_>>().join(" ");
    let long = include_bytes!("../fixtures/content/long.txt.zst");
    for (encoding, body) in [
        ("gzip", gzip(text.as_bytes())),
        ("deflate", zlib(text.as_bytes())),
        (
            "br",
            include_bytes!("../fixtures/content/long.txt.br").to_vec(),
        ),
        ("zstd", long.to_vec()),
    ] {
        let options = ContentOptions::default();
        let lines = head(&[("Content-Encoding", encoding)]);
        let whole = decode(&lines, &body, &options).bytes.into_owned();
        let half = decode(&lines, &body[..body.len() * 3 / 4], &options);
        assert_eq!(half.notes[0].code(), "encoding_ends_early", "{encoding}");
        assert!(
            half.bytes.len() > whole.len() / 3 && whole.starts_with(&half.bytes),
            "{encoding}: {}",
            half.bytes.len()
        );
        let mut damaged = body.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 40].fill(0xff);
        let damaged = decode(&lines, &damaged, &options);
        assert!(!damaged.notes.is_empty(), "{encoding}");
        let rest = [&body[..], b"xyz"].concat();
        let rest = decode(&lines, &rest, &options);
        let sentence = format!("3 bytes after the {encoding} data, not decoded.");
        assert_eq!(rest.notes[0].to_string(), sentence);
        assert_eq!(rest.bytes, whole);
    }
    let two = [GZIP, GZIP].concat();
    assert_eq!(codes(&encoded("gzip", &two))[0], "members");
    let mut wrong = GZIP.to_vec();
    wrong[GZIP.len() - 8] ^= 1;
    assert_eq!(codes(&encoded("gzip", &wrong)), ["wrong_checksum"]);
    assert_eq!(encoded("gzip", &wrong).text.as_deref(), Some(DONE));
}

#[test]
fn compressed_bytes_without_content_encoding_are_noticed() {
    let found = read(&head(&[]), GZIP, &ContentOptions::default());
    assert_eq!(
        (found.kind, codes(&found)),
        (BodyKind::Binary, vec!["looks_compressed"])
    );
    assert_eq!(found.file_type.extension, "gz");
}
