//! `creel send`: plays a LangGraph server that delivers a webhook. What goes over the wire, how long is waited for what, what is sent
//! again and what is given up are that server's; only the ids and times are new.

mod player;

use std::io::Write;
use std::process::ExitCode;

use self::player::Ended;
use crate::cli::SendArgs;
use crate::domain::run::SenderKind;
use crate::langgraph::samples::SAMPLES;
use crate::langgraph::sender::Heard;

/// Sends a sample, or lists them.
///
/// # Errors
/// When TLS cannot be set up or nothing can be written to stdout.
pub async fn run(args: SendArgs) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    let (Some(sample), Some(to)) = (args.sample, args.to) else {
        return list(&mut out);
    };
    if sample.sender().kind == SenderKind::LanggraphJs
        && (!to.url.username().is_empty() || to.url.password().is_some())
    {
        writeln!(
            std::io::stderr(),
            "error: the JavaScript server cannot send to an address with user:password@ in it"
        )?;
        return Ok(ExitCode::from(2));
    }
    let ended = player::play(sample, &to, args.retries, &mut out).await?;
    Ok(ExitCode::from(exit_code(&ended)))
}

fn list(out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let width = SAMPLES
        .iter()
        .map(|sample| sample.name.len())
        .max()
        .unwrap_or_default();
    for sample in SAMPLES {
        writeln!(out, "{:width$}  {}", sample.name, sample.about)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// 0 the receiver accepted the delivery, 1 it did not, 3 it could not be reached.
fn exit_code(ended: &Ended) -> u8 {
    match ended.heard {
        Heard::Answered(200..=299) if ended.body_arrived => 0,
        Heard::NotConnected => 3,
        _ => 1,
    }
}
