//! What was found, a line each, as a table for people and as JSON for programs.
//!
//! **Invariant:** both are made from the same lines, and each line has its target beside it.

use std::fmt;

use serde::Serialize;

use crate::figures::Spread;
use crate::machine::Machine;
use crate::million::Million;
use crate::options::Plan;

/// One figure.
#[derive(Serialize)]
pub(crate) struct Line {
    what: String,
    figure: Spread,
    unit: &'static str,
    target: &'static str,
}

/// All figures.
#[derive(Serialize)]
pub(crate) struct Table {
    machine: Machine,
    deliveries: u64,
    endpoints: u64,
    gigabytes: f64,
    lines: Vec<Line>,
}

impl Table {
    pub(crate) fn new(machine: Machine, plan: &Plan, million: &Million) -> Self {
        Self {
            machine,
            deliveries: plan.deliveries,
            endpoints: plan.endpoints,
            gigabytes: million.bytes as f64 / 1e9,
            lines: Vec::new(),
        }
    }

    /// Adds the median and the spread of several rounds, and shows them at once.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        rounds: impl IntoIterator<Item = f64>,
        unit: &'static str,
        target: &'static str,
    ) {
        let what = what.into();
        if let Some(figure) = Spread::of(rounds.into_iter()) {
            let line = Line {
                what,
                figure,
                unit,
                target,
            };
            println!("  {line}");
            self.lines.push(line);
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.figure.median < 100.0 { 2 } else { 0 };
        let figure = self.figure.text(digits);
        let Self {
            what, unit, target, ..
        } = self;
        write!(f, "{what:58}{figure:>26} {unit:12}{target}")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            machine,
            deliveries,
            endpoints,
            gigabytes,
            ..
        } = self;
        writeln!(f, "\n{machine}")?;
        writeln!(
            f,
            "{deliveries} deliveries of 6 KB, {endpoints} endpoints, {gigabytes:.1} GB; median (lowest-highest)"
        )?;
        writeln!(f, "{:58}{:>26} {:12}target", "", "", "")?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
