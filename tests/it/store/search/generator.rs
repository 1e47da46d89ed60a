//! Generated deliveries and queries that have something in common.
//!
//! **Invariant:** the same seed gives the same deliveries and queries.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use creel::domain::counts::Rows;
use creel::domain::delivery::{Delivery, Intake};
use creel::domain::head::Head;
use creel::domain::ids::{EndpointId, Seq};
use creel::domain::time::Time;
use creel::domain::token_check::{TokenCheck, TokenResult};
use creel::langgraph;
use creel::store::{Filter, Order, Page};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::{DELIVERIES, LONG, NOW};

#[rustfmt::skip]
const STATUSES: &[&str] = &[
    "\"success\"", "\"success\"", "\"error\"", "\"timeout\"", "\"Success\"", "\"paused\"", "\"interrupted\"", "null", "5",
];
#[rustfmt::skip]
const GRAPHS: &[&str] = &[
    "agent", "Agent", "agent2", "\u{c4}rger", "\u{212a}elvin", "kelvin", "a b",
];
#[rustfmt::skip]
const RUNS: &[&str] = &[
    "019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0b", "019A5B2C-1d2e-7f30-8a4b-5c6d7e8f9a0b", "019a5b2c1d2e7f308a4b5c6d7e8f9a0b",
    "019a5b2c-0000-7f30-8a4b-5c6d7e8f9a0b", "run-1", "",
];
#[rustfmt::skip]
const THREADS: &[&str] = &[
    "7c7f4d38-94d1-4e4b-9d8f-0fa4d5b1c7a6", "7c7f4d38-94d1-4e4b-9d8f-000000000000", "x",
];
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "hello", "Z\u{fc}rich", "Z\\u00fcrich", "error", "\\ud83d\\ude00", "Stra\u{df}e", "kelvin", "a\\\"b",
];
#[rustfmt::skip]
const TARGETS: &[&str] = &[
    "/hook/x", "/hook/x/Orders?source=cron&n=5", "/hook/x/a?city=Z%C3%BCrich+West&n=12", "/hook/x/b%20c?flag",
];
#[rustfmt::skip]
const LINES: &[&str] = &[
    "X-Retry: 3\r\n", "x-retry: two\r\nX-Name: hello\r\n", "", "X-Odd: \u{fc}\r\n",
];

/// Words of queries. Each is a complete query.
#[rustfmt::skip]
pub(super) const TERMS: &[&str] = &[
    "status:success", "status:error,timeout", "status:other", "status:=paused", "status:=Success", "status:t*", "has:status",
    "graph:agent", "graph:=Agent", "graph:a*", "graph:\u{e4}rger", "graph:KELVIN", "graph:\"a b\"", "has:graph",
    "run:019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0b", "run:019A5B2C-1D2E-7F30-8A4B-5C6D7E8F9A0B", "run:019a5b2c1d2e7f308a4b5c6d7e8f9a0b",
    "run:run-1", "run:019a*", "run:019a5b2c-1d2e-7f30-8a4b-5c6d7e8f9a0b,run-1", "has:run",
    "thread:7c7f4d38-94d1-4e4b-9d8f-0fa4d5b1c7a6", "thread:7C7F*", "thread:x", "error:ValueError", "error:limit", "has:error",
    "sender:unknown,compatible", "has:sender", "messages:>1", "duration:>1s", "has:duration", "lag:<0s", "method:post", "method:g*",
    "path:/orders", "target:cron", "client:10.1.2.3", "client:2001:*", "has:client", "token:match", "token:wrong,missing", "kind:run",
    "kind:json", "kind:text,binary", "kind:empty", "encoding:gzip", "has:encoding", "http:1.1", "http:2", "header.x-retry:two",
    "header.x-retry:>=3", "has:header.x-name", "query.n:5", "query.n:>5", "has:query.flag", "query.city:west", "form.city:z\u{fc}rich",
    "has:form.n", "json.values.score:>0.5", "json.status:success", "json.values.messages.*.type:ai", "has:json.error", "json.a:1",
    "finding:warning", "finding:token_wrong,delivered_again", "finding:body_cut", "size:>300", "size:0", "size:<=40,>400", "attempt:>1",
    "attempt:1", "seq:7", "seq:>20", "seq:<=30", "seq:>=20", "answered:500", "answered:>=400", "has:answered", "after:10s",
    "before:20s", "after:2026-09-21T14:13Z", "hello", "Z\u{fc}rich", "\"\u{1f600}\"", "kelvin", "k*", "orders", "body:hello",
    "body:\"a\\\"b\"", "nothing-has-this",
];

/// Deliveries and queries from a seed.
pub(super) struct Generator(pub(super) StdRng);

