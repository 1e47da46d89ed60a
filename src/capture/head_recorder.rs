//! Records the heads on one HTTP/1 connection from its inbound bytes: order, spelling and repeats of header lines, which the web framework's
//! own map does not keep. Also the trailers, which the framework drops.
//!
//! **Invariant:** what is recorded is what was received. The framework gets the received bytes too, but for two kinds of heads: those that
//! only it would refuse are replaced by an equivalent one, and for those that HTTP forbids to accept it gets a request that the middleware
//! answers with the error. No byte behind a refused head is read as a request.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::rc::Rc;

use bytes::{Buf, Bytes, BytesMut};

use super::equivalent::{self, FRAMEWORK_LINES_MAX, Passed, is_framework_method_byte};
use super::framing::{Framing, Progress};
use super::head_check::{Follows, check};
use crate::domain::head::Head;
use crate::domain::refusal::RefusalReason;
use crate::limits::{HeadLimits, Limit};

/// Most heads that wait to be taken.
const UNASKED_MAX: usize = 4096;
/// Longest head that is checked without allocating: a name or a target in it is never too long for the framework.
const QUICK_BYTES_MAX: usize = u16::MAX as usize - 1;

/// The framework gets this for a request that is refused. Its body never arrives, so the framework reads and drops what the client still
/// sends, for a while, before it closes the connection: the client would otherwise not get the answer.
const FOR_REFUSED: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\ncontent-length: 1\r\n\r\n";
/// As [`FOR_REFUSED`], for an answer without content.
const FOR_REFUSED_HEAD: &[u8] = b"HEAD / HTTP/1.1\r\nhost: refused\r\ncontent-length: 1\r\n\r\n";

/// The heads of one connection; clones share them.
#[derive(Clone)]
pub struct HeadRecorder(Rc<RefCell<Recorder>>);

/// What was recorded of a request.
#[derive(Debug)]
pub enum Recorded {
    /// Its head.
    Head(Head),
    /// It is refused.
    Refused(Refused),
}

/// A request that is refused.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub refusal: RefusalReason,
    /// Its head, or what arrived of it.
    pub head: Bytes,
}

/// What happened to received bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many of them the framework gets in their place. The rest is dropped, or waits to be taken.
    pub passed: usize,
    /// Whether they end inside a body.
    pub in_body: bool,
}

impl HeadRecorder {
    /// A recorder for a new connection.
    #[must_use]
    pub fn new(limits: HeadLimits) -> Self {
        Self(Rc::new(RefCell::new(Recorder {
            limits,
            heads: VecDeque::new(),
            state: State::InHead,
            pending: BytesMut::new(),
            waiting: BytesMut::new(),
            passed: 0,
            recorded: 0,
            taken: 0,
            trailer: Vec::new(),
            trailers: VecDeque::new(),
        })))
    }

    /// Observes the next inbound bytes. To be called only when nothing waits to be taken.
    pub fn receive(&self, bytes: &[u8]) -> Received {
        let mut recorder = self.0.borrow_mut();
        recorder.passed = 0;
        recorder.receive(bytes);
        Received {
            passed: recorder.passed,
            in_body: matches!(recorder.state, State::InBody(_)),
        }
    }

    /// Takes at most `max` of the bytes that the framework gets next; empty if there are none.
    #[must_use]
    pub fn take_waiting(&self, max: usize) -> BytesMut {
        let mut recorder = self.0.borrow_mut();
        let count = max.min(recorder.waiting.len());
        recorder.waiting.split_to(count)
    }

    /// Whether the framework gets no more bytes, because the trailers were too long.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self.0.borrow().state, State::Ended)
    }

    /// What was recorded of the next request. To be called exactly once for every request of the connection, in order.
    #[must_use]
    pub fn next_head(&self) -> Option<Recorded> {
        let mut recorder = self.0.borrow_mut();
        recorder.taken += 1;
        let taken = recorder.taken;
        // Nobody asked for those of earlier requests.
        recorder.trailers.retain(|(number, _)| *number >= taken);
        recorder.heads.pop_front()
    }

    /// The trailers of the request that was taken last, as received; empty if it has none. To be called when its body has ended.
    #[must_use]
    pub fn trailers(&self) -> Bytes {
        let mut recorder = self.0.borrow_mut();
        let taken = recorder.taken;
        match recorder
            .trailers
            .pop_front_if(|(number, _)| *number == taken)
        {
            Some((_, trailers)) => trailers,
            None => Bytes::new(),
        }
    }
}

struct Recorder {
    limits: HeadLimits,
    heads: VecDeque<Recorded>,
    state: State,
    /// Bytes of an incomplete head, which the framework does not have yet.
    pending: BytesMut,
    /// What the framework gets next.
    waiting: BytesMut,
    /// How many of the bytes being observed the framework gets in their place.
    passed: usize,
    /// How many heads were recorded, and how many were taken.
    recorded: u64,
    taken: u64,
    /// The trailers of the current body so far.
    trailer: Vec<u8>,
    /// The trailers of complete bodies, with the numbers of their requests.
    trailers: VecDeque<(u64, Bytes)>,
}

enum State {
    InHead,
    InBody(Framing),
    /// Bytes are passed on unread: another protocol, or a body whose end is unknown.
    Through,
    /// A request was refused: bytes are dropped.
    Refused,
    /// The framework sees the end of the connection.
    Ended,
}

