//! Examples of connections. `tests/it/heads/agreement.rs` compares the recorder with the framework on any bytes.
//!
//! **Invariant:** every example is observed in pieces of every size.

use super::*;
use crate::capture::head_stream::{FOR_REFUSED, FOR_REFUSED_HEAD};
use crate::domain::refusal::RefusalReason;

const TWO: &[u8] = b"POST /a HTTP/1.1\r\nHost: h\r\nX-b: 1\r\nx-B: 2\r\nContent-Length: 5\r\n\r\nhelloGET /c HTTP/1.1\r\nhost:h\r\n\r\n";
const CHUNKED: &[u8] = b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\nx: \xff\r\n\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n";

/// What becomes of a stream: the bytes for the framework, and per request its head and trailers.
fn observed(stream: &[u8], piece: usize) -> (String, Vec<String>) {
    let recorder = HeadRecorder::new(HeadLimits::default());
    let mut passed = Vec::new();
    for part in stream.chunks(piece) {
        let received = recorder.receive(part);
        passed.extend_from_slice(&part[..received.passed]);
        passed.extend_from_slice(&recorder.take_waiting(usize::MAX));
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut found = Vec::new();
    while let Some(recorded) = recorder.next_head() {
        found.push(match recorded {
            Recorded::Head(head) => text(&head.raw) + text(&recorder.trailers()).as_str(),
            Recorded::Refused(refused) => format!("{:?} {}", refused.reason, text(&refused.head)),
        });
    }
    (text(&passed), found)
}

/// The same in pieces of every size.
fn in_all_pieces(stream: &[u8]) -> (String, Vec<String>) {
    let whole = observed(stream, stream.len());
    for piece in 1..stream.len() {
        assert_eq!(observed(stream, piece), whole, "{piece}");
    }
    whole
}

#[test]
fn heads_and_trailers_are_recorded_byte_for_byte() {
    let (passed, found) = in_all_pieces(TWO);
    assert_eq!(passed.as_bytes(), TWO);
    let (first, second) = passed.split_once("hello").unwrap();
    assert_eq!(found, [first, second]);
    let (passed, found) = in_all_pieces(CHUNKED);
    assert_eq!(passed, String::from_utf8_lossy(CHUNKED));
    assert_eq!(
        found,
        [
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nTrailer: t\r\nx: \u{fffd}\r\n",
            "\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n",
        ]
    );
}

#[test]
fn trailers_belong_to_their_request() {
    let with = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: 1\r\n\r\n";
    let without = with.replace("T: 1\r\n", "");
    let stream = [with, &without, with].concat();
    let (_, found) = in_all_pieces(stream.as_bytes());
    let has: Vec<_> = found.iter().map(|one| one.ends_with("T: 1\r\n")).collect();
    assert_eq!(has, [true, false, true]);
    let recorder = HeadRecorder::new(HeadLimits::default());
    recorder.receive(stream.as_bytes());
    let _ = (recorder.next_head(), recorder.next_head());
    assert_eq!(
        recorder.trailers(),
        "",
        "nobody asked for those of the first"
    );
}

#[test]
fn what_is_in_a_trailer_or_behind_a_giant_chunk_is_not_a_head() {
    let head = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let forged = "POST /a HTTP/1.1\r\nX: forged\r\n\r\n";
    for rest in [
        format!("5\r\nhello\r\n0\r\n\n{forged}"),
        format!("0\r\nT: v\n\n{forged}"),
        format!("ffffffffffffffff\r\n{forged}"),
        format!("fffffffffffffffff\r\n{forged}"),
        format!("\r\n{forged}"),
        format!("5\r\nhello{forged}"),
        format!("0\r\nT: v\rx\n\r\n{forged}"),
    ] {
        let (_, found) = in_all_pieces(format!("{head}{rest}").as_bytes());
        assert_eq!(found.len(), 1, "{rest:?}");
        assert!(found[0].starts_with(head), "{rest:?}");
    }
}

#[test]
fn nothing_behind_a_refused_head_is_a_request() {
    let valid = "GET /valid HTTP/1.1\r\nHost: h\r\n\r\n";
    for (reason, head) in [
        (
            "RepeatedHost",
            "POST /a HTTP/1.1\r\nHost: h\r\nhost: i\r\nContent-Length: 1\r\n\r\n",
        ),
        (
            "MissingHost",
            "POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\n",
        ),
        (
            "FoldedLine",
            "POST /a HTTP/1.1\r\nHost: h\r\nX: 1\r\n Content-Length: 30\r\n\r\n",
        ),
        (
            "InvalidLine",
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length : 30\r\n\r\n",
        ),
        (
            "InvalidLine",
            "POST /a HTTP/1.1\r\nHost: h\r\nX: \0\r\n\r\n",
        ),
        (
            "InvalidLength",
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        ),
        (
            "InvalidLength",
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n",
        ),
        (
            "InvalidLength",
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551616\r\n\r\n",
        ),
        ("MissingLength", "POST /a HTTP/1.0\r\n\r\n"),
        (
            "LengthAndEncoding",
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        (
            "InvalidEncoding",
            "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        (
            "InvalidEncoding",
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        (
            "InvalidEncoding",
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        ),
        (
            "UnknownEncoding",
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        ),
        ("UnknownVersion", "GET /a HTTP/2.0\r\nHost: h\r\n\r\n"),
    ] {
        let stream = format!("{valid}{head}{valid}");
        let (passed, found) = in_all_pieces(stream.as_bytes());
        assert_eq!(found, [valid.to_owned(), format!("{reason} {head}")]);
        let refused = std::str::from_utf8(FOR_REFUSED).unwrap();
        assert_eq!(passed, format!("{valid}{refused}"));
    }
    let (passed, _) = in_all_pieces(b"HEAD /a HTTP/1.1\r\n\r\n");
    assert_eq!(passed.as_bytes(), FOR_REFUSED_HEAD);
}

#[test]
fn bytes_that_cannot_begin_a_head_are_refused_at_once() {
    for bytes in [
        "\x16\x03\x01",
        "G\0",
        "GET /\0 HTTP/1.1\r\nHost: h\r\n",
        "not http at all\r\n",
        "GET / FTP/1.1\r\nX",
    ] {
        let (passed, found) = observed(bytes.as_bytes(), bytes.len());
        assert_eq!(found, [format!("InvalidRequestLine {bytes}")]);
        assert_eq!(passed.as_bytes(), FOR_REFUSED);
    }
    for bytes in ["", "\r", "\r\n\r", "GET", "GET /a b", "GET / HTTP/1.1\r\nX"] {
        let (passed, found) = observed(bytes.as_bytes(), bytes.len().max(1));
        assert_eq!((passed.as_str(), found.len()), ("", 0), "{bytes:?}");
    }
}

#[test]
fn a_head_that_only_the_framework_refuses_is_replaced_by_an_equivalent_one() {
    let id = "6f0d34a5-1c2b-4a0e-9d1c-2f8a54c07b11";
    let lines = "Host: h\r\nX: 1\r\nContent-Length: 2\r\nX-Forwarded-For: 192.0.2.1\r\n";
    let needed = "Host: h\r\nContent-Length: 2\r\nX-Forwarded-For: 192.0.2.1\r\n";
    for (target, passed_target, passed_lines) in [
        (
            format!("/hook/{id}?name=Zo\u{eb}"),
            format!("/hook/{id}"),
            needed,
        ),
        (format!("/hook/{id}/a b?c d"), format!("/hook/{id}"), needed),
        (
            format!("http://h:1/hook/{id}/\u{65e5}"),
            format!("http://h:1/hook/{id}"),
            needed,
        ),
        (
            "/api/v1?q=a b\u{eb}\"".to_owned(),
            "/api/v1?q=a%20b%C3%AB%22".to_owned(),
            lines,
        ),
    ] {
        let head = format!("POST {target} HTTP/1.1\r\n{lines}\r\n");
        let (passed, found) = in_all_pieces(format!("{head}hi").as_bytes());
        assert_eq!(found, [head]);
        let expected = format!("POST {passed_target} HTTP/1.1\r\n{passed_lines}\r\nhi");
        assert_eq!(passed, expected);
    }
    let many = format!("{}Host: h\r\n", "X: 1\r\n".repeat(999));
    let head = format!("GET /hook/{id} HTTP/1.1\r\n{many}\r\n");
    let (passed, found) = observed(head.as_bytes(), 1000);
    assert_eq!(found, [head]);
    assert_eq!(
        passed,
        format!("GET /hook/{id} HTTP/1.1\r\nHost: h\r\n\r\n")
    );
}

#[test]
fn limits_of_a_head_are_those_of_the_options() {
    let limits = HeadLimits {
        bytes_max: 4096,
        lines_max: 3,
    };
    let outcome = |head: &str| {
        let recorder = HeadRecorder::new(limits);
        recorder.receive(head.as_bytes());
        match recorder.next_head() {
            Some(Recorded::Refused(refused)) => Some(refused.reason),
            _ => None,
        }
    };
    let long = |bytes: usize| {
        let rest = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n".len();
        format!(
            "GET / HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n",
            "v".repeat(bytes - rest)
        )
    };
    assert_eq!(outcome(&long(4096)), None);
    assert_eq!(outcome(&long(4097)), Some(RefusalReason::HeadTooLong));
    assert_eq!(
        outcome(&long(9000)[..8192]),
        Some(RefusalReason::HeadTooLong)
    );
    let lines = |count: usize| {
        format!(
            "GET / HTTP/1.1\r\nHost: h\r\n{}\r\n",
            "X: 1\r\n".repeat(count - 1)
        )
    };
    assert_eq!(outcome(&lines(3)), None);
    assert_eq!(outcome(&lines(4)), Some(RefusalReason::TooManyLines));
    // Pages and API have the framework's limit.
    let recorder = HeadRecorder::new(HeadLimits::default());
    recorder.receive(lines(97).as_bytes());
    let Some(Recorded::Refused(refused)) = recorder.next_head() else {
        panic!("it is refused");
    };
    assert_eq!(refused.reason, RefusalReason::TooManyLines);
}

#[test]
fn trailers_that_are_too_long_end_the_connection() {
    let recorder = HeadRecorder::new(HeadLimits {
        bytes_max: 4096,
        lines_max: 3,
    });
    recorder.receive(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
    for _ in 0..5 {
        assert!(!recorder.has_ended());
        recorder.receive(&[b't'; 1000]);
    }
    assert!(recorder.has_ended());
    assert_eq!(recorder.receive(b"more").passed, 0);
}
