//! The attempts of every recording with retries, stored with the recorded times and responses: their numbers and gaps, the predictions, and
//! what the sender did.

use std::path::Path;
use std::time::Duration;

use creel::domain::delivery::{Summary, Truncation};
use creel::domain::ids::Seq;
use creel::domain::reply::ReplyPlan;
use creel::domain::response::Response;
use creel::domain::time::Time;
use creel::langgraph::retry::{RetryOutcome, predict, retry_outcome};
use creel::store::Page;
use serde_json::Value;

use super::summary;
use crate::readings::recordings;
use crate::store::{minted, open_sqlite, run};

/// Each attempt: its number, the milliseconds since the previous one, its response, and the outcome of the prediction. An attempt without a
/// response has a dash.
const ATTEMPTS: &[&str] = &[
    "retry-500-500-200: 1 +0 500 AsPredicted, 2 +1876 500 AsPredicted, 3 +2179 200 NoRetry",
    "retry-500-always: 1 +0 500 AsPredicted, 2 +1919 500 AsPredicted, 3 +2086 500 NoRetry",
    "retry-503-then-200: 1 +0 503 AsPredicted, 2 +1832 200 NoRetry",
    "retry-hang-forever: 1 +0 - -, 2 +31148 - -, 3 +32073 - -",
    "retry-reset-then-200: 1 +0 - -, 2 +1463 200 NoRetry",
];

/// When each attempt with the same body arrived, and its response status, if any.
fn attempts(name: &str) -> Vec<(Time, Option<u16>)> {
    let file = format!("tests/it/fixtures/{name}.json");
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let case: Value = serde_json::from_slice(&text).unwrap();
    let all = case["attempts"].as_array().cloned().unwrap_or_default();
    let same = all.iter().filter(|one| one["same_body_as_first"] == true);
    same.map(|one| {
        let time = Time::parse(one["time"].as_str().unwrap()).unwrap();
        (time, one["answered"].as_str().unwrap().parse().ok())
    })
    .collect()
}

fn told(one: &Summary, next: Option<&Summary>) -> String {
    let attempt = one.attempt;
    let (number, gap) = (attempt.number, attempt.gap_ms.unwrap_or(0));
    let Some(Response { status }) = one.response else {
        return format!("{number} +{gap} - -");
    };
    let sender = &one.reading.run.as_deref().unwrap().sender;
    let step = predict(sender, number, status).unwrap();
    let until = next.and_then(|next| next.attempt.gap_ms);
    let until = until.map(|ms| Duration::from_millis(ms.unsigned_abs()));
    let became: RetryOutcome = retry_outcome(step.next, until, Duration::from_mins(10));
    format!("{number} +{gap} {status} {became:?}")
}

#[test]
fn recorded_attempts_have_the_predictions_of_the_table() {
    let mut lines = Vec::new();
    for (name, recording) in recordings() {
        let attempts = attempts(&name);
        if attempts.len() < 2 {
            continue;
        }
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let store = open_sqlite(folder.path());
        let found = run(async {
            let id = minted(&*store).await;
            for (time, status) in attempts {
                let read = summary(&recording);
                let mut record = crate::store::record(id, &recording.body);
                record.summary.reading = read.reading;
                record.summary.body.kind = read.body.kind;
                record.summary.received_at = time;
                if status.is_none() {
                    record.summary.body.cut = Some(Truncation::Disconnected);
                }
                let reply = ReplyPlan::chosen(&[status.unwrap_or(200)]).unwrap();
                store.record(record, reply).await.expect("it is recorded");
            }
            let page = Page::following(Seq(0), 10);
            store.deliveries(id, page).await.expect("it exists")
        });
        let told: Vec<String> = (0..found.len())
            .map(|at| told(&found[at], found.get(at + 1)))
            .collect();
        lines.push(format!("{name}: {}", told.join(", ")));
    }
    assert_eq!(lines, ATTEMPTS);
}
