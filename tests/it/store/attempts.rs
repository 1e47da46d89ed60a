//! The contract for attempts: which deliveries are attempts, the response to each, and which ones a list has.

use creel::domain::attempt::Attempt;
use creel::domain::counts::Rows;
use creel::domain::delivery::{Delivery, Truncation};
use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::reply::ReplyPlan;
use creel::domain::response::Response;
use creel::domain::run::Run;
use creel::domain::time::Time;
use creel::store::{Filter, Page, Receipt, Store};
use uuid::Uuid;

use super::{change, fill, keep, minted, promised, record, run, seqs};

const RUN: &str = "01a20015-a599-73cf-a7e4-82e5ac641e67";
const THREAD: &str = "01a20015-a58e-7da0-9d3a-9bd4be40cd81";

/// A delivery of a run on a thread that arrives at this time, in seconds.
fn of_run(id: EndpointId, run_id: &str, body: &[u8], second: i64) -> Delivery {
    let mut record = record(id, body);
    record.summary.received_at = Time::from_micros(second * 1_000_000);
    record.summary.reading = Run {
        run_id: Some(run_id.to_owned()),
        thread_id: Some(THREAD.to_owned()),
        ..Run::default()
    }
    .into();
    record
}

async fn keep_with(store: &dyn Store, reply: &[u16], delivery: Delivery) -> Receipt {
    let reply = ReplyPlan::chosen(reply).expect("a reply");
    let receipt = store.record(delivery, reply).await;
    receipt.expect("it is recorded")
}

async fn listed(store: &dyn Store, id: EndpointId, filter: Filter) -> Vec<u64> {
    let page = Page::following(Seq(0), 100).filter(filter);
    seqs(&store.deliveries(id, page).await.expect("it exists"))
}

async fn attempt(store: &dyn Store, id: EndpointId, seq: u64) -> Attempt {
    let page = Page::following(Seq(seq - 1), 1);
    let listed = store.deliveries(id, page).await.expect("it exists");
    let one = store.delivery(id, Seq(seq)).await.expect("it exists");
    assert_eq!(listed[0].attempt, one.summary.attempt);
    one.summary.attempt
}

#[test]
fn same_run_and_bytes_are_the_next_attempt() {
    promised(async |room| {
        let store = room.open();
        let (id, other) = (minted(&*store).await, minted(&*store).await);
        let elsewhere = "01a20015-a599-73cf-a7e4-82e5ac641e68";
        for sent in [
            of_run(id, RUN, b"same", 10),
            of_run(id, elsewhere, b"same", 11),
            record(id, b"same"),
            record(id, b"same"),
            of_run(other, RUN, b"same", 11),
            of_run(id, "no UUID", b"same", 11),
            of_run(id, "no UUID", b"same", 11),
            of_run(id, RUN, b"same", 12),
            of_run(id, RUN, b"other", 13),
            of_run(id, RUN, b"same", 15),
        ] {
            keep(&*store, sent).await.expect("it is recorded");
        }
        for first in [1, 2, 3, 4, 5, 6] {
            assert_eq!(
                attempt(&*store, id, first).await,
                Attempt::first(Seq(first))
            );
        }
        let again = Attempt {
            number: 2,
            first_seq: Seq(1),
            gap_ms: Some(2000),
            after_success: true,
            other_bytes: None,
        };
        assert_eq!(attempt(&*store, id, 7).await, again);
        let other_bytes = Attempt {
            other_bytes: Some(Seq(7)),
            ..Attempt::first(Seq(8))
        };
        assert_eq!(attempt(&*store, id, 8).await, other_bytes);
        let third = Attempt {
            number: 3,
            gap_ms: Some(3000),
            other_bytes: Some(Seq(8)),
            ..again
        };
        assert_eq!(attempt(&*store, id, 9).await, third);
    });
}

#[test]
fn attempts_of_an_endless_run_are_counted() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for second in 1..=40 {
            keep(&*store, of_run(id, RUN, b"same", second))
                .await
                .expect("it is recorded");
        }
        let last = attempt(&*store, id, 40).await;
        assert_eq!((last.number, last.first_seq), (40, Seq(1)));
        assert_eq!(
            listed(&*store, id, Filter::LatestAttempts(Rows::All)).await,
            [40]
        );
    });
}

#[test]
fn concurrent_attempts_get_different_numbers() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| run(keep(&*store, of_run(id, RUN, b"same", 1))));
            }
        });
        let mut numbers = Vec::new();
        for seq in 1..=8 {
            numbers.push(attempt(&*store, id, seq).await.number);
        }
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    });
}

