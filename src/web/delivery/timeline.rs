//! When a run was created, started, ended, sent and received, and the durations between: queued, running, in transit.
//!
//! **Invariant:** only durations by the sender's clock are drawn, and nothing is drawn if an instant is missing or out of order.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::delivery::Summary;
use crate::domain::run::Run;
use crate::domain::time::Time;
use crate::web::render::escape::Line;
use crate::web::render::format::{self, Exact};

/// Width of the drawing in its own units.
const WIDTH: i64 = 1000;
/// Narrowest part, so that a millisecond is visible next to a minute.
const PART_WIDTH_MIN: i64 = 6;

/// The five instants of a delivery.
#[derive(Template)]
#[template(path = "_timeline.html")]
pub(crate) struct Timeline {
    steps: Vec<Step>,
    parts: Vec<TimelinePart>,
}

impl HtmlSafe for Timeline {}

/// An instant, with the duration before it.
struct Step {
    label: &'static str,
    exact: Option<Exact>,
    /// A received text that is no instant, and why not.
    unread: Option<(Line, &'static str)>,
    class: &'static str,
    /// `+658 ms`
    since: Option<String>,
    doing: &'static str,
}

/// A part of the drawing.
struct TimelinePart {
    class: &'static str,
    x: i64,
    width: i64,
}

impl Timeline {
    pub(crate) fn new(run: &Run, delivery: &Summary) -> Self {
        let transit = if delivery.attempt.number > 1 {
            "in transit, including earlier attempts"
        } else {
            "in transit"
        };
        let marks = [
            ("Created", "created_at", run.created_at, "", ""),
            (
                "Started",
                "run_started_at",
                run.started_at,
                "queued",
                "part-queue",
            ),
            ("Ended", "run_ended_at", run.ended_at, "running", "part-run"),
            (
                "Sent",
                "webhook_sent_at",
                run.sent_at,
                "until sent",
                "part-sent",
            ),
            ("Received", "", Some(delivery.received_at), transit, ""),
        ];
        let mut previous = None;
        let mut steps = Vec::new();
        let mut spans = Vec::new();
        for (label, name, time, doing, class) in marks {
            let ms = previous
                .zip(time)
                .map(|(earlier, time): (Time, Time)| time.millis_since(earlier));
            // Rounded down one by one, the last two can be one less than their sum, which the headline has.
            let ms = match (label, run.ended_at, run.sent_at) {
                ("Received", Some(ended), Some(sent)) => {
                    Some(delivery.received_at.millis_since(ended) - sent.millis_since(ended))
                }
                _ => ms,
            };
            // Only by the sender's clock: the difference between two clocks is not drawn.
            spans.extend(ms.filter(|_| !class.is_empty()).map(|ms| (class, ms)));
            steps.push(Step {
                label,
                exact: time.map(Exact),
                unread: unread(delivery, name),
                class,
                since: ms.map(since),
                doing,
            });
            previous = time;
        }
        Self {
            steps,
            parts: parts(&spans),
        }
    }
}

/// The text of a member that is no instant, with the reason.
fn unread(delivery: &Summary, name: &str) -> Option<(Line, &'static str)> {
    let mut all = delivery.reading.observations.unread_times.iter();
    let time = all.find(|time| time.name == name)?;
    let why = if time.lacks_zone() {
        "no time zone given"
    } else {
        "not a time"
    };
    Some((Line(time.text.clone()), why))
}

/// `+658 ms`, or `<1 ms`.
fn since(ms: i64) -> String {
    match ms {
        ..0 => format::duration(ms),
        0 => "<1\u{a0}ms".to_owned(),
        _ => format!("+{}", format::duration(ms)),
    }
}

/// The parts in proportion, each wide enough to be visible. Nothing is drawn if an instant is missing or out of order.
fn parts(spans: &[(&'static str, i64)]) -> Vec<TimelinePart> {
    let total: i64 = spans.iter().map(|(_, ms)| ms).sum();
    if spans.len() < 3 || total == 0 || spans.iter().any(|(_, ms)| *ms < 0) {
        return Vec::new();
    }
    let spare = WIDTH - PART_WIDTH_MIN * 3;
    let mut x = 0;
    spans
        .iter()
        .map(|(class, ms)| {
            // In 128 bits: a hostile payload may claim centuries.
            let part = i128::from(*ms) * i128::from(spare) / i128::from(total);
            let width = PART_WIDTH_MIN + i64::try_from(part).unwrap_or(0);
            x += width;
            TimelinePart {
                class,
                x: x - width,
                width,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_the_width_and_none_vanishes() {
        let drawn = parts(&[("a", 1), ("b", 60_000), ("c", 0)]);
        assert!(drawn.iter().all(|part| part.width >= PART_WIDTH_MIN));
        let end = drawn.last().map(|part| part.x + part.width).unwrap();
        assert!((WIDTH - 3..=WIDTH).contains(&end), "{end}");
    }

    #[test]
    fn clocks_that_disagree_draw_nothing() {
        assert!(parts(&[("a", 1), ("b", 2), ("c", -3)]).is_empty());
        assert!(parts(&[("a", 1)]).is_empty());
    }
}
