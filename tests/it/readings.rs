//! The reading of every recorded delivery (langgraph-api 0.4.48 and 0.16.7, @langchain/langgraph-api 2.0.0), and that no input makes reading
//! fail. The table is also the shortest description of a reading.

#![expect(clippy::unwrap_used, reason = "a broken recording stops the test")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use creel::domain::body::BodyKind;
use creel::domain::delivery::Truncation;
use creel::domain::head::Head;
use creel::domain::run::{Reading, ReadingKind, Run, SenderKind};
use creel::domain::time::Time;
use creel::langgraph::read;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::app::Creel;

/// Every recording with a request, and its reading. A dash is an absent value; `text` is an error without a class; a flag with a question
/// mark is not given by the payload; `m` is the number of messages and `in/out` their tokens; `known` names the known durations.
#[rustfmt::skip]
pub(crate) const TABLE: &[&str] = &[
    // recording                         status      graph   error               flags                 m in/out sender       known
    "allowed-fields                run success     -       -                   stateless? resumed?   4 72/21 python -      -",
    "answer-202                    run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "curl-stream                   run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "custom-headers-redirect       run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "custom-headers                run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "disconnect-continue           run success     slow    -                   -                     - -     python 0.16.7 queue run lag",
    "headers-override              empty",
    "js-hang                       run success     agent   -                   resumed?              4 -     js -          queue run lag",
    "js-retry-500                  run success     agent   -                   resumed?              4 -     js -          queue run lag",
    "js-stateless-runs-wait        run success     agent   -                   stateless resumed?    - -     js -          queue run lag",
    "js-status-error               run error       boom    text                resumed?              - -     js -          queue run lag",
    "js-status-interrupt-by-graph  run success     approve -                   resumed?              - -     js -          queue run lag",
    "js-threads-runs-create        run success     agent   -                   resumed?              4 -     js -          queue run lag",
    "large-1mb                     run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "multitask-enqueue-second      run success     slow    -                   -                     - -     python 0.16.7 queue run lag",
    "multitask-interrupt-first     run interrupted slow    UserInterrupt       superseded            - -     python 0.16.7 queue run lag",
    "multitask-reject-first        run success     slow    -                   -                     - -     python 0.16.7 queue run lag",
    "multitask-rollback-second     run success     slow    -                   -                     - -     python 0.16.7 queue run lag",
    "old-0.4.48-error              run error       boom    text                -                     - -     python 0.4.48 queue run lag",
    "old-0.4.48-redirect-307       run success     plain   -                   -                     - -     python 0.4.48 queue run lag",
    "old-0.4.48-success            run success     agent   -                   -                     4 72/21 python 0.4.48 queue run lag",
    "redirect-301                  run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "redirect-302                  run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "redirect-307                  run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "redirect-loop                 run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-400                     run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-401                     run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-404                     run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-410                     run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-500-500-200             run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-500-always              run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-503-then-200            run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-drop-early              empty",
    "retry-hang-forever            run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-reset-then-200          run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "retry-slow-25s-200            run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "runs-crons-keep               run success     agent   -                   cron                  4 72/21 python 0.16.7 queue run lag",
    "sdk-js-stream                 run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "sdk-python-create             run success     agent   -                   -                     6 72/21 python 0.16.7 queue run lag",
    "sdk-python-stream             run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "shutdown-while-retrying       run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "stateless-runs-create         run success     agent   -                   stateless             - -     python 0.16.7 queue run lag",
    "stateless-runs-wait-keep      run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "stateless-runs-wait           run success     agent   -                   stateless             - -     python 0.16.7 queue run lag",
    "status-cancel-rollback        run rollback    slow    UserRollback        -                     - -     python 0.16.7 queue run lag",
    "status-cancel-running         run interrupted slow    UserInterrupt       -                     - -     python 0.16.7 queue run lag",
    "status-error-bad-input        run error       plain   EmptyInputError     -                     - -     python 0.16.7 queue run lag",
    "status-error-custom-exception run error       boom    UpstreamUnavailable masked                - -     python 0.16.7 queue run lag",
    "status-error-valueerror       run error       boom    ValueError          -                     - -     python 0.16.7 queue run lag",
    "status-interrupt-by-graph     run success     approve -                   -                     - -     python 0.16.7 queue run lag",
    "status-resume-after-interrupt run success     approve -                   resumed               - -     python 0.16.7 queue run lag",
    "status-success-plain          run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "status-timeout                run timeout     slow    TimeoutError        -                     - -     python 0.16.7 queue run lag",
    "thread-turn-1                 run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "thread-turn-2                 run success     agent   -                   -                     5 72/21 python 0.16.7 queue run lag",
    "threads-runs-create           run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "threads-runs-crons            run success     agent   -                   cron                  4 72/21 python 0.16.7 queue run lag",
    "threads-runs-stream           run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "threads-runs-wait             run success     agent   -                   -                     4 72/21 python 0.16.7 queue run lag",
    "token-encoded                 run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "token-plus-space              run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "token-raw                     run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
    "url-localhost                 run success     plain   -                   -                     - -     python 0.16.7 queue run lag",
];

