//! Compares the head recorder with the HTTP/1 parser of the web framework. Both must see the same requests in the same bytes: where they
//! differ, the body of one request would be recorded as the next one. Also used by the fuzz target `heads`.
#![allow(dead_code, reason = "the fuzz target uses its own part of this file")]

use actix_http::ServiceConfig;
use actix_http::error::ParseError;
use actix_http::h1::{Codec, Message};
use bytes::BytesMut;
use creel::capture::head_recorder::{HeadRecorder, Recorded};
use creel::limits::HeadLimits;
use tokio::task::LocalSet;
use tokio_util::codec::Decoder;

/// A request as the framework sees it.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    method: String,
    target: String,
    body: Vec<u8>,
    is_complete: bool,
}

/// What the framework sees in a stream.
struct Seen {
    requests: Vec<Request>,
    error: Option<ParseError>,
}

/// A parser of the framework, whose configuration starts a task for the date of its responses.
fn codec() -> Codec {
    thread_local! {
        static TASKS: LocalSet = LocalSet::new();
        static CONFIG: ServiceConfig = TASKS.with(|tasks| {
            let _guard = tasks.enter();
            ServiceConfig::default()
        });
    }
    CONFIG.with(|config| Codec::new(config.clone()))
}

/// What the framework sees, without a recorder.
fn framework(stream: &[u8]) -> Seen {
    let (mut codec, mut bytes) = (codec(), BytesMut::from(stream));
    let mut requests: Vec<Request> = Vec::new();
    loop {
        match codec.decode(&mut bytes) {
            Ok(Some(Message::Item(request))) => {
                let has_body = request.head().headers().contains_key("transfer-encoding");
                let length = request.head().headers().get("content-length").cloned();
                let length = length.and_then(|length| length.to_str().ok()?.trim().parse().ok());
                requests.push(Request {
                    method: request.method().to_string(),
                    target: request.uri().to_string(),
                    body: Vec::new(),
                    is_complete: !has_body && length.unwrap_or(0_u64) == 0,
                });
            }
            Ok(Some(Message::Chunk(chunk))) => {
                let last = requests.last_mut().expect("a body has a head");
                match chunk {
                    Some(chunk) => last.body.extend_from_slice(&chunk),
                    None => last.is_complete = true,
                }
            }
            Ok(None) => {
                break Seen {
                    requests,
                    error: None,
                };
            }
            Err(error) => {
                break Seen {
                    requests,
                    error: Some(error),
                };
            }
        }
    }
}

/// What the recorder passes on, and what it recorded.
fn recorder(stream: &[u8], piece: usize) -> (Vec<u8>, Vec<Recorded>) {
    let recorder = HeadRecorder::new(HeadLimits::default());
    let mut passed = Vec::new();
    for part in stream.chunks(piece.max(1)) {
        let received = recorder.receive(part);
        passed.extend_from_slice(&part[..received.passed]);
        loop {
            let waiting = recorder.take_waiting(1000);
            if waiting.is_empty() {
                break;
            }
            passed.extend_from_slice(&waiting);
        }
    }
    (
        passed,
        std::iter::from_fn(|| recorder.next_head()).collect(),
    )
}

/// Panics if the recorder and the framework see different requests in a stream that arrives in pieces.
pub(crate) fn assert_agree(stream: &[u8], piece: usize) {
    let (passed, recorded) = recorder(stream, piece);
    let (through, direct) = (framework(&passed), framework(stream));
    // The framework refuses no head that the recorder gives it; a body may be broken.
    let is_of_head = !matches!(through.error, None | Some(ParseError::Io(_)));
    assert!(!is_of_head, "{:?}", through.error);
    assert_eq!(through.requests.len(), recorded.len());
    let mut rest = stream;
    for (index, one) in recorded.iter().enumerate() {
        let (raw, is_head) = match one {
            Recorded::Head(head) => (&head.raw, true),
            Recorded::Refused(refused) => (&refused.head, false),
        };
        let at = memchr::memmem::find(rest, raw).expect("what is recorded was received");
        rest = &rest[at + raw.len()..];
        if !is_head {
            assert_eq!(
                index + 1,
                recorded.len(),
                "nothing is read behind a refused head"
            );
        }
        let Some(request) = direct.requests.get(index) else {
            continue;
        };
        assert!(is_head, "the framework accepts this: {request:?}");
        assert_eq!(&through.requests[index], request);
        // The head alone is the same request, without a body.
        let alone = framework(raw);
        assert_eq!(alone.requests.len(), 1);
        assert_eq!(alone.requests[0].target, request.target);
    }
    if direct.error.is_none() {
        assert_eq!(recorded.len(), direct.requests.len());
    }
}
