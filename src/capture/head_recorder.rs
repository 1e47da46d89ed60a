//! Records the heads on one HTTP/1 connection from its inbound bytes: order, spelling and repeats of header lines, which the web
//! framework's own map does not keep.
//!
//! **Invariant:** it only observes and never guesses. If it cannot parse the bytes (a malformed head, an upgraded connection), it stops, and
//! later requests have no recorded head.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::rc::Rc;

use bytes::{Buf, Bytes, BytesMut};

use super::framing::Framing;
use crate::domain::head::Head;

/// Longest head, in bytes: the limit of the framework.
const HEAD_BYTES_MAX: usize = 131_072;
/// Most heads that wait to be taken.
const UNASKED_MAX: usize = 4096;
/// Most header lines: the limit of the framework.
const LINES_MAX: usize = 96;

/// The heads of one connection; clones share them.
#[derive(Clone, Default)]
pub struct HeadRecorder(Rc<RefCell<Recorder>>);

impl HeadRecorder {
    /// Observes the next inbound bytes; returns whether they end inside a body.
    pub fn observe(&self, bytes: &[u8]) -> bool {
        let mut recorder = self.0.borrow_mut();
        recorder.observe(bytes);
        matches!(recorder.state, State::InBody(_))
    }

    /// The head of the next request. To be called exactly once for every request of the connection, in order.
    #[must_use]
    pub fn next_head(&self) -> Option<Head> {
        self.0.borrow_mut().heads.pop_front()
    }
}

#[derive(Default)]
struct Recorder {
    heads: VecDeque<Head>,
    state: State,
    /// Bytes of an incomplete head.
    pending: BytesMut,
}

#[derive(Default)]
enum State {
    #[default]
    InHead,
    InBody(Framing),
    Stopped,
}

impl Recorder {
    fn observe(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match &mut self.state {
                State::Stopped => return,
                State::InBody(framing) => {
                    if framing.skip(&mut bytes) {
                        self.state = State::InHead;
                    }
                }
                State::InHead => self.observe_head(&mut bytes),
            }
        }
    }

    /// Takes the bytes up to the end of a head, or all of them.
    fn observe_head(&mut self, bytes: &mut &[u8]) {
        let before = self.pending.len();
        if before > 0 {
            self.pending.extend_from_slice(bytes);
        }
        let observed: &[u8] = if before > 0 { &self.pending } else { bytes };
        match parse(observed) {
            Parsed::Whole { length, then } if self.heads.len() < UNASKED_MAX => {
                let raw = Bytes::copy_from_slice(&observed[..length]);
                self.heads.push_back(Head { raw, exact: true });
                bytes.advance(length - before);
                self.pending = BytesMut::new();
                self.state = then;
            }
            Parsed::Part if observed.len() <= HEAD_BYTES_MAX => {
                if before == 0 {
                    self.pending.extend_from_slice(bytes);
                }
                bytes.advance(bytes.len());
            }
            Parsed::Whole { .. } | Parsed::Part | Parsed::Broken => {
                self.pending = BytesMut::new();
                self.state = State::Stopped;
            }
        }
    }
}

enum Parsed {
    /// A head of `length` bytes, and what follows it.
    Whole {
        length: usize,
        then: State,
    },
    Part,
    Broken,
}

fn parse(bytes: &[u8]) -> Parsed {
    let mut lines = [const { MaybeUninit::uninit() }; LINES_MAX];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(bytes, &mut lines) {
        Ok(httparse::Status::Complete(length)) => Parsed::Whole {
            length,
            then: after_head(&request),
        },
        Ok(httparse::Status::Partial) => Parsed::Part,
        Err(_) => Parsed::Broken,
    }
}

/// What follows a head (RFC 9112 section 6.3), as the framework reads it.
fn after_head(request: &httparse::Request<'_, '_>) -> State {
    let mut length = None;
    for line in request.headers.iter() {
        let is = |name: &str| line.name.eq_ignore_ascii_case(name);
        let value = line.value.trim_ascii();
        if is("transfer-encoding")
            && value.eq_ignore_ascii_case(b"chunked")
            && request.version == Some(1)
        {
            return State::InBody(Framing::chunked());
        }
        if is("upgrade") && value.eq_ignore_ascii_case(b"websocket") {
            return State::Stopped;
        }
        if is("content-length") {
            length = std::str::from_utf8(value)
                .ok()
                .and_then(|digits| digits.parse().ok());
        }
    }
    match length {
        _ if request.method == Some("CONNECT") => State::Stopped,
        None | Some(0) => State::InHead,
        Some(length) => State::InBody(Framing::length(length)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[u8] = b"POST /a HTTP/1.1\r\nHost: h\r\nX-b: 1\r\nx-B: 2\r\nContent-Length: 5\r\n\r\nhelloGET /c HTTP/1.1\r\nhost:h\r\n\r\n";
    const CHUNKED: &[u8] = b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n\r\nGET /c HTTP/1.1\r\n\r\n";

    fn heads(pieces: impl Iterator<Item = Vec<u8>>) -> Vec<String> {
        let recorder = HeadRecorder::default();
        pieces.for_each(|piece| {
            recorder.observe(&piece);
        });
        std::iter::from_fn(|| recorder.next_head())
            .map(|head| String::from_utf8_lossy(&head.raw).into_owned())
            .collect()
    }

    #[test]
    fn heads_are_cut_from_the_stream_byte_for_byte_however_it_is_split() {
        for (stream, second) in [
            (TWO, "GET /c HTTP/1.1\r\nhost:h\r\n\r\n"),
            (CHUNKED, "\r\nGET /c HTTP/1.1\r\n\r\n"),
        ] {
            for size in 1..=stream.len() {
                let found = heads(stream.chunks(size).map(<[u8]>::to_vec));
                assert_eq!(found.len(), 2, "{size}");
                assert!(stream.starts_with(found[0].as_bytes()), "{size}");
                assert_eq!(found[1], second, "{size}");
            }
        }
    }

    #[test]
    fn what_stands_in_a_trailer_or_behind_a_giant_chunk_is_never_taken_for_a_head() {
        let head = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        let forged = "POST /a HTTP/1.1\r\nX: forged\r\n\r\n";
        for rest in [
            format!("5\r\nhello\r\n0\r\n\n{forged}"),
            format!("0\r\nT: v\n\n{forged}"),
            format!("ffffffffffffffff\r\n{forged}"),
            format!("fffffffffffffffff\r\n{forged}"),
        ] {
            let found = heads([format!("{head}{rest}").into_bytes()].into_iter());
            assert_eq!(found, [head], "{rest:?}");
        }
    }

    #[test]
    fn a_recorder_that_cannot_follow_stops_and_does_not_guess() {
        for broken in [
            "GET /\0 HTTP/1.1\r\n\r\n",
            "not http at all\r\n\r\n",
            "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
        ] {
            let found = heads([broken.into(), b"GET /late HTTP/1.1\r\n\r\n".to_vec()].into_iter());
            assert!(
                found.iter().all(|head| !head.contains("late")),
                "{broken:?}"
            );
        }
    }
}
