//! `creel doctor`: checks whether a LangGraph server accepts a webhook URL and delivers to it, and what to change if not.
//!
//! **Invariant:** no request is sent and no host name is looked up. The exit code is 0 only for a URL that is accepted and, if its name
//! resolves, delivered to.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;

use crate::langgraph::doctor::{Diagnosis, Name, Policy, Question, Version, examine};

/// Check whether LangGraph accepts a webhook URL, and what to change if not
#[derive(Clone, Debug, Args)]
#[command(after_help = "Nothing is sent and no host name is looked up.\n\
                        Exit codes: 0 LangGraph delivers to the URL, 1 it does not, 2 wrong usage.")]
pub struct DoctorArgs {
    /// The webhook URL
    pub url: String,

    /// Version of langgraph-api, the Python server
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST)]
    pub langgraph: Version,

    /// The server's langgraph.json, or a file with only its `webhooks` block; default: no `webhooks` block
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Print JSON: starts, accepted, status, reason, delivered, `if_resolved`, advice
    #[arg(long)]
    pub json: bool,
}

/// Checks the URL and prints the result.
///
/// # Errors
/// When the policy cannot be read or stdout cannot be written.
pub fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let policy = match &args.config {
        None => Policy::default(),
        Some(file) => {
            let named = || format!("--config {}", file.display());
            let text = std::fs::read_to_string(file).with_context(named)?;
            Policy::read(&text)
                .map_err(|why| anyhow!(why))
                .with_context(named)?
        }
    };
    let found = examine(&Question {
        url: &args.url,
        version: args.langgraph,
        policy: &policy,
        name: Name::Unknown,
    });
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &found)?;
        writeln!(out)?;
    } else {
        print(&found, &mut out)?;
    }
    let is_well = found.accepted && found.delivered;
    Ok(ExitCode::from(u8::from(!is_well)))
}

fn print(found: &Diagnosis, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", found.sentence())?;
    match &found.reason {
        Some(reason) if found.accepted => writeln!(out, "  {reason}")?,
        Some(reason) if !found.starts => writeln!(out, "  {reason}")?,
        Some(reason) => writeln!(out, "  {} {reason}", found.status)?,
        None => {}
    }
    for advice in &found.advice {
        writeln!(out, "\n{}", advice.text)?;
        if let Some(url) = &advice.url {
            writeln!(out, "  {url}")?;
        }
        if let Some(block) = &advice.langgraph_json {
            writeln!(out, "  in langgraph.json:")?;
            for line in block.lines() {
                writeln!(out, "    {line}")?;
            }
        }
        if let Some(setting) = &advice.environment {
            writeln!(
                out,
                "  or as an environment variable of an image:\n    {setting}"
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: DoctorArgs,
    }

    #[test]
    fn the_version_is_the_newest_unless_it_is_given() {
        let read = |line: &[&str]| Line::try_parse_from(line).map(|line| line.args.langgraph);
        assert_eq!(read(&["doctor", "x"]).unwrap(), Version::NEWEST);
        let older = read(&["doctor", "x", "--langgraph", "0.9"]).unwrap();
        assert_eq!(older.to_string(), "0.9");
        let unknown = read(&["doctor", "x", "--langgraph", "0.99"]).unwrap_err();
        assert!(
            unknown
                .to_string()
                .contains("versions 0.4 to 0.16.7 are known")
        );
        assert!(read(&["doctor"]).is_err());
    }
}
