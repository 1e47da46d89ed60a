//! `creel completions`: prints a script that completes creel's commands in a shell.
//!
//! **Invariant:** the script is made of the commands themselves, so it has every command and option.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

/// Print shell completions
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "For bash: creel completions bash > ~/.local/share/bash-completion/completions/creel"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Prints the script for these commands.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(args: &CompletionsArgs, mut command: Command) -> anyhow::Result<()> {
    let mut script = Vec::new();
    generate(args.shell, &mut command, "creel", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(())
}