pub(crate) struct Recording {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    pub(crate) received_at: Time,
}

impl Recording {
    pub(crate) fn read(&self) -> (BodyKind, Reading) {
        read(&self.head, &self.body, None, self.received_at)
    }
}

/// The recordings with a request, by name.
pub(crate) fn recordings() -> BTreeMap<String, Recording> {
    recordings_in("fixtures")
}

/// The recordings in another folder next to these tests.
pub(crate) fn recordings_in(folder: &str) -> BTreeMap<String, Recording> {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let folder = tests.join(folder);
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .filter_map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let case: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            Some((name, recording(&case)?))
        })
        .collect()
}

fn recording(case: &Value) -> Option<Recording> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let body = text(case.get("body")?).into_bytes();
    let header_lines = case["headers"].as_array().unwrap().iter();
    let header_lines = header_lines.fold(String::new(), |lines, line| {
        format!("{lines}{}: {}\r\n", text(&line[0]), text(&line[1]))
    });
    let (method, target) = (text(&case["method"]), text(&case["target"]));
    let raw = format!("{method} {target} HTTP/1.1\r\n{header_lines}\r\n");
    Some(Recording {
        head: Head {
            raw: raw.into(),
            exact: true,
        },
        body,
        received_at: Time::parse(&text(&case["attempt_times"][0])).unwrap(),
    })
}

/// One line of the table.
pub(crate) fn line(name: &str, reading: &Reading) -> String {
    let kind = serde_json::to_value(reading.kind).unwrap();
    let kind = kind.as_str().unwrap();
    let Some(run) = &reading.run else {
        return format!("{name:29} {kind}");
    };
    let or_dash = |text: &Option<String>| text.clone().unwrap_or("-".into());
    let error = run
        .error
        .as_ref()
        .map(|error| or_dash(&error.class).replace('-', "text"));
    let tokens = match (run.input_tokens, run.output_tokens) {
        (Some(input), Some(output)) => format!("{input}/{output}"),
        _ => "-".into(),
    };
    format!(
        "{name:29} {kind} {:11} {:7} {:19} {:20} {:>2} {tokens:5} {:13} {}",
        or_dash(&run.status),
        or_dash(&run.graph_id),
        or_dash(&error),
        flags(run),
        or_dash(&run.messages.map(|count| count.to_string())),
        sender(run),
        known(run),
    )
}

fn flags(run: &Run) -> String {
    let flags = [
        (
            run.error.as_ref().is_some_and(|error| error.masked),
            "masked",
        ),
        (run.stateless == Some(true), "stateless"),
        (run.stateless.is_none(), "stateless?"),
        (run.resumed == Some(true), "resumed"),
        (run.resumed.is_none(), "resumed?"),
        (run.cron_id.is_some(), "cron"),
        (run.superseded_by.is_some(), "superseded"),
    ];
    names(&flags)
}

/// The names of what there is.
fn names(all: &[(bool, &str)]) -> String {
    let there = all.iter().filter(|(is_there, _)| *is_there);
    let names: Vec<_> = there.map(|(_, name)| *name).collect();
    if names.is_empty() {
        "-".into()
    } else {
        names.join(" ")
    }
}

pub(crate) fn sender(run: &Run) -> String {
    let kind = match run.sender.kind {
        SenderKind::LanggraphPython => "python",
        SenderKind::LanggraphJs => "js",
        SenderKind::Compatible => "compatible",
        SenderKind::Unknown => "unknown",
    };
    format!("{kind} {}", run.sender.version.as_deref().unwrap_or("-"))
}

fn known(run: &Run) -> String {
    names(&[
        (run.queue_ms.is_some(), "queue"),
        (run.run_ms.is_some(), "run"),
        (run.lag_ms.is_some(), "lag"),
    ])
}

