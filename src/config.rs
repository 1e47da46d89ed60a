//! How a server is configured. `commands::serve` makes it from the options, checked.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::limits::ConnectionLimits;

/// How a server is configured.
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
    pub operator_creates: bool,
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
    pub(crate) fn parse(option: &'static str, text: &str) -> Result<Self, ConfigError> {
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
