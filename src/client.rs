//! The HTTP client of creel's own requests. It sends header lines in the given order and spelling, follows no redirects, does not retry and
//! uses no proxy: the caller decides what the simulated sender does. Every failure has a variant of `Failure`.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Method, Request};
use url::Url;

use crate::domain::run::SenderKind;
use crate::langgraph::retry;
use crate::langgraph::samples::Sending;

/// How header names are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `Content-Type`
    Title,
    /// `content-type`
    Lower,
}

/// A request to send.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: Url,
    /// All header lines, including `Host` and `Content-Length`.
    pub headers: Vec<(&'a str, String)>,
    /// The body, if there is one.
    pub body: Option<String>,
}

impl Call<'_> {
    /// A sample's request, sent to this URL.
    #[must_use]
    pub fn of(url: Url, sending: &Sending) -> Self {
        Self {
            method: Method::from_bytes(sending.method.as_bytes()).unwrap_or_default(),
            url,
            headers: sending.headers.clone(),
            body: sending.body.clone(),
        }
    }
}

/// The head of a response and the beginning of its body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Target of a redirect, as an absolute URL.
    pub location: Option<Url>,
    /// The first bytes of the body.
    pub beginning: Vec<u8>,
}

/// Why there was no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection.
    #[error("no connection: {0}")]
    NotConnected(String),
    /// No response in time.
    #[error("no response in time")]
    TimedOut,
    /// The connection was reset.
    #[error("the connection was reset")]
    Reset,
    /// The connection was closed normally.
    #[error("the connection was closed without a response")]
    Closed,
    /// A response that is not HTTP.
    #[error("the response is not HTTP: {0}")]
    Garbled(String),
}

/// A client. Each call uses a new connection, so no call fails because the server was just closing an idle one.
#[derive(Clone, Debug)]
pub struct Client {
    inner: reqwest::Client,
}

impl Client {
    /// A client with this spelling of header names, and these timeouts for the connection and for the next bytes of a response.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(spelling: Spelling, connect: Duration, read: Duration) -> reqwest::Result<Self> {
        // An error means that the provider is already set.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = reqwest::Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .pool_max_idle_per_host(0)
                .connect_timeout(connect)
                .read_timeout(read);
            match spelling {
                Spelling::Title => builder.http1_title_case_headers(),
                Spelling::Lower => builder,
            }
        };
        // A machine without root certificates can still use plain HTTP.
        let inner = builder()
            .build()
            .or_else(|_| builder().tls_certs_only([]).build())?;
        Ok(Self { inner })
    }

    /// A client that behaves like that of this server.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn of_sender(kind: SenderKind) -> reqwest::Result<Self> {
        match kind {
            // The server sets no timeouts; these are Node's.
            SenderKind::LanggraphJs => Self::new(
                Spelling::Lower,
                Duration::from_secs(10),
                Duration::from_mins(5),
            ),
            _ => Self::new(Spelling::Title, retry::CONNECT_TIMEOUT, retry::READ_TIMEOUT),
        }
    }

    /// Sends once.
    ///
    /// # Errors
    /// When there was no response.
    pub async fn send(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let mut request = Request::new(call.method, call.url.clone());
        *request.headers_mut() = header_map(&call.headers)?;
        *request.body_mut() = call.body.map(Into::into);
        let mut answer = self
            .inner
            .execute(request)
            .await
            .map_err(|error| failure(&error))?;
        let location = answer
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok());
        Ok(Answer {
            status: answer.status().as_u16(),
            location: location.and_then(|location| call.url.join(location).ok()),
            beginning: answer
                .chunk()
                .await
                .ok()
                .flatten()
                .unwrap_or_default()
                .into(),
        })
    }
}

/// The header lines for reqwest, which writes them in insertion order.
fn header_map(lines: &[(&str, String)]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::with_capacity(lines.len());
    for (name, value) in lines {
        let pair = (HeaderName::try_from(*name), HeaderValue::try_from(value));
        let (Ok(name), Ok(value)) = pair else {
            return Err(Failure::NotConnected(format!(
                "{name} is not a valid header"
            )));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut causes = vec![];
    let mut cause = error.source();
    while let Some(found) = cause {
        causes.push(found);
        cause = found.source();
    }
    let deepest = causes.last().map_or(error.to_string(), ToString::to_string);
    if error.is_connect() || error.is_builder() {
        return Failure::NotConnected(deepest);
    }
    if error.is_timeout() {
        return Failure::TimedOut;
    }
    let io = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<std::io::Error>());
    match io.map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted) => {
            Failure::Reset
        }
        Some(ErrorKind::UnexpectedEof) => Failure::Closed,
        // hyper distinguishes this case, but reqwest does not expose it.
        _ if deepest.contains("closed before message completed") => Failure::Closed,
        _ => Failure::Garbled(deepest),
    }
}
