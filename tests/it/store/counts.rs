//! The contract for the numbers of deliveries, and for the rows that a list is filtered by: each number is that of its rows.

use creel::domain::counts::{Counts, Rows, RunStatus};
use creel::domain::delivery::Delivery;
use creel::domain::ids::{EndpointId, Seq};
use creel::domain::run::Run;
use creel::domain::token_check::{TokenCheck, TokenPlace, TokenResult};
use creel::store::{Filter, Page, Store};

use super::{all, is_not_found, keep, minted, promised, record, seqs};

const ALL: [Rows; 5] = [
    Rows::All,
    Rows::Failed,
    Rows::Runs,
    Rows::Other,
    Rows::Token,
];

/// A delivery of the run with this number.
fn of_run(id: EndpointId, run: u8, status: Option<&str>) -> Delivery {
    let mut record = record(id, &[b'r', run]);
    record.summary.reading = Run {
        run_id: Some(format!("01a20015-a599-73cf-a7e4-82e5ac641e{run:02x}")),
        status: status.map(str::to_owned),
        ..Run::default()
    }
    .into();
    record
}

/// The delivery with this result of its token check.
fn checked(mut delivery: Delivery, result: TokenResult) -> Delivery {
    delivery.summary.token_check = TokenCheck {
        result,
        place: (result == TokenResult::Match).then_some(TokenPlace::Query),
    };
    delivery
}

/// The seqs of these rows, oldest first.
async fn rows(store: &dyn Store, id: EndpointId, rows: Rows) -> Vec<u64> {
    let page = Page::following(Seq(0), 100).filter(Filter::LatestAttempts(rows));
    seqs(&store.deliveries(id, page).await.expect("it exists"))
}

/// The numbers of an endpoint, each of which is the number of rows that its filter shows.
async fn counts(store: &dyn Store, id: EndpointId) -> Counts {
    let counts = store.counts(id).await.expect("it exists");
    for kind in ALL {
        let shown = rows(store, id, kind).await.len() as u64;
        assert_eq!(counts.of(kind), shown, "{kind:?}: {counts:?}");
    }
    counts
}

fn numbers(counts: &Counts) -> [u64; 5] {
    ALL.map(|rows| counts.of(rows))
}

#[test]
fn every_number_is_that_of_the_rows_of_its_filter() {
    use TokenResult::{Match, Missing, NotAsked, Repeated, Wrong};
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        assert_eq!(counts(&*store, id).await, Counts::default());
        for (delivery, token) in [
            (of_run(id, 1, Some("success")), Match),
            (of_run(id, 2, Some("error")), Wrong),
            (of_run(id, 3, Some("timeout")), Missing),
            (of_run(id, 4, Some("interrupted")), Match),
            (of_run(id, 5, Some("rollback")), Match),
            (record(id, b"text"), Repeated),
            (record(id, b"text"), NotAsked),
            (of_run(id, 6, Some("error")), Match),
        ] {
            let kept = keep(&*store, checked(delivery, token)).await;
            kept.expect("it is recorded");
            counts(&*store, id).await;
        }
        let counted = counts(&*store, id).await;
        assert_eq!(numbers(&counted), [8, 3, 6, 2, 3]);
        let runs = [
            (RunStatus::Success, 1),
            (RunStatus::Error, 2),
            (RunStatus::Timeout, 1),
            (RunStatus::Interrupted, 1),
            (RunStatus::Rollback, 1),
        ];
        assert_eq!(counted.runs, runs);
        for (kind, expected) in [
            (Rows::All, &[1, 2, 3, 4, 5, 6, 7, 8][..]),
            (Rows::Failed, &[2, 3, 8]),
            (Rows::Runs, &[1, 2, 3, 4, 5, 8]),
            (Rows::Other, &[6, 7]),
            (Rows::Token, &[2, 3, 6]),
        ] {
            assert_eq!(rows(&*store, id, kind).await, expected, "{kind:?}");
        }
    });
}