impl Generator {
    fn one<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.choose(&mut self.0).copied().unwrap_or_default()
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    fn run(&mut self) -> String {
        let (run, thread, status) = (self.one(RUNS), self.one(THREADS), self.one(STATUSES));
        let (graph, word) = (self.one(GRAPHS), self.one(WORDS));
        let score = f64::from(self.0.random_range(0..10)) / 10.0;
        let error = if self.chance(40) {
            "{\"error\": \"ValueError\", \"message\": \"limit reached\"}"
        } else {
            "null"
        };
        format!(
            r#"{{"run_id": "{run}", "thread_id": "{thread}", "assistant_id": "a", "status": {status}, "metadata": {{"graph_id": "{graph}"}},
            "kwargs": {{}}, "values": {{"score": {score}, "messages": [{{"type": "human"}}, {{"type": "ai", "content": "{word}"}}]}}, "error": {error},
            "created_at": "2026-09-21T13:30:00Z", "run_started_at": "2026-09-21T13:30:00Z", "run_ended_at": "2026-09-21T13:30:0{}Z",
            "webhook": "https://h", "webhook_sent_at": "2026-09-21T14:13:10Z"}}"#,
            self.0.random_range(0..4)
        )
    }

    /// A Content-Type and a body.
    fn body(&mut self) -> (&'static str, Vec<u8>) {
        let word = self.one(WORDS);
        match self.0.random_range(0..10) {
            0 => (
                "application/x-www-form-urlencoded",
                b"city=Z%C3%BCrich&n=1&note=a+b".to_vec(),
            ),
            1 => (
                "application/json",
                format!("{{\"a\": 1, \"word\": \"{word}\"}}").into_bytes(),
            ),
            2 => ("text/plain", word.as_bytes().to_vec()),
            3 => ("application/octet-stream", b"\0\xff hello \xfe".to_vec()),
            4 => ("text/plain", Vec::new()),
            _ => ("application/json", self.run().into_bytes()),
        }
    }

    pub(super) fn delivery(&mut self, endpoint: EndpointId, n: i64) -> Delivery {
        let (content_type, mut body) = self.body();
        let method = self.one(&["POST", "POST", "GET", "post"]);
        let (target, lines) = (self.one(TARGETS), self.one(LINES));
        let mut head =
            format!("{method} {target} HTTP/1.1\r\nContent-Type: {content_type}\r\n{lines}");
        if self.chance(15) {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&body).expect("memory is written");
            body = encoder.finish().expect("memory is written");
            let _ = write!(head, "Content-Encoding: gzip\r\n");
        }
        let head = Head {
            raw: Bytes::from(head + "\r\n"),
            exact: self.chance(90),
        };
        let received_at = Time::from_micros(NOW - n * 500_000 + self.0.random_range(0..2_000_000));
        let read = langgraph::read(&head, &body, None, received_at);
        let clients = ["10.1.2.3", "2001:db8::1", ""];
        let intake = Intake {
            received_at,
            peer: None,
            client: self.one(&clients).parse().ok(),
            head,
            body: Bytes::from(body),
            cut: None,
            trailers: Bytes::new(),
        };
        let results = [
            TokenResult::Match,
            TokenResult::Match,
            TokenResult::Wrong,
            TokenResult::Missing,
            TokenResult::NotAsked,
        ];
        let token_check = TokenCheck {
            result: results
                .choose(&mut self.0)
                .copied()
                .unwrap_or(TokenResult::Match),
            place: None,
        };
        Delivery::new(endpoint, intake, token_check, read)
    }

    pub(super) fn query(&mut self, depth: u32) -> String {
        if depth == 0 || self.chance(30) {
            let sign = if self.chance(30) { "-" } else { "" };
            return format!("{sign}{}", self.one(TERMS));
        }
        let (left, right) = (self.query(depth - 1), self.query(depth - 1));
        match self.0.random_range(0..6) {
            0 | 1 => format!("{left} {right}"),
            2 => format!("{left} OR {right}"),
            3 => format!("({left} OR {right})"),
            4 => format!("-({left} {right})"),
            _ => format!("!({left} OR {right})"),
        }
    }

    /// A page, and the time for each step: nearly none, or enough.
    pub(super) fn page(&mut self) -> (Page, Duration) {
        let filters = [
            Filter::All,
            Filter::All,
            Filter::LatestAttempts(Rows::All),
            Filter::LatestAttempts(Rows::Runs),
        ];
        let seq = |generator: &mut Self| Seq(generator.0.random_range(0..=DELIVERIES as u64 + 2));
        let page = Page {
            filter: filters.choose(&mut self.0).copied().unwrap_or(Filter::All),
            after: if self.chance(30) { seq(self) } else { Seq(0) },
            before: self.chance(30).then(|| seq(self)),
            limit: *[1, 3, 10, 100].choose(&mut self.0).unwrap_or(&100),
            order: if self.chance(50) {
                Order::NewestFirst
            } else {
                Order::OldestFirst
            },
        };
        (
            page,
            if self.chance(10) {
                Duration::ZERO
            } else {
                LONG
            },
        )
    }
}
