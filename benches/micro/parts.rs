//! The parts of a capture, each ready to be run again and again.
//!
//! **Invariant:** what a part needs is made before it runs; a run does what a capture does, and no more.

use std::hint::black_box;

use bytes::Bytes;
use creel::capture::head_recorder::HeadRecorder;
use creel::content;
use creel::domain::body::BodyKind;
use creel::domain::delivery::{Delivery, Intake};
use creel::domain::endpoint::Endpoint;
use creel::domain::head::Head;
use creel::domain::ids::EndpointId;
use creel::domain::reply::ReplyPlan;
use creel::domain::run::Reading;
use creel::domain::settings::Settings;
use creel::domain::time::Time;
use creel::domain::token_check::{TokenCheck, TokenRule, check_token};
use creel::langgraph;
use creel::limits::HeadLimits;
use creel::store::Store as _;
use creel::store::sqlite::SqliteStore;
use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::bodies;

/// Each part, by the name that it has in the table.
pub(crate) const NAMES: [&str; 7] = [
    "read a Run of 6 KB",
    "read a Run of 200 KB",
    "judge a token",
    "cut a head from the stream",
    "record one",
    "record 64 at once",
    "see that a Run is plain JSON",
];
const TOKEN: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

/// A part that is ready to run.
pub(crate) struct Part(Box<dyn Fn()>);

impl Part {
    /// The part of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let run: Box<dyn Fn()> = match NAMES.iter().position(|known| *known == name)? {
            0 => read(6 * 1024),
            1 => read(200 * 1024),
            2 => judge_token(),
            3 => cut_head(),
            4 => record(1),
            5 => record(64),
            _ => see_plain(),
        };
        Some(Self(run))
    }

    pub(crate) fn run(&self) {
        (self.0)();
    }
}

/// A request with a body of about so many bytes.
fn request(bytes: usize) -> (Head, Bytes) {
    let body = bodies::one(bytes).expect("a body can be made of the recording");
    let length = body.len();
    let raw = format!(
        "POST /hook/6f0d34a5-1c2b-4a0e-9d1c-2f8a54c07b11?token={TOKEN} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nAccept: */*\r\n\
         Accept-Encoding: gzip, deflate, zstd\r\nConnection: keep-alive\r\nUser-Agent: python-httpx/0.28.1\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    let head = Head {
        raw: raw.into(),
        exact: true,
    };
    (head, body.into())
}

fn read(bytes: usize) -> Box<dyn Fn()> {
    let (head, body) = request(bytes);
    Box::new(move || {
        let read = langgraph::read(&head, black_box(&body), None, Time::from_micros(0));
        black_box(read);
    })
}

/// What a capture does more than to read, for a body that need not be decoded.
fn see_plain() -> Box<dyn Fn()> {
    let (head, body) = request(6 * 1024);
    Box::new(move || {
        let is_coded = content::is_coded(black_box(&head), black_box(&body));
        black_box((is_coded, content::json_kind(&head)));
    })
}

fn judge_token() -> Box<dyn Fn()> {
    let (head, _) = request(6 * 1024);
    let rule = TokenRule::Secret(TOKEN.to_owned());
    Box::new(move || {
        black_box(check_token(black_box(&rule), black_box(&head)));
    })
}

fn cut_head() -> Box<dyn Fn()> {
    let (head, body) = request(6 * 1024);
    let stream = [head.raw, body].concat();
    let recorder = HeadRecorder::new(HeadLimits::default());
    Box::new(move || {
        recorder.receive(black_box(&stream));
        black_box(recorder.next_head()).expect("the stream holds a whole request");
    })
}

/// Keeps so many deliveries at once, each of a run of its own, and waits until all are on the disk.
fn record(count: usize) -> Box<dyn Fn()> {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    let store = SqliteStore::open(folder.path()).expect("the store opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime: Runtime = runtime.expect("a runtime");
    let endpoint = Endpoint::new(Settings::default(), None);
    let id = endpoint.id;
    let minted = runtime.block_on(store.create_endpoint(endpoint, None));
    minted.expect("it is new");
    let (head, body) = request(6 * 1024);
    let (kind, reading) = langgraph::read(&head, &body, None, Time::now());
    Box::new(move || {
        let _ = &folder; // the files live as long as the part
        let records = (0..count).map(|_| arrived(id, &head, &body, kind, &reading));
        let kept = runtime.block_on(join_all(
            records.map(|record| store.record(record, ReplyPlan::default())),
        ));
        assert!(kept.iter().all(Result::is_ok));
    })
}

fn arrived(
    endpoint: EndpointId,
    head: &Head,
    body: &Bytes,
    body_kind: BodyKind,
    reading: &Reading,
) -> Delivery {
    let mut reading = reading.clone();
    if let Some(run) = &mut reading.run {
        run.run_id = Some(Uuid::now_v7().to_string());
    }
    let intake = Intake {
        received_at: Time::now(),
        peer: "127.0.0.1:5000".parse().ok(),
        client: "127.0.0.1".parse().ok(),
        head: head.clone(),
        body: body.clone(),
        cut: None,
        trailers: Bytes::new(),
    };
    Delivery::new(
        endpoint,
        intake,
        TokenCheck::NOT_ASKED,
        (body_kind, reading),
    )
}
