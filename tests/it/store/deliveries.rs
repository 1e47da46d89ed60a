//! The contract for deliveries: seqs, pages, bytes, and the call after a commit.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;

use bytes::Bytes;
use creel::domain::attempt::Attempt;
use creel::domain::body::BodyKind;
use creel::domain::delivery::{Delivery, Intake, Summary, Truncation};
use creel::domain::head::Head;
use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::reply::ReplyPlan;
use creel::domain::run::{Reading, ReadingKind, Run};
use creel::domain::time::Time;
use creel::domain::token_check::{TokenCheck, TokenPlace, TokenResult};
use creel::store::{Filter, Order, Page};
use futures_util::FutureExt;
use futures_util::future::join;
use sha2::{Digest, Sha256};

use super::{Done, all, fill, is_not_found, keep, key, minted, named, promised, record, run, seqs};

/// Bounds, limit and order of a page, and its seqs.
type Case = (u64, Option<u64>, usize, Order, &'static [u64]);

#[test]
fn seqs_have_no_gaps_under_concurrent_writers() {
    const THREADS: u64 = 8;
    const EACH: u64 = 40;
    promised(async |room| {
        let store = room.open();
        let (mine, other) = (minted(&*store).await, minted(&*store).await);
        // The highest seq returned so far: every later delivery has a higher one.
        let (answered, done) = (AtomicU64::new(0), AtomicBool::new(false));
        let given = std::thread::scope(|scope| {
            let reading = Done(&done);
            let reader = scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    let found = seqs(&run(all(&*store, mine)));
                    let unbroken = found.iter().copied().eq(1..=found.len() as u64);
                    assert!(unbroken, "a reader sees a gap: {found:?}");
                }
            });
            let recorders: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let (store, answered) = (&store, &answered);
                    scope.spawn(move || {
                        let record_one = async || {
                            let before = answered.load(Ordering::SeqCst);
                            let record = record(mine, format!("{thread}").as_bytes());
                            let (seq, ()) =
                                join(keep(&**store, record), fill(&**store, other, 1)).await;
                            let seq = seq.expect("it is recorded").seq.0;
                            assert!(seq > before, "{seq} after {before} was answered");
                            answered.fetch_max(seq, Ordering::SeqCst);
                            seq
                        };
                        (0..EACH).map(|_| run(record_one())).collect::<Vec<_>>()
                    })
                })
                .collect();
            let recorded = recorders.into_iter().map(ScopedJoinHandle::join);
            let given: Vec<Vec<u64>> = recorded.map(|given| given.expect("all holds")).collect();
            drop(reading);
            reader.join().expect("the reader sees no gap");
            given
        });
        for one in &given {
            assert!(one.is_sorted(), "{one:?}");
        }
        let all_given: BTreeSet<u64> = given.concat().into_iter().collect();
        assert!(all_given.iter().copied().eq(1..=THREADS * EACH));
        assert_eq!(store.last_seq(mine).await.unwrap(), Seq(THREADS * EACH));
        assert_eq!(store.last_seq(other).await.unwrap(), Seq(THREADS * EACH));
    });
}

#[test]
fn a_delivery_is_stored_although_its_caller_was_dropped() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for n in 0..10 {
            let recording = keep(&*store, record(id, format!("left alone {n}").as_bytes()));
            assert!(recording.now_or_never().is_none(), "it takes a while");
        }
        let last = keep(&*store, record(id, b"waited for")).await.unwrap();
        assert_eq!(
            last.seq,
            Seq(11),
            "those before are committed, in their order"
        );
        let found = store.delivery(id, Seq(4)).await.unwrap();
        assert_eq!(found.body.as_ref(), b"left alone 3");
    });
}

