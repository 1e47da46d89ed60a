//! `creel serve`: opens the store, listens, prints the URLs, and shuts down gracefully.
//!
//! **Invariant:** the first line on stdout is printed only after connections are accepted.

mod endpoints_file;
mod limits;
mod log;
mod options;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::web;
use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::{Addresses, App};
use crate::config::Config;
use crate::server;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

pub use options::ServeArgs;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// A message that says what to do: an invalid option, a data folder that cannot be written, a port in use.
pub async fn run(args: &ServeArgs) -> anyhow::Result<()> {
    log::to_stderr(args.log_format);
    let config = Config::try_from(args)?;
    let mut signals = Signals::listen()?;
    let declared = args
        .endpoints_file
        .as_deref()
        .map(endpoints_file::read)
        .transpose()?
        .unwrap_or_default();
    let store = SqliteStore::open(&config.data_dir)?;
    endpoints_file::declare(&store, declared).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let main = listen("--bind", config.bind)?;
    let captures = config
        .capture_bind
        .map(|addr| listen("--capture-bind", addr))
        .transpose()?;
    let addresses = Addresses {
        main: main.local_addr()?,
        captures: captures.as_ref().map(TcpListener::local_addr).transpose()?,
    };
    let app = web::Data::new(App::new(config, store, addresses).await?);
    let server = server::start(&app, main, captures)?;
    let handle = server.handle();
    let mut running = actix_web::rt::spawn(server);
    announce(&app, addresses);
    tokio::select! {
        () = signals.ask_to_end() => {}
        ended = &mut running => return ended?.context("the server stopped unexpectedly"),
    }
    tracing::info!("shutting down: active requests are answered first");
    server::end(&app, &handle).await;
    running.await?.context("the server failed")
}

fn listen(option: &str, addr: SocketAddr) -> anyhow::Result<TcpListener> {
    server::listen(addr).with_context(|| {
        format!("cannot listen on {addr}; choose another address or port with {option}")
    })
}

/// Prints the URLs. A closed stdout is not an error.
fn announce(app: &App, addresses: Addresses) {
    let config = &app.config;
    let addr = addresses.main;
    let capturing = addresses.captures.map_or(String::new(), |addr| {
        format!("capturing on http://{addr}\n")
    });
    let pages = app.urls.local_pages_url();
    // A configured token is not printed: the operator knows it, and stdout may be stored.
    let sign_in = if config.operator_token_given {
        format!("operator: {pages}/operator (sign in with your operator token)\n")
    } else {
        let (code, token) = (app.access.sign_in_code(), &config.operator_token.0);
        format!("operator: {pages}/operator?code={code} (works once)\noperator token: {token}\n")
    };
    let data = config.data_dir.display();
    let greeting = format!(
        "listening on http://{addr}\n{capturing}{sign_in}open {pages}/ to create a capture URL\ndata in {data}\n"
    );
    let mut stdout = std::io::stdout();
    let _ = stdout
        .write_all(greeting.as_bytes())
        .and_then(|()| stdout.flush());
    if let Some(warning) = app.urls.shared_host_warning() {
        tracing::warn!("{warning}");
    }
    tracing::info!(body.bytes_max = config.limits.bytes_max, "serving");
}

/// Signal handlers. They are installed before anything is opened, so a signal during startup is not missed.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// SIGXFSZ: a file reached its size limit. With a handler, the write fails and the sender gets 503; without one, the process would end.
    _file_size: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
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