#[test]
fn each_attempt_gets_and_stores_its_status() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for (n, status) in [(1, 500), (2, 503), (3, 200), (4, 200)] {
            let sent = of_run(id, RUN, b"same", n);
            let receipt = keep_with(&*store, &[500, 503, 200], sent).await;
            let expected = Receipt {
                seq: Seq(n.cast_unsigned()),
                response: Some(Response { status }),
            };
            assert_eq!(receipt, expected);
            let kept = store.delivery(id, receipt.seq).await.expect("it is there");
            assert_eq!(kept.summary.response, receipt.response);
            assert_eq!(kept.summary.attempt.after_success, n == 4);
        }
        // Its sender disconnected before the response.
        let mut gone = of_run(id, RUN, b"same", 9);
        gone.summary.body.cut = Some(Truncation::Disconnected);
        let receipt = keep(&*store, gone).await.expect("it is recorded");
        assert_eq!(receipt.response, None);
        let next = of_run(id, RUN, b"same", 10);
        let next = keep_with(&*store, &[500], next).await;
        assert!(!attempt(&*store, id, next.seq.0).await.after_success);
    });
}

#[test]
fn lists_filter_by_latest_attempt_run_or_thread() {
    promised(async |room| {
        let store = room.open();
        let (id, other) = (minted(&*store).await, minted(&*store).await);
        let second = "01a20015-a599-73cf-a7e4-82e5ac641e68";
        for sent in [
            of_run(id, RUN, b"a", 1),
            record(id, b"a"),
            of_run(id, RUN, b"a", 2),
            of_run(id, second, b"b", 3),
            of_run(id, RUN, b"c", 4),
            of_run(id, RUN, b"a", 5),
            of_run(other, RUN, b"a", 6),
        ] {
            keep(&*store, sent).await.expect("it is recorded");
        }
        let uuid = |text: &str| Uuid::try_parse(text).expect("a UUID");
        for (of, expected) in [
            (Filter::All, &[1, 2, 3, 4, 5, 6][..]),
            (Filter::LatestAttempts(Rows::All), &[2, 4, 5, 6]),
            (Filter::Run(uuid(RUN)), &[1, 3, 5, 6]),
            (Filter::Run(uuid(second)), &[4]),
            (Filter::Thread(uuid(THREAD)), &[1, 3, 4, 5, 6]),
            (Filter::Thread(uuid(RUN)), &[]),
        ] {
            assert_eq!(listed(&*store, id, of).await, expected, "{of:?}");
        }
        let page = Page {
            before: Some(Seq(6)),
            ..Page::newest(2).filter(Filter::Run(uuid(RUN)))
        };
        let page = store.deliveries(id, page).await.expect("it exists");
        assert_eq!(seqs(&page), [5, 3]);
    });
}

#[test]
fn a_thread_is_found_among_many_other_deliveries() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for others in [1_200, 2_100] {
            let sent = keep(&*store, of_run(id, RUN, b"a", 1)).await;
            sent.expect("it is recorded");
            fill(&*store, id, others).await;
        }
        let thread = Filter::Thread(Uuid::try_parse(THREAD).expect("a UUID"));
        assert_eq!(listed(&*store, id, thread).await, [1, 1_202]);
        let earlier = Page {
            before: Some(Seq(1_202)),
            ..Page::newest(1).filter(thread)
        };
        let earlier = store.deliveries(id, earlier).await.expect("it exists");
        assert_eq!(seqs(&earlier), [1]);
    });
}

#[test]
fn a_changed_reply_applies_to_the_next_delivery() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let reply = async || store.endpoint(id).await.unwrap().settings.reply.clone();
        assert_eq!(reply().await, ReplyPlan::default());
        for json in [r#"{"reply": [500, 200]}"#, "{}"] {
            store.change_settings(id, change(json)).await.unwrap();
            assert_eq!(reply().await.statuses(), [500, 200]);
        }
    });
}

#[test]
fn a_very_late_repeat_is_a_first_attempt() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let bodies = (0..20).map(|n| if n % 19 == 0 { 0 } else { n });
        for (second, body) in (1..).zip(bodies) {
            let sent = of_run(id, RUN, format!("{body}").as_bytes(), second);
            keep(&*store, sent).await.expect("it is recorded");
        }
        assert_eq!(attempt(&*store, id, 20).await.number, 1);
        let all: Vec<u64> = (1..=20).collect();
        assert_eq!(
            listed(&*store, id, Filter::LatestAttempts(Rows::All)).await,
            all
        );
    });
}
