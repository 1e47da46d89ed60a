//! The log on stderr. It contains events of creel, never captured data.
//!
//! **Invariant:** a client can control neither the content nor the number of log lines.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::limits::Limit;

/// Format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts logging to stderr; `RUST_LOG` sets the level.
pub(super) fn to_stderr(format: LogFormat) {
    let directives = std::env::var_os(EnvFilter::DEFAULT_ENV);
    // `EnvFilter` reports invalid directives on stderr. Lossy, so that one that is not UTF-8 is reported too and not ignored.
    let directives = directives
        .as_deref()
        .map_or(Cow::Borrowed("warn,creel=info"), OsStr::to_string_lossy);
    // Off unless `RUST_LOG` sets it: actix_http logs an error for each input that is not HTTP, so clients would control the number of
    // lines, and quotes the input at debug level.
    let filter = EnvFilter::new(format!("actix_http=off,{directives}"));
    let log = tracing_subscriber::registry()
        .with(filter)
        .with(DynFilterFn::new(|metadata, _| is_logged(metadata)).with_callsite_filter(interest));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.with(lines).init(),
        LogFormat::Json => log.with(lines.json()).init(),
    }
}

/// actix logs an error twice a second while `accept` fails. These errors are counted here and reported with the other limits.
fn is_accept_error(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "actix_server::accept" && *metadata.level() == Level::ERROR
}

/// Whether to log this event. An accept error is counted instead.
fn is_logged(metadata: &Metadata<'_>) -> bool {
    if is_accept_error(metadata) {
        Limit::Accept.count_one();
        return false;
    }
    true
}

/// The accept error must be counted each time; the decision for all other log calls can be cached.
fn interest(metadata: &'static Metadata<'static>) -> Interest {
    if is_accept_error(metadata) {
        Interest::sometimes()
    } else {
        Interest::always()
    }
}
