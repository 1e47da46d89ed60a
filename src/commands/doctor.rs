//! `creel doctor`: tells whether a LangGraph server takes a webhook URL and delivers to it, and what to change if not. Nothing is sent.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, anyhow};

use crate::cli::DoctorArgs;
use crate::langgraph::doctor::{Diagnosis, Name, Policy, Question, examine};

/// Examines the URL and prints what was found.
///
/// # Errors
/// When the policy cannot be read or nothing can be written to stdout.
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
            writeln!(out, "  or in the environment of an image:\n    {setting}")?;
        }
    }
    Ok(())
}
