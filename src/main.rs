//! The program: parse, run one command, print what went wrong, exit.
//!
//! **Invariant:** a command never ends the process. It returns an exit code, or an error that is printed here, with exit code 2.

use std::process::ExitCode;

use creel::commands::{self, Cli};

/// glibc's allocator does not return most of the memory of large responses: 30 pages of a delivery of 33 MB left 290 MB. This allocator
/// returns unused memory within seconds.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Exit code for invalid usage.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse_typed(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE));
        }
    };
    match actix_web::rt::System::new().block_on(commands::run(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("creel: {error:#}");
            ExitCode::from(WRONG_USAGE)
        }
    }
}
