//! `creel serve`: opens the store, listens, says where to look, and ends in good order.
//!
//! **Invariant:** the first line on stdout is printed only when connections are accepted.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use actix_web::web;
use anyhow::{Context, bail};
use serde::Deserialize;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::ServeArgs;
use crate::config::{BaseUrl, Config};
use crate::domain::endpoint::{self, Endpoint, EndpointId};
use crate::domain::secret::{self, SecretHash};
use crate::live::Bell;
use crate::server;
use crate::state::App;
use crate::store::sqlite::SqliteStore;
use crate::store::{EndpointChange, Store, StoreError};

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// With a sentence that says what to do: an option that cannot be used, a data folder that cannot be written, a port in use.
pub async fn run(args: &ServeArgs) -> anyhow::Result<()> {
    let config = Config::try_from(args)?;
    let mut signals = Signals::hear()?;
    let declared = args
        .endpoints_file
        .as_deref()
        .map(declared)
        .transpose()?
        .unwrap_or_default();
    let bell = Arc::new(Bell::default());
    let rung = Arc::clone(&bell);
    let store = SqliteStore::open(&config.data_dir, move |endpoints| rung.ring(endpoints))?;
    declare(&store, declared).await?;
    let main = listen("--bind", config.bind)?;
    let captures = config
        .capture_bind
        .map(|addr| listen("--capture-bind", addr))
        .transpose()?;
    let addr = main.local_addr()?;
    let capture_addr = captures.as_ref().map(TcpListener::local_addr).transpose()?;
    let app = web::Data::new(App {
        store: Arc::new(store),
        bell,
        stop: CancellationToken::new(),
        connections: TaskTracker::new(),
        capture_origin: capture_addr.map(BaseUrl::of_listener),
        config,
    });
    let server = server::start(&app, main, captures)?;
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    announce(&app, addr, capture_addr);
    signals.ask_to_end().await;
    tracing::info!("ending: requests under way are answered first");
    server::end(&app, &handle).await;
    running.await?.context("the server failed")
}

fn listen(option: &str, addr: SocketAddr) -> anyhow::Result<TcpListener> {
    server::listen(addr).with_context(|| {
        format!("cannot listen on {addr}; take another address or port with {option}")
    })
}

#[expect(
    clippy::print_stdout,
    reason = "scripts read the first line, people the last"
)]
fn announce(app: &App, addr: SocketAddr, capture_addr: Option<SocketAddr>) {
    println!("listening on http://{addr}");
    if let Some(capture_addr) = capture_addr {
        println!("capturing on http://{capture_addr}");
    }
    let origin = app
        .config
        .public_url
        .as_ref()
        .map_or_else(|| BaseUrl::of_listener(addr), BaseUrl::origin);
    println!("open {origin}/ to make an endpoint");
    println!(
        "operator: {origin}/operator?token={}",
        app.config.operator_token.0
    );
    tracing::info!(data.dir = %app.config.data_dir.display(), body.bytes_max = app.config.limits.bytes_max, "serving");
}

/// The signals that creel hears, from before it opens anything: what asks it to end while it begins is not missed.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// A file may not grow any more. Unheard it would end the process; heard, the write fails and the sender is asked to come back.
    _file_size: Signal,
}

impl Signals {
    fn hear() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            _file_size: signal(SignalKind::from_raw(libc::SIGXFSZ))?,
        })
    }

    async fn ask_to_end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The form of the file given with `--endpoints-file`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointsFile {
    #[serde(default, rename = "endpoint")]
    endpoints: Vec<Declared>,
}

/// An endpoint that is to exist.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    id: String,
    name: Option<String>,
    token: Option<String>,
    read_key: Option<String>,
}

fn declared(file: &Path) -> anyhow::Result<Vec<Declared>> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("--endpoints-file {shown} cannot be read"))?;
    let file: EndpointsFile = toml::from_str(&text)
        .with_context(|| format!("--endpoints-file {shown} cannot be used"))?;
    Ok(file.endpoints)
}

/// Makes what is declared and not there, and changes what is there and declared otherwise. Nothing is deleted.
async fn declare(store: &SqliteStore, declared: Vec<Declared>) -> anyhow::Result<()> {
    for Declared {
        id,
        name,
        token,
        read_key,
    } in declared
    {
        let wrong = |why: String| {
            anyhow::anyhow!("the endpoint {id:?} of --endpoints-file cannot be used: {why}")
        };
        let endpoint_id: EndpointId = id
            .parse()
            .map_err(|_| wrong("its id is not a UUID".to_owned()))?;
        let name = endpoint::name(name.as_deref()).map_err(wrong)?;
        let token_rule =
            endpoint::token_rule(Some(token.as_deref().unwrap_or("none"))).map_err(wrong)?;
        let read_key = read_key.unwrap_or_else(secret::mint);
        if read_key.len() < secret::CHOSEN_BYTES_MIN {
            bail!(wrong(format!(
                "its read_key has fewer than {} characters",
                secret::CHOSEN_BYTES_MIN
            )));
        }
        let change = EndpointChange {
            name: Some(name.clone()),
            token_rule: Some(token_rule.clone()),
        };
        match store.change_endpoint(endpoint_id, change).await {
            Ok(_) => {
                store
                    .add_read_key(endpoint_id, SecretHash::of(&read_key))
                    .await?;
            }
            Err(StoreError::NotFound(_)) => {
                let endpoint = Endpoint {
                    id: endpoint_id,
                    ..Endpoint::new(name, token_rule, None)
                };
                let minted = store.mint(endpoint, SecretHash::of(&read_key)).await;
                minted.with_context(|| {
                    format!("the endpoint {id} was deleted; its id cannot be given out again")
                })?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
