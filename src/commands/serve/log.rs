//! The log on stderr: what happens to creel, never what was captured.
//!
//! **Invariant:** what a client sends decides neither what is logged nor how often.

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

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Writes the log to stderr from now on; `RUST_LOG` says how much.
pub(super) fn to_stderr(format: LogFormat) {
    let asked = std::env::var_os(EnvFilter::DEFAULT_ENV);
    // What cannot be used of it is named on stderr, also what is not UTF-8.
    let asked = asked
        .as_deref()
        .map_or(Cow::Borrowed("warn,creel=info"), OsStr::to_string_lossy);
    // The framework logs an error for everything that is not HTTP, and quotes it at debug: only where `RUST_LOG` names it.
    let filter = EnvFilter::new(format!("actix_http=off,{asked}"));
    let log = tracing_subscriber::registry().with(filter).with(
        DynFilterFn::new(|metadata, _| is_no_accept_error(metadata))
            .with_callsite_filter(when_to_ask),
    );
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.with(lines).init(),
        LogFormat::Json => log.with(lines.json()).init(),
    }
}

/// The server logs an error twice a second for as long as `accept` fails: counted here, and reported with the other limits.
fn is_accept_error(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "actix_server::accept" && *metadata.level() == Level::ERROR
}

fn is_no_accept_error(metadata: &Metadata<'_>) -> bool {
    let counts = is_accept_error(metadata);
    if counts {
        Limit::Accept.count_one();
    }
    !counts
}

/// That error is to be counted each time; of everything else the answer is known at once.
fn when_to_ask(metadata: &'static Metadata<'static>) -> Interest {
    if is_accept_error(metadata) {
        Interest::sometimes()
    } else {
        Interest::always()
    }
}
