//! Compares the samples with the recordings of the tests.
//!
//! **Invariant:** every sample is compared with a recording, except those in `NOT_RECORDED`: only samples that are made up, or of
//! LangSmith, may be there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use super::*;

const TO: &str = "http://localhost:8080/hook/x?token=t";

/// Samples with deliveries that were not recorded.
const NOT_RECORDED: [&str; 5] = [
    "made-up-status",
    "made-up-version",
    "same-run-other-bytes",
    "langsmith-rule",
    "langsmith-alert",
];

fn recordings() -> Vec<Value> {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let folders = ["fixtures", "recordings"].map(|folder| std::fs::read_dir(tests.join(folder)));
    let files = folders.into_iter().flat_map(Result::unwrap);
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.is_file())
        .map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        .collect()
}

fn sendings(sample: &Sample) -> Vec<Sending> {
    sample.sendings(TO, &Url::parse(TO).unwrap(), Time::now())
}

fn lines(recording: &Value) -> Vec<(&str, &str)> {
    let lines = recording["headers"].as_array().unwrap().iter();
    lines
        .map(|line| (line[0].as_str().unwrap(), line[1].as_str().unwrap()))
        .collect()
}

#[test]
fn samples_are_recordings_with_their_headers() {
    let recordings = recordings();
    for sample in SAMPLES {
        if NOT_RECORDED.contains(&sample.name) {
            assert!(sample.group >= Group::MadeUp, "{}", sample.name);
            continue;
        }
        for (sending, recorded) in sendings(sample).iter().zip(sample.recorded) {
            let recording = recordings
                .iter()
                .find(|one| one["body"] == *recorded && one["method"] == sending.method)
                .expect(sample.name);
            // Headers that a deployment configures are the sample's own; the client cannot send a name in mixed case.
            let chosen = ["Authorization", "x-lower-Case"];
            let is_sent =
                |line: &(&str, &str)| sample.form != Form::Configured || line.0 != chosen[1];
            let wanted: Vec<_> = lines(recording).into_iter().filter(is_sent).collect();
            let names = |lines: &[(&'static str, String)]| {
                lines.iter().map(|line| line.0).collect::<Vec<_>>()
            };
            let names_wanted: Vec<_> = wanted.iter().map(|line| line.0).collect();
            let with_user = names_wanted.last() == Some(&"Authorization");
            let names_wanted = &names_wanted[..names_wanted.len() - usize::from(with_user)];
            assert_eq!(names(&sending.headers), names_wanted, "{}", sample.name);
            for ((name, value), (_, wanted)) in sending.headers.iter().zip(wanted) {
                let differs = ["host", "content-length", "authorization"];
                if !differs.contains(&name.to_ascii_lowercase().as_str())
                    && sample.name != "partial"
                {
                    assert_eq!(value, wanted, "{}: {name}", sample.name);
                }
            }
        }
    }
}

#[test]
fn lengths_and_hosts_are_right() {
    for sample in SAMPLES {
        for sending in sendings(sample) {
            let value = |name: &str| {
                let line = sending
                    .headers
                    .iter()
                    .find(|line| line.0.eq_ignore_ascii_case(name));
                line.map(|line| line.1.clone())
            };
            let bytes = sending.body.as_ref().map(|body| body.len().to_string());
            assert_eq!(value("content-length"), bytes, "{}", sample.name);
            assert_eq!(value("host").as_deref(), Some("localhost:8080"));
            assert_eq!(sending.method == "GET", sending.body.is_none());
        }
    }
}

#[test]
fn names_are_unique() {
    let names: BTreeSet<_> = SAMPLES.iter().map(|sample| sample.name).collect();
    assert_eq!(names.len(), SAMPLES.len());
    assert!(names.iter().all(|name| Sample::find(name).is_some()));
    assert!(Sample::find("succes").is_none());
    assert!(!names.contains("all"), "`creel send all` sends each");
}

#[test]
fn samples_are_grouped_and_no_group_is_empty() {
    let mut groups: Vec<_> = SAMPLES.iter().map(|sample| sample.group).collect();
    groups.dedup();
    assert_eq!(groups, Group::ALL);
}

#[test]
fn the_token_goes_into_the_configured_header() {
    let sendings = sendings(Sample::find("headers").unwrap());
    assert_eq!(sendings[0].url.as_str(), "http://localhost:8080/hook/x");
    assert!(
        sendings[0]
            .headers
            .contains(&("Authorization", "Bearer t".to_owned()))
    );
    let body: Value = serde_json::from_str(sendings[0].body.as_deref().unwrap()).unwrap();
    assert_eq!(body["kwargs"]["webhook"], "http://localhost:8080/hook/x");
}
