//! Whether creel stays as fast as it grows: `cargo bench --bench scale`.
//!
//! A million deliveries are made once, by the store itself, and kept under `target/`. Then each figure is taken twice, with an empty
//! database and with the full one, in turns: captures a second, the time from the start to the first answer. Of the full one also: what it
//! takes to read, and captures while an endpoint of 100,000 is deleted. Beside that: memory after 50,000 captures, memory of followers that wait, and
//! how soon followers are told, with one among them that reads nothing.
//!
//! **Invariant:** it measures creel from outside, over HTTP, and fails where a capture or a read is answered with anything but success.

#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it prints, and it computes figures for people, of which the first three digits matter"
)]
#![allow(dead_code, reason = "the load benchmark uses what this one does not")]

#[path = "../load/bodies.rs"]
mod bodies;
#[path = "../load/creel.rs"]
mod creel;
mod deletion;
#[path = "../load/figures.rs"]
mod figures;
mod flat;
mod followers;
#[path = "../load/http.rs"]
mod http;
#[path = "../load/machine.rs"]
mod machine;
mod million;
#[path = "../load/open_loop.rs"]
mod open_loop;
mod options;
#[path = "../load/process.rs"]
mod process;
mod reads;
mod stream;
mod table;
#[path = "../load/text.rs"]
mod text;
#[path = "../load/wrk.rs"]
mod wrk;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use bodies::Pool;
use machine::Machine;
use million::Million;
use options::Plan;
use process::Server;
use table::Table;
use wrk::Wrk;

/// Where all of it lies; on the disk of the build, since `/tmp` may be memory that never syncs.
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");
/// Bytes of a body.
const BODY_BYTES: usize = 6 * 1024;
/// Connections of the closed loop.
const CONNECTIONS: usize = 64;

/// What the measurements share.
struct Bench {
    plan: Plan,
    scratch: TempDir,
    pool: Pool,
    wrk: Wrk,
    million: Million,
    table: Table,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if !words.iter().any(|word| word == "--bench") {
        println!("not measured: this is for `cargo bench --bench scale`"); // `cargo test --all-targets` comes here
        return Ok(());
    }
    let Some(plan) = Plan::read(words.into_iter().filter(|word| word != "--bench"))? else {
        println!("{}", options::HELP);
        return Ok(());
    };
    Wrk::check()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(plan))
}

async fn measure(plan: Plan) -> Result<()> {
    let scratch = tempfile::Builder::new()
        .prefix("scale-")
        .tempdir_in(SCRATCH)?;
    let machine = Machine::look(scratch.path());
    println!("{machine}");
    let pool = bodies::pool(BODY_BYTES, scratch.path())?;
    let wrk = Wrk::new(&pool, scratch.path(), machine.cores)?;
    let million = Million::make(&plan, &pool).await?;
    let mut bench = Bench {
        table: Table::new(machine, &plan, &million),
        plan,
        scratch,
        pool,
        wrk,
        million,
    };
    flat::measure(&mut bench).await.context("captures")?;
    reads::measure(&mut bench).await.context("reads")?;
    deletion::measure(&mut bench).await.context("a deletion")?;
    followers::measure(&mut bench).await.context("followers")?;
    println!("{}", bench.table);
    let file = Path::new(SCRATCH).with_file_name("scale.json");
    std::fs::write(&file, serde_json::to_vec_pretty(&bench.table)?)?;
    println!("the same as JSON: {}", file.display());
    Ok(())
}

impl Bench {
    /// An empty folder for data, which goes with the value.
    fn empty(&self) -> Result<TempDir> {
        Ok(tempfile::Builder::new()
            .prefix("empty-")
            .tempdir_in(self.scratch.path())?)
    }

    /// Starts creel on a folder, and tells how long it took to answer the first request.
    async fn start(&self, data: &Path) -> Result<(Server, Duration)> {
        let log: PathBuf = self.scratch.path().join("log");
        let start = Instant::now();
        let server = Server::start(&mut creel::command(&self.plan.creel, data), &log)?;
        let request = http::get(server.addr, "/livez", "");
        let answer = http::Connection::open(server.addr)
            .await?
            .exchange(&request)
            .await?;
        anyhow::ensure!(answer.status == 200, "livez answered {}", answer.status);
        Ok((server, start.elapsed()))
    }
}
