//! Endpoints declared in a file (`--endpoints-file`), so that their URLs survive a new database.
//!
//! **Invariant:** starting twice with the same file changes nothing the second time, and no endpoint is ever deleted.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::domain::endpoint::{self, Endpoint};
use crate::domain::ids::EndpointId;
use crate::domain::reply::Reply;
use crate::domain::secret::{CHOSEN_BYTES_MIN, SecretHash};
use crate::domain::token_check::TokenRule;
use crate::store::{EndpointChange, Store, StoreError};

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
    token: Option<String>,
    read_key: Option<String>,
    reply: Option<Vec<u16>>,
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
    let name = endpoint::name(declared.name.as_deref()).map_err(anyhow::Error::msg)?;
    let token_rule = token_rule(declared.token.as_deref())?;
    let reply = declared.reply.as_deref().map(Reply::chosen).transpose();
    let reply = reply.map_err(anyhow::Error::msg)?.unwrap_or_default();
    if let Some(key) = &declared.read_key {
        if key.len() < CHOSEN_BYTES_MIN {
            bail!("the read_key must have at least {CHOSEN_BYTES_MIN} characters");
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            bail!("the read_key must be printable ASCII without spaces");
        }
    }
    let read_key = declared.read_key.as_deref().map(SecretHash::of);
    let change = EndpointChange {
        name: Some(name.clone()),
        token_rule: Some(token_rule.clone()),
        reply: Some(reply.clone()),
    };
    match (store.change_endpoint(id, change).await, read_key) {
        (Ok(_), Some(read_key)) => Ok(store.add_read_key(id, read_key).await?),
        (Ok(_), None) => Ok(()),
        (Err(StoreError::NotFound(_)), read_key) => {
            let endpoint = Endpoint {
                id,
                reply,
                ..Endpoint::new(name, token_rule, None)
            };
            let minted = store.create_endpoint(endpoint, read_key).await;
            minted.context("it was deleted, and ids are never reused")
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// `auto` is refused: a token that changes at each start is of no use in a file.
fn token_rule(declared: Option<&str>) -> anyhow::Result<TokenRule> {
    match declared {
        None | Some("none") => Ok(TokenRule::NotAsked),
        Some("auto") => bail!("the token is \"auto\": write the token itself, or leave it out"),
        Some(token) => TokenRule::chosen(token).map_err(anyhow::Error::msg),
    }
}
