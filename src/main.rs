//! The program: parse, run one command, print what went wrong, exit.

use std::process::ExitCode;

use creel::cli::{Cli, Command, LogFormat};
use creel::commands;
use tracing_subscriber::EnvFilter;

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
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
