//! What a connection is doing, as far as limits judge it. Its own thread writes here; the thread that accepts and the one that checks
//! times read.
//!
//! **Invariants:** writing costs a few atomic stores and never a lock on HTTP/1; once closed, a connection stays closed.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;

use super::{ConnectionLimits, Limit, millis, now_ms};

/// How long an idle connection stays open; the server's timer does it, the one here is for connections that its timer forgets.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long after a 408 the connection may stay, so that the answer is read. The check runs every half second, so 2 s at most.
const AFTER_TIMEOUT_MS: u64 = 1500;
/// How much later than the server's own timers those here are, so that its answers (408) go first.
const GRACE_MS: u64 = 1000;
/// How long whatever just began is protected: a sender that was accepted a moment ago has not sent its head yet.
const FRESH_MS: u64 = 1000;

/// A connection. Times are those of [`now_ms`]; 0 stands for "not".
#[derive(Debug)]
pub struct Connection {
    /// When it was accepted, or a request began or ended last.
    changed_at: AtomicU64,
    /// When bytes came that are no part of a request under way: a head that began, or the rest of a body that was answered.
    head_since: AtomicU64,
    /// When the header block of HTTP/2 began that has not ended.
    block_since: AtomicU64,
    /// Since when the peer has taken no byte of what is to be written.
    blocked_since: AtomicU64,
    /// When it is to be closed, whatever it does.
    close_at: AtomicU64,
    /// Requests under way, and how many of them are captures.
    requests: AtomicU32,
    captures: AtomicU32,
    /// Whether a body has begun and not ended.
    in_body: AtomicBool,
    /// Whether the capture under way on HTTP/1 has its whole body.
    is_complete: AtomicBool,
    /// Whether a request was answered.
    completed: AtomicBool,
    /// Whether a captured body was read to its end: a request that was refused before makes nobody a sender.
    captured: AtomicBool,
    http2: AtomicBool,
    /// How many answers there were on HTTP/2 streams.
    streams: AtomicU32,
    /// Answers on HTTP/2 streams that wait for the peer to take more, by number, and since when.
    stalled: Mutex<BTreeMap<u32, u64>>,
    closed: AtomicBool,
    waker: AtomicWaker,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            changed_at: now_ms().into(),
            head_since: 0.into(),
            block_since: 0.into(),
            blocked_since: 0.into(),
            close_at: 0.into(),
            requests: 0.into(),
            captures: 0.into(),
            in_body: false.into(),
            is_complete: false.into(),
            completed: false.into(),
            captured: false.into(),
            http2: false.into(),
            streams: 0.into(),
            stalled: Mutex::default(),
            closed: false.into(),
            waker: AtomicWaker::new(),
        }
    }
}

/// How readily a connection is closed to make room: the lowest first, of equals the one that changed longest ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Waits for a head and never completed a request.
    Unused,
    /// Idle, or in a later head.
    Idle,
    /// The body of a page's or the API's request is unfinished.
    Body,
    /// A page, an API call or a stream is being answered.
    Answer,
    /// The body of a capture is unfinished.
    CaptureBody,
    /// As [`Self::IdleSender`], where more than half of a client's connections are.
    IdleSenderOfMany,
    /// Any of those above but the last that began within the last second.
    Fresh,
    /// Idle after a capture: its sender sends the next delivery here, and does not repeat it when this connection is closed.
    IdleSender,
    /// A capture is complete and being stored.
    Capture,
}

/// Why a connection is closed for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// A limit took effect.
    Limit(Limit),
    /// Its last answer was a 408, which is reported already.
    Answered408,
    /// It was idle for longer than connections are kept.
    Idle,
}

impl Connection {
    /// Marks it as HTTP/2, where requests overlap.
    pub fn is_http2(&self) {
        self.http2.store(true, Relaxed);
    }

    /// Whether it is HTTP/2.
    #[must_use]
    pub fn http2(&self) -> bool {
        self.http2.load(Relaxed)
    }

    /// Bytes came in; `in_body` tells whether they ended inside a body.
    pub fn received(&self, in_body: bool) {
        let was_in_body = self.in_body.load(Relaxed);
        self.in_body.store(in_body, Relaxed);
        if self.requests.load(Relaxed) > 0 {
            return;
        }
        if was_in_body && !in_body {
            // The rest of an answered body is over: idle again.
            self.head_since.store(0, Relaxed);
            self.changed_at.store(now_ms(), Relaxed);
        } else if self.head_since.load(Relaxed) == 0 {
            self.head_since.store(now_ms(), Relaxed);
        }
    }

    /// Bytes came in on HTTP/2; `inside` tells whether they ended inside a header block.
    pub fn in_header_block(&self, inside: bool) {
        let since = self.block_since.load(Relaxed);
        match (inside, since) {
            (true, 0) => self.block_since.store(now_ms(), Relaxed),
            (false, 1..) => self.block_since.store(0, Relaxed),
            _ => {}
        }
    }

    /// The peer took bytes, or took none although there are some.
    pub fn written(&self, progress: bool) {
        let blocked = self.blocked_since.load(Relaxed);
        match (progress, blocked) {
            (true, 0) | (false, 1..) => {}
            (true, _) => self.blocked_since.store(0, Relaxed),
            (false, 0) => self.blocked_since.store(now_ms(), Relaxed),
        }
    }

