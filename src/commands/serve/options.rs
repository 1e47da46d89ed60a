//! The options of `creel serve`, and how they become the configuration. The doc comments are the texts of `--help` and of the README's table.
//!
//! **Invariant:** an invalid option is reported before anything is opened.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use super::limits::{self, LimitArgs};
use super::log::LogFormat;
use crate::config::{BaseUrl, Config, ConfigError, OperatorToken};
use crate::domain::secret::{self, CHOSEN_BYTES_MIN};

/// Options of `creel serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on; port 0 chooses a free port
    #[arg(
        long,
        env = "CREEL_BIND",
        value_name = "ADDR:PORT",
        value_parser = address,
        default_value = "127.0.0.1:8080"
    )]
    pub bind: SocketAddr,

    /// Second address that serves only /hook/*, to be exposed; --bind then serves no captures
    #[arg(
        long,
        env = "CREEL_CAPTURE_BIND",
        value_name = "ADDR:PORT",
        value_parser = address
    )]
    pub capture_bind: Option<SocketAddr>,

    /// Data folder (created if missing)
    #[arg(
        long,
        env = "CREEL_DATA_DIR",
        value_name = "DIR",
        default_value = "creel-data"
    )]
    pub data_dir: PathBuf,

    /// Public URL of the pages, if it differs from that of --bind
    #[arg(long, env = "CREEL_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Public URL of /hook/* for senders, if it differs from --public-url or the listener's URL
    #[arg(long, env = "CREEL_CAPTURE_URL", value_name = "URL")]
    pub capture_url: Option<String>,

    /// Token for access to all endpoints, at least 16 characters; default: a new one at each start
    #[arg(
        long,
        env = "CREEL_OPERATOR_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub operator_token: Option<String>,

    /// Who may create endpoints: anyone who can reach the pages, or only the operator
    #[arg(long, env = "CREEL_MINT", value_name = "WHO", default_value = "anyone")]
    pub mint: Mint,

    /// TOML file of endpoints to create, with ids that you choose
    #[arg(long, env = "CREEL_ENDPOINTS_FILE", value_name = "FILE")]
    pub endpoints_file: Option<PathBuf>,

    /// Network of a proxy whose X-Forwarded-For (or Forwarded) is trusted; may be repeated
    #[arg(
        long,
        env = "CREEL_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// Format of the log on stderr: text or json
    #[arg(
        long,
        env = "CREEL_LOG_FORMAT",
        value_name = "FORM",
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// Limits that protect shared resources
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// An address to listen on. If a part is missing, the message suggests the complete address.
fn address(text: &str) -> Result<SocketAddr, String> {
    let meant = || {
        let port = text.strip_prefix("localhost:").or(text.strip_prefix(':'));
        if let Ok(port) = port.unwrap_or(text).parse::<u16>() {
            return Some(SocketAddr::from(([127, 0, 0, 1], port)));
        }
        let ip: IpAddr = text.trim_matches(['[', ']']).parse().ok()?;
        Some(SocketAddr::new(ip, 8080))
    };
    text.parse().map_err(|_| match meant() {
        Some(meant) => format!("must be ADDR:PORT, such as {meant}"),
        None => "must be ADDR:PORT: an IP address, a colon, a port".to_owned(),
    })
}

/// Who may create endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mint {
    /// Anyone who can reach the pages.
    Anyone,
    /// Only the operator.
    Operator,
}

impl TryFrom<&ServeArgs> for Config {
    type Error = ConfigError;

    fn try_from(args: &ServeArgs) -> Result<Self, ConfigError> {
        if args
            .capture_bind
            .is_some_and(|addr| addr == args.bind && addr.port() != 0)
        {
            let why = format!(
                "--bind already listens on {}; choose another port",
                args.bind
            );
            return Err(ConfigError::Invalid {
                option: "--capture-bind",
                why,
            });
        }
        let url = |option, text: &Option<String>| {
            text.as_deref()
                .map(|text| BaseUrl::parse(option, text))
                .transpose()
        };
        Ok(Self {
            bind: args.bind,
            capture_bind: args.capture_bind,
            data_dir: args.data_dir.clone(),
            public_url: url("--public-url", &args.public_url)?,
            capture_url: url("--capture-url", &args.capture_url)?,
            operator_token: operator_token(args.operator_token.as_deref())?,
            operator_token_given: args.operator_token.is_some(),
            operator_creates: args.mint == Mint::Operator,
            limits: limits::bodies(&args.limits)?,
            connections: limits::connections(&args.limits)?,
            wrong_tokens_per_minute: args.limits.wrong_tokens_per_minute,
            response_memory_bytes: args.limits.answer_memory_bytes,
            trusted_proxies: args.trusted_proxy.clone(),
        })
    }
}

#[cfg(test)]
impl Config {
    /// The default options with these URLs.
    pub(crate) fn for_urls(public: Option<&str>, capture: Option<&str>) -> Self {
        use clap::Parser;
        #[derive(Parser)]
        struct Options {
            #[command(flatten)]
            serve: ServeArgs,
        }
        let mut args = Options::parse_from(["creel"]).serve;
        args.public_url = public.map(str::to_owned);
        args.capture_url = capture.map(str::to_owned);
        Self::try_from(&args).expect("the URLs are valid")
    }
}

fn operator_token(given: Option<&str>) -> Result<OperatorToken, ConfigError> {
    let wrong = |why: String| {
        Err(ConfigError::Invalid {
            option: "--operator-token",
            why,
        })
    };
    match given {
        None => Ok(OperatorToken(secret::random())),
        Some(token) if token.len() < CHOSEN_BYTES_MIN => wrong(format!(
            "must have at least {CHOSEN_BYTES_MIN} characters, not {}",
            token.len()
        )),
        Some(token)
            if !token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) =>
        {
            wrong(
                "must consist of letters, digits and - _ . ~ so that it is valid in a URL and a header"
                    .to_owned(),
            )
        }
        Some(token) => Ok(OperatorToken(token.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_address_gets_a_suggestion() {
        assert_eq!(address("[::]:0").map(|found| found.port()), Ok(0));
        for (text, said) in [
            ("8080", "such as 127.0.0.1:8080"),
            (":9000", "such as 127.0.0.1:9000"),
            ("localhost:9000", "such as 127.0.0.1:9000"),
            ("0.0.0.0", "such as 0.0.0.0:8080"),
            ("::1", "such as [::1]:8080"),
            ("[::1]", "such as [::1]:8080"),
            ("creel.example:80", "an IP address, a colon, a port"),
            ("70000", "an IP address, a colon, a port"),
            ("", "an IP address, a colon, a port"),
        ] {
            let why = address(text).unwrap_err();
            assert!(
                why.starts_with("must be ADDR:PORT") && why.ends_with(said),
                "{text}: {why}"
            );
        }
    }
}
