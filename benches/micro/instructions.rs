//! Counts instructions with callgrind: the same today and tomorrow, on a quiet machine and on a busy one.
//!
//! **Invariant:** what it takes to start and to make ready is not counted. A part runs in two programs, in one of them some times more,
//! and the difference between them is those times.
//!
//! Valgrind's processor lacks the instructions for SHA-256 that most have: rows that hash a body are higher here than on the machine.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use crate::parts::NAMES;

/// How many times more.
pub(crate) const ROUNDS: u64 = 20;
/// Times in the shorter program, so that what happens only at first happens in both.
const FIRST: u64 = 2;
/// Captures of a record in the part that makes several at once.
const AT_ONCE: u64 = 64;

#[derive(Serialize)]
struct Row {
    part: &'static str,
    instructions: u64,
}

/// Prints a row for each part, and writes the same as JSON.
pub(crate) fn table(rounds: u64) -> Result<()> {
    println!("{:28}{:>14}", "", "instructions");
    let mut rows = Vec::new();
    for part in NAMES {
        let more = counted(part, FIRST + rounds)?;
        let instructions = more.saturating_sub(counted(part, FIRST)?) / rounds;
        println!("{part:28}{instructions:>14}");
        if part == "record 64 at once" {
            println!("{:28}{:>14}", "  each of them", instructions / AT_ONCE);
        }
        rows.push(Row { part, instructions });
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("micro.json");
    std::fs::write(&file, serde_json::to_vec_pretty(&rows)?)?;
    println!(
        "records hash their bodies without the processor's instructions for it, which valgrind lacks"
    );
    println!("the same as JSON: {}", file.display());
    Ok(())
}

/// Instructions of all threads of a program that runs a part so many times.
fn counted(part: &str, times: u64) -> Result<u64> {
    let file = tempfile::NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--error-exitcode=9"])
        .arg(format!("--callgrind-out-file={}", file.path().display()))
        .arg(std::env::current_exe()?)
        .args(["repeat", part, &times.to_string()])
        .stdin(Stdio::null())
        .output()
        .context("valgrind is not installed: `apt-get install valgrind`")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{part}: {said}");
    let profile = std::fs::read_to_string(file.path())?;
    let total = profile
        .lines()
        .find_map(|line| line.strip_prefix("totals: "));
    let total = total.with_context(|| format!("{part}: callgrind wrote no total; {said}"))?;
    Ok(total.trim().parse()?)
}
