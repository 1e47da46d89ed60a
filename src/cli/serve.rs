//! What can be typed behind `creel serve`. The texts here are those of `--help` and of the README's table.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use super::LimitArgs;

/// Options of `creel serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        env = "CREEL_BIND",
        value_name = "ADDR:PORT",
        value_parser = address,
        default_value = "127.0.0.1:8080"
    )]
    pub bind: SocketAddr,

    /// Second address that serves /hook/* alone: the one to expose; --bind then serves no captures
    #[arg(
        long,
        env = "CREEL_CAPTURE_BIND",
        value_name = "ADDR:PORT",
        value_parser = address
    )]
    pub capture_bind: Option<SocketAddr>,

    /// Folder of the database; made if it is not there
    #[arg(
        long,
        env = "CREEL_DATA_DIR",
        value_name = "DIR",
        default_value = "creel-data"
    )]
    pub data_dir: PathBuf,

    /// URL under which people reach the pages, when it is not that of --bind
    #[arg(long, env = "CREEL_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// URL under which senders reach /hook/*, when it is not that of the listener for captures or the public URL
    #[arg(long, env = "CREEL_CAPTURE_URL", value_name = "URL")]
    pub capture_url: Option<String>,

    /// Token that gives the right to see all endpoints; a new one at each start unless given
    #[arg(
        long,
        env = "CREEL_OPERATOR_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub operator_token: Option<String>,

    /// Who may make endpoints
    #[arg(long, env = "CREEL_MINT", value_name = "WHO", default_value = "anyone")]
    pub mint: Mint,

    /// TOML file of endpoints that are to exist, with ids that you choose
    #[arg(long, env = "CREEL_ENDPOINTS_FILE", value_name = "FILE")]
    pub endpoints_file: Option<PathBuf>,

    /// Network of a proxy whose X-Forwarded-For is believed; may be given several times
    #[arg(
        long,
        env = "CREEL_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// Form of the log on stderr
    #[arg(
        long,
        env = "CREEL_LOG_FORMAT",
        value_name = "FORM",
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// What keeps one client from using up what all share
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// An address to listen on. What lacks a part of it is answered with the whole that may be meant.
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
        Some(meant) => format!("ADDR:PORT is wanted, such as {meant}"),
        None => "ADDR:PORT is wanted: an IP address, a colon, a port".to_owned(),
    })
}

/// Who may make endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mint {
    /// Anyone who reaches the pages.
    Anyone,
    /// Only the operator.
    Operator,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_one_of_its_parts_is_answered_with_the_whole() {
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
                why.starts_with("ADDR:PORT is wanted") && why.ends_with(said),
                "{text}: {why}"
            );
        }
    }
}
