//! The three servers under one face: started on an empty folder, given a capture URL, asked how much they kept.
//!
//! **Invariant:** every round has a fresh process and a fresh folder on the disk of the build; both are gone with the value.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tempfile::TempDir;

use crate::http::{self, Connection};
use crate::plain;
use crate::process::Server;

/// Where rounds have their folders; on the disk of the build, since `/tmp` may be memory that never syncs.
pub(crate) const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// Longest wait for an answer of the API.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// A target of the same length as creel's for the servers that do not look at it.
const PLAIN_TARGET: &str =
    "/hook/6f0d34a5-1c2b-4a0e-9d1c-2f8a54c07b11?token=0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

/// One of the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Bare,
    Plain,
    Creel,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Plain => "plain",
            Self::Creel => "creel",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let all = [Self::Bare, Self::Plain, Self::Creel];
        all.into_iter().find(|kind| kind.name() == name).ok_or(())
    }
}

/// A server that takes captures.
pub(crate) struct Target {
    // Fields are dropped in their order: the process ends before its folder goes.
    pub(crate) server: Server,
    /// Path and query to send captures to.
    pub(crate) capture: String,
    kind: Kind,
    read_key: String,
    folder: TempDir,
}

#[derive(Deserialize)]
struct Minted {
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

impl Target {
    pub(crate) async fn start(kind: Kind, creel: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("load-")
            .tempdir_in(SCRATCH)?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        let server = Server::start(
            &mut command(kind, creel, &data)?,
            &folder.path().join("log"),
        )?;
        let mut target = Self {
            server,
            capture: PLAIN_TARGET.to_owned(),
            kind,
            read_key: String::new(),
            folder,
        };
        if kind == Kind::Creel {
            target.mint().await.context("minting an endpoint")?;
        }
        Ok(target)
    }

    async fn mint(&mut self) -> Result<()> {
        let addr = self.server.addr;
        let request = http::post(addr, "/api/v1/endpoints", "{}");
        let minted: Minted = ask(addr, &request, 201).await?;
        let path = minted
            .capture_url
            .find("/hook/")
            .context("a capture URL has /hook/ in it")?;
        minted.capture_url[path..].clone_into(&mut self.capture);
        self.read_key = minted.read_key;
        Ok(())
    }

    /// How many captures the server kept, as it says itself; `None` of the one that keeps nothing.
    pub(crate) async fn kept(&self) -> Result<Option<u64>> {
        match self.kind {
            Kind::Bare => Ok(None),
            Kind::Plain => plain::kept(&self.folder.path().join("data")).map(Some),
            Kind::Creel => self
                .newest_seq()
                .await
                .context("reading the newest seq")
                .map(Some),
        }
    }

    /// What it said on stderr.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    async fn newest_seq(&self) -> Result<u64> {
        let addr = self.server.addr;
        let id = self
            .capture
            .trim_start_matches("/hook/")
            .split(['?', '/'])
            .next()
            .unwrap_or_default();
        let path = format!("/api/v1/endpoints/{id}/deliveries?order=desc&limit=1");
        let request = http::get(addr, &path, &self.read_key);
        let newest: Newest = ask(addr, &request, 200).await?;
        Ok(newest.items.first().map_or(0, |summary| summary.seq))
    }
}

/// What the API answers, if it does so with this status and in time.
async fn ask<T: DeserializeOwned>(addr: SocketAddr, request: &[u8], status: u16) -> Result<T> {
    let asking = async { Connection::open(addr).await?.exchange(request).await };
    let answer = tokio::time::timeout(ANSWER_MAX, asking).await??;
    let text = String::from_utf8_lossy(&answer.body);
    ensure!(
        answer.status == status,
        "answered {}: {text}",
        answer.status
    );
    serde_json::from_str(&text).with_context(|| format!("answered {text}"))
}

fn command(kind: Kind, creel: &Path, data: &Path) -> Result<Command> {
    let myself: PathBuf = std::env::current_exe()?;
    let mut command = Command::new(if kind == Kind::Creel { creel } else { &myself });
    match kind {
        Kind::Bare => command.arg("serve-bare"),
        Kind::Plain => command.arg("serve-plain").arg(data),
        Kind::Creel => command
            .args(["serve", "--bind", "127.0.0.1:0", "--data-dir"])
            .arg(data),
    };
    // A creel as it comes out of the box, whatever it is told on this machine, without a line a request in its log.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CREEL_") {
            command.env_remove(name);
        }
    }
    command.env("RUST_LOG", "error");
    Ok(command)
}
