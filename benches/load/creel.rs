//! creel itself, as a benchmark starts it and asks it.
//!
//! **Invariant:** it is creel as it comes out of the box, whatever it is told on this machine, without a line a request in its log.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::http::{self, Connection, ask};

/// What the operator shows.
const OPERATOR_TOKEN: &str = "the-operator-of-a-benchmark";

/// How to start it on a folder.
pub(crate) fn command(creel: &Path, data: &Path) -> Command {
    let mut command = Command::new(creel);
    command
        .args(["serve", "--bind", "127.0.0.1:0", "--data-dir"])
        .arg(data);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CREEL_") {
            command.env_remove(name);
        }
    }
    command
        // All that a benchmark opens comes from one client.
        .env("CREEL_CONNECTIONS_PER_CLIENT", "1000000")
        .env("CREEL_CONNECTIONS_MAX", "1000000")
        .env("RUST_LOG", "error")
        .env("CREEL_OPERATOR_TOKEN", OPERATOR_TOKEN);
    command
}

/// An endpoint with the right to read it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    /// Path and query to send captures to.
    pub(crate) capture: String,
    pub(crate) read_key: String,
}

#[derive(Deserialize)]
struct Minted {
    id: String,
    capture_url: String,
    read_key: String,
}

#[derive(Deserialize)]
struct Newest {
    items: Vec<Summary>,
}

#[derive(Deserialize)]
struct Summary {
    seq: u64,
}

impl Endpoint {
    pub(crate) async fn mint(addr: SocketAddr) -> Result<Self> {
        let request = http::post(addr, "/api/v1/endpoints", "{}");
        let minted: Minted = ask(addr, &request, 201).await?;
        let path = minted
            .capture_url
            .find("/hook/")
            .context("a capture URL has /hook/ in it")?;
        Ok(Self {
            id: minted.id,
            capture: minted.capture_url[path..].to_owned(),
            read_key: minted.read_key,
        })
    }

    /// Seq of the newest delivery, 0 before the first.
    pub(crate) async fn newest_seq(&self, addr: SocketAddr) -> Result<u64> {
        let request = self.get(addr, "/deliveries?order=desc&limit=1");
        let newest: Newest = ask(addr, &request, 200).await?;
        Ok(newest.items.first().map_or(0, |summary| summary.seq))
    }

    /// Deletes it with all that it caught.
    pub(crate) async fn delete(&self, addr: SocketAddr) -> Result<()> {
        let id = &self.id;
        let request = format!(
            "DELETE /api/v1/endpoints/{id} HTTP/1.1\r\nHost: {addr}\r\nAuthorization: Bearer {OPERATOR_TOKEN}\r\n\r\n"
        );
        let mut connection = Connection::open(addr).await?;
        let status = connection.exchange(request.as_bytes()).await?.status;
        ensure!(status == 204, "deleting an endpoint was answered {status}");
        Ok(())
    }

    /// The bytes of a request for something of this endpoint.
    pub(crate) fn get(&self, addr: SocketAddr, what: &str) -> Vec<u8> {
        let path = format!("/api/v1/endpoints/{}{what}", self.id);
        http::get(addr, &path, &self.read_key)
    }
}
