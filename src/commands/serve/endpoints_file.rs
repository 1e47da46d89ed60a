//! Endpoints declared in a file (`--endpoints-file`), so that their URLs survive a new database.
//!
//! **Invariant:** starting twice with the same file changes nothing the second time, and no endpoint is ever deleted.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::domain::cors::CorsInput;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::secret::{CHOSEN_BYTES_MIN, SecretHash};
use crate::domain::settings::{Settings, SettingsInput, TokenInput};
use crate::store::{Store, StoreError};

/// The format of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "endpoint")]
    endpoints: Vec<Declared>,
}

/// A declared endpoint.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    id: String,
    name: Option<String>,
    token: Option<TokenInput>,
    read_key: Option<String>,
    reply: Option<Vec<u16>>,
    cors: Option<CorsInput>,
}

/// Reads the file.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<Declared>> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read --endpoints-file {shown}"))?;
    let file: File = toml::from_str(&text).map_err(|error: toml::de::Error| {
        // Not the error's own text, which quotes the line: it may contain a read key.
        let before = error
            .span()
            .map_or("", |span| text.get(..span.start).unwrap_or_default());
        let (line, why) = (before.lines().count().max(1), error.message());
        anyhow::anyhow!("--endpoints-file {shown} is invalid: line {line}: {why}")
    })?;
    Ok(file.endpoints)
}

/// Creates the declared endpoints that do not exist, and changes those whose settings differ.
pub(super) async fn declare(store: &impl Store, declared: Vec<Declared>) -> anyhow::Result<()> {
    for one in declared {
        let id = one.id.clone();
        declare_one(store, one)
            .await
            .with_context(|| format!("endpoint {id:?} of --endpoints-file is invalid"))?;
    }
    Ok(())
}

async fn declare_one(store: &impl Store, declared: Declared) -> anyhow::Result<()> {
    let id: EndpointId = declared.id.parse().ok().context("the id is not a UUID")?;
    let settings = settings(&declared)?;
    let read_key = declared.read_key.as_deref().map(read_key).transpose()?;
    let change = settings.clone();
    let changed = store.change_settings(id, Box::new(move |_| Ok(change)));
    match (changed.await, read_key) {
        (Ok(_), Some(read_key)) => Ok(store.add_read_key(id, read_key).await?),
        (Ok(_), None) => Ok(()),
        (Err(StoreError::NotFound(_)), read_key) => {
            let endpoint = Endpoint {
                id,
                ..Endpoint::new(settings, None)
            };
            match store.create_endpoint(endpoint, read_key).await {
                Err(StoreError::IdTaken) => {
                    bail!("it was deleted, and ids are never reused")
                }
                created => Ok(created?),
            }
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// All settings: what is not declared is as for a new endpoint, but without a token. A token that is new at each start would be of no use
/// in a file.
fn settings(declared: &Declared) -> anyhow::Result<Settings> {
    if matches!(declared.token, Some(TokenInput::Random)) {
        bail!("the token is \"auto\": write the token itself, or leave it out");
    }
    Ok(Settings::default().changed_by(SettingsInput {
        name: declared.name.clone(),
        token: declared.token.clone(),
        reply: declared.reply.clone(),
        cors: declared.cors.clone(),
    })?)
}

fn read_key(chosen: &str) -> anyhow::Result<SecretHash> {
    if chosen.len() < CHOSEN_BYTES_MIN {
        bail!("the read_key must have at least {CHOSEN_BYTES_MIN} characters");
    }
    if !chosen.bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!("the read_key must be printable ASCII without spaces");
    }
    Ok(SecretHash::of(chosen))
}
