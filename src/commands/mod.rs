//! The commands of creel: one file or folder per command, with its options and what it does. Only here and in `main` may anything
//! be printed.

pub mod doctor;
pub mod send;
pub mod serve;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use doctor::DoctorArgs;
use send::SendArgs;
use serve::ServeArgs;

/// A self-hosted webhook inspector that understands LangGraph.
#[derive(Debug, Parser)]
#[command(
    name = "creel",
    version,
    about,
    after_help = "Without a command, creel serves: `creel --bind ADDR` is `creel serve --bind ADDR`."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Parses what was typed, the program's name first; without a command it is `serve`.
    ///
    /// # Errors
    /// What clap says of words that it cannot use, and the texts of `--help` and `--version`.
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
    /// Serve capture URLs and the pages to inspect what arrives
    Serve(Box<ServeArgs>),
    /// Play a LangGraph server that delivers to a webhook
    Send(SendArgs),
    /// Tell whether LangGraph takes a webhook URL, and what to change if not
    Doctor(DoctorArgs),
}

/// Runs a command.
///
/// # Errors
/// With a sentence that says what to do.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(&args).await.map(|()| ExitCode::SUCCESS),
        Command::Send(args) => send::run(args).await,
        Command::Doctor(args) => doctor::run(&args),
    }
}