#[test]
fn a_page_is_within_its_bounds_and_in_its_order() {
    use Order::{NewestFirst, OldestFirst};
    promised(async |room| {
        let store = room.open();
        let (id, empty) = (minted(&*store).await, minted(&*store).await);
        fill(&*store, id, 10).await;
        let cases: &[Case] = &[
            (0, None, 3, NewestFirst, &[10, 9, 8]),
            (0, None, 3, OldestFirst, &[1, 2, 3]),
            (0, None, 100, OldestFirst, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
            (0, Some(4), 100, NewestFirst, &[3, 2, 1]),
            (8, None, 100, OldestFirst, &[9, 10]),
            (3, Some(7), 100, OldestFirst, &[4, 5, 6]),
            (3, Some(7), 2, NewestFirst, &[6, 5]),
            (3, Some(7), 2, OldestFirst, &[4, 5]),
            (3, Some(4), 100, OldestFirst, &[]),
            (7, Some(3), 100, OldestFirst, &[]),
            (0, Some(0), 100, NewestFirst, &[]),
            (0, Some(1), 100, NewestFirst, &[]),
            (10, None, 100, OldestFirst, &[]),
            (u64::MAX, None, 100, OldestFirst, &[]),
            (9, Some(u64::MAX), 100, NewestFirst, &[10]),
            (0, None, 0, NewestFirst, &[]),
        ];
        for &(after, before, limit, order, expected) in cases {
            let page = Page {
                filter: Filter::All,
                after: Seq(after),
                before: before.map(Seq),
                limit,
                order,
            };
            let found = store.deliveries(id, page).await.unwrap();
            assert_eq!(seqs(&found), expected, "{page:?}");
            assert_eq!(store.deliveries(empty, page).await.unwrap().len(), 0);
        }
    });
}

/// A delivery that differs from its neighbours in every field.
fn strange(id: EndpointId, n: usize, body: &[u8]) -> Delivery {
    use TokenResult::{Match, Missing, NotAsked, Repeated, Wrong};
    let run = Run {
        run_id: Some("\0'; drop table delivery; --".to_owned()),
        ended_at: Some(Time::from_micros(-1)),
        ..Run::default()
    };
    let readings = [
        Reading::plain(ReadingKind::Empty),
        Reading::unreadable("it ends \"early\" \0 \u{2028}"),
        Reading::from(run),
    ];
    let kinds = [
        BodyKind::Empty,
        BodyKind::Binary,
        BodyKind::Text,
        BodyKind::Json,
    ];
    let places = [TokenPlace::Query, TokenPlace::Header, TokenPlace::Basic];
    let cuts = [
        Truncation::TooLong,
        Truncation::Disconnected,
        Truncation::TimedOut,
    ];
    let intake = Intake {
        received_at: Time::from_micros(1_790_000_000_123_456 + i64::try_from(n).unwrap()),
        peer: ["[::1]:65535".parse().ok(), None][n % 2],
        client: [None, "2001:db8::1".parse().ok()][n % 2],
        head: Head {
            raw: Bytes::from(format!("PURGE /hook/{n}?\u{fc}#'{n} HTTP/1.0\r\nX: \0")),
            exact: n.is_multiple_of(2),
        },
        body: Bytes::copy_from_slice(body),
        cut: cuts.get(n % 4).copied(),
        trailers: [&b""[..], b"X-Sum: 1\r\nx:\xff\r\n"][n % 2].into(),
    };
    let token_check = TokenCheck {
        result: [NotAsked, Match, Missing, Wrong, Repeated][n % 5],
        place: places.get(n % 4).copied(),
    };
    Delivery::new(
        id,
        intake,
        token_check,
        (kinds[n % 4], readings[n % 3].clone()),
    )
}

/// What is answered where every attempt gets a 503.
fn answered(n: usize) -> Option<u16> {
    match n % 4 {
        1 => None,
        2 => Some(408),
        _ => Some(503),
    }
}

fn assert_is(found: &Delivery, n: usize, sent: &Delivery) {
    assert!(found.body == sent.body, "{n}: the body differs");
    assert_eq!(found.head, sent.head);
    let status = found.summary.response.map(|response| response.status);
    assert_eq!(status, answered(n));
    assert_eq!(found.summary.id.unwrap().get_version_num(), 7);
    let sha256: [u8; 32] = Sha256::digest(&sent.body).into();
    assert_eq!(found.summary.body.sha256, Some(sha256));
    assert_eq!(found.summary.body.bytes, sent.body.len() as u64);
    assert_eq!(found.summary.method, "PURGE");
    assert_eq!(found.summary.target, format!("/hook/{n}?\u{fc}#'{n}"));
    assert_eq!(found.summary.http_version, "HTTP/1.0");
    // All the rest is as it was handed over.
    let expected = Summary {
        id: found.summary.id,
        seq: found.summary.seq,
        attempt: Attempt::first(found.summary.seq),
        response: found.summary.response,
        ..sent.summary.clone()
    };
    assert_eq!(format!("{:?}", found.summary), format!("{expected:?}"));
}

#[test]
fn a_delivery_is_returned_as_stored() {
    let numbers = (0..1_250_000_u32).flat_map(u32::to_be_bytes);
    let large: Vec<u8> = numbers.collect();
    let bodies: [&[u8]; 6] = [
        b"",
        b"\0",
        b"a\0b\0",
        b"\xff\xfe\x80 not UTF-8 \xc3",
        "\u{feff}\u{fc} \u{2028} \r\n".as_bytes(),
        &large,
    ];
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        // Long enough for every combination of values and kinds of bodies.
        for (n, body) in bodies.iter().cycle().take(30).enumerate() {
            let reply = ReplyPlan::chosen(&[503]).unwrap();
            let seq = store.record(strange(id, n, body), reply).await.unwrap().seq;
            let found = store.delivery(id, seq).await.unwrap();
            assert_eq!(found.summary.seq, seq);
            assert_is(&found, n, &strange(id, n, body));
            let page = Page::newest(1);
            let listed = store.deliveries(id, page).await.unwrap();
            assert_eq!(format!("{listed:?}"), format!("[{:?}]", found.summary));
        }
        for seq in [0, 31, 1 << 40, (1 << 40) + 1, u64::MAX] {
            assert!(is_not_found(&store.delivery(id, Seq(seq)).await), "{seq}");
        }
    });
}

#[test]
fn stored_data_is_there_after_reopening() {
    promised(async |room| {
        let store = room.open();
        let named = named("ü", Some("t"), Some(key("owner")));
        store
            .create_endpoint(named.clone(), Some(key("key")))
            .await
            .unwrap();
        fill(&*store, named.id, 20).await;
        let before = all(&*store, named.id).await;
        drop(store);
        let store = room.open();
        let found = store.endpoint(named.id).await.unwrap();
        assert_eq!(format!("{found:?}"), format!("{named:?}"));
        assert_eq!(found.settings, named.settings);
        assert!(store.has_read_key(named.id, key("key")).await.unwrap());
        assert_eq!(
            format!("{:?}", all(&*store, named.id).await),
            format!("{before:?}")
        );
        let next = keep(&*store, record(named.id, b"next")).await.unwrap();
        assert_eq!(next.seq, Seq(21));
        store.check().await.unwrap();
    });
}
