//! What can be typed behind `creel send`. A wrong word is answered with the right ones.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use url::Url;

use crate::langgraph::samples::{SAMPLES, Sample};

/// Send a LangGraph delivery to a webhook, as a LangGraph server would
#[derive(Clone, Debug, Args)]
pub struct SendArgs {
    /// What to send: the name of a sample, or `all` for one after the other; `--list` names them
    #[arg(value_name = "SAMPLE", required_unless_present = "list", value_parser = samples)]
    pub samples: Option<&'static [Sample]>,

    /// Address of the webhook: http or https, with its token where it has one
    #[arg(long, value_name = "URL", required_unless_present = "list")]
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
    /// As it was written.
    pub text: String,
    /// As it is understood.
    pub url: Url,
}

fn samples(name: &str) -> Result<&'static [Sample], String> {
    if name == "all" {
        return Ok(SAMPLES);
    }
    let one = Sample::find(name).map(std::slice::from_ref);
    one.ok_or_else(|| {
        let names: Vec<_> = SAMPLES.iter().map(|sample| sample.name).collect();
        let names = names.join(", ");
        format!("there is no such sample; there are all, {names}")
    })
}

impl FromStr for Webhook {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Self {
                text: text.to_owned(),
                url,
            }),
            Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase) => {
                Err("a webhook's address begins with http:// or https://".to_owned())
            }
            Err(why) => Err(format!("it cannot be read as an address: {why}")),
        }
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
            wrong(&["send", "succes", "--to", "http://h/"])
                .contains("there are all, success, plain,")
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
