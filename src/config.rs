//! The configuration of a server. `commands::serve` creates it from the options and validates it.
//!
//! **Invariant:** a `BaseUrl` has only scheme, host, port and a path of letters, digits and `-._~/`, so that a path can be appended, and the
//! path can be put into HTML and headers as it is. `Debug` never shows the operator token.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::limits::ConnectionLimits;

/// The configuration of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of pages, API and (without `capture_bind`) captures.
    pub bind: SocketAddr,
    /// Address that serves only captures.
    pub capture_bind: Option<SocketAddr>,
    /// The data folder.
    pub data_dir: PathBuf,
    /// Public URL of the pages. Links, redirects and cookies are below its path.
    pub public_url: Option<BaseUrl>,
    /// Public URL of `/hook/*`.
    pub capture_url: Option<BaseUrl>,
    /// Grants access to all endpoints.
    pub operator_token: OperatorToken,
    /// Whether the token was configured, not generated at start.
    pub operator_token_given: bool,
    /// Whether only the operator may create endpoints.
    pub operator_creates: bool,
    /// Limits of a body.
    pub limits: BodyLimits,
    /// Wrong tokens per minute and client, before responses are delayed.
    pub wrong_tokens_per_minute: u32,
    /// Memory for responses that need complete bodies, in bytes.
    pub response_memory_bytes: usize,
    /// Limits of connections.
    pub connections: ConnectionLimits,
    /// Proxies whose `X-Forwarded-For` and `Forwarded` are trusted.
    pub trusted_proxies: Vec<IpNet>,
}

/// Size limit and timeouts of bodies.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimits {
    /// Maximum stored body size, in bytes.
    pub bytes_max: usize,
    /// Timeout for the next byte.
    pub idle: Duration,
    /// Timeout for the complete body.
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

/// First parts of creel's own paths, which a proxy could not tell from the path of a [`BaseUrl`].
const OWN_PATHS: [&str; 12] = [
    "api",
    "docs",
    "doctor",
    "endpoints",
    "findings",
    "hook",
    "inspect",
    "livez",
    "metrics",
    "operator",
    "readyz",
    "static",
];

/// An http(s) URL with only scheme, host, port and path, without a trailing slash.
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
            return Err(wrong("must be an http:// or https:// URL with a host"));
        }
        // Browsers take `host.` for another host, whose cookies are its own.
        if url.host_str().is_some_and(|host| host.ends_with('.')) {
            return Err(wrong("must have a host without a dot at its end"));
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        if url.query().is_some() || url.fragment().is_some() || has_user {
            return Err(wrong(
                "must have only scheme, host, port and path, without query, user name or password",
            ));
        }
        let base = Self(url);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !base.path().bytes().all(plain) || base.path().contains("//") {
            return Err(wrong(
                "must have a path of letters, digits and - . _ ~, such as https://tools.example.com/creel",
            ));
        }
        if let Some(own) = base
            .path()
            .split('/')
            .nth(1)
            .filter(|first| OWN_PATHS.contains(first))
        {
            return Err(wrong(&format!(
                "must have a path that does not begin with /{own}, as creel's own paths do"
            )));
        }
        Ok(base)
    }

    /// The URL of a listener.
    pub fn of_listener(addr: SocketAddr) -> String {
        format!("http://{}", Self::reachable(addr))
    }

    /// The address of a listener for clients on this machine.
    pub fn reachable(addr: SocketAddr) -> SocketAddr {
        if addr.ip().is_unspecified() {
            loopback_like(addr)
        } else {
            addr
        }
    }

    /// Scheme, host and port without a trailing slash, as browsers send it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The path below which creel is served, without a trailing slash; empty at the root of the host.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// All of it, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        self.origin() + self.path()
    }

    /// Its host name or IP address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether cookies must be `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// The loopback address for a listener on all addresses.
fn loopback_like(addr: SocketAddr) -> SocketAddr {
    let ip = if addr.is_ipv4() { "127.0.0.1" } else { "::1" };
    SocketAddr::new(ip.parse().unwrap_or(addr.ip()), addr.port())
}

/// Why the options are invalid.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// An invalid option.
    #[error("{option} is invalid: {why}")]
    Invalid {
        /// The option as typed.
        option: &'static str,
        /// What it should be.
        why: String,
    },
}
