//! Yardstick 2: a plain durable writer. It understands nothing: each body becomes one row of one table in one SQLite file.
//!
//! **Invariant:** 200 is answered after the commit of the body's row, and a commit reaches the disk (WAL, `synchronous=FULL`).

use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::bare::KEEP_ALIVE;

/// Bodies that may wait for the writer.
const WAITING_MAX: usize = 1024;
/// Bodies of one commit.
const GROUP_MAX: usize = 256;

/// A body, and whom to tell that it is on the disk.
struct Job {
    body: web::Bytes,
    kept: oneshot::Sender<()>,
}

/// Serves until the process is ended.
pub(crate) fn serve(folder: &Path) -> Result<()> {
    let database = open(folder)?;
    let (jobs, waiting) = mpsc::channel(WAITING_MAX);
    std::thread::spawn(move || write(database, waiting).expect("the writer's disk works"));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(jobs.clone()))
            .default_service(web::to(keep_body))
    })
    .keep_alive(KEEP_ALIVE)
    .bind(("127.0.0.1", 0))?;
    println!("listening on http://{}", server.addrs()[0]);
    actix_web::rt::System::new().block_on(server.run())?;
    Ok(())
}

/// How many bodies the table in this folder holds.
pub(crate) fn kept(folder: &Path) -> Result<u64> {
    let database = Connection::open(folder.join("plain.db"))?;
    let count: i64 = database.query_row("SELECT count(*) FROM body", [], |row| row.get(0))?;
    Ok(count.try_into()?)
}

fn open(folder: &Path) -> Result<Connection> {
    let database = Connection::open(folder.join("plain.db")).context("opening plain.db")?;
    database.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE body (id INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB NOT NULL);",
    )?;
    Ok(database)
}

async fn keep_body(jobs: web::Data<mpsc::Sender<Job>>, mut payload: web::Payload) -> HttpResponse {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        match chunk {
            Ok(chunk) => body.extend_from_slice(&chunk),
            Err(_) => return HttpResponse::BadRequest().finish(),
        }
    }
    let (kept, answer) = oneshot::channel();
    let body = body.freeze();
    if jobs.send(Job { body, kept }).await.is_err() || answer.await.is_err() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::Ok().finish()
}

/// Group commit: whatever waits while one transaction is written to the disk makes up the next.
fn write(mut database: Connection, mut waiting: mpsc::Receiver<Job>) -> Result<()> {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while waiting.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
        let transaction = database.transaction()?;
        for job in &group {
            transaction
                .prepare_cached("INSERT INTO body (bytes) VALUES (?1)")?
                .execute([&job.body[..]])?;
        }
        transaction.commit()?;
        for job in group.drain(..) {
            let _ = job.kept.send(()); // whoever sent it may be gone; it is kept all the same
        }
    }
    Ok(())
}
