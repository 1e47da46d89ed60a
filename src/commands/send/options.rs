//! The options of `creel send`.
//!
//! **Invariant:** an invalid value is rejected before anything is sent. For an unknown sample, the message lists the valid names.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use url::Url;

use crate::langgraph::samples::{SAMPLES, Sample};

/// Send recorded LangGraph samples to a webhook, as a LangGraph server would
#[derive(Clone, Debug, Args)]
pub struct SendArgs {
    /// Name of a sample (see `--list`), or `all`
    #[arg(value_name = "SAMPLE", required_unless_present = "list", value_parser = samples)]
    pub samples: Option<&'static [Sample]>,

    /// The webhook URL: http or https, including its token, if any
    #[arg(long, value_name = "URL", required_unless_present = "list")]
    pub to: Option<Webhook>,

    /// List the samples
    #[arg(long)]
    pub list: bool,

    /// Whether to retry as the server would
    #[arg(long, value_enum, default_value_t = Retries::Real)]
    pub retries: Retries,
}

/// Whether to retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Retries {
    /// As the server does, with its waits
    Real,
    /// Send only once
    None,
}

/// A webhook URL, as text and parsed.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The text as entered.
    pub text: String,
    /// The parsed URL.
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
        format!("unknown sample; use all, {names}")
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
                Err("a webhook URL begins with http:// or https://".to_owned())
            }
            Err(why) => Err(format!("invalid URL: {why}")),
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
    fn messages_for_invalid_values_list_the_valid_ones() {
        let wrong = |line: &[&str]| Line::try_parse_from(line).unwrap_err().to_string();
        assert!(
            wrong(&["send", "succes", "--to", "http://h/"]).contains("use all, success, plain,")
        );
        assert!(
            wrong(&["send", "success", "--to", "h:8080/a"])
                .contains("begins with http:// or https://")
        );
        assert!(
            wrong(&["send", "success", "--to", "/hook"])
                .contains("begins with http:// or https://")
        );
        assert!(wrong(&["send", "success", "--to", "http://"]).contains("invalid URL"));
        assert!(wrong(&["send", "success"]).contains("--to"));
        assert!(Line::try_parse_from(["send", "--list"]).is_ok());
    }
}
