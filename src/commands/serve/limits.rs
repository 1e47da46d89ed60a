//! The options of `creel serve` that set limits.
//!
//! **Invariant:** the doc comments are the texts of `--help` and of the README's table of limits; `tests/it/readme.rs` compares the two.

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::Args;

use crate::config::{BodyLimits, ConfigError};
use crate::limits::{ConnectionLimits, HeadLimits};

/// Limits of `creel serve`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    /// Maximum stored body size, in bytes; longer bodies are truncated and marked
    #[arg(long, env = "CREEL_BODY_BYTES_MAX", value_name = "BYTES", default_value_t = 32 * 1024 * 1024)]
    pub body_bytes_max: usize,

    /// Seconds without a byte after which a body is cut off: a capture is stored and marked, and every request is answered 408 and its connection (on HTTP/2 its stream) closed
    #[arg(
        long,
        env = "CREEL_BODY_IDLE_SECONDS",
        value_name = "S",
        default_value_t = 30
    )]
    pub body_idle_seconds: u64,

    /// Seconds after which an incomplete body is cut off, with the same effect
    #[arg(
        long,
        env = "CREEL_BODY_TOTAL_SECONDS",
        value_name = "S",
        default_value_t = 300
    )]
    pub body_total_seconds: u64,

    /// Memory for bodies that are being read or written, in bytes, at least twice --body-bytes-max; a client can use at most as much as is still free, beyond that it gets 503 with Retry-After
    #[arg(long, env = "CREEL_BODY_MEMORY_BYTES", value_name = "BYTES", default_value_t = 512 * 1024 * 1024)]
    pub body_memory_bytes: usize,

    /// Maximum concurrent connections, fewer if the limit of open files requires it; a new one replaces another: unused and idle ones first, active captures last
    #[arg(
        long,
        env = "CREEL_CONNECTIONS_MAX",
        value_name = "N",
        default_value_t = 4096
    )]
    pub connections_max: usize,

    /// Maximum connections of one client (IPv4 address, IPv6 /64; behind a trusted proxy the client that it names); a new one replaces another of the same client
    #[arg(
        long,
        env = "CREEL_CONNECTIONS_PER_CLIENT",
        value_name = "N",
        default_value_t = 1024
    )]
    pub connections_per_client: usize,

    /// Seconds for a request head, from its first byte; then the connection is closed, with 408 if it was the first request
    #[arg(
        long,
        env = "CREEL_HEAD_SECONDS",
        value_name = "S",
        default_value_t = 10
    )]
    pub head_seconds: u64,

    /// Maximum size of a request head, in bytes; longer ones are answered 431 and listed as refused
    #[arg(long, env = "CREEL_HEAD_BYTES_MAX", value_name = "BYTES", default_value_t = 128 * 1024)]
    pub head_bytes_max: usize,

    /// Maximum header lines of a capture; a head with more is answered 431 and listed as refused
    #[arg(
        long,
        env = "CREEL_HEADER_LINES_MAX",
        value_name = "N",
        default_value_t = 1000
    )]
    pub header_lines_max: usize,

    /// Seconds without progress of a response, because the client does not read it, after which its connection is closed
    #[arg(
        long,
        env = "CREEL_ANSWER_IDLE_SECONDS",
        value_name = "S",
        default_value_t = 30
    )]
    pub answer_idle_seconds: u64,

    /// Maximum concurrent streams of one HTTP/2 connection, advertised to the client; further requests get 503 with Retry-After
    #[arg(
        long,
        env = "CREEL_HTTP2_STREAMS_MAX",
        value_name = "N",
        default_value_t = 100
    )]
    pub http2_streams_max: u32,

    /// Memory for pages and JSON that are being sent, in bytes; if it is full, requests wait and then get 503 with Retry-After
    #[arg(
        long,
        env = "CREEL_ANSWER_MEMORY_BYTES",
        value_name = "BYTES",
        default_value_t = 256 * 1024 * 1024
    )]
    pub answer_memory_bytes: usize,

    /// Wrong tokens per minute and client; each further one is answered after a delay of one second
    #[arg(
        long,
        env = "CREEL_WRONG_TOKENS_PER_MINUTE",
        value_name = "N",
        default_value_t = 10
    )]
    pub wrong_tokens_per_minute: u32,
}

pub(super) fn bodies(args: &LimitArgs) -> Result<BodyLimits, ConfigError> {
    /// SQLite's maximum blob size (`SQLITE_MAX_LENGTH`), minus some space for the rest of the row.
    const BYTES_LIMIT: usize = 900_000_000;
    if !(1..=BYTES_LIMIT).contains(&args.body_bytes_max) {
        let why = format!("must be from 1 to {BYTES_LIMIT}");
        return Err(ConfigError::Invalid {
            option: "--body-bytes-max",
            why,
        });
    }
    if args.body_idle_seconds == 0 || args.body_total_seconds < args.body_idle_seconds {
        let why = "must be at least 1 and at most --body-total-seconds".to_owned();
        return Err(ConfigError::Invalid {
            option: "--body-idle-seconds",
            why,
        });
    }
    Ok(BodyLimits {
        bytes_max: args.body_bytes_max,
        idle: Duration::from_secs(args.body_idle_seconds),
        total: Duration::from_secs(args.body_total_seconds),
        memory: args
            .body_memory_bytes
            .max(args.body_bytes_max.saturating_mul(2)),
    })
}

/// A connection has a head in memory while it arrives.
fn heads(args: &LimitArgs) -> Result<HeadLimits, ConfigError> {
    const BYTES: RangeInclusive<usize> = 4096..=1024 * 1024;
    const LINES: RangeInclusive<usize> = 1..=10_000;
    let limits = [
        ("--head-bytes-max", args.head_bytes_max, BYTES),
        ("--header-lines-max", args.header_lines_max, LINES),
    ];
    for (option, value, allowed) in limits {
        if !allowed.contains(&value) {
            let why = format!("must be from {} to {}", allowed.start(), allowed.end());
            return Err(ConfigError::Invalid { option, why });
        }
    }
    Ok(HeadLimits {
        bytes_max: args.head_bytes_max,
        lines_max: args.header_lines_max,
    })
}

pub(super) fn connections(args: &LimitArgs) -> Result<ConnectionLimits, ConfigError> {
    let counts = [
        ("--connections-max", args.connections_max as u64),
        (
            "--connections-per-client",
            args.connections_per_client as u64,
        ),
        ("--http2-streams-max", args.http2_streams_max.into()),
        ("--head-seconds", args.head_seconds),
        ("--answer-idle-seconds", args.answer_idle_seconds),
    ];
    if let Some((option, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
        let why = "must be at least 1".to_owned();
        return Err(ConfigError::Invalid { option, why });
    }
    Ok(ConnectionLimits {
        max: args.connections_max,
        per_client: args.connections_per_client,
        http2_streams: args.http2_streams_max,
        head: Duration::from_secs(args.head_seconds),
        response_idle: Duration::from_secs(args.answer_idle_seconds),
        heads: heads(args)?,
    })
}
