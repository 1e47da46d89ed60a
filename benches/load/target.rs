//! The three servers under one face: started on an empty folder, given a capture URL, asked how much they kept.
//!
//! **Invariant:** every round has a fresh process and a fresh folder on the disk of the build; both are gone with the value.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Serialize;
use tempfile::TempDir;

use crate::creel::{self, Endpoint};
use crate::plain;
use crate::process::Server;

/// Where rounds have their folders; on the disk of the build, since `/tmp` may be memory that never syncs.
pub(crate) const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

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
    endpoint: Option<Endpoint>,
    folder: TempDir,
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
            endpoint: None,
            folder,
        };
        if kind == Kind::Creel {
            let endpoint = Endpoint::mint(target.server.addr)
                .await
                .context("minting an endpoint")?;
            target.capture.clone_from(&endpoint.capture);
            target.endpoint = Some(endpoint);
        }
        Ok(target)
    }

    /// How many captures the server kept, as it says itself; `None` of the one that keeps nothing.
    pub(crate) async fn kept(&self) -> Result<Option<u64>> {
        match self.kind {
            Kind::Bare => Ok(None),
            Kind::Plain => plain::kept(&self.folder.path().join("data")).map(Some),
            Kind::Creel => {
                let endpoint = self.endpoint.as_ref().context("creel has an endpoint")?;
                endpoint.newest_seq(self.server.addr).await.map(Some)
            }
        }
    }

    /// What it said on stderr.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn command(kind: Kind, creel: &Path, data: &Path) -> Result<Command> {
    let mut yardstick = Command::new(std::env::current_exe()?);
    Ok(match kind {
        Kind::Creel => creel::command(creel, data),
        Kind::Bare => {
            yardstick.arg("serve-bare");
            yardstick
        }
        Kind::Plain => {
            yardstick.arg("serve-plain").arg(data);
            yardstick
        }
    })
}
