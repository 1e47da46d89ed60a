//! Limits that protect shared resources from single clients, and the only place that reports them when they take effect.
//!
//! **Invariant:** a limit is logged when it first takes effect and then at most once a minute, with the count since then.

pub mod body_memory;
pub mod client;
pub mod connection;
pub mod decoding_turns;
mod fair_queue;
mod forwarded;
pub mod response_memory;
mod shares;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::domain::log_limit::LogLimit;

/// Limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// All connections.
    pub max: usize,
    /// Connections of one client.
    pub per_client: usize,
    /// Concurrent streams of one HTTP/2 connection.
    pub http2_streams: u32,
    /// Longest time from the first byte of a head to its end.
    pub head: Duration,
    /// Longest time without progress of a response.
    pub response_idle: Duration,
    /// Size of a head.
    pub heads: HeadLimits,
}

/// Limits of a request head.
#[derive(Clone, Copy, Debug)]
pub struct HeadLimits {
    /// Bytes of request line and header lines; of the trailers, too.
    pub bytes_max: usize,
    /// Header lines.
    pub lines_max: usize,
}

impl Default for HeadLimits {
    fn default() -> Self {
        Self {
            bytes_max: 128 * 1024,
            lines_max: 1000,
        }
    }
}

/// A limit that can take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// All connections.
    Connections,
    /// Connections of one client.
    ConnectionsPerClient,
    /// Time for a head.
    Head,
    /// Bytes of a head.
    HeadBytes,
    /// Header lines.
    HeadLines,
    /// Bytes of a captured body.
    BodyBytes,
    /// Time for a body.
    BodyTime,
    /// Memory for bodies.
    BodyMemory,
    /// Time without progress of a response.
    ResponseIdle,
    /// Streams of an HTTP/2 connection.
    Http2Streams,
    /// Memory for responses.
    ResponseMemory,
    /// Wrong tokens of one client.
    WrongTokens,
    /// File descriptors of the process; not an option of creel.
    Accept,
}

static COUNTS: [LogLimit; Limit::ALL.len()] = [const { LogLimit::new() }; Limit::ALL.len()];

impl Limit {
    const ALL: [Self; 13] = [
        Self::Connections,
        Self::ConnectionsPerClient,
        Self::Head,
        Self::HeadBytes,
        Self::HeadLines,
        Self::BodyBytes,
        Self::BodyTime,
        Self::BodyMemory,
        Self::ResponseIdle,
        Self::Http2Streams,
        Self::ResponseMemory,
        Self::WrongTokens,
        Self::Accept,
    ];

    /// The option that sets it, and what happened.
    fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Connections => (
                "--connections-max",
                "a connection was closed to make room for a new one",
            ),
            Self::ConnectionsPerClient => (
                "--connections-per-client",
                "a connection of a client was closed to make room for a new one of the same client",
            ),
            Self::Head => (
                "--head-seconds",
                "a request head took too long; its connection was closed",
            ),
            Self::HeadBytes => (
                "--head-bytes-max",
                "a head was too long; it was answered 431, or its connection closed",
            ),
            Self::HeadLines => (
                "--header-lines-max",
                "a head had too many header lines; it was answered 431",
            ),
            Self::BodyBytes => (
                "--body-bytes-max",
                "a body was too long; its first bytes were stored",
            ),
            Self::BodyTime => (
                "--body-idle-seconds, --body-total-seconds",
                "a body took too long; it was answered 408",
            ),
            Self::BodyMemory => (
                "--body-memory-bytes",
                "no memory for another body of a client; the request was answered 503",
            ),
            Self::ResponseIdle => (
                "--answer-idle-seconds",
                "a response was not read; its connection was closed",
            ),
            Self::Http2Streams => (
                "--http2-streams-max",
                "too many streams on an HTTP/2 connection; a request was answered 503",
            ),
            Self::ResponseMemory => (
                "--answer-memory-bytes",
                "no memory for another response; the request was answered 503",
            ),
            Self::WrongTokens => (
                "--wrong-tokens-per-minute",
                "a client sent many wrong tokens; a response was delayed",
            ),
            Self::Accept => (
                "open files (ulimit -n)",
                "the operating system could not accept a connection",
            ),
        }
    }

    /// Reports that the limit took effect.
    pub fn took_effect(self) {
        COUNTS[self as usize].log(|times| self.line(times));
    }

    /// Counts without logging, for callers inside the logger. [`report_all`] logs the count.
    pub fn count_one(self) {
        COUNTS[self as usize].count();
    }

    fn line(self, times: u64) {
        let (option, what) = self.describe();
        tracing::warn!(limit = option, times, "{what}");
    }
}

/// Logs all counts that were not logged yet. To be called regularly.
pub fn report_all() {
    for limit in Limit::ALL {
        COUNTS[limit as usize].log_rest(|times| limit.line(times));
    }
}

/// Milliseconds since the program started, at least 1: a time for an atomic, where 0 means "never".
#[must_use]
pub fn now_ms() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    millis(START.elapsed()) + 1
}

/// A duration in milliseconds.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}
