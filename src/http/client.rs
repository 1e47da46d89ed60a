//! The HTTP client of creel's own requests.
//!
//! **Invariant:** it sends header lines in the given order and spelling, once. It follows no redirects, does not retry and uses no proxy: the
//! caller decides what a sender would do next.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Method, Request};
use url::Url;

use super::failure::Failure;

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
    /// The method, such as `POST`.
    pub method: &'static str,
    /// The URL.
    pub url: Url,
    /// All header lines, including `Host` and `Content-Length`.
    pub headers: Vec<(&'a str, String)>,
    /// The body, if there is one. Text, because samples are text; a stored delivery may have any bytes.
    pub body: Option<String>,
}

/// The head of a response and the beginning of its body.
#[derive(Clone, Debug)]
pub struct ReceivedResponse {
    /// The status.
    pub status: u16,
    /// Target of a redirect, as an absolute URL.
    pub location: Option<Url>,
    /// The first bytes of the body.
    pub beginning: Vec<u8>,
}

/// A response whose body is read as it arrives.
#[derive(Debug)]
pub struct StreamedResponse {
    /// The status.
    pub status: u16,
    inner: reqwest::Response,
}

impl StreamedResponse {
    /// The next bytes of the body; `None` after its end.
    ///
    /// # Errors
    /// When the body is cut off, or nothing arrives in time.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let chunk = self.inner.chunk().await;
        chunk.map_err(|error| Failure::of(&error))
    }

    /// The rest of the body.
    ///
    /// # Errors
    /// As [`Self::chunk`].
    pub async fn rest(mut self) -> Result<Vec<u8>, Failure> {
        let mut rest = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            rest.extend_from_slice(&chunk);
        }
        Ok(rest)
    }
}

/// A client. Each call uses a new connection, so no call fails because the server was just closing an idle one.
#[derive(Clone, Debug)]
pub struct Client {
    inner: reqwest::Client,
}

impl Client {
    /// `connect` limits the time until a connection is open, `read` the time between two parts of a response.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(spelling: Spelling, connect: Duration, read: Duration) -> reqwest::Result<Self> {
        Self::build(connect, read, |builder| match spelling {
            Spelling::Title => builder.http1_title_case_headers(),
            Spelling::Lower => builder,
        })
    }

    /// A client of a server on this machine that is known by `name`, a name below `localhost`: many resolvers do not know these (RFC 6761).
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn on_loopback(name: &str, connect: Duration, read: Duration) -> reqwest::Result<Self> {
        // Port 0 means that of the URL.
        let loopback = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        Self::build(connect, read, |builder| {
            builder.resolve_to_addrs(name, &loopback)
        })
    }

    fn build(
        connect: Duration,
        read: Duration,
        finish: impl Fn(ClientBuilder) -> ClientBuilder,
    ) -> reqwest::Result<Self> {
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
            finish(builder)
        };
        // A machine without root certificates can still use plain HTTP.
        let inner = builder()
            .build()
            .or_else(|_| builder().tls_certs_only([]).build())?;
        Ok(Self { inner })
    }

    /// Sends once.
    ///
    /// # Errors
    /// When there was no response.
    pub async fn send(&self, call: Call<'_>) -> Result<ReceivedResponse, Failure> {
        let url = call.url.clone();
        let mut response = self.open(call).await?.inner;
        let location = response
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok());
        Ok(ReceivedResponse {
            status: response.status().as_u16(),
            location: location.and_then(|location| url.join(location).ok()),
            beginning: response
                .chunk()
                .await
                .ok()
                .flatten()
                .unwrap_or_default()
                .into(),
        })
    }

    /// Sends once, and leaves the body of the response to the caller.
    ///
    /// # Errors
    /// When there was no response.
    pub async fn open(&self, call: Call<'_>) -> Result<StreamedResponse, Failure> {
        let method = Method::from_bytes(call.method.as_bytes())
            .map_err(|_| unsendable(call.method, "a method"))?;
        let mut request = Request::new(method, call.url);
        *request.headers_mut() = header_map(&call.headers)?;
        *request.body_mut() = call.body.map(Into::into);
        let response = self.inner.execute(request).await;
        let inner = response.map_err(|error| Failure::of(&error))?;
        Ok(StreamedResponse {
            status: inner.status().as_u16(),
            inner,
        })
    }
}

/// The header lines for reqwest, which writes them in insertion order.
fn header_map(lines: &[(&str, String)]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::with_capacity(lines.len());
    for (name, value) in lines {
        let pair = (HeaderName::try_from(*name), HeaderValue::try_from(value));
        let (Ok(name), Ok(value)) = pair else {
            return Err(unsendable(name, "a header line"));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

fn unsendable(text: &str, what: &str) -> Failure {
    Failure::NotConnected(format!("{text} cannot be {what}"))
}
