//! Heads at the border of what HTTP allows: what is kept, what is refused and listed, and that creel and its framework read the same requests.

pub(crate) mod agreement;
mod kept;
mod refused;
mod streams;
mod trailers;

use std::io::{BufRead, BufReader, Read, Write};

use proptest::prelude::*;

use crate::app::Creel;

/// Status and body of the answer to these bytes. The connection is closed after it, without waiting for its end: creel reads and drops what
/// the client of a refused request still sends, for some seconds.
fn answer(creel: &Creel, bytes: &[u8]) -> (u16, String) {
    let mut stream = creel.connect();
    stream.write_all(bytes).expect("it is sent");
    let mut stream = BufReader::new(stream);
    let (mut status, mut length, mut line) = (0, 0, String::new());
    while line != "\r\n" {
        line.clear();
        let read = stream.read_line(&mut line).expect("the head of an answer");
        assert_ne!(read, 0, "an answer");
        if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
            status = rest[..3].parse().expect("a status");
        }
        if let Some(bytes) = line.strip_prefix("content-length: ") {
            length = bytes.trim_end().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the body of an answer");
    (status, String::from_utf8(body).expect("text"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn recorder_and_framework_read_the_same_requests(stream in streams::stream(), piece in 1..200_usize) {
        agreement::assert_agree(&stream.0, piece);
        agreement::assert_agree(&stream.0, stream.0.len());
    }
}