#[test]
fn attempts_count_as_one_and_the_latest_is_the_row() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for (run, status) in [
            (1, "error"),
            (2, "success"),
            (1, "error"),
            (2, "success"),
            (1, "error"),
            (3, "timeout"),
        ] {
            let sent = checked(of_run(id, run, Some(status)), TokenResult::Wrong);
            keep(&*store, sent).await.expect("it is recorded");
            counts(&*store, id).await;
        }
        assert_eq!(numbers(&counts(&*store, id).await), [3, 2, 3, 0, 3]);
        assert_eq!(rows(&*store, id, Rows::Failed).await, [5, 6]);
        assert_eq!(rows(&*store, id, Rows::Runs).await, [4, 5, 6]);
        assert_eq!(rows(&*store, id, Rows::Token).await, [4, 5, 6]);
    });
}

#[test]
fn statuses_that_are_not_known_count_as_other() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let statuses = [
            Some("running"),
            Some("Error"),
            Some("error "),
            Some("'; drop table delivery; --"),
            Some(""),
            None,
            Some("other"),
        ];
        for (run, status) in (1..).zip(statuses) {
            let kept = keep(&*store, of_run(id, run, status)).await;
            kept.expect("it is recorded");
        }
        let counted = counts(&*store, id).await;
        assert_eq!(counted.runs, [(RunStatus::Other, 7)]);
        assert_eq!(numbers(&counted), [7, 0, 7, 0, 0]);
    });
}

#[test]
fn each_endpoint_has_its_own_numbers_also_after_another_was_deleted() {
    promised(async |room| {
        let store = room.open();
        let (first, second, third) = (
            minted(&*store).await,
            minted(&*store).await,
            minted(&*store).await,
        );
        for (id, status) in [(first, "error"), (second, "success"), (third, "timeout")] {
            for run in 1..=3 {
                let sent = checked(of_run(id, run, Some(status)), TokenResult::Missing);
                keep(&*store, sent).await.expect("it is recorded");
            }
            let text = keep(&*store, record(id, b"text")).await;
            text.expect("it is recorded");
        }
        let whole = async |id| numbers(&counts(&*store, id).await);
        assert_eq!(whole(first).await, [4, 3, 3, 1, 3]);
        assert_eq!(whole(second).await, [4, 0, 3, 1, 3]);
        assert_eq!(whole(third).await, [4, 3, 3, 1, 3]);
        store.delete_endpoint(second).await.expect("it exists");
        assert!(is_not_found(&store.counts(second).await));
        assert_eq!(whole(first).await, [4, 3, 3, 1, 3]);
        assert_eq!(whole(third).await, [4, 3, 3, 1, 3]);
        assert_eq!(whole(minted(&*store).await).await, [0; 5]);
        assert!(is_not_found(&store.counts(EndpointId::random()).await));
    });
}

#[test]
fn filtered_pages_keep_their_bounds_and_order() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for run in 1..=12 {
            let status = if run % 2 == 0 { "error" } else { "success" };
            let kept = keep(&*store, of_run(id, run, Some(status))).await;
            kept.expect("it is recorded");
        }
        let page = async |page: Page| {
            let page = page.filter(Filter::LatestAttempts(Rows::Failed));
            seqs(&store.deliveries(id, page).await.expect("it exists"))
        };
        assert_eq!(page(Page::newest(2)).await, [12, 10]);
        let before = Page {
            before: Some(Seq(10)),
            ..Page::newest(2)
        };
        assert_eq!(page(before).await, [8, 6]);
        assert_eq!(page(Page::following(Seq(3), 2)).await, [4, 6]);
        assert_eq!(page(Page::following(Seq(12), 2)).await, [0; 0]);
    });
}

#[test]
fn numbers_survive_a_restart() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for _ in 0..2 {
            let sent = checked(of_run(id, 1, Some("error")), TokenResult::Wrong);
            keep(&*store, sent).await.expect("it is recorded");
        }
        let before = counts(&*store, id).await;
        drop(store);
        let store = room.open();
        assert_eq!(counts(&*store, id).await, before);
        assert_eq!(numbers(&before), [1, 1, 1, 0, 1]);
        assert_eq!(all(&*store, id).await.len(), 2);
    });
}
