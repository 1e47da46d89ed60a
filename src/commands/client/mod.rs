//! A client of creel's own API, for the commands that use a running server.
//!
//! **Invariant:** a key is sent only to the server that it was given for: that of its share link, or that of `--server`.

mod endpoint;
mod failure;

use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::{Host, Url};

pub(super) use endpoint::EndpointArg;
pub(super) use failure::{ClientFailure, report};

use crate::http::{Call, Client, Spelling, StreamedResponse};
use crate::urls::is_local_name;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A live stream has a comment every 15 s, so one that is silent for longer than this is dead.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// How to reach the server.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct ClientArgs {
    /// URL of creel, for an endpoint that is given as an id
    #[arg(long, env = "CREEL_SERVER", value_name = "URL", default_value = "http://127.0.0.1:8080", value_parser = server)]
    pub server: Url,

    /// Read key or operator token; a share link has its own key
    #[arg(long, env = "CREEL_KEY", value_name = "KEY", hide_env_values = true)]
    pub key: Option<String>,
}

fn server(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.path() == "/" => Ok(url),
        _ => Err("must be http:// or https:// with host and port only".to_owned()),
    }
}

/// A client of one server.
pub(super) struct Api {
    client: Client,
    server: Url,
    key: Option<String>,
}

/// What an error of the API says.
#[derive(Deserialize)]
struct ProblemJson {
    detail: String,
}

impl Api {
    /// For calls that are not about an endpoint.
    pub(super) fn new(args: &ClientArgs) -> Result<Self, ClientFailure> {
        Self::at(args.server.clone(), args.key.clone())
    }

    /// For calls about an endpoint. The server and the key of a URL win.
    pub(super) fn of(args: &ClientArgs, endpoint: &EndpointArg) -> Result<Self, ClientFailure> {
        let server = endpoint.server.as_ref().unwrap_or(&args.server);
        let key = endpoint.key.as_ref().or(args.key.as_ref());
        Self::at(server.clone(), key.cloned())
    }

    fn at(server: Url, key: Option<String>) -> Result<Self, ClientFailure> {
        let client = match server.host() {
            Some(Host::Domain(name)) if is_local_name(name) => {
                Client::on_loopback(name, CONNECT_TIMEOUT, READ_TIMEOUT)
            }
            _ => Client::new(Spelling::Lower, CONNECT_TIMEOUT, READ_TIMEOUT),
        };
        let client = client.map_err(|error| ClientFailure::Other(format!("no TLS: {error}")))?;
        Ok(Self {
            client,
            server,
            key,
        })
    }

    /// GET of a path of the API, below `/api/v1/endpoints/`.
    pub(super) async fn get(&self, path: &str) -> Result<StreamedResponse, ClientFailure> {
        self.call("GET", &format!("/api/v1/endpoints/{path}"), None)
            .await
    }

    /// The JSON at a path, as [`Self::get`].
    pub(super) async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientFailure> {
        let bytes = self.get(path).await?.rest().await?;
        serde_json::from_slice(&bytes).map_err(|error| ClientFailure::not_creel(&error))
    }

    /// POST of JSON that makes an endpoint.
    pub(super) async fn create(&self, settings: String) -> Result<Vec<u8>, ClientFailure> {
        let response = self.call("POST", "/api/v1/endpoints", Some(settings));
        Ok(response.await?.rest().await?)
    }

    async fn call(
        &self,
        method: &'static str,
        target: &str,
        body: Option<String>,
    ) -> Result<StreamedResponse, ClientFailure> {
        let url = self.server.join(target);
        let url = url.map_err(|error| ClientFailure::Other(error.to_string()))?;
        let mut headers = Vec::new();
        if let Some(key) = &self.key {
            headers.push(("authorization", format!("Bearer {key}")));
        }
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        let response = self.client.open(Call {
            method,
            url,
            headers,
            body,
        });
        let response = response
            .await
            .map_err(|failure| ClientFailure::unreachable(&self.server, &failure))?;
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let status = response.status;
        let body = response.rest().await?;
        let problem = serde_json::from_slice::<ProblemJson>(&body);
        let detail = problem.map_or_else(|_| "not an answer of creel".to_owned(), |it| it.detail);
        Err(ClientFailure::of_status(status, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_url_without_a_path() {
        for text in ["http://h:1", "https://h/", "http://[::1]:8080"] {
            assert!(server(text).is_ok(), "{text}");
        }
        for text in ["h:1", "ftp://h", "http://h/x", "", "http://"] {
            assert!(server(text).is_err(), "{text}");
        }
    }
}
