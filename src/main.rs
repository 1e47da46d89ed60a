//! The program: parse, run one command, print what went wrong, exit.

use std::process::ExitCode;

use creel::cli::{Cli, Command, LogFormat};
use creel::commands;
use creel::limits::Limit;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// glibc's allocator keeps most of what large answers took, for good: 30 pages of a delivery of 33 MB left 290 MB. This one gives unused
/// memory back within some seconds.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Exit code for wrong usage.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse_typed(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE));
        }
    };
    match actix_web::rt::System::new().block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("creel: {error:#}");
            ExitCode::from(WRONG_USAGE)
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(args) => {
            log_to_stderr(args.log_format);
            commands::serve::run(&args).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Send(args) => commands::send::run(args).await,
        Command::Doctor(args) => commands::doctor::run(&args),
    }
}

/// Logs what happens to creel, never what was captured; `RUST_LOG` says how much.
fn log_to_stderr(format: LogFormat) {
    let asked = std::env::var(EnvFilter::DEFAULT_ENV);
    let asked = asked.unwrap_or_else(|_| "warn,creel=info".to_owned());
    // The framework logs as an error whatever a stranger sends that is not HTTP, and at debug it quotes it: only for whoever asks for
    // it by name.
    let filter = EnvFilter::new(format!("actix_http=off,{asked}"));
    let log = tracing_subscriber::registry().with(filter).with(
        DynFilterFn::new(|metadata, _| is_no_accept_error(metadata))
            .with_callsite_filter(when_to_ask),
    );
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
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
