//! What can be typed: clap types and nothing else. `config` turns them into what is meant; nothing past it sees clap.

mod doctor;
mod limits;
mod send;
mod serve;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use doctor::DoctorArgs;
pub use limits::LimitArgs;
pub use send::{Retries, SendArgs, Webhook};
pub use serve::{LogFormat, Mint, ServeArgs};

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
