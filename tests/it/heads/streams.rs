//! Streams of requests, valid and hostile, for the comparison of the recorder with the framework.

use std::fmt::{self, Debug, Formatter};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A hook's path.
const HOOK: &str = "/hook/6f0d34a5-1c2b-4a0e-9d1c-2f8a54c07b11";

/// Bytes of a connection, which a failed test shows as text.
#[derive(Clone)]
pub(super) struct Stream(pub(super) Vec<u8>);

impl Debug for Stream {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// A connection: requests behind each other, with some bytes replaced, inserted or removed.
pub(super) fn stream() -> impl Strategy<Value = Stream> {
    let damage = (any::<prop::sample::Index>(), 0..3_u8, hostile_byte());
    (vec(request(), 1..5), vec(damage, 0..3), any::<bool>()).prop_map(
        |(requests, damage, is_damaged)| {
            let mut bytes = requests.concat();
            for (at, kind, byte) in damage.into_iter().filter(|_| is_damaged) {
                let at = at.index(bytes.len().max(1));
                match kind {
                    0 if at < bytes.len() => bytes[at] = byte,
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    _ => bytes.insert(at, byte),
                }
            }
            Stream(bytes)
        },
    )
}

fn hostile_byte() -> impl Strategy<Value = u8> {
    select(b"\0\t\n\r !\"#:;<>?@09afFzX{|}~\x7f\x80\xc3\xff".to_vec())
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let parts = (
        method(),
        target(),
        version(),
        vec(line(), 0..4),
        many(),
        body(),
    );
    parts.prop_map(
        |(method, target, version, lines, many, (body_lines, body))| {
            let lines = lines.concat();
            let many = "X-Many: 1\r\n".repeat(many);
            let head =
                format!("{method} {target} {version}Host: h\r\n{lines}{many}{body_lines}\r\n");
            [head.into_bytes(), body].concat()
        },
    )
}

fn method() -> impl Strategy<Value = &'static str> {
    select(vec![
        "POST", "GET", "HEAD", "purge", "M-SEARCH", "CONNECT", "P@ST", "",
    ])
}

fn target() -> impl Strategy<Value = String> {
    let below = select(vec![
        "",
        "/",
        "/a/../b",
        "?a=b",
        "?q=\"<>\"",
        "/{x}|y^`z",
        "?n=Zo\u{eb}",
        "/a b",
        "?a b  c",
        "#f",
        "/%zz?%",
        "?#\u{e9}",
        " HTTP/1.1",
        "?\u{7f}\t",
    ]);
    let base = select(vec![
        HOOK,
        "/livez",
        "*",
        "http://h:1",
        "http://h/hook/6f0d34a5-1c2b-4a0e-9d1c-2f8a54c07b11",
        "/hook/x",
        "x",
        "//",
    ]);
    let length = prop_oneof![9 => Just(0_usize), 1 => select(vec![3000_usize, 65_400, 70_000])];
    (base, below, length)
        .prop_map(|(base, below, length)| format!("{base}{below}{}", "x".repeat(length)))
}

fn version() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => Just("HTTP/1.1\r\n"),
        1 => select(vec!["HTTP/1.0\r\n", "HTTP/1.1\n", "HTTP/1.2\r\n", "HTTP/2.0\r\n", "HTTP/1.1 \r\n", "\r\n", "HTTP/1.1\r\r\n"]),
    ]
}

fn line() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => select(vec!["X: 1\r\n", "X:\r\n", "x-b:  b \r\n", "Z: \u{e9}\n", "Expect: 100-continue\r\n", "X-Forwarded-For: 192.0.2.1\r\n"]),
        1 => select(vec![
            "host: i\r\n", " folded\r\n", "\tX: 1\r\n", "X : 1\r\n", ": 1\r\n", "no colon\r\n", "X: \0\r\n", "X: a\rb\r\n",
            "Upgrade: websocket\r\n", "Upgrade: h2c\r\n", "Connection: close\r\n", "Content-Length: 3\r\n", "Content-Length: 0\r\n",
            "Content-Length: +3\r\n", "Content-Length:\r\n", "Content-Length: 3, 3\r\n", "Content-Length: 18446744073709551616\r\n",
            "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding:\tchunked \r\n", "\n", "\r\n",
        ]),
    ]
}

fn many() -> impl Strategy<Value = usize> {
    prop_oneof![9 => Just(0_usize), 1 => select(vec![90_usize, 95, 96, 97, 300, 1001])]
}

/// The header lines of a body, and its bytes.
fn body() -> impl Strategy<Value = (String, Vec<u8>)> {
    let with_length = vec(any::<u8>(), 0..40)
        .prop_map(|body| (format!("Content-Length: {}\r\n", body.len()), body));
    prop_oneof![
        2 => Just((String::new(), Vec::new())),
        3 => with_length,
        4 => chunked(),
    ]
}

fn chunked() -> impl Strategy<Value = (String, Vec<u8>)> {
    let size = select(vec![
        "",
        ";x=y",
        " ",
        "\t;a",
        ";\u{e9}",
        ";\n",
        "\0",
        " 1",
        "ffffffffffffffff",
        "0",
    ]);
    let size = prop_oneof![6 => Just(""), 1 => size];
    let chunk = (
        vec(any::<u8>(), 1..20),
        size,
        prop_oneof![9 => Just("\r\n"), 1 => select(vec!["\n", "", "\rX"])],
    );
    let trailers = select(vec![
        "",
        "T: 1\r\n",
        "A: b\r\nC: \u{e9}\r\n",
        "T: 1\n",
        "T: \rx\r\n",
        "\n",
        "GET / HTTP/1.1\r\nHost: h\r\n",
    ]);
    (vec(chunk, 0..4), trailers).prop_map(|(chunks, trailers)| {
        let mut bytes = Vec::new();
        for (data, size, end) in chunks {
            bytes.extend_from_slice(format!("{:x}{size}\r\n", data.len()).as_bytes());
            bytes.extend_from_slice(&data);
            bytes.extend_from_slice(end.as_bytes());
        }
        bytes.extend_from_slice(format!("0\r\n{trailers}\r\n").as_bytes());
        ("Transfer-Encoding: chunked\r\n".to_owned(), bytes)
    })
}