#[test]
fn every_recording_is_read_as_the_table_says() {
    let read: Vec<String> = recordings()
        .iter()
        .map(|(name, recording)| line(name, &recording.read().1))
        .collect();
    for line in &read {
        assert!(
            TABLE.contains(&line.as_str()),
            "read, but not in the table:\n    {line:?},"
        );
    }
    for line in TABLE {
        assert!(
            read.iter().any(|read| read == line),
            "in the table, but not read:\n    {line:?},"
        );
    }
}

fn run_of(name: &str) -> Run {
    let (_, reading) = recordings()[name].read();
    *reading.run.expect("a run")
}

#[test]
fn ids_times_and_gaps_are_those_of_the_payload() {
    let run = run_of("threads-runs-create");
    assert_eq!(
        run.run_id.as_deref(),
        Some("01a20015-a599-73cf-a7e4-82e5ac641e67")
    );
    assert_eq!(
        run.thread_id.as_deref(),
        Some("01a20015-a595-7477-8a65-5249450bb4e7")
    );
    assert_eq!(
        run.assistant_id.as_deref(),
        Some("fe096781-5601-53d2-b2f6-0d3403f7e9ca")
    );
    assert_eq!(run.multitask_strategy.as_deref(), Some("enqueue"));
    assert_eq!(run.created_at, Time::parse("2026-11-21T21:49:08.385645Z"));
    assert_eq!(run.sent_at, Time::parse("2026-11-21T21:49:09.361329Z"));
    assert_eq!((run.queue_ms, run.run_ms), (Some(802), Some(171)));
    assert_eq!(
        run_of("js-status-error").ended_at,
        Time::parse("2026-11-21T21:55:04.780Z")
    );
}

#[test]
fn an_error_is_the_same_in_all_forms() {
    let error = |name| run_of(name).error.expect("an error");
    let text = "deliberate failure: bad city 'Atlantis'";
    assert_eq!(error("status-error-valueerror").message, text);
    assert_eq!(error("old-0.4.48-error").message, text);
    assert_eq!(error("js-status-error").message, text);
    assert_eq!(error("status-timeout").message, "");
    assert_eq!(
        run_of("multitask-interrupt-first").superseded_by.as_deref(),
        Some("01a20016-2178-7719-9fcc-4319d4ee7692")
    );
}

/// Fields by path, and the parts of the reading that may change if the field has an unexpected value.
#[rustfmt::skip]
const FIELDS: &[(&str, &[&str])] = &[
    ("/run_id", &["run_id"]),
    ("/thread_id", &["thread_id"]),
    ("/assistant_id", &["assistant_id"]),
    ("/status", &["status"]),
    ("/error", &["error"]),
    ("/error/error", &["error"]),
    ("/error/message", &["error"]),
    ("/multitask_strategy", &["multitask_strategy"]),
    ("/created_at", &["created_at", "queue_ms"]),
    ("/updated_at", &[]),
    ("/run_started_at", &["started_at", "queue_ms", "run_ms"]),
    ("/run_ended_at", &["ended_at", "run_ms"]),
    ("/webhook_sent_at", &["sent_at", "lag_ms"]),
    ("/metadata", &[]),
    ("/metadata/graph_id", &["graph_id"]),
    ("/kwargs", &["stateless", "resumed", "cron_id", "sender"]),
    ("/kwargs/input", &[]),
    ("/kwargs/temporary", &["stateless"]),
    ("/kwargs/command", &["resumed"]),
    ("/kwargs/command/resume", &["resumed"]),
    ("/kwargs/config", &["cron_id", "sender"]),
    ("/kwargs/config/configurable", &["cron_id"]),
    ("/kwargs/config/configurable/graph_id", &[]),
    ("/kwargs/config/configurable/cron_id", &["cron_id"]),
    ("/kwargs/config/metadata", &["sender"]),
    ("/kwargs/config/metadata/langgraph_api_version", &["sender"]),
    ("/values", &["messages", "input_tokens", "output_tokens"]),
    ("/values/messages", &["messages", "input_tokens", "output_tokens"]),
    ("/values/messages/1", &["input_tokens", "output_tokens"]),
    ("/values/messages/1/content", &[]),
    ("/values/messages/1/type", &[]),
    ("/values/messages/1/usage_metadata", &["input_tokens", "output_tokens"]),
    ("/values/messages/1/usage_metadata/input_tokens", &["input_tokens"]),
    ("/values/messages/1/usage_metadata/output_tokens", &["output_tokens"]),
];

