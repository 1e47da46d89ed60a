//! The commands of creel: one file or folder per command, with its options and its implementation.
//!
//! **Invariant:** only this module and `main` print and read the environment; `tests/it/tidy` enforces this.

pub mod client;
pub mod completions;
pub mod doctor;
pub mod export;
pub mod listen;
pub mod new;
pub mod send;
pub mod serve;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use completions::CompletionsArgs;
use doctor::DoctorArgs;
use export::ExportArgs;
use listen::ListenArgs;
use new::NewArgs;
use send::SendArgs;
use serve::ServeArgs;

/// A self-hosted webhook inspector that understands LangGraph.
#[derive(Debug, Parser)]
#[command(
    name = "creel",
    version,
    about,
    after_help = "`serve` is the default command: `creel --bind ADDR` means `creel serve --bind ADDR`."
)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Parses the command line, including the program's name. The default command is `serve`.
    ///
    /// # Errors
    /// clap's message for invalid arguments, or the text of `--help` and `--version`.
    pub fn try_parse_typed(typed: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut words: Vec<OsString> = typed.into_iter().collect();
        let of_creel_itself = ["-h", "--help", "-V", "--version"];
        let names_no_command = words
            .get(1)
            .and_then(|word| word.to_str())
            .is_none_or(|word| word.starts_with('-') && !of_creel_itself.contains(&word));
        if names_no_command {
            words.insert(1.min(words.len()), "serve".into());
        }
        Self::try_parse_from(words)
    }
}

/// One of creel's commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve capture URLs and the pages to inspect deliveries
    Serve(Box<ServeArgs>),
    /// Make an endpoint, and print its URLs and keys
    New(NewArgs),
    /// Print deliveries as they arrive
    Listen(ListenArgs),
    /// Export all deliveries of an endpoint
    Export(ExportArgs),
    /// Send recorded LangGraph samples to a webhook
    Send(SendArgs),
    /// Check whether LangGraph accepts a webhook URL, and what to change if not
    Doctor(DoctorArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
}

/// Runs a command.
///
/// # Errors
/// A message that says what to do.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(&args).await.map(|()| ExitCode::SUCCESS),
        Command::New(args) => Ok(new::run(&args).await),
        Command::Listen(args) => listen::run(&args).await,
        Command::Export(args) => Ok(export::run(&args).await),
        Command::Send(args) => send::run(args).await,
        Command::Doctor(args) => doctor::run(&args),
        Command::Completions(args) => {
            completions::run(&args, Cli::command()).map(|()| ExitCode::SUCCESS)
        }
    }
}
