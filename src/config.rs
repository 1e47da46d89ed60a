//! What `serve` was told, typed and checked once. Whatever is wrong with it is said in a sentence before anything is opened.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::cli::{LimitArgs, Mint, ServeArgs};
use crate::domain::secret::{self, CHOSEN_BYTES_MIN};
use crate::limits::ConnectionLimits;

/// What `serve` was told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where pages, API and (without `capture_bind`) captures are served.
    pub bind: SocketAddr,
    /// Where captures alone are served.
    pub capture_bind: Option<SocketAddr>,
    /// Folder of the database.
    pub data_dir: PathBuf,
    /// Under which people reach the pages, without a slash at its end.
    pub public_url: Option<BaseUrl>,
    /// Under which senders reach `/hook/*`, without a slash at its end.
    pub capture_url: Option<BaseUrl>,
    /// Gives the right to see all endpoints.
    pub operator_token: OperatorToken,
    /// Whether that token was chosen, not made for this start.
    pub operator_token_given: bool,
    /// Whether only the operator may make endpoints.
    pub operator_mints: bool,
    /// Limits of a body.
    pub limits: BodyLimits,
    /// Wrong tokens of a client in a minute, beyond which each is answered late.
    pub wrong_tokens_per_minute: u32,
    /// Memory for answers that are made from whole bodies, in bytes.
    pub answer_memory_bytes: usize,
    /// Limits of connections.
    pub connections: ConnectionLimits,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// How much of a body is kept and how long it is waited for.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimits {
    /// Longest body to keep, in bytes.
    pub bytes_max: usize,
    /// Longest wait for its next byte.
    pub idle: Duration,
    /// Longest wait for its end.
    pub total: Duration,
    /// Memory for all bodies that are being read or written, in bytes.
    pub memory: usize,
}

/// The operator's token; never shown by `Debug`.
#[derive(Clone)]
pub struct OperatorToken(pub String);

impl std::fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OperatorToken(..)")
    }
}

/// An http(s) URL of which only scheme, host and port matter, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    fn parse(option: &'static str, text: &str) -> Result<Self, ConfigError> {
        let wrong = |why: &str| ConfigError::Invalid {
            option,
            why: why.to_owned(),
        };
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(wrong("it is an http:// or https:// URL with a host"));
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || has_user {
            return Err(wrong(
                "it is a scheme, a host and a port only, without path, query, user or password",
            ));
        }
        Ok(Self(url))
    }

    /// The URL that answers on a listener.
    pub fn of_listener(addr: SocketAddr) -> String {
        format!("http://{}", Self::reachable(addr))
    }

    /// The address under which a listener is reached from this machine.
    pub fn reachable(addr: SocketAddr) -> SocketAddr {
        if addr.ip().is_unspecified() {
            loopback_like(addr)
        } else {
            addr
        }
    }

    /// Scheme, host and port, without a slash at its end: what browsers send as `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Its host name or address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether cookies may only travel encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// An address that answers for a listener on all addresses.
fn loopback_like(addr: SocketAddr) -> SocketAddr {
    let ip = if addr.is_ipv4() { "127.0.0.1" } else { "::1" };
    SocketAddr::new(ip.parse().unwrap_or(addr.ip()), addr.port())
}

/// What can be wrong with the options.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// An option that cannot be used.
    #[error("{option} cannot be used: {why}")]
    Invalid {
        /// The option as typed.
        option: &'static str,
        /// What it should be.
        why: String,
    },
}

impl TryFrom<&ServeArgs> for Config {
    type Error = ConfigError;

    fn try_from(args: &ServeArgs) -> Result<Self, ConfigError> {
        if args
            .capture_bind
            .is_some_and(|addr| addr == args.bind && addr.port() != 0)
        {
            let why = format!("--bind already listens on {}; take another port", args.bind);
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
            operator_mints: args.mint == Mint::Operator,
            limits: limits(&args.limits)?,
            connections: connections(&args.limits)?,
            wrong_tokens_per_minute: args.limits.wrong_tokens_per_minute,
            answer_memory_bytes: args.limits.answer_memory_bytes,
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
        Self::try_from(&args).expect("the URLs can be used")
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
        None => Ok(OperatorToken(secret::mint())),
        Some(token) if token.len() < CHOSEN_BYTES_MIN => wrong(format!(
            "it has at least {CHOSEN_BYTES_MIN} characters, this one has {}",
            token.len()
        )),
        Some(token)
            if !token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) =>
        {
            wrong(
                "it is made of letters, digits and - _ . ~ so that it fits into a URL and a header"
                    .to_owned(),
            )
        }
        Some(token) => Ok(OperatorToken(token.to_owned())),
    }
}

fn limits(args: &LimitArgs) -> Result<BodyLimits, ConfigError> {
    /// SQLite takes no larger blob (`SQLITE_MAX_LENGTH`); a little is left for the rest of the row.
    const BYTES_LIMIT: usize = 900_000_000;
    if !(1..=BYTES_LIMIT).contains(&args.body_bytes_max) {
        let why = format!("it is a number of bytes from 1 to {BYTES_LIMIT}");
        return Err(ConfigError::Invalid {
            option: "--body-bytes-max",
            why,
        });
    }
    if args.body_idle_seconds == 0 || args.body_total_seconds < args.body_idle_seconds {
        let why = "it is at least 1 and not longer than --body-total-seconds".to_owned();
        return Err(ConfigError::Invalid {
            option: "--body-idle-seconds",
            why,
        });
    }
    Ok(BodyLimits {
        bytes_max: args.body_bytes_max,
        idle: Duration::from_secs(args.body_idle_seconds),
        total: Duration::from_secs(args.body_total_seconds),
        memory: args
            .body_memory_bytes
            .max(args.body_bytes_max.saturating_mul(2)),
    })
}

fn connections(args: &LimitArgs) -> Result<ConnectionLimits, ConfigError> {
    let counts = [
        ("--connections-max", args.connections_max as u64),
        (
            "--connections-per-client",
            args.connections_per_client as u64,
        ),
        ("--http2-streams-max", args.http2_streams_max.into()),
        ("--head-seconds", args.head_seconds),
        ("--answer-idle-seconds", args.answer_idle_seconds),
    ];
    if let Some((option, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
        let why = "it is at least 1".to_owned();
        return Err(ConfigError::Invalid { option, why });
    }
    Ok(ConnectionLimits {
        max: args.connections_max,
        per_client: args.connections_per_client,
        http2_streams: args.http2_streams_max,
        head: Duration::from_secs(args.head_seconds),
        answer_idle: Duration::from_secs(args.answer_idle_seconds),
    })
}
