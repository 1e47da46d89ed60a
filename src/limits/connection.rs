//! The state of a connection that the limits need. Its own thread writes it; the accepting thread and the thread that checks timeouts read
//! it.
//!
//! **Invariant:** on HTTP/1, writing costs a few atomic stores and never a lock; once closed, a connection stays closed.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;

use super::{ConnectionLimits, Limit, millis, now_ms};

/// How long an idle connection stays open (no option; the README and `lib.rs` state it). actix closes it; the check here is for connections
/// that actix misses.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a connection may stay open after a 408, so that the client can read it. The check runs every half second, so it is at most 2 s.
const AFTER_TIMEOUT_MS: u64 = 1500;
/// How much later these timers are than the server's own, so that the server's 408 is sent first.
const GRACE_MS: u64 = 1000;
/// How long a new activity is protected: a sender that was just accepted has not sent its head yet.
const FRESH_MS: u64 = 1000;

/// A connection. Times are those of [`now_ms`]; 0 means none.
#[derive(Debug)]
pub struct Connection {
    /// When it was accepted, or when a request last began or ended.
    changed_at: AtomicU64,
    /// When bytes arrived outside an active request: the start of a head, or the rest of a body that was already answered.
    head_since: AtomicU64,
    /// When the header block of HTTP/2 began that has not ended.
    block_since: AtomicU64,
    /// Since when the peer has accepted no bytes although there are some to write.
    blocked_since: AtomicU64,
    /// When it must be closed, whatever it does.
    close_at: AtomicU64,
    /// Active requests, and how many of them are captures.
    requests: AtomicU32,
    captures: AtomicU32,
    /// Whether a body is being received.
    in_body: AtomicBool,
    /// Whether the active capture on HTTP/1 has received its complete body.
    is_complete: AtomicBool,
    /// Whether a request was answered.
    completed: AtomicBool,
    /// Whether a captured body was read to its end: a request that was refused before makes nobody a sender.
    captured: AtomicBool,
    http2: AtomicBool,
    /// Number of responses on HTTP/2 streams so far.
    streams: AtomicU32,
    /// Responses on HTTP/2 streams that wait for the peer, by number, and since when.
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

/// The order in which connections are closed to make room: the lowest first; among equals, the one that has not changed for the longest time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Waits for a head and has never completed a request.
    Unused,
    /// Idle, or receiving a later head.
    Idle,
    /// Receives the body of a request to a page or the API.
    Body,
    /// Sends a response of a page or the API, or a live stream.
    Response,
    /// Receives the body of a capture.
    CaptureBody,
    /// As [`Self::IdleSender`], if more than half of the client's connections are.
    IdleSenderOfMany,
    /// Any of the above except the previous one, if it began within the last second.
    Fresh,
    /// Idle after a capture. The sender sends its next delivery on this connection, and does not retry it if the connection is closed.
    IdleSender,
    /// A capture is complete and being stored.
    Capture,
}

/// Why a connection is closed by a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// A limit took effect.
    Limit(Limit),
    /// Its last response was a 408, which was already reported.
    Answered408,
    /// It was idle for longer than connections are kept.
    Idle,
}

impl Connection {
    /// Marks it as HTTP/2, where requests overlap.
    pub fn set_http2(&self) {
        self.http2.store(true, Relaxed);
    }

    /// Whether it is HTTP/2.
    #[must_use]
    pub fn http2(&self) -> bool {
        self.http2.load(Relaxed)
    }

    /// Bytes arrived; `in_body` is whether they ended inside a body.
    pub fn received(&self, in_body: bool) {
        let was_in_body = self.in_body.load(Relaxed);
        self.in_body.store(in_body, Relaxed);
        if self.requests.load(Relaxed) > 0 {
            return;
        }
        if was_in_body && !in_body {
            // The rest of an answered body has ended: idle again.
            self.head_since.store(0, Relaxed);
            self.changed_at.store(now_ms(), Relaxed);
        } else if self.head_since.load(Relaxed) == 0 {
            self.head_since.store(now_ms(), Relaxed);
        }
    }

    /// A header block of HTTP/2 ended, and the next one begins or not.
    pub fn header_block_begins(&self, begins: bool) {
        let since = if begins { now_ms() } else { 0 };
        self.block_since.store(since, Relaxed);
    }

    /// The peer accepted bytes, or accepted none although there are some.
    pub fn written(&self, progress: bool) {
        let blocked = self.blocked_since.load(Relaxed);
        match (progress, blocked) {
            (true, 0) | (false, 1..) => {}
            (true, _) => self.blocked_since.store(0, Relaxed),
            (false, 0) => self.blocked_since.store(now_ms(), Relaxed),
        }
    }