impl Recorder {
    fn receive(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let all = bytes;
            match &mut self.state {
                State::Refused | State::Ended => return,
                State::Through => return self.pass(bytes),
                State::InHead => self.receive_head(&mut bytes),
                State::InBody(framing) => {
                    let progress = framing.skip(&mut bytes, &mut self.trailer);
                    self.pass(&all[..all.len() - bytes.len()]);
                    self.end_body(progress);
                }
            }
        }
    }

    /// Gives bytes to the framework, behind those that it gets before.
    fn pass(&mut self, bytes: &[u8]) {
        if self.waiting.is_empty() {
            self.passed += bytes.len();
        } else {
            self.waiting.extend_from_slice(bytes);
        }
    }

    fn end_body(&mut self, progress: Progress) {
        if self.trailer.len() > self.limits.bytes_max {
            Limit::HeadBytes.took_effect();
            self.trailer = Vec::new();
            self.state = State::Ended;
            return;
        }
        match progress {
            Progress::Continues => {}
            Progress::Broken => self.state = State::Through,
            Progress::Ended => {
                self.state = State::InHead;
                if !self.trailer.is_empty() {
                    let trailers = std::mem::take(&mut self.trailer).into();
                    self.trailers.push_back((self.recorded, trailers));
                }
            }
        }
    }

    /// Takes the bytes up to the end of a head, or all of them.
    fn receive_head(&mut self, bytes: &mut &[u8]) {
        let before = self.pending.len();
        if before == 0 {
            if let Some((length, follows)) = quick(bytes, &self.limits) {
                let (head, rest) = bytes.split_at(length);
                *bytes = rest;
                self.record(Bytes::copy_from_slice(head));
                self.pass(head);
                return self.follow(follows);
            }
        }
        self.pending.extend_from_slice(bytes);
        // The end may begin with the last bytes that were there before.
        let Some(end) = end_of_head(&self.pending, before.saturating_sub(3)) else {
            bytes.advance(bytes.len());
            return self.wait_for_end();
        };
        bytes.advance(end - before);
        let mut head = std::mem::take(&mut self.pending);
        head.truncate(end);
        if end > self.limits.bytes_max {
            return self.refuse(RefusalReason::HeadTooLong, head);
        }
        let checked = match quick(&head, &self.limits) {
            Some((length, follows)) if length == end => Ok((Passed::AsReceived, follows)),
            _ => equivalent::of(&head, &self.limits),
        };
        let (passed, follows) = match checked {
            Ok(accepted) => accepted,
            Err(refusal) => return self.refuse(refusal, head),
        };
        self.waiting.extend_from_slice(match &passed {
            Passed::AsReceived => &head,
            Passed::Equivalent(other) => other,
        });
        self.record(head.freeze());
        self.follow(follows);
    }

    /// The framework gets nothing of a head before its end: not before then is it known which one it gets.
    fn wait_for_end(&mut self) {
        let refusal = if self.pending.len() > self.limits.bytes_max {
            Some(RefusalReason::HeadTooLong)
        } else {
            equivalent::can_continue(&self.pending).err()
        };
        if let Some(refusal) = refusal {
            let head = std::mem::take(&mut self.pending);
            self.refuse(refusal, head);
        }
    }

    fn record(&mut self, raw: Bytes) {
        if self.heads.len() < UNASKED_MAX {
            self.heads
                .push_back(Recorded::Head(Head { raw, exact: true }));
            self.recorded += 1;
        }
    }

    fn refuse(&mut self, refusal: RefusalReason, head: BytesMut) {
        let has_content = !equivalent::without_blank_lines(&head).starts_with(b"HEAD ");
        self.waiting.extend_from_slice(if has_content {
            FOR_REFUSED
        } else {
            FOR_REFUSED_HEAD
        });
        let head = head.freeze();
        self.heads
            .push_back(Recorded::Refused(Refused { refusal, head }));
        self.recorded += 1;
        self.state = State::Refused;
    }

    fn follow(&mut self, follows: Follows) {
        self.state = match follows {
            // Where heads are not recorded any more, the next one would be taken for this one.
            _ if self.heads.len() == UNASKED_MAX => State::Through,
            Follows::Head => State::InHead,
            Follows::Body(framing) => State::InBody(framing),
            Follows::Tunnel => State::Through,
        };
    }
}

/// The length of the head in front, if it is complete and ordinary, and what follows it. Nothing is allocated.
fn quick(bytes: &[u8], limits: &HeadLimits) -> Option<(usize, Follows)> {
    let mut lines = [const { MaybeUninit::uninit() }; FRAMEWORK_LINES_MAX];
    let mut request = httparse::Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(bytes, &mut lines);
    let Ok(httparse::Status::Complete(length)) = parsed else {
        return None;
    };
    let is_ordinary = length <= limits.bytes_max.min(QUICK_BYTES_MAX)
        && request.headers.len() <= limits.lines_max
        && request.method.is_some_and(is_plain_method)
        && request.path.is_some_and(is_plain);
    let follows = is_ordinary.then(|| check(&request).ok()).flatten()?;
    Some((length, follows))
}

fn is_plain_method(method: &str) -> bool {
    method.bytes().all(|byte| is_framework_method_byte(&byte))
}

/// Whether a target is a path in which the framework accepts every character.
fn is_plain(target: &str) -> bool {
    let is_accepted = |byte| matches!(byte, b'!' | b'$'..=b';' | b'=' | b'?'..=b'_' | b'a'..=b'~');
    target.starts_with('/') && target.bytes().all(is_accepted)
}

/// The length of the head in front, without looking for its end before `from`. Lines end with LF, and a CR may be before it.
fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let blank = bytes.len() - equivalent::without_blank_lines(bytes).len();
    let from = from.max(blank);
    let lines = memchr::memchr_iter(b'\n', &bytes[from..]).map(|at| from + at + 1);
    lines
        .map(|start| (start, &bytes[start..]))
        .find_map(|(start, rest)| match rest {
            [b'\n', ..] => Some(start + 1),
            [b'\r', b'\n', ..] => Some(start + 2),
            _ => None,
        })
}

#[cfg(test)]
mod tests;
