//! What the parts of a capture cost by themselves: `cargo bench --bench micro`, and in instructions, which do not depend on what else the
//! machine does, `cargo bench --bench micro -- --instructions` (it needs `valgrind`).
//!
//! **Invariant:** both measure the same functions on the same bytes, those that the load benchmark sends.

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
mod instructions;
mod parts;
#[path = "../load/text.rs"]
mod text;

use anyhow::{Context as _, Result};
use divan::Bencher;

use parts::{NAMES, Part};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| *word != "--bench") // cargo's own
        .collect();
    match words[..] {
        ["--instructions"] => instructions::table(instructions::ROUNDS),
        ["--instructions", "--quick"] => instructions::table(1),
        ["repeat", name, times] => {
            let part = Part::of(name).context("no such part")?;
            (0..times.parse()?).for_each(|_| part.run());
            Ok(())
        }
        _ => {
            divan::main();
            Ok(())
        }
    }
}

#[divan::bench(args = NAMES)]
fn part(bencher: Bencher<'_, '_>, name: &str) {
    let part = Part::of(name).expect("it is one of the names");
    bencher.bench_local(|| part.run());
}
