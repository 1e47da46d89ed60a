//! Medians and spreads of the rounds, as a table for people and as JSON for programs.
//!
//! **Invariant:** both are made from the same rows.

use serde::Serialize;

use crate::figures::Spread;
use crate::machine::Machine;
use crate::open_loop::Paced;
use crate::options::{Case, Plan};
use crate::target::Kind;

/// One round of one server.
#[derive(Clone, Serialize)]
pub(crate) struct Round {
    pub(crate) server: Kind,
    #[serde(flatten)]
    pub(crate) case: Case,
    #[serde(rename = "round")]
    pub(crate) number: usize,
    pub(crate) captures_per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
    /// Processor time of the server for each capture.
    pub(crate) cpu_us: f64,
    pub(crate) peak_mb: f64,
    /// Share of the machine that programs took which have nothing to do with this.
    pub(crate) others_percent: Option<f64>,
    /// Answers with success.
    pub(crate) answered: u64,
    /// Captures that the server says it kept.
    pub(crate) kept: Option<u64>,
    /// Answers without success, cut connections, requests without an answer in time.
    pub(crate) not_ok: u64,
}

/// A run of one server at the fixed rate.
#[derive(Serialize)]
pub(crate) struct PacedRun {
    pub(crate) server: Kind,
    #[serde(flatten)]
    pub(crate) paced: Paced,
}

/// All that was found.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) plan: Plan,
    pub(crate) rounds: Vec<Round>,
    pub(crate) rows: Vec<Row>,
    pub(crate) paced: Vec<PacedRun>,
    /// Sentences about what must not be.
    pub(crate) failures: Vec<String>,
}

/// The rounds of one server in one case.
#[derive(Serialize)]
pub(crate) struct Row {
    server: Kind,
    #[serde(flatten)]
    case: Case,
    captures_per_second: Spread,
    p50_ms: Spread,
    p99_ms: Spread,
    cpu_us: Spread,
    peak_mb: Spread,
    /// Captures a second by those of the bare handler in the same round.
    of_bare: Option<Spread>,
    others_percent: Option<Spread>,
    not_ok: u64,
}

/// The row of a server in a case.
pub(crate) fn row(rounds: &[Round], server: Kind, case: Case) -> Option<Row> {
    let of = |kind| {
        rounds
            .iter()
            .filter(move |round| round.server == kind && round.case == case)
    };
    let spread = |value: fn(&Round) -> f64| Spread::of(of(server).map(value));
    let ratios = of(server)
        .zip(of(Kind::Bare))
        .map(|(own, bare)| own.captures_per_second / bare.captures_per_second);
    Some(Row {
        server,
        case,
        captures_per_second: spread(|round| round.captures_per_second)?,
        p50_ms: spread(|round| round.p50_ms)?,
        p99_ms: spread(|round| round.p99_ms)?,
        cpu_us: spread(|round| round.cpu_us)?,
        peak_mb: spread(|round| round.peak_mb)?,
        of_bare: Spread::of(ratios),
        others_percent: Spread::of(of(server).filter_map(|round| round.others_percent)),
        not_ok: of(server).map(|round| round.not_ok).sum(),
    })
}

impl Report {
    /// The table.
    pub(crate) fn table(&self) -> String {
        let mut lines = vec![String::new(), self.machine.to_string()];
        let (rounds, seconds) = (self.plan.rounds, self.plan.seconds);
        for case in &self.plan.cases {
            lines.push(format!(
                "\n{case}, {rounds} rounds of {seconds} s: median (lowest-highest)"
            ));
            lines.push(line(&COLUMNS, &COLUMNS.map(|(title, _)| title.to_owned())));
            let rows = self.rows.iter().filter(|row| row.case == *case);
            lines.extend(rows.map(|row| line(&COLUMNS, &row.cells())));
        }
        if !self.paced.is_empty() {
            let (rate, seconds) = (self.plan.rate, self.plan.rate_seconds);
            let case = "6 KB bodies at a fixed rate";
            lines.push(format!(
                "\n{case}, {rate}/s for {seconds} s: latency since each was due"
            ));
            lines.push(line(
                &PACED_COLUMNS,
                &PACED_COLUMNS.map(|(title, _)| title.to_owned()),
            ));
        }
        lines.extend(
            self.paced
                .iter()
                .map(|run| line(&PACED_COLUMNS, &run.cells())),
        );
        lines.extend(
            self.failures
                .iter()
                .map(|failure| format!("FAILED: {failure}")),
        );
        lines.join("\n")
    }
}

/// Title and width of each column.
const COLUMNS: [(&str, usize); 9] = [
    ("", 6),
    ("captures/s", 24),
    ("p50 ms", 20),
    ("p99 ms", 22),
    ("CPU us each", 22),
    ("peak MB", 14),
    ("of bare", 18),
    ("others %", 12),
    ("not 2xx", 9),
];

const PACED_COLUMNS: [(&str, usize); 5] = [
    ("", 6),
    ("p50 ms", 10),
    ("p99 ms", 10),
    ("max ms", 10),
    ("not 2xx", 9),
];

impl Row {
    fn cells(&self) -> [String; 9] {
        [
            self.server.name().to_owned(),
            self.captures_per_second.text(0),
            self.p50_ms.text(2),
            self.p99_ms.text(2),
            self.cpu_us.text(1),
            self.peak_mb.text(0),
            self.of_bare.map_or_else(String::new, |ratio| ratio.text(2)),
            self.others_percent
                .map_or_else(String::new, |percent| percent.text(0)),
            self.not_ok.to_string(),
        ]
    }
}

impl PacedRun {
    fn cells(&self) -> [String; 5] {
        let ms = |value: f64| format!("{value:.2}");
        let Paced {
            p50_ms,
            p99_ms,
            max_ms,
            not_ok,
            ..
        } = self.paced;
        [
            self.server.name().to_owned(),
            ms(p50_ms),
            ms(p99_ms),
            ms(max_ms),
            not_ok.to_string(),
        ]
    }
}

/// The name to the left, figures to the right of their columns.
fn line(columns: &[(&str, usize)], cells: &[String]) -> String {
    let mut line = format!("{:6}", cells[0]);
    for (&(_, width), cell) in columns.iter().zip(cells).skip(1) {
        line.push_str(&" ".repeat(width.saturating_sub(cell.len())));
        line.push_str(cell);
    }
    line
}
