//! The inbound bytes of one HTTP/1 connection: which of them are heads, and what the web framework gets of them.
//!
//! **Invariant:** bytes are passed on in their order, and a head not before its end has arrived.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use super::equivalent::{self, Passed};
use super::framing::{Framing, Progress};
use super::head_check::Follows;
use super::quick_check::{end_of_head, quick};
use crate::domain::head::Head;
use crate::domain::refusal::RefusalReason;
use crate::limits::{HeadLimits, Limit};

/// Most heads that wait to be taken.
const UNASKED_MAX: usize = 4096;
/// The framework gets this for a request that is refused. Its body never arrives, so the framework reads and drops what the client still
/// sends, for a while, before it closes the connection: the client would otherwise not get the answer.
pub(super) const FOR_REFUSED: &[u8] =
    b"GET / HTTP/1.1\r\nhost: refused\r\ncontent-length: 1\r\n\r\n";
/// As [`FOR_REFUSED`], for an answer without content.
pub(super) const FOR_REFUSED_HEAD: &[u8] =
    b"HEAD / HTTP/1.1\r\nhost: refused\r\ncontent-length: 1\r\n\r\n";

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
    pub reason: RefusalReason,
    /// Its head, or what arrived of it.
    pub head: Bytes,
}

/// The state of a connection.
pub(super) struct HeadStream {
    limits: HeadLimits,
    heads: VecDeque<Recorded>,
    state: State,
    /// Bytes of an incomplete head, which the framework does not have yet.
    pending: BytesMut,
    /// Whether the request line of this head is known to be one.
    is_line_checked: bool,
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

impl HeadStream {
    pub(super) fn new(limits: HeadLimits) -> Self {
        Self {
            limits,
            heads: VecDeque::new(),
            state: State::InHead,
            pending: BytesMut::new(),
            is_line_checked: false,
            waiting: BytesMut::new(),
            passed: 0,
            recorded: 0,
            taken: 0,
            trailer: Vec::new(),
            trailers: VecDeque::new(),
        }
    }

    /// Observes the next bytes; returns how many of them the framework gets in their place.
    pub(super) fn receive(&mut self, bytes: &[u8]) -> usize {
        self.passed = 0;
        self.observe(bytes);
        self.passed
    }

    pub(super) fn is_in_body(&self) -> bool {
        matches!(self.state, State::InBody(_))
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    pub(super) fn take_waiting(&mut self, max: usize) -> BytesMut {
        let count = max.min(self.waiting.len());
        self.waiting.split_to(count)
    }

    pub(super) fn next_head(&mut self) -> Option<Recorded> {
        self.taken += 1;
        // Nobody asked for those of earlier requests.
        self.trailers.retain(|(number, _)| *number >= self.taken);
        self.heads.pop_front()
    }

    pub(super) fn take_trailers(&mut self) -> Bytes {
        let taken = self.taken;
        let found = self.trailers.pop_front_if(|(number, _)| *number == taken);
        found.map(|(_, trailers)| trailers).unwrap_or_default()
    }

    fn observe(&mut self, mut bytes: &[u8]) {
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
        if before == 0
            && let Some((length, follows)) = quick(bytes, &self.limits)
        {
            let (head, rest) = bytes.split_at(length);
            *bytes = rest;
            self.record(Bytes::copy_from_slice(head));
            self.pass(head);
            return self.follow(follows);
        }
        self.pending.extend_from_slice(bytes);
        // The end may begin with the last bytes that were there before.
        let Some(end) = end_of_head(&self.pending, before.saturating_sub(3)) else {
            bytes.advance(bytes.len());
            return self.wait_for_end(before);
        };
        bytes.advance(end - before);
        let mut head = std::mem::take(&mut self.pending);
        self.is_line_checked = false;
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
            Err(reason) => return self.refuse(reason, head),
        };
        self.waiting.extend_from_slice(match &passed {
            Passed::AsReceived => &head,
            Passed::Equivalent(other) => other,
        });
        self.record(head.freeze());
        self.follow(follows);
    }

    /// The framework gets nothing of a head before its end: not before then is it known which one it gets. The request line is checked once, so
    /// that a head that arrives byte by byte costs no more than its length.
    fn wait_for_end(&mut self, before: usize) {
        let mut reason = None;
        if self.pending.len() > self.limits.bytes_max {
            reason = Some(RefusalReason::HeadTooLong);
        } else if !self.is_line_checked && (before == 0 || self.pending[before..].contains(&b'\n'))
        {
            match equivalent::has_request_line(&self.pending) {
                Ok(is_complete) => self.is_line_checked = is_complete,
                Err(invalid) => reason = Some(invalid),
            }
        }
        if let Some(reason) = reason {
            let head = std::mem::take(&mut self.pending);
            self.refuse(reason, head);
        }
    }

    fn record(&mut self, raw: Bytes) {
        self.heads
            .push_back(Recorded::Head(Head { raw, exact: true }));
        self.recorded += 1;
    }

    fn refuse(&mut self, reason: RefusalReason, head: BytesMut) {
        let has_content = !equivalent::without_blank_lines(&head).starts_with(b"HEAD ");
        self.waiting.extend_from_slice(if has_content {
            FOR_REFUSED
        } else {
            FOR_REFUSED_HEAD
        });
        let head = head.freeze();
        self.heads
            .push_back(Recorded::Refused(Refused { reason, head }));
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
