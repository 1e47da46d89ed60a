//! `creel send`: plays a LangGraph server that delivers a webhook. What goes over the wire, how long is waited for what, what is sent
//! again and what is given up are that server's; only the ids and times are new.

mod player;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use url::Url;

use self::player::Ended;
use crate::domain::run::SenderKind;
use crate::langgraph::samples::{SAMPLES, Sample};
use crate::langgraph::sender::Heard;

/// Send a LangGraph delivery to a webhook, as a LangGraph server would
#[derive(Clone, Debug, Args)]
pub struct SendArgs {
    /// What to send; `--list` names the samples
    #[arg(required_unless_present = "list", value_parser = sample)]
    pub sample: Option<&'static Sample>,

    /// Address of the webhook: http or https, with its token where it has one
    #[arg(long, value_name = "URL", required_unless_present = "list", value_parser = webhook)]
    pub to: Option<Webhook>,

    /// Name the samples and what is in them
    #[arg(long)]
    pub list: bool,

    /// Whether to try again what that server would try again
    #[arg(long, value_enum, default_value_t = Retries::Real)]
    pub retries: Retries,
}

/// Whether to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Retries {
    /// As that server does, with its waits
    Real,
    /// Once only
    None,
}

/// A webhook's address: as it was written, and as it is understood.
#[derive(Clone, Debug)]
pub struct Webhook {
    text: String,
    url: Url,
}

fn sample(name: &str) -> Result<&'static Sample, String> {
    Sample::find(name).ok_or_else(|| {
        let names: Vec<_> = SAMPLES.iter().map(|sample| sample.name).collect();
        format!("there is no such sample; there are {}", names.join(", "))
    })
}

fn webhook(text: &str) -> Result<Webhook, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Webhook {
            text: text.to_owned(),
            url,
        }),
        Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase) => {
            Err("a webhook's address begins with http:// or https://".to_owned())
        }
        Err(why) => Err(format!("it cannot be read as an address: {why}")),
    }
}

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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: SendArgs,
    }

    #[test]
    fn wrong_words_on_the_command_line_are_answered_with_the_right_ones() {
        let wrong = |line: &[&str]| Line::try_parse_from(line).unwrap_err().to_string();
        assert!(
            wrong(&["send", "succes", "--to", "http://h/"]).contains("there are success, paused,")
        );
        assert!(
            wrong(&["send", "success", "--to", "h:8080/a"])
                .contains("begins with http:// or https://")
        );
        assert!(
            wrong(&["send", "success", "--to", "/hook"])
                .contains("begins with http:// or https://")
        );
        assert!(
            wrong(&["send", "success", "--to", "http://"]).contains("cannot be read as an address")
        );
        assert!(wrong(&["send", "success"]).contains("--to"));
        assert!(Line::try_parse_from(["send", "--list"]).is_ok());
    }
}