    /// A request begins; returns the number of active requests including it.
    pub fn begin(&self, capture: bool) -> u32 {
        self.head_since.store(0, Relaxed);
        self.changed_at.store(now_ms(), Relaxed);
        self.is_complete.store(false, Relaxed);
        self.captures.fetch_add(u32::from(capture), Relaxed);
        self.requests.fetch_add(1, Relaxed) + 1
    }

    /// A captured body was read to its end. The reader of the body must report this, because the recorder does not follow bodies after an
    /// offer to change the protocol.
    pub fn capture_is_complete(&self) {
        self.is_complete.store(true, Relaxed);
        self.captured.store(true, Relaxed);
    }

    /// A request ends: its response was passed to the connection, or it was dropped.
    pub fn end(&self, capture: bool) {
        let now = now_ms();
        self.captures.fetch_sub(u32::from(capture), Relaxed);
        self.changed_at.store(now, Relaxed);
        self.completed.store(true, Relaxed);
        let last = self.requests.fetch_sub(1, Relaxed) == 1;
        // The framework reads the rest of an answered chunked body without a timeout; here it gets the timeout of a head.
        if last && self.in_body.load(Relaxed) && !self.http2() {
            self.head_since.store(now, Relaxed);
        }
    }

    /// A body took too long and is answered 408. On HTTP/2 its stream is reset; the other streams continue.
    pub fn timed_out(&self) {
        if !self.http2() {
            self.close_at.store(now_ms() + AFTER_TIMEOUT_MS, Relaxed);
        }
    }

    /// A number for a response on an HTTP/2 stream.
    pub fn next_stream(&self) -> u32 {
        self.streams.fetch_add(1, Relaxed)
    }

    /// A response on an HTTP/2 stream starts or stops waiting for the peer.
    pub fn stalled(&self, stream: u32, waits: bool) {
        let mut stalled = self.stalled.lock().unwrap_or_else(PoisonError::into_inner);
        if waits {
            stalled.insert(stream, now_ms());
        } else {
            stalled.remove(&stream);
        }
    }

    /// When it last changed, for "oldest first".
    #[must_use]
    pub fn changed_at(&self) -> u64 {
        self.changed_at.load(Relaxed)
    }

    /// Its rank in the order of closing.
    #[must_use]
    pub fn worth(&self, now: u64) -> Worth {
        let (requests, captures) = (self.requests.load(Relaxed), self.captures.load(Relaxed));
        let is_complete = self.is_complete.load(Relaxed) && !self.http2();
        let worth = match (requests, captures) {
            (0, _) if self.captured.load(Relaxed) => return Worth::IdleSender,
            (0, _) if self.completed.load(Relaxed) => Worth::Idle,
            (0, _) => Worth::Unused,
            (_, 0) if self.in_body.load(Relaxed) => Worth::Body,
            (_, 0) => Worth::Response,
            _ if is_complete => return Worth::Capture,
            _ => Worth::CaptureBody,
        };
        if now < self.changed_at() + FRESH_MS {
            return Worth::Fresh;
        }
        worth
    }

    /// Whether something took too long. If so, it is closed.
    #[must_use]
    pub fn overdue(&self, now: u64, limits: &ConnectionLimits) -> Option<Overdue> {
        let is_over =
            |since: u64, limit_ms: u64| since > 0 && now >= since.saturating_add(limit_ms);
        let (head, idle) = (millis(limits.head) + GRACE_MS, millis(limits.response_idle));
        if is_over(self.close_at.load(Relaxed), 0) {
            return Some(Overdue::Answered408);
        }
        let stalled = || {
            let stalled = self.stalled.lock().unwrap_or_else(PoisonError::into_inner);
            stalled.values().any(|since| is_over(*since, idle))
        };
        if is_over(self.blocked_since.load(Relaxed), idle) || (self.http2() && stalled()) {
            return Some(Overdue::Limit(Limit::ResponseIdle));
        }
        // Until it ends nothing else may be sent, whatever other requests are under way.
        if is_over(self.block_since.load(Relaxed), head) {
            return Some(Overdue::Limit(Limit::Head));
        }
        if self.requests.load(Relaxed) > 0 {
            return None;
        }
        // An HTTP/2 peer may send other frames without end; only requests count.
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

    /// Closes it: its task drops everything it owns.
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
