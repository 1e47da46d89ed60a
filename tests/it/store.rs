//! The contract of `trait Store`, tested with every backend in the list below; `sqlite` has tests for that backend only.
//!
//! **Invariant:** a test of the contract uses only `Arc<dyn Store>`, so a new backend is one more line in `BACKENDS`.

mod attempts;
mod counts;
mod deliveries;
mod endpoints;
pub(crate) mod migrations;
mod preflights;
mod refused;
mod replies;
mod search;
mod sqlite;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use creel::domain::body::BodyKind;
use creel::domain::delivery::{Delivery, Intake, Summary};
use creel::domain::endpoint::{Endpoint, EndpointStats};
use creel::domain::head::Head;
use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::reply::ReplyPlan;
use creel::domain::run::{Reading, ReadingKind};
use creel::domain::secret::SecretHash;
use creel::domain::settings::{Settings, SettingsInput};
use creel::domain::time::Time;
use creel::domain::token_check::{TokenCheck, TokenRule};
use creel::store::sqlite::SqliteStore;
use creel::store::{EndpointFilter, Page, Receipt, SettingsChange, Store, StoreError};
use futures_util::future::join_all;
use tempfile::TempDir;

/// Opens the backend with the data in a folder, which is created if missing.
type Open = fn(&Path) -> Arc<dyn Store>;

const BACKENDS: &[(&str, Open)] = &[("sqlite", open_sqlite)];

pub(crate) fn open_sqlite(folder: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(folder).expect("the store opens"))
}

/// A data folder and its backend.
struct Room {
    folder: TempDir,
    open: Open,
}

impl Room {
    fn open(&self) -> Arc<dyn Store> {
        (self.open)(self.folder.path())
    }
}

/// Runs a test of the contract with every backend.
fn promised(promise: impl AsyncFn(Room)) {
    for (name, open) in BACKENDS {
        eprintln!("backend: {name}");
        let folder = TempDir::new().expect("a temporary folder");
        run(promise(Room {
            folder,
            open: *open,
        }));
    }
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

/// Tells background threads of a test to end, even if the test fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn key(text: &str) -> SecretHash {
    SecretHash::of(text)
}

fn endpoint() -> Endpoint {
    Endpoint::new(Settings::default(), None)
}

/// An endpoint with a name, a token if one is given, and an owner.
fn named(name: &str, token: Option<&str>, owner: Option<SecretHash>) -> Endpoint {
    let settings = Settings {
        name: Some(name.to_owned()),
        token: token.map_or(TokenRule::NotAsked, |token| {
            TokenRule::Secret(token.to_owned())
        }),
        ..Settings::default()
    };
    Endpoint::new(settings, owner)
}

/// The settings that a program asks for in JSON.
fn change(json: &str) -> SettingsChange {
    let asked: SettingsInput = serde_json::from_str(json).expect("settings");
    Box::new(move |settings| settings.changed_by(asked))
}

/// Creates an endpoint with the read key `key`.
pub(crate) async fn minted(store: &dyn Store) -> EndpointId {
    let endpoint = endpoint();
    let id = endpoint.id;
    store
        .create_endpoint(endpoint, Some(key("key")))
        .await
        .expect("it is new");
    id
}

/// A delivery with this body, as a capture hands it to the store.
pub(crate) fn record(endpoint: EndpointId, body: &[u8]) -> Delivery {
    let intake = Intake {
        received_at: Time::now(),
        peer: "127.0.0.1:5000".parse().ok(),
        client: "203.0.113.9".parse().ok(),
        head: Head {
            raw: Bytes::from_static(b"POST /hook/x?a=b HTTP/1.1\r\nHost: h\r\n\r\n"),
            exact: true,
        },
        body: Bytes::copy_from_slice(body),
        cut: None,
        trailers: Bytes::new(),
    };
    let read = (BodyKind::Binary, Reading::plain(ReadingKind::Binary));
    Delivery::new(endpoint, intake, TokenCheck::NOT_ASKED, read)
}

/// Stores a delivery of an endpoint that answers 200.
pub(crate) async fn keep(store: &dyn Store, delivery: Delivery) -> Result<Receipt, StoreError> {
    store.record(delivery, ReplyPlan::default()).await
}

/// Stores `count` deliveries with the bodies `1`, `2`, `3` ...
async fn fill(store: &dyn Store, id: EndpointId, count: u64) {
    let recorded = join_all((1..=count).map(|n| keep(store, record(id, n.to_string().as_bytes()))));
    for recorded in recorded.await {
        recorded.expect("it is recorded");
    }
}

/// All endpoints, of which there are a few.
async fn all_endpoints(store: &dyn Store) -> Vec<EndpointStats> {
    let listed = store.endpoints(EndpointFilter::Any, None, 10).await;
    listed.expect("they are listed")
}

fn seqs(page: &[Summary]) -> Vec<u64> {
    page.iter().map(|summary| summary.seq.0).collect()
}

/// All deliveries in the list of an endpoint, oldest first.
async fn all(store: &dyn Store, id: EndpointId) -> Vec<Summary> {
    let page = Page::following(Seq(0), usize::MAX);
    store
        .deliveries(id, page)
        .await
        .expect("the endpoint exists")
}

fn is_not_found<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::NotFound(_)))
}
