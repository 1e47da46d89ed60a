//! How many captures a second, at which cost, beside two yardsticks in the same run: `cargo bench --bench load`.
//!
//! `bare` keeps nothing, `plain` keeps bodies durably without understanding them, and `creel` is the program of this tree. They take
//! turns, since what else a machine does changes within minutes: only figures of one run compare.
//!
//! **Invariant:** a figure is only printed together with what went wrong while it was measured: answers that were not 2xx, and
//! captures that were answered with 2xx and are not there. Either makes the benchmark fail.

#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it prints, and it computes figures for people, of which the first three digits matter"
)]
#![allow(dead_code, reason = "the other benchmarks use what this one does not")]

mod bare;
mod bodies;
mod creel;
mod figures;
mod http;
mod machine;
mod open_loop;
mod options;
mod plain;
mod process;
mod report;
mod target;
mod text;
mod wrk;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use machine::{Machine, Others};
use options::{Case, Plan};
use report::{PacedRun, Report, Round};
use target::{Kind, Target};
use wrk::Wrk;

fn main() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve-bare"] => bare::serve().map(|()| ExitCode::SUCCESS),
        ["serve-plain", folder] => plain::serve(Path::new(folder)).map(|()| ExitCode::SUCCESS),
        _ if words.iter().any(|word| word == "--bench") => benchmark(words),
        _ => {
            println!("not measured: this is for `cargo bench --bench load`"); // `cargo test --all-targets` comes here
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn benchmark(words: Vec<String>) -> Result<ExitCode> {
    let words = words.into_iter().filter(|word| word != "--bench"); // cargo's own
    let Some(plan) = Plan::read(words)? else {
        println!("{}", options::HELP);
        return Ok(ExitCode::SUCCESS);
    };
    Wrk::check()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(measure(plan))?;
    println!("{}", report.table());
    let file = Path::new(target::SCRATCH).with_file_name("load.json");
    std::fs::write(&file, serde_json::to_vec_pretty(&report)?)?;
    println!("the same as JSON: {}", file.display());
    Ok(ExitCode::from(u8::from(!report.failures.is_empty())))
}

async fn measure(plan: Plan) -> Result<Report> {
    let scratch = tempfile::Builder::new()
        .prefix("load-")
        .tempdir_in(target::SCRATCH)?;
    let machine = Machine::look(scratch.path());
    println!("{machine}");
    let mut report = Report {
        machine,
        plan,
        rounds: Vec::new(),
        rows: Vec::new(),
        paced: Vec::new(),
        failures: Vec::new(),
    };
    for case in report.plan.cases.clone() {
        let pool = bodies::pool(case.body_bytes, scratch.path())?;
        let (ratio, recorded) = (pool.ratio, pool.recorded_ratio);
        println!(
            "{case}: they compress to {ratio:.2} of their length, a recorded Run to {recorded:.2}"
        );
        let wrk = Wrk::new(&pool, scratch.path(), report.machine.cores)?;
        take_turns(&mut report, case, &wrk).await?;
    }
    if report.plan.rate > 0 {
        keep_pace(&mut report, scratch.path()).await?;
    }
    Ok(report)
}

/// The rounds of a case: every server once, then every server again.
async fn take_turns(report: &mut Report, case: Case, wrk: &Wrk) -> Result<()> {
    for round in 1..=report.plan.rounds {
        for server in report.plan.servers.clone() {
            let name = server.name();
            let target = Target::start(server, &report.plan.creel).await?;
            let found = loaded(&target, server, case, round, wrk, report.plan.seconds).await;
            let found =
                found.with_context(|| format!("{name}, round {round}: {}", target.log()))?;
            println!(
                "  round {round} {name:6}{:>9.0} captures/s",
                found.captures_per_second
            );
            blame(
                report,
                &format!("{name}, {case}, round {round}"),
                found.answered,
                found.not_ok,
                found.kept,
            );
            report.rounds.push(found);
        }
    }
    for server in report.plan.servers.clone() {
        report
            .rows
            .extend(report::row(&report.rounds, server, case));
    }
    Ok(())
}

/// One round of the closed loop.
async fn loaded(
    target: &Target,
    server: Kind,
    case: Case,
    number: usize,
    wrk: &Wrk,
    seconds: u64,
) -> Result<Round> {
    let others = Others::watch();
    let before = target.server.usage()?;
    let counted = wrk.run(
        target.server.addr,
        &target.capture,
        case.connections,
        seconds,
    )?;
    let after = target.server.usage()?;
    let cpu = after.cpu.saturating_sub(before.cpu);
    let answers = counted.answers as f64;
    Ok(Round {
        server,
        case,
        number,
        captures_per_second: answers * 1e6 / counted.microseconds as f64,
        p50_ms: counted.p50 as f64 / 1e3,
        p99_ms: counted.p99 as f64 / 1e3,
        max_ms: counted.max as f64 / 1e3,
        cpu_us: cpu.as_secs_f64() * 1e6 / answers,
        peak_mb: after.peak_bytes as f64 / 1e6,
        others_percent: others.share(cpu).map(|share| share * 100.0),
        answered: counted.answers - counted.not_ok,
        kept: target.kept().await?,
        not_ok: counted.not_ok + counted.broken,
    })
}

/// The run at a fixed rate, with the bodies that most Runs are like.
async fn keep_pace(report: &mut Report, scratch: &Path) -> Result<()> {
    let pool = bodies::pool(options::SMALL.body_bytes, scratch)?;
    let (rate, seconds) = (report.plan.rate, report.plan.rate_seconds);
    for server in report.plan.servers.clone() {
        let name = server.name();
        let target = Target::start(server, &report.plan.creel).await?;
        let paced = open_loop::run(target.server.addr, &target.capture, &pool, rate, seconds).await;
        let paced =
            paced.with_context(|| format!("{name} at {rate} a second: {}", target.log()))?;
        println!("  {rate} a second {name:6}{:>9.2} ms at most", paced.max_ms);
        let answered = paced.requests - paced.not_ok;
        blame(
            report,
            &format!("{name}, {rate} a second"),
            answered,
            paced.not_ok,
            target.kept().await?,
        );
        report.paced.push(PacedRun { server, paced });
    }
    Ok(())
}

/// Says at once and remembers what must not be.
fn blame(report: &mut Report, what: &str, answered: u64, not_ok: u64, kept: Option<u64>) {
    let mut fail = |sentence: String| {
        println!("FAILED: {sentence}");
        report.failures.push(sentence);
    };
    if not_ok > 0 {
        fail(format!(
            "{what}: {not_ok} requests were not answered with 2xx"
        ));
    }
    if let Some(kept) = kept.filter(|&kept| kept < answered) {
        fail(format!(
            "{what}: {answered} captures were answered with 2xx, {kept} are there"
        ));
    }
}