#[test]
fn a_field_of_any_type_affects_no_other_field() {
    let recording = &recordings()["threads-runs-crons"];
    let mut payload: Value = serde_json::from_slice(&recording.body).unwrap();
    payload["error"] = json!({"error": "ValueError", "message": "no"});
    payload["kwargs"]["command"] = json!({"resume": 1});
    let read = |payload: &Value| {
        let body = payload.to_string();
        let (_, reading) = read(
            &recording.head,
            body.as_bytes(),
            None,
            recording.received_at,
        );
        serde_json::to_value(reading.run.expect("a run")).unwrap()
    };
    let expected = read(&payload);
    let others = json!([null, true, 0, -1.5, 1e300, u64::MAX, "", "text", [], [[1]], {}, {"a": {"b": []}}, {"error": 1}]);
    for (path, may_change) in FIELDS {
        for other in others.as_array().unwrap() {
            let mut payload = payload.clone();
            *payload.pointer_mut(path).expect(path) = other.clone();
            for (field, value) in read(&payload).as_object().unwrap() {
                let same = *value == expected[field] || may_change.contains(&field.as_str());
                assert!(same, "{path} = {other} changed {field} to {value}");
            }
        }
    }
}

/// A recorded body with changed bytes, possibly truncated.
pub(crate) fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let bodies: Vec<_> = recordings()
        .into_values()
        .map(|recording| recording.body)
        .collect();
    let short: Vec<_> = bodies
        .into_iter()
        .filter(|body| body.len() < 10_000)
        .collect();
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let end = proptest::option::of(any::<prop::sample::Index>());
    (prop::sample::select(short), changes, end).prop_map(|(mut body, changes, end)| {
        if body.is_empty() {
            return body;
        }
        for (index, byte) in changes {
            let at = index.index(body.len());
            body[at] = byte;
        }
        if let Some(end) = end {
            body.truncate(end.index(body.len()));
        }
        body
    })
}

/// Reads a body, and checks what must be true for any bytes.
fn check(body: &[u8], cut: Option<Truncation>) {
    let raw = "POST / HTTP/1.1\r\nContent-Type: application/json\r\n\r\n";
    let head = Head {
        raw: raw.into(),
        exact: true,
    };
    let (kind, reading) = read(&head, body, cut, Time::from_micros(0));
    let json = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let parses = std::str::from_utf8(json)
        .is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
    assert_eq!(kind == BodyKind::Json, parses);
    let is_read = matches!(reading.kind, ReadingKind::Run | ReadingKind::Json);
    let has_odd_numbers = !reading.observations.not_numbers.is_empty();
    assert_eq!(is_read, parses || has_odd_numbers);
    assert!(!has_odd_numbers || reading.run.is_some());
    assert_eq!(reading.run.is_some(), reading.kind == ReadingKind::Run);
    assert_eq!(
        reading.why.is_some(),
        reading.kind == ReadingKind::Unreadable
    );
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&body, None);
    }

    #[test]
    fn any_text_can_be_read(body in "[\\[{\"\\\\ud8:,0-9e.}\\] \u{feff}é]{0,60}") {
        check(body.as_bytes(), Some(Truncation::TooLong));
    }

    #[test]
    fn any_change_to_a_delivery_can_be_read(body in mutated()) {
        check(&body, None);
        check(&body, Some(Truncation::Disconnected));
    }
}

#[test]
fn a_body_that_must_be_decoded_is_read_decoded() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for (lines, body, kind) in [
        (
            &[
                ("Content-Type", "application/json"),
                ("Content-Encoding", "gzip"),
            ][..],
            &b"\x1f\x8b\x08\0\0\0\0\0\0\xff"[..],
            "unreadable",
        ),
        (
            &[("Content-Type", "application/json; charset=ISO-8859-1")],
            b"{\"city\": \"Z\xfcrich\"}",
            "json",
        ),
        (
            &[("Content-Type", "application/x-ndjson")],
            b"{\"a\":1}\n{\"a\":2}\n",
            "text",
        ),
        (
            &[("Content-Type", "application/json")],
            b"{\"a\":",
            "unreadable",
        ),
    ] {
        let response = creel.http("POST", &endpoint.target, lines, body);
        assert_eq!(response.status, 200);
        let newest = &creel.deliveries(&endpoint);
        let newest = newest.last().expect("a delivery");
        assert_eq!(newest["reading"]["kind"], kind, "{lines:?}");
    }
}