    /// A request begins; how many are under way with it.
    pub fn begin(&self, capture: bool) -> u32 {
        self.head_since.store(0, Relaxed);
        self.changed_at.store(now_ms(), Relaxed);
        self.is_complete.store(false, Relaxed);
        self.captures.fetch_add(u32::from(capture), Relaxed);
        self.requests.fetch_add(1, Relaxed) + 1
    }

    /// A captured body was read to its end. Only who reads it knows: what the head announces is not followed after an offer to change the
    /// protocol.
    pub fn capture_is_complete(&self) {
        self.is_complete.store(true, Relaxed);
        self.captured.store(true, Relaxed);
    }

    /// A request ends: its answer was handed over, or it was given up.
    pub fn end(&self, capture: bool) {
        let now = now_ms();
        self.captures.fetch_sub(u32::from(capture), Relaxed);
        self.changed_at.store(now, Relaxed);
        self.completed.store(true, Relaxed);
        let last = self.requests.fetch_sub(1, Relaxed) == 1;
        // The framework reads the rest of an answered chunked body without a time limit; here it has the time of a head.
        if last && self.in_body.load(Relaxed) && !self.http2() {
            self.head_since.store(now, Relaxed);
        }
    }

    /// A body took too long and is answered 408. On HTTP/2 its stream is reset and the others go on.
    pub fn timed_out(&self) {
        if !self.http2() {
            self.close_at.store(now_ms() + AFTER_TIMEOUT_MS, Relaxed);
        }
    }

    /// A number for the answer on an HTTP/2 stream.
    pub fn next_stream(&self) -> u32 {
        self.streams.fetch_add(1, Relaxed)
    }

    /// The answer on an HTTP/2 stream waits for the peer to take more, or does not any more.
    pub fn stalled(&self, stream: u32, waits: bool) {
        let mut stalled = self.stalled.lock().unwrap_or_else(PoisonError::into_inner);
        if waits {
            stalled.insert(stream, now_ms());
        } else {
            stalled.remove(&stream);
        }
    }

    /// When it changed last, for "oldest first".
    #[must_use]
    pub fn changed_at(&self) -> u64 {
        self.changed_at.load(Relaxed)
    }

    /// How readily it is closed to make room.
    #[must_use]
    pub fn worth(&self, now: u64) -> Worth {
        let (requests, captures) = (self.requests.load(Relaxed), self.captures.load(Relaxed));
        let is_complete = self.is_complete.load(Relaxed) && !self.http2();
        let worth = match (requests, captures) {
            (0, _) if self.captured.load(Relaxed) => return Worth::IdleSender,
            (0, _) if self.completed.load(Relaxed) => Worth::Idle,
            (0, _) => Worth::Unused,
            (_, 0) if self.in_body.load(Relaxed) => Worth::Body,
            (_, 0) => Worth::Answer,
            _ if is_complete => return Worth::Capture,
            _ => Worth::CaptureBody,
        };
        if now < self.changed_at() + FRESH_MS {
            return Worth::Fresh;
        }
        worth
    }

    /// Whether it took too long with something: closed then.
    #[must_use]
    pub fn overdue(&self, now: u64, limits: &ConnectionLimits) -> Option<Overdue> {
        let is_over =
            |since: u64, limit_ms: u64| since > 0 && now >= since.saturating_add(limit_ms);
        let (head, answer) = (millis(limits.head) + GRACE_MS, millis(limits.answer_idle));
        if is_over(self.close_at.load(Relaxed), 0) {
            return Some(Overdue::Answered408);
        }
        let stalled = || {
            let stalled = self.stalled.lock().unwrap_or_else(PoisonError::into_inner);
            stalled.values().any(|since| is_over(*since, answer))
        };
        if is_over(self.blocked_since.load(Relaxed), answer) || (self.http2() && stalled()) {
            return Some(Overdue::Limit(Limit::AnswerIdle));
        }
        // Until it ends nothing else may be sent, whatever other requests are under way.
        if is_over(self.block_since.load(Relaxed), head) {
            return Some(Overdue::Limit(Limit::Head));
        }
        if self.requests.load(Relaxed) > 0 {
            return None;
        }
        // An HTTP/2 peer may send frames of other kinds for as long as it likes; only a request counts.
        let waits_for_head = match (self.http2(), self.completed.load(Relaxed)) {
            (true, true) => 0,
            (true, false) => self.changed_at(),
            (false, _) => self.head_since.load(Relaxed),
        };
        if is_over(waits_for_head, head) {
            return Some(Overdue::Limit(Limit::Head));
        }
        is_over(self.changed_at(), millis(KEEP_ALIVE) + GRACE_MS).then_some(Overdue::Idle)
    }

    /// Closes it: its task drops all that it holds.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Whether it is closed; wakes the task of `context` when it becomes so.
    pub fn poll_closed(&self, context: &mut Context<'_>) -> Poll<()> {
        self.waker.register(context.waker());
        if self.closed.load(Ordering::Acquire) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Waits until it is closed.
    pub async fn closed(&self) {
        poll_fn(|context| self.poll_closed(context)).await;
    }
}

#[cfg(test)]
mod tests;
